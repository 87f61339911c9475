"""What would follow if values were others: settings, all their errors at once, and what differs."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from grading.intake import AuditError
from grading.model.audit import Audit
from grading.simulate import change_audit, compare
from tests.gaps.small import Small, asks, small

COMPUTED = "computed:\n  - {id: twice, label: 两倍, product: [dust, 2]}\n"
ROWS = [{"outlet_id": "DA001", "nox": 80}, {"outlet_id": "2#.炉", "nox": 30}]


@pytest.fixture
def ruleset(tmp_path: Path) -> Small:
    both = "{all: [{fact: twice, at_most: 10}, {each: outlets, require: {fact: nox, at_most: 40}}]}"
    return small(tmp_path, asks("A,B,C", both), more=COMPUTED)


@pytest.fixture
def audit(ruleset: Small) -> Audit:
    return ruleset.audit({"dust": 3, "closed": True}, outlets=ROWS)


def changed(ruleset: Small, audit: Audit, *texts: str) -> Audit:
    return change_audit(audit, texts, ruleset.engine.library)


def problems(ruleset: Small, audit: Audit, *texts: str) -> dict[str, str]:
    with pytest.raises(AuditError) as caught:
        changed(ruleset, audit, *texts)
    return {problem.place: problem.message for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("u.dust=4.5", "dust", Decimal("4.5")),
        ("u.closed = false", "closed", False),
        ("u.fuel=gas", "fuel", "gas"),
        ('u.ledgers=["watch", "run"]', "ledgers", ("run", "watch")),
    ],
)
def test_values_are_json_or_bare_words(ruleset: Small, audit: Audit, text: str, fact: str, value: Any) -> None:
    assert changed(ruleset, audit, text).units[0].facts[fact].value == value


def test_null_makes_a_value_unknown_and_evidence_can_come_with_a_value(ruleset: Small, audit: Audit) -> None:
    assert "dust" not in changed(ruleset, audit, "u.dust=null").units[0].facts
    known = changed(ruleset, audit, 'u.dust={"value": 2, "evidence": ["报告"]}').units[0].facts["dust"]
    assert (known.value, known.evidence) == (2, ("报告",))


def test_a_row_is_named_by_its_key_whatever_it_looks_like(ruleset: Small, audit: Audit) -> None:
    rows = changed(ruleset, audit, "u.outlets[2#.炉].nox=20").units[0].groups["outlets"]
    assert [row.facts["nox"].value for row in rows] == [80, 20]


def test_the_audit_itself_is_left_as_it_was(ruleset: Small, audit: Audit) -> None:
    changed(ruleset, audit, "u.dust=1", "enterprise.closed=false")
    assert audit.units[0].facts["dust"].value == 3


def test_every_error_of_every_setting_is_told_at_once(ruleset: Small, audit: Audit) -> None:
    found = problems(
        ruleset, audit, "nonsense", "v.dust=1", "u.dusk=1", "u.dust=-4", "u.twice=1", "u.nox=1",
        "u.outlets[DA009].nox=1", "u.outlets[DA001].dust=1", "enterprise.outlets[DA001].nox=1", "u.closed=maybe",
    )  # fmt: skip
    assert set(found) == {
        "nonsense", "v.dust", "u.dusk", "u.dust", "u.twice", "u.nox",
        "u.outlets[DA009].nox", "u.outlets[DA001].dust", "enterprise.outlets[DA001].nox", "u.closed",
    }  # fmt: skip
    assert "DA001、2#.炉" in found["u.outlets[DA009].nox"]
    assert found["u.twice"] == "由 dust 计算得出；请改这些项"


def test_one_place_can_not_be_set_twice(ruleset: Small, audit: Audit) -> None:
    assert problems(ruleset, audit, "u.dust=1", "u.dust=2") == {"u.dust": "设了两次"}


def test_what_differs_leads_from_the_grade_to_single_conditions(ruleset: Small, audit: Audit) -> None:
    after = changed(ruleset, audit, "u.outlets[DA001].nox=40")
    found = compare(ruleset.grade(audit), ruleset.grade(after))
    assert [(d.kind, d.before, d.after) for d in found][:3] == [
        ("grade", "D", "A"),
        ("attainable", "D", "A"),
        ("unit_grade", "D", "A"),
    ]
    assert {d.kind for d in found} >= {"level", "dimension", "indicator", "condition"}
    assert ("tested.A", "unmet", "met") in {(d.id, d.before, d.after) for d in found if d.kind == "indicator"}


def test_nothing_differs_between_equal_gradings(ruleset: Small, audit: Audit) -> None:
    assert compare(ruleset.grade(audit), ruleset.grade(audit)) == ()
