"""Audits as JSON are read into the same columns as when the intake reads them one by one; what is odd is left to the intake."""

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from grading.audit_json import dump_audit
from grading.columns.from_audits import from_audits
from grading.columns.from_documents import Documents, OddError, from_documents, keys_in, parse
from grading.columns.layout import Columns
from grading.columns.to_audits import to_audits
from grading.intake import AuditError, read_audit
from grading.language.load import Library
from grading.model.ruleset import Ruleset
from tests.engine.strategies import audits

LIBRARY = Library()
RULESET = LIBRARY.ruleset("national-2020/foundry")


def read(texts: list[bytes], ruleset: Ruleset = RULESET) -> Documents:
    """JSON texts as a batch reads them."""

    def one(text: bytes) -> tuple[Any, int] | None:
        try:
            return parse(text), keys_in(text)
        except OddError:
            return None

    return from_documents(ruleset, (one(text) for text in texts))


def same(a: Columns, b: Columns) -> None:
    """Assert that two columns hold the same."""
    assert_frame_equal(a.units, b.units.select(a.units.columns))
    assert a.groups.keys() == b.groups.keys()
    for group, rows in a.groups.items():
        assert_frame_equal(rows, b.groups[group].select(rows.columns))


@pytest.mark.parametrize("ruleset_id", ["national-2020/foundry", "national-2024/cement", "xianyang-2023/rubber"])
@settings(max_examples=30)
@given(data=st.data())
def test_documents_and_audits_come_to_the_same_columns(ruleset_id: str, data: st.DataObject) -> None:
    ruleset = LIBRARY.ruleset(ruleset_id)
    listed = data.draw(st.lists(audits(ruleset, bounds=False), min_size=1, max_size=4))
    texts = [dump_audit(audit, LIBRARY).encode() for audit in listed]
    found = read(texts, ruleset)
    taken = [position for position, text in enumerate(texts) if is_taken(text)]
    assert found.odd == [position for position in range(len(texts)) if position not in taken]
    assert [head.document for head in found.heads] == taken
    same(found.columns, from_audits(ruleset, [(listed[i], listed[i].units[0]) for i in taken]))


@pytest.mark.parametrize("bound", [{"below": 20}, {"value": {"below": 20}, "note": "未检出"}])
def test_an_audit_with_an_upper_bound_is_left_to_the_intake(bound: dict[str, Any]) -> None:
    unit = {"id": "u", "ruleset": RULESET.id, "groups": {"outlets": [{"outlet_id": "1", "pm": bound}]}}
    document = {"enterprise": {"name": "厂"}, "assessed_on": "2024-01-01", "units": [unit]}
    assert is_taken(json.dumps(document).encode())
    assert read([json.dumps(document).encode()]).odd == [0]


@pytest.mark.parametrize("name", ["厂\u3164", "\u3164", "厂\u2800一"])
def test_a_name_with_characters_that_nobody_sees_is_left_to_the_intake(name: str) -> None:
    plain = {"enterprise": {"name": "厂"}, "assessed_on": "2024-01-01", "units": [{"id": "u", "ruleset": RULESET.id}]}
    assert read([json.dumps(plain).encode()]).odd == []
    assert read([json.dumps(plain | {"enterprise": {"name": name}}).encode()]).odd == [0]


def is_taken(text: bytes) -> bool:
    """Whether the intake takes an audit; random ones leave the range of their facts now and then."""
    try:
        read_audit(text, LIBRARY)
    except AuditError:
        return False
    return True


@settings(max_examples=50)
@given(data=st.data())
def test_an_audit_out_of_columns_is_the_audit_that_went_in(data: st.DataObject) -> None:
    listed = data.draw(st.lists(audits(RULESET), min_size=1, max_size=4))
    columns = from_audits(RULESET, [(audit, audit.units[0]) for audit in listed])
    again = list(to_audits(RULESET, columns))
    same(from_audits(RULESET, [(audit, audit.units[0]) for audit in again]), columns)


PLAIN: dict[str, Any] = {
    "enterprise": {"name": "甲厂", "county": "610402", "facts": {"holds_permit": True}},
    "assessed_on": "2024-08-12",
    "units": [
        {
            "id": "1",
            "ruleset": "national-2020/foundry",
            "facts": {"gate_coverage_share": {"value": 83.6, "evidence": ["货票"], "note": "全年"}},
            "groups": {"outlets": [{"outlet_id": "DA001", "pm": 4.7}, {"outlet_id": "DA002"}]},
        }
    ],
}


def test_values_notes_and_evidence_of_an_ordinary_document_are_read() -> None:
    found = read([json.dumps(PLAIN).encode()])
    assert (found.odd, len(found.heads)) == ([], 1)
    assert found.columns.units["gate_coverage_share"].to_list() == [
        8360 * 10 ** (RULESET.facts["gate_coverage_share"].decimals - 2)
    ]
    assert found.columns.units["holds_permit"].to_list() == [True]
    assert found.columns.groups["outlets"][".key"].to_list() == ["DA001", "DA002"]


