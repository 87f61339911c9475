"""Waivers: an indicator counts for a level by its waiver, as `waived` and never as met, on the days of the waiver alone."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.audit_json import dump_audit
from grading.digest import audit_digest, digest
from grading.engine.grade import Engine
from grading.gaps.unit import unit_gaps
from grading.intake import AuditError, check_audit, read_audit
from grading.model.audit import Audit, Waiver, WaiverDocument
from grading.model.base import Mode, Status
from grading.model.result import UnitGrading
from tests.columns.test_agreement import agree
from tests.engine.small import DAY, Shelf, audit_of, fact, indicator, ruleset_of
from tests.engine.strategies import Flavour, audits, rulesets
from tests.engine.test_agreement import compare

RULESET = ruleset_of(
    facts={
        "dust": fact("dust", "number", decimals=1, changed_by="works"),
        "gate": fact("gate", "boolean"),
        "logged": fact("logged", "boolean", changed_by="discipline"),
    },
    indicators=[
        indicator(
            "dust_limit",
            A={"fact": "dust", "at_most": Decimal(10)},
            B={"fact": "dust", "at_most": Decimal(20)},
            C={"fact": "dust", "at_most": Decimal(30)},
        ),
        indicator("logs", "management", **{"A,B": {"fact": "logged", "equals": True}}),
    ],
    gates=[{"id": "shut", "when": {"fact": "gate", "equals": True}, "effect": "ungraded", "text": "shut"}],
)
ENGINE = Engine(Shelf(RULESET))
FACTS = {"dust": "25", "gate": False, "logged": True}


def waiver(indicator: str, first: date = DAY, last: date = DAY) -> Waiver:
    """A waiver from a day to a day."""
    document = WaiverDocument(number="咸环函〔2023〕12号", issued_on=first)
    return Waiver(indicator=indicator, authority="市局", reason="改造期", document=document, from_=first, until=last)


def with_waivers(audit: Audit, *waivers: Waiver) -> Audit:
    """The audit with waivers of its unit."""
    return audit.model_copy(update={"units": (audit.units[0].model_copy(update={"waivers": waivers}),)})


def graded(*waivers: Waiver, day: date = DAY, **facts: Any) -> UnitGrading:
    """The unit's grading on a day."""
    audit = with_waivers(audit_of(RULESET, FACTS | facts), *waivers)
    return ENGINE.grade(audit.model_copy(update={"assessed_on": day})).units[0]


def test_a_waived_indicator_counts_and_is_waived_where_it_is_not_met_by_itself() -> None:
    assert graded().outcome == ("C", "C")
    unit = graded(waiver("dust_limit"))
    assert unit.outcome == ("A", "A")
    result = unit.indicator("dust_limit")
    assert result.levels == {"A": Status.WAIVED, "B": Status.WAIVED, "C": Status.MET}
    assert (result.level, result.attainable) == ("C", "C"), "its own level is what it comes to by itself"
    assert unit.levels["A"] is Status.MET
    assert [(w.waiver.indicator, w.standing, w.levels) for w in unit.relied_on] == [
        ("dust_limit", "in_force", ("A", "B"))
    ]


def test_a_missing_value_is_waived_too() -> None:
    audit = with_waivers(audit_of(RULESET, {"gate": False, "logged": True}), waiver("dust_limit"))
    unit = ENGINE.grade(audit).units[0]
    assert unit.outcome == ("A", "A")
    assert set(unit.indicator("dust_limit").levels.values()) == {Status.WAIVED}


def test_a_waiver_of_what_is_met_anyway_changes_nothing_and_is_not_relied_on() -> None:
    unit = graded(waiver("logs"))
    assert unit.outcome == ("C", "C")
    assert unit.indicator("logs").levels["A"] is Status.MET
    assert unit.relied_on == ()


@pytest.mark.parametrize(
    ("day", "standing", "grade"),
    [
        (DAY - timedelta(days=1), "not_begun", "C"),
        (DAY, "in_force", "A"),
        (DAY + timedelta(days=9), "in_force", "A"),
        (DAY + timedelta(days=10), "ended", "C"),
    ],
)
def test_a_waiver_counts_from_its_first_to_its_last_day(day: date, standing: str, grade: str) -> None:
    unit = graded(waiver("dust_limit", DAY, DAY + timedelta(days=9)), day=day)
    assert unit.waivers[0].standing == standing
    assert unit.grade == grade


