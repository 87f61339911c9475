"""Evidence ends: until when it proves a value, and what the engine makes of a value that it no longer proves."""

from datetime import date, timedelta

import pytest

from grading.audit_json import dump_audit
from grading.columns.from_audits import from_audits
from grading.columns.grade import ColumnGrader
from grading.digest import audit_digest, digest
from grading.engine.grade import Engine
from grading.evidence_validity import validity_on
from grading.explain import Reason, explain
from grading.intake import AuditError, read_audit
from grading.model.audit import Audit, Known
from grading.model.base import Status
from grading.model.ruleset import EvidenceValid, Fact
from tests import plain
from tests.engine.small import DAY, Shelf, audit_of, fact, indicator, ruleset_of

TAKEN = date(2023, 3, 14)
TEST = Fact(id="nmhc", label="nmhc", type="number", evidence_valid=EvidenceValid(months=12))
RULESET = ruleset_of(
    facts={"nmhc": fact("nmhc", "number", evidence_valid={"months": 12}), "permit": fact("permit", "boolean")},
    indicators=(
        indicator("emission", A={"fact": "nmhc", "at_most": 10}, C={"fact": "nmhc", "at_most": 50}),
        indicator("papers", A={"fact": "permit", "equals": True}),
    ),
)
ENGINE = Engine(Shelf(RULESET))


def stated(day: date = DAY, permit: Known | None = None, **nmhc: object) -> Audit:
    """An audit of a day with a measurement as stated."""
    audit = audit_of(RULESET, {"nmhc": "8", "permit": True})
    measured = audit.units[0].facts["nmhc"].model_copy(update=nmhc)
    facts = {"nmhc": measured, "permit": permit or Known(value=True)}
    return audit.model_copy(update={"assessed_on": day, "units": (audit.units[0].model_copy(update={"facts": facts}),)})


@pytest.mark.parametrize(
    ("taken", "months", "last"),
    [
        (date(2023, 3, 14), 12, date(2024, 3, 14)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_months_end_with_the_same_day_of_the_month_or_its_last(taken: date, months: int, last: date) -> None:
    asked = TEST.model_copy(update={"evidence_valid": EvidenceValid(months=months)})
    known = Known(value=True, taken=taken)
    assert validity_on(asked, known, last) == ("valid", last)
    assert validity_on(asked, known, last + timedelta(days=1)) == ("expired", last)


def test_the_earlier_of_the_own_end_and_the_allowed_age_counts() -> None:
    known = Known(value=True, taken=TAKEN, valid_until=date(2023, 9, 30))
    assert validity_on(TEST, known, DAY) == ("expired", date(2023, 9, 30))
    assert validity_on(TEST, known.model_copy(update={"valid_until": date(2030, 1, 1)}), DAY).last_day == date(
        2024, 3, 14
    )


def test_without_a_limit_only_the_own_end_counts_and_nothing_else_ever_ends() -> None:
    anything = Fact(id="x", label="x", type="boolean")
    assert validity_on(anything, Known(value=True, taken=TAKEN), date.max) == ("valid", None)
    assert validity_on(anything, Known(value=True, valid_until=DAY), DAY + timedelta(days=1)).standing == "expired"


def test_a_value_of_expired_evidence_is_missing_evidence_neither_met_nor_failed() -> None:
    last = date(2024, 3, 14)
    valid, expired = (ENGINE.grade(stated(day, taken=TAKEN)).units[0] for day in (last, last + timedelta(days=1)))
    assert (valid.outcome.grade, valid.outcome.attainable) == ("A", "A")
    assert (expired.outcome.grade, expired.outcome.attainable) == ("D", "A")
    assert set(expired.indicator("emission").levels.values()) == {Status.UNKNOWN}


def test_evidence_without_a_day_does_not_prove_where_its_age_is_limited() -> None:
    undated = ENGINE.grade(stated()).units[0]
    assert (undated.outcome.grade, undated.outcome.attainable) == ("D", "A")
    cause = next(c for e in undated.trace for c in e.because if "not_counted" in c)
    assert (cause["not_counted"], cause["value"], cause["stated"]) == ("undated", None, 8)


def test_the_trace_names_the_value_that_is_stated_and_the_last_day_of_its_evidence() -> None:
    audit = stated(date(2024, 4, 1), taken=TAKEN, evidence=("report",))
    unit = ENGINE.grade(audit).units[0]
    cause = next(c for e in unit.trace for c in e.because if c.get("fact") == "nmhc")
    assert cause == {
        "fact": "nmhc",
        "place": "units[0].facts.nmhc",
        "value": None,
        "evidence": ["report"],
        "valid_until": "2024-03-14",
        "not_counted": "expired",
        "stated": 8,
    }
    values = [one for one in _walk(explain(audit, 0, RULESET, unit)) if one.id == "nmhc" and one.kind == "value"]
    assert {one.validity for one in values} == {"凭证于 2024 年 3 月 14 日到期"}
    assert {one.value_text for one in values} == {None}


def _walk(reason: Reason) -> list[Reason]:
    return [reason, *(below for child in reason.children for below in _walk(child))]


def test_a_units_own_entry_serves_it_also_when_its_evidence_has_expired() -> None:
    audit = stated(date(2024, 4, 1), taken=TAKEN)
    shared = {"nmhc": audit.units[0].facts["nmhc"].model_copy(update={"taken": date(2024, 3, 1)})}
    audit = audit.model_copy(update={"enterprise": audit.enterprise.model_copy(update={"facts": shared})})
    assert ENGINE.grade(audit).units[0].outcome.grade == plain.grade_unit(RULESET, audit).grade == "D"


def test_columns_and_the_plain_evaluator_agree_on_every_day_around_the_ends() -> None:
    ended = Known(value=True, valid_until=date(2024, 3, 10))
    audits = [
        stated(day, permit, **about)
        for day in (date(2024, 3, 10) + timedelta(days=n) for n in range(8))
        for permit in (None, ended)
        for about in ({}, {"taken": TAKEN}, {"taken": TAKEN, "valid_until": date(2024, 3, 12)})
    ]
    columns = from_audits(RULESET, [(audit, audit.units[0]) for audit in audits])
    found = ColumnGrader(RULESET).grade(columns).units.select("grade", "attainable").rows()
    for audit, in_columns in zip(audits, found, strict=True):
        unit, expected = ENGINE.grade(audit).units[0], plain.grade_unit(RULESET, audit)
        assert tuple(unit.outcome) == (expected.grade, expected.attainable) == in_columns


def test_what_is_stated_of_evidence_is_written_and_read_again() -> None:
    audit = stated(taken=TAKEN, valid_until=date(2024, 9, 1), covers="DA001", evidence=("report",))
    again = read_audit(dump_audit(audit, Shelf(RULESET)), Shelf(RULESET))
    assert again == audit
    assert audit_digest(audit) == digest(audit) != audit_digest(stated())


def test_days_that_can_not_be_are_told_with_their_places() -> None:
    text = dump_audit(
        stated(taken=DAY + timedelta(days=1), permit=Known(value=True, taken=TAKEN, valid_until=date(2023, 1, 1))),
        Shelf(RULESET),
    )
    with pytest.raises(AuditError) as refused:
        read_audit(text, Shelf(RULESET))
    assert {(problem.place, problem.code.value) for problem in refused.value.problems} == {
        ("units[0].facts.nmhc.taken", "evidence_taken_later"),
        ("units[0].facts.permit.valid_until", "evidence_ends_before"),
    }
