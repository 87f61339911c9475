"""A forecast is what grading each day would give: evidence, windows, waivers and counts of days end when they end."""

from datetime import date, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from grading.columns.from_audits import from_audits
from grading.columns.grade import ColumnGrader
from grading.engine.grade import Engine
from grading.forecast import Forecast, forecast
from grading.model.audit import Audit, Known, Row, Waiver, WaiverDocument
from grading.model.ruleset import Ruleset
from tests import plain
from tests.engine.small import DAY, Shelf, audit_of, fact, indicator, ruleset_of
from tests.engine.strategies import any_audit
from tests.shipped import ENGINE, LIBRARY

DAYS = 400
LAST = DAY + timedelta(days=DAYS)


def on(audit: Audit, day: date) -> Audit:
    """The same audit of another day."""
    return audit.model_copy(update={"assessed_on": day})


def aged(audit: Audit, luck: Random) -> Audit:
    """The audit with days of evidence for some of its values."""

    def of(known: Known) -> Known:
        taken, until = (luck.choice((None, luck.randint(-300, 0))), luck.choice((None, None, luck.randint(0, 380))))
        days = {"taken": None if taken is None else DAY + timedelta(days=taken)}
        days |= {"valid_until": None if until is None else DAY + timedelta(days=until)}
        return known.model_copy(update=days)

    def facts(stated: dict[str, Known]) -> dict[str, Known]:
        return {name: of(known) for name, known in stated.items()}

    units = tuple(
        unit.model_copy(
            update={
                "facts": facts(unit.facts),
                "groups": {
                    g: tuple(Row(key=r.key, facts=facts(r.facts)) for r in rows) for g, rows in unit.groups.items()
                },
            }
        )
        for unit in audit.units
    )
    shared = audit.enterprise.model_copy(update={"facts": facts(audit.enterprise.facts)})
    return audit.model_copy(update={"units": units, "enterprise": shared})


def waived(audit: Audit, indicator_id: str, luck: Random) -> Audit:
    """The audit with a waiver that begins and ends somewhere in the days to come."""
    begin = DAY + timedelta(days=luck.randint(-10, 60))
    until = begin + timedelta(days=luck.randint(0, 300))
    document = WaiverDocument(number="1", issued_on=begin)
    waiver = Waiver(indicator=indicator_id, authority="-", reason="-", document=document, from_=begin, until=until)
    return audit.model_copy(update={"units": (audit.units[0].model_copy(update={"waivers": (waiver,)}),)})


def ruleset_of_days(luck: Random) -> Ruleset:
    """A ruleset most of whose conditions come out otherwise some day: by evidence, windows, the day or a count of days."""

    def day() -> date:
        return DAY + timedelta(days=luck.randint(-20, DAYS))

    def condition() -> dict[str, object]:
        window = luck.choice(({}, {}, {"from": day()}, {"until": day()}))
        return (
            luck.choice(
                (
                    {"each": "outlets", "require": {"fact": "nmhc", "at_most": 10}},
                    {
                        "some": "outlets",
                        "where": {"fact": "tested_ago", "at_most": luck.randint(0, DAYS)},
                        "require": PROVEN,
                    },
                    {"fact": "permit", "equals": True},
                    {"fact": "age", "at_most": luck.randint(0, DAYS)},
                    {"fact": "half_age", "at_least": luck.randint(0, DAYS)},
                    {"fact": "assessed_on", "below": day()},
                    {"not": {"fact": "load", "above": 5}},
                )
            )
            | window
        )

    months = [luck.choice((None, {"months": luck.randint(1, 14)})) for _ in range(3)]
    return ruleset_of(
        facts={
            "nmhc": fact("nmhc", "number", "outlets", evidence_valid=months[0]),
            "tested": fact("tested", "date", "outlets", evidence_valid=months[1]),
            "permit": fact("permit", "boolean"),
            "load": fact("load", "number", evidence_valid=months[2]),
            "calibrated": fact("calibrated", "date"),
        },
        computed={
            "tested_ago": {"id": "tested_ago", "group": "outlets", "days_between": ["tested", "assessed_on"]},
            "age": {"id": "age", "days_between": ["calibrated", "assessed_on"]},
            "half_age": {"id": "half_age", "ratio": ["age", 2]},
        },
        indicators=[indicator(f"i{n}", **{level: condition() for level in "ABC"}) for n in range(2)],
        gates=[{"id": "g", "when": condition(), "effect": {"cap": "C"}, "text": "gate"}] if luck.random() < 0.3 else [],
    )