def test_the_trace_has_the_waiver_as_a_fact_and_says_waived() -> None:
    unit = graded(waiver("dust_limit"))
    stated = next(e for e in unit.trace if e.concludes.get("condition") == "dust_limit.waiver")
    assert stated.because == (
        {
            "waiver": "dust_limit",
            "place": "units[0].waivers[0]",
            "in_force": True,
            "authority": "市局",
            "document": "咸环函〔2023〕12号",
            "until": "2024-01-01",
        },
    )
    none = next(e for e in unit.trace if e.concludes.get("condition") == "logs.waiver")
    assert none.because == ({"waiver": "logs", "place": "units[0].waivers", "in_force": False},)
    waived = [e for e in unit.trace if e.concludes.get("status") == "waived"]
    assert waived
    assert all({"seq": stated.seq} in e.because for e in waived)
    said = {
        (one["id"], one["level"]): e.concludes["status"]
        for e in unit.trace
        for one in e.concludes.get("indicators", ())
    }
    assert said == {(i.id, level): status.value for i in unit.indicators for level, status in i.levels.items()}


def test_a_waived_criterion_is_no_gap() -> None:
    audit = with_waivers(audit_of(RULESET, FACTS | {"logged": False}), waiver("dust_limit"))
    gaps = unit_gaps(ENGINE, audit, ENGINE.grade(audit), 0, "A")
    assert {line.indicator for line in gaps.lines} == {"logs"}
    assert [w.indicator for w in gaps.waivers] == ["dust_limit"]


@settings(max_examples=25)
@given(data=st.data())
def test_engine_columns_and_plain_evaluator_agree_on_waivers(data: st.DataObject) -> None:
    ruleset = data.draw(rulesets(Flavour(depth=2))).ruleset
    ids = st.sampled_from([i.id for i in ruleset.indicators])
    days = st.sampled_from((DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)))
    granted = st.builds(lambda id_, day: waiver(id_, day, max(day, DAY)), ids, days)
    once = st.lists(granted, max_size=3, unique_by=lambda one: one.indicator)
    listed = [
        with_waivers(audit, *data.draw(once)) for audit in data.draw(st.lists(audits(ruleset), min_size=1, max_size=3))
    ]
    engine = Engine(Shelf(ruleset))
    agree(ruleset, listed, engine)
    for audit in listed:
        compare(engine, ruleset, audit)


GRANTED = {
    "indicator": "dust_limit",
    "authority": "市局",
    "reason": "改造期",
    "document": {"number": "咸环函〔2023〕12号", "date": "2023-12-01"},
    "until": "2024-06-30",
}


def document(*waivers: Any) -> dict[str, Any]:
    """An audit's document with waivers."""
    unit = {"id": "u", "ruleset": RULESET.id, "facts": {"dust": Decimal(25)}, "waivers": list(waivers)}
    return {"enterprise": {"name": "e"}, "assessed_on": "2024-01-01", "units": [unit]}


def test_waivers_are_read_written_and_part_of_the_digest() -> None:
    library = Shelf(RULESET)
    audit = check_audit(document(GRANTED | {"evidence": ["批复扫描件"]}), library)
    assert audit.units[0].waivers[0].from_ == date(2023, 12, 1), "it begins with its document"
    assert read_audit(dump_audit(audit, library), library) == audit
    assert digest(audit) == audit_digest(audit) != audit_digest(check_audit(document(), library))
    assert ENGINE.grade(audit, Mode.OFFICIAL).as_json()["units"][0]["waivers"] == [
        {**GRANTED, "from": "2023-12-01", "evidence": ["批复扫描件"], "standing": "in_force", "levels": ["A", "B"]}
    ]
    assert "waivers" not in ENGINE.grade(check_audit(document(), library)).as_json()["units"][0]


def test_everything_wrong_with_waivers_is_told_at_once_with_its_place() -> None:
    wrong = [
        GRANTED | {"indicator": "shut"},
        GRANTED | {"indicator": "dust_limits", "until": "2023-11-30"},
        {"indicator": "logs", "reason": "改造期", "until": "2024-06-30"},
        GRANTED,
        GRANTED | {"from": "2024-06-30", "until": "2024-12-31", "document": {"number": "13号"}},
        GRANTED | {"from": "2024-06-30", "until": "2024-12-31"},
    ]
    with pytest.raises(AuditError) as refused:
        check_audit(document(*wrong), Shelf(RULESET))
    assert [(p.place, p.code) for p in refused.value.problems] == [
        ("units[0].waivers[0].indicator", "waiver_of_a_gate"),
        ("units[0].waivers[1].indicator", "waiver_indicator_unknown"),
        ("units[0].waivers[1].until", "waiver_ends_before"),
        ("units[0].waivers[2].authority", "key_missing"),
        ("units[0].waivers[2].document", "key_missing"),
        ("units[0].waivers[4].document.date", "key_missing"),
        ("units[0].waivers[5]", "waivers_overlap"),
    ]
