"""An audit that is not in order gets every problem with its place, and never a grade."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.intake import AuditError, read_audit
from grading.language.load import Library
from grading.model.audit import Audit

LIBRARY = Library()


def audit(**unit: Any) -> dict[str, Any]:
    """A small rubber audit that is in order; keywords go into its unit."""
    facts = {"holds_permit": True, "ledger_retention_years": 5}
    return {
        "enterprise": {"name": "某橡胶厂", "county": "610402"},
        "assessed_on": "2023-09-10",
        "units": [{"id": "line-1", "ruleset": "national-2020/rubber", "facts": facts} | unit],
    }


def problems(document: Any) -> dict[str, str]:
    """The problems of a document (or of a text as it stands) by place."""
    text = document if isinstance(document, str | bytes) else json.dumps(document)
    with pytest.raises(AuditError) as raised:
        read_audit(text, LIBRARY)
    return {problem.place: problem.message for problem in raised.value.problems}


def test_an_audit_in_order_is_read() -> None:
    assert read_audit(json.dumps(audit()), LIBRARY).units[0].facts["holds_permit"].value is True


def test_all_problems_are_told_at_once_each_with_its_place() -> None:
    document = audit(facts={"holds_permit": "yes", "no_such_fact": 1, "ledger_retention_years": -1})
    document["assessed_on"] = "2023-13-01"
    document["enterprise"]["county"] = "咸阳"
    assert set(problems(document)) == {
        "assessed_on",
        "enterprise.county",
        "units[0].facts.holds_permit",
        "units[0].facts.no_such_fact",
        "units[0].facts.ledger_retention_years",
    }


@pytest.mark.parametrize("value", ["1", True, [1], {"value": "1"}, "", "NaN"])
def test_a_number_is_a_number_and_nothing_that_looks_like_one(value: Any) -> None:
    assert any("ledger_retention_years" in place for place in problems(audit(facts={"ledger_retention_years": value})))


@pytest.mark.parametrize("value", [1, 0, "true", "是", []])
def test_a_yes_or_no_is_true_or_false(value: Any) -> None:
    assert "units[0].facts.holds_permit" in problems(audit(facts={"holds_permit": value}))


@pytest.mark.parametrize(
    "literal", ["NaN", "Infinity", "-Infinity", "1e400", "1E+99999999", "1" * 5000, "0." + "1" * 60]
)
def test_numbers_beyond_reason_are_refused_at_their_place(literal: str) -> None:
    text = json.dumps(audit(facts={"ledger_retention_years": 987})).replace("987", literal)
    assert "units[0].facts.ledger_retention_years" in problems(text)


def test_a_number_with_too_many_places_is_refused_and_not_rounded() -> None:
    facts = LIBRARY.ruleset("national-2020/rubber").facts.values()
    fact = next(f for f in facts if f.type == "number" and f.group is None and f.decimals <= 2)
    text = json.dumps(audit(facts={fact.id: 987})).replace("987", f"{fact.min or 0}.{'0' * fact.decimals}1")
    assert "decimal places" in problems(text)[f"units[0].facts.{fact.id}"]


def test_a_key_that_stands_there_twice_is_told_with_its_place() -> None:
    text = json.dumps(audit()).replace('"holds_permit": true', '"holds_permit": true, "holds_permit": false')
    assert problems(text) == {"units[0].facts.holds_permit": "stands there twice"}


def test_the_key_of_a_row_is_unique_in_its_group() -> None:
    ruleset = LIBRARY.ruleset("national-2020/rubber")
    group, key = next((name, g.key) for name, g in ruleset.groups.items())
    assert f"units[0].groups.{group}[1].{key}" in problems(audit(groups={group: [{key: "1#"}, {key: "1#"}]}))


def test_an_unknown_ruleset_is_told_with_what_may_be_meant() -> None:
    said = problems(audit(ruleset="national-2021/rubber"))["units[0].ruleset"]
    assert "national-2020/rubber" in said


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{", '{"enterprise": }', "[" * 100_000, '{"a":' * 50_000, b"\xff\xfe\x00", "x" * 10_000_000],
)
def test_what_is_no_audit_at_all_is_refused(text: str | bytes) -> None:
    assert problems(text)


def test_text_with_control_characters_or_lone_surrogates_is_refused() -> None:
    document = audit()
    document["enterprise"]["name"] = "厂\x00"
    document["units"][0]["id"] = "\ud800"
    assert set(problems(document)) == {"enterprise.name", "units[0].id"}


def test_two_units_of_one_name_are_refused() -> None:
    document = audit()
    document["units"] *= 2
    assert "units[1].id" in problems(document)


def test_what_was_noted_about_an_unknown_value_is_kept() -> None:
    read = read_audit(json.dumps(audit(facts={"holds_permit": {"value": None, "note": "待补"}})), LIBRARY)
    known = read.units[0].facts["holds_permit"]
    assert (known.value, known.note) == (None, "待补")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(
    st.fixed_dictionaries(
        {"enterprise": VALUES | st.just({"name": "厂"}), "assessed_on": VALUES | st.just("2023-09-10")},
        optional={
            "units": VALUES
            | st.lists(
                st.fixed_dictionaries(
                    {"id": VALUES | st.just("u"), "ruleset": VALUES | st.just("national-2020/rubber")},
                    optional={
                        "facts": st.dictionaries(
                            st.sampled_from(["holds_permit", "archives", "x"]), VALUES, max_size=3
                        ),
                        "groups": VALUES,
                    },
                ),
                max_size=2,
            )
        },
    )
)
def test_any_document_is_an_audit_or_an_audit_error(document: Any) -> None:
    with contextlib.suppress(AuditError):
        assert isinstance(read_audit(json.dumps(document), LIBRARY), Audit)