PROVEN = {"fact": "nmhc", "at_most": 10}


def audit_of_days(ruleset: Ruleset, luck: Random) -> Audit:
    """An audit whose values mostly meet what is asked, as long as their evidence holds."""
    day = DAY - timedelta(days=luck.randint(0, 30))
    rows = [{"nmhc": luck.choice(("8", "8", "<9", "12")), "tested": day} for _ in range(luck.randint(0, 2))]
    facts = {"permit": True, "load": luck.choice(("4", "<5")), "calibrated": day}
    audit = aged(audit_of(ruleset, facts, {"outlets": rows}), luck)
    return waived(audit, "i0", luck) if luck.random() < 0.5 else audit


@settings(max_examples=12)
@given(seed=st.integers(0, 2**32))
def test_forecast_equals_grading_day_by_day_over_400_days_on_random_audits(seed: int) -> None:
    luck = Random(seed)
    ruleset = ruleset_of_days(luck)
    audit = audit_of_days(ruleset, luck)
    found = forecast(Engine(Shelf(ruleset)), audit, LAST)
    assert (found.since, found.until) == (DAY, LAST)
    for n in range(DAYS + 1):
        day = DAY + timedelta(days=n)
        expected = plain.grade_unit(ruleset, on(audit, day))
        assert tuple(found.on(day).units[0]) == (expected.grade, expected.attainable), day


def test_forecast_of_a_shipped_ruleset_equals_its_columns_day_by_day() -> None:
    ruleset = LIBRARY.ruleset("xianyang-2023/rubber")
    luck = Random(1)
    audit = aged(any_audit(ruleset, luck, DAY, (0,)), luck)
    found = forecast(ENGINE, audit, DAY + timedelta(days=120))
    days = [DAY + timedelta(days=n) for n in range(121)]
    of_days = [on(audit, day) for day in days]
    columns = from_audits(ruleset, [(one, one.units[0]) for one in of_days])
    in_columns = ColumnGrader(ruleset).grade(columns).units.select("grade", "attainable").rows()
    assert [tuple(found.on(day).units[0]) for day in days] == in_columns


COUNTED = ruleset_of(
    facts={"nmhc": fact("nmhc", "number", evidence_valid={"months": 12}), "calibrated": fact("calibrated", "date")},
    computed={"age": {"id": "age", "days_between": ["calibrated", "assessed_on"]}},
    indicators=(
        indicator("emission", A={"fact": "nmhc", "at_most": 10}, C={"fact": "nmhc", "at_most": 50}),
        indicator("calibration", B={"fact": "age", "at_most": 90, "until": date(2024, 12, 31)}),
    ),
)


def test_each_stretch_says_what_ended_and_where_it_stands() -> None:
    audit = audit_of(COUNTED, {"nmhc": "8", "calibrated": date(2023, 12, 1)})
    measured = audit.units[0].facts["nmhc"].model_copy(update={"taken": date(2023, 3, 14)})
    facts = {**audit.units[0].facts, "nmhc": measured}
    audit = audit.model_copy(update={"units": (audit.units[0].model_copy(update={"facts": facts}),)})
    found = forecast(Engine(Shelf(COUNTED)), audit, LAST)
    assert [
        (s.since, s.units[0].grade, s.units[0].attainable, [e.kind for e in s.because]) for s in found.stretches
    ] == [
        (date(2024, 1, 1), "A", "A", []),
        (date(2024, 3, 1), "C", "C", ["day"]),
        (date(2024, 3, 15), "D", "C", ["evidence"]),
        (date(2025, 1, 1), "D", "A", ["requirement"]),
    ]
    assert Forecast.of_json(found.as_json()) == found
    (end,) = found.stretches[2].because
    assert (end.place, end.text) == ("units[0].facts.nmhc", "nmhc：凭证于 2024 年 3 月 14 日到期")


def test_only_days_on_which_something_may_change_are_graded() -> None:
    audit = audit_of(COUNTED, {"nmhc": "8"})
    engine, graded = Engine(Shelf(COUNTED)), []
    real = engine.grade
    engine.grade = lambda one, mode: graded.append(one.assessed_on) or real(one, mode)  # type: ignore[assignment,method-assign,func-returns-value]
    forecast(engine, audit, LAST)
    assert graded == [DAY, date(2025, 1, 1)]