TWISTS = {
    "an unknown key": lambda d: d.update(x=1),
    "no enterprise": lambda d: d.pop("enterprise"),
    "no day": lambda d: d.pop("assessed_on"),
    "a day that is none": lambda d: d.update(assessed_on="2024-02-30"),
    "a day in a week": lambda d: d.update(assessed_on="2024-W01-1"),
    "an empty list of units": lambda d: d.update(units=[]),
    "a unit that is none": lambda d: d["units"].append(5),
    "two units of one id": lambda d: d["units"].append(d["units"][0]),
    "a second unit": lambda d: d["units"].append({**d["units"][0], "id": "2"}),
    "a county that is none": lambda d: d["enterprise"].update(county="61040"),
    "a name that is empty": lambda d: d["enterprise"].update(name=" "),
    "a note with a line break": lambda d: d["units"][0]["facts"]["gate_coverage_share"].update(note="a\nb"),
    "a note with a control character": lambda d: d["units"][0]["facts"]["gate_coverage_share"].update(note="a\x01"),
    "evidence that is a text": lambda d: d["units"][0]["facts"]["gate_coverage_share"].update(evidence="货票"),
    "an unknown fact": lambda d: d["units"][0]["facts"].update(nothing=1),
    "an unknown fact that is null": lambda d: d["units"][0]["facts"].update(nothing=None),
    "a fact of a row": lambda d: d["units"][0]["facts"].update(pm=1),
    "a number as text": lambda d: d["units"][0]["facts"].update(gate_coverage_share="80"),
    "a number out of range": lambda d: d["units"][0]["facts"].update(gate_coverage_share=101),
    "a number with too many places": lambda d: d["units"][0]["groups"]["outlets"][0].update(pm=1.23456789),
    "a number beside a decimal": lambda d: d["units"][0]["groups"]["outlets"][0].update(pm=4.700000000000001),
    "a huge number": lambda d: d["units"][0]["groups"]["outlets"][0].update(pm=10**20),
    "a boolean as number": lambda d: d["units"][0]["facts"].update(holds_permit=1),
    "a value that is null": lambda d: d["units"][0]["facts"].update(holds_permit=None),
    "a value stated as unknown": lambda d: d["units"][0]["facts"].update(holds_permit={"value": None, "note": "?"}),
    "a wrapped value with an unknown key": lambda d: d["units"][0]["facts"].update(
        holds_permit={"value": True, "x": 1}
    ),
    "an unknown group": lambda d: d["units"][0]["groups"].update(x=[]),
    "a group that is null": lambda d: d["units"][0]["groups"].update(outlets=None),
    "an empty group": lambda d: d["units"][0]["groups"].update(outlets=[]),
    "a row without a key": lambda d: d["units"][0]["groups"]["outlets"].append({"pm": 1}),
    "a row key twice": lambda d: d["units"][0]["groups"]["outlets"].append({"outlet_id": "DA001"}),
    "too many rows": lambda d: d["units"][0]["groups"].update(outlets=[{"outlet_id": str(i)} for i in range(2001)]),
}


@pytest.mark.parametrize("name", TWISTS)
def test_a_twisted_document_is_read_like_the_intake_or_left_to_it(name: str) -> None:
    document = json.loads(json.dumps(PLAIN))
    TWISTS[name](document)
    stands_by_the_intake(json.dumps(document).encode())


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"nonsense",
        b"[]",
        b"\xff",
        b'{"enterprise": {"name": "a"}, "enterprise": {"name": "b"}, "assessed_on": "2024-08-12"}',
        json.dumps(PLAIN).replace("83.6", "NaN").encode(),
        json.dumps(PLAIN).replace("83.6", "83.60000000000000000001").encode(),
        json.dumps(PLAIN).replace("83.6", "8.36e1").encode(),
        json.dumps(PLAIN).replace('"pm": 4.7', '"pm": 4.7, "pm": 4.8').encode(),
        json.dumps(PLAIN).replace('"id": "1"', '"id": "\\": 1"').encode(),
        b"\xef\xbb\xbf" + json.dumps(PLAIN).encode(),
    ],
)
def test_a_strange_text_is_read_like_the_intake_or_left_to_it(text: bytes) -> None:
    stands_by_the_intake(text)


def stands_by_the_intake(text: bytes) -> None:
    """Assert that what is read is what the intake reads, and that nothing is read that the intake refuses."""
    found = read([text])
    if found.odd:
        assert found.columns.units.height == 0
        return
    try:
        audit = read_audit(text, LIBRARY)
    except AuditError as error:
        pytest.fail(f"read although the intake refuses it: {error}")
    same(found.columns, from_audits(RULESET, [(audit, unit) for unit in audit.units]))


def test_an_odd_document_does_not_disturb_its_neighbours() -> None:
    good = json.dumps(PLAIN)
    found = read(
        [good.encode(), good.replace("4.7", "-4.7").encode(), good.encode(), good.replace("4.7", "true").encode()]
    )
    assert found.odd == [1, 3]
    assert [head.document for head in found.heads] == [0, 2]
    assert found.columns.groups["outlets"]["unit"].to_list() == [0, 0, 1, 1]


def test_units_of_another_edition_are_read_as_of_this_one_and_other_industries_are_told_apart() -> None:
    good = json.dumps(PLAIN)
    found = read(
        [
            good.replace("national-2020/foundry", "local-2030/foundry").encode(),
            good.replace("/foundry", "/brick").encode(),
        ]
    )
    assert (len(found.heads), found.odd, found.other) == (1, [], {1: 1})


def test_columns_are_joined_and_put_in_order_with_their_rows() -> None:
    columns = read([json.dumps(PLAIN).encode()]).columns
    other = read([json.dumps(PLAIN).replace("DA001", "DA009").encode()]).columns
    joined = columns.followed_by(other)
    turned = joined.reordered(pl.Series([1, 0]))
    assert turned.groups["outlets"].sort("unit", maintain_order=True)[".key"].to_list() == [
        "DA009",
        "DA002",
        "DA001",
        "DA002",
    ]
