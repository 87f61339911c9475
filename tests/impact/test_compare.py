"""Two gradings of the same units compared: what goes up and down, and which criteria are the cause."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.columns.from_audits import from_audits
from grading.columns.grade import ColumnGrader
from grading.columns.layout import Columns
from grading.impact.compare import Side, compare, standings
from grading.impact.counts import count_changes, impact
from grading.impact.reasons import MOST, reasons
from grading.model.base import Mode
from grading.model.impact import Impact
from grading.model.ruleset import Ruleset
from tests.engine.small import audit_of, fact, indicator, ruleset_of
from tests.engine.strategies import DAYS, Flavour, audits, rulesets

FEW = max(5, (settings.default.max_examples if settings.default is not None else 100) // 4)
"""Two random gradings are dear to draw."""
FACTS = {f["id"]: f for f in (fact("dust", "number", decimals=1), fact("nox", "number"), fact("gate_open", "boolean"))}


def most(name: str, limit: int | str) -> dict[str, Any]:
    return {"fact": name, "at_most": limit}


def ruleset(*indicators: dict[str, Any], **content: Any) -> Ruleset:
    return ruleset_of(facts=FACTS, indicators=indicators, **content)


def side(of: Ruleset, *plants: dict[str, Any], mode: Mode = Mode.OFFICIAL) -> Side:
    columns = from_audits(of, [(audit, audit.units[0]) for audit in (audit_of(of, plant) for plant in plants)])
    return graded(of, columns, mode)


def graded(of: Ruleset, columns: Columns, mode: Mode = Mode.OFFICIAL) -> Side:
    found = ColumnGrader(of, mode).grade(columns)
    return Side(of, found.units.hstack(found.indicators))


def causes(before: Side, after: Side, about: str = "grade") -> list[tuple[Any, ...]]:
    names = ("before_id", "after_id", "status", "level", "decides")
    return compare(before, after).causes.filter(pl.col("about") == about).select(names).rows()


LOOSE = ruleset(indicator("dust", A=most("dust", 10), B=most("dust", 20), C=most("dust", 30)))
TIGHT = ruleset(indicator("dust", A=most("dust", 5), B=most("dust", 8), C=most("dust", 30)))


def test_a_tightened_limit_takes_the_level_it_is_no_longer_enough_for() -> None:
    plant = {"dust": "9"}
    found = compare(side(LOOSE, plant), side(TIGHT, plant))
    assert found.units.select("before", "after", "direction").row(0) == ("A", "C", -1)
    # What denies B (at most 8) is why it is C now.
    assert causes(side(LOOSE, plant), side(TIGHT, plant)) == [("dust", "dust", "unmet", "B", True)]


def test_what_denies_only_a_part_of_what_is_lost_does_not_decide() -> None:
    before = ruleset(
        indicator("dust", A=most("dust", 30), B=most("dust", 30)),
        indicator("nox", A=most("nox", 30), B=most("nox", 30)),
    )
    after = ruleset(
        indicator("dust", A=most("dust", 5), B=most("dust", 5)), indicator("nox", A=most("nox", 5), B=most("nox", 30))
    )
    plant = {"dust": "9", "nox": "9"}
    assert causes(side(before, plant), side(after, plant)) == [
        ("dust", "dust", "unmet", "B", True),
        ("nox", "nox", "unmet", "A", False),
    ]


def test_who_had_a_level_had_the_worse_ones_too_and_loses_them_with_it() -> None:
    before = ruleset(indicator("dust", A=most("dust", 10), B=most("dust", "unresolved"), C=most("dust", 30)))
    after = ruleset(indicator("dust", A=most("dust", 5), B=most("dust", "unresolved"), C=most("dust", 30)))
    plant = {"dust": "9"}
    assert causes(side(before, plant), side(after, plant)) == [("dust", "dust", "unknown", "B", True)]


def test_all_that_stood_before_a_better_level_had_to_turn() -> None:
    before = ruleset(indicator("dust", A=most("dust", 5), B=most("dust", 5)), indicator("nox", A=most("nox", 5)))
    after = ruleset(indicator("dust", A=most("dust", 30)), indicator("nox", A=most("nox", 30)))
    plant = {"dust": "9", "nox": "9"}
    assert causes(side(before, plant), side(after, plant)) == [
        ("dust", "dust", "unmet", "A", True),
        ("nox", "nox", "unmet", "A", True),
    ]


def test_criteria_are_followed_when_renamed_and_named_when_new_or_gone() -> None:
    renamed = indicator("dust_limit", A=most("dust", 5)) | {"renamed_from": "dust"}
    before = ruleset(indicator("dust", A=most("dust", 10)), indicator("old", A=most("nox", 10)))
    after = ruleset(renamed, indicator("new", A=most("dust", 8)))
    plant = {"dust": "9", "nox": "9"}
    assert causes(side(before, plant), side(after, plant)) == [
        ("dust", "dust_limit", "unmet", "A", True),
        (None, "new", "unmet", "A", True),
    ]
    dirty = {"dust": "1", "nox": "99"}
    assert causes(side(before, dirty), side(after, dirty)) == [("old", None, "unmet", "A", True)]


def test_a_gate_that_closes_is_the_cause_and_what_else_is_wrong_is_not() -> None:
    gate = {"id": "shut", "when": {"fact": "gate_open", "equals": False}, "effect": "ungraded", "text": "shut"}
    before = ruleset(indicator("dust", A=most("dust", 10)))
    after = ruleset(indicator("dust", A=most("dust", 5)), gates=(gate,))
    plant = {"dust": "9", "gate_open": False}
    assert causes(side(before, plant), side(after, plant)) == [
        ("dust", "dust", "unmet", "A", False),
        (None, "shut", "met", "D", True),
    ]


def test_what_can_not_be_judged_any_more_is_unknown_and_counted() -> None:
    after = ruleset(indicator("dust", A=most("dust", "unresolved"), B=most("dust", 20), C=most("dust", 30)))
    plants = [{"dust": "9"}, {"dust": "15"}, {"dust": "99"}]
    changes = compare(side(LOOSE, *plants), side(after, *plants))
    assert changes.causes.filter(pl.col("about") == "grade").select("unit", "status").rows() == [(0, "unknown")]
    counted = impact([count_changes(LOOSE, after, changes, pl.Series(["1", "1", "2"]))], {LOOSE.id: LOOSE.scale})
    # Whatever the figure turns out to be, the others may yet be an A: so none of the three is settled.
    assert (counted.newly_unknown, counted.attainable_up, counted.attainable_down) == (3, 2, 0)
    assert [(c.after_id, c.down, c.undecided, c.sole, c.unknown) for c in counted.causes] == [("dust", 0, 1, 1, 1)]
    # Who is not decided is on none of the levels and neither up nor down.
    (found,) = counted.matrices
    assert [row[-1] for row in found.counts] == [1, 1, 0, 1, 0, 0]
    assert (found.up, found.down, found.undecided, found.settled, found.same) == (0, 0, 3, 0, 0)


def test_a_grade_that_is_decided_now_is_settled_down_or_up_by_what_it_was_at_least() -> None:
    open_ = ruleset(indicator("dust", A=most("dust", "unresolved"), B=most("dust", 10), C=most("dust", 20)))
    plants = [{"dust": "15"}, {"dust": "9"}, {"dust": "3"}]
    changes = compare(side(open_, *plants), side(TIGHT, *plants))
    ways = changes.units.select("before", "before_attainable", "after", "way").rows()
    assert ways == [("C", "A", "C", "settled"), ("B", "A", "C", "down"), ("B", "A", "A", "up")]


def test_what_a_unit_could_at_best_become_has_causes_of_its_own_where_its_grade_stays() -> None:
    open_figure = indicator(
        "nox", A=most("nox", "unresolved"), B=most("nox", "unresolved"), C=most("nox", "unresolved")
    )
    before = ruleset(indicator("dust", A=most("dust", 10)), open_figure)
    after = ruleset(indicator("dust", A=most("dust", 5)), open_figure)
    plant = {"dust": "9", "nox": "1"}
    found = compare(side(before, plant), side(after, plant)).units
    assert found.select("before", "after", "before_attainable", "after_attainable").row(0) == ("D", "D", "A", "B")
    assert causes(side(before, plant), side(after, plant)) == []
    assert causes(side(before, plant), side(after, plant), "attainable") == [("dust", "dust", "unmet", "A", True)]


def test_scales_are_compared_by_standing_and_say_so_where_nothing_else_tells() -> None:
    leading = {
        "label": "l",
        "levels": [{"id": "top", "label": "t", "standing": 1}, {"id": "low", "label": "l", "standing": 9}],
    }
    after = ruleset(indicator("dust", top=most("dust", 5)), scale=leading, id="test/leading")
    plants = [{"dust": "1"}, {"dust": "25"}]
    found = compare(side(LOOSE, *plants), side(after, *plants))
    assert found.units["direction"].to_list() == [0, -1]
    assert found.causes.select("unit", "kind").rows() == [(1, "scale")]


# ── Invariants ──


@st.composite
def two_gradings(draw: st.DrawFn) -> tuple[Ruleset, Ruleset, Columns, Columns]:
    """A ruleset and a changed edition of it, and what both read of the same units, with other data now and then."""
    before = draw(rulesets(Flavour(indicators=3, depth=1))).ruleset
    kept = [i for i in before.indicators if draw(st.booleans())] or list(before.indicators)
    renamed = {i.id: draw(st.booleans()) for i in kept}
    after = before.model_copy(
        update={
            "indicators": tuple(
                i.model_copy(update={"id": f"{i.id}_2", "renamed_from": i.id}) if renamed[i.id] else i for i in kept
            ),
            "gates": tuple(g for g in before.gates if draw(st.booleans())),
        }
    )
    size = draw(st.integers(1, 6))
    days = st.sampled_from(DAYS)
    one = st.builds(lambda audit, day: audit.model_copy(update={"assessed_on": day}), audits(before), days)
    listed = draw(st.lists(one, min_size=size, max_size=size))
    later = draw(st.lists(one, min_size=size, max_size=size)) if draw(st.booleans()) else listed
    return (
        before,
        after,
        from_audits(before, [(a, a.units[0]) for a in listed]),
        from_audits(after, [(a, a.units[0]) for a in later]),
    )


def counted(before: Side, after: Side) -> Impact:
    changes = compare(before, after)
    counties = pl.Series([str(i % 2) for i in range(changes.units.height)])
    return impact(
        [count_changes(before.ruleset, after.ruleset, changes, counties)], {before.ruleset.id: before.ruleset.scale}
    )


@settings(max_examples=FEW)
@given(two=two_gradings(), modes=st.tuples(st.sampled_from(Mode), st.sampled_from(Mode)))
def test_totals_of_the_matrices_are_the_number_of_units(two: Any, modes: tuple[Mode, Mode]) -> None:
    before, after, old, new = two
    found = counted(graded(before, old, modes[0]), graded(after, new, modes[1]))
    assert found.units == old.height
    assert sum(m.total for parts in found.by_county.values() for m in parts) == old.height
    assert sum(m.total for parts in found.by_industry.values() for m in parts) == old.height
    changed = compare(graded(before, old, modes[0]), graded(after, new, modes[1])).units["way"].drop_nulls().len()
    assert sum(m.up + m.down + m.undecided + m.settled for m in found.matrices) == changed
    assert sum(m.same for m in found.matrices) == old.height - changed


@settings(max_examples=FEW)
@given(two=two_gradings(), modes=st.tuples(st.sampled_from(Mode), st.sampled_from(Mode)))
def test_swapping_before_and_after_transposes(two: Any, modes: tuple[Mode, Mode]) -> None:
    before, after, old, new = two
    there, back = graded(before, old, modes[0]), graded(after, new, modes[1])
    one, other = counted(there, back), counted(back, there)
    for matrix, turned in zip(one.matrices, other.matrices, strict=True):
        assert matrix.counts == tuple(zip(*turned.counts, strict=True))
    assert (one.attainable_up, one.newly_unknown) == (other.attainable_down, other.newly_known)
    changes, turned = compare(there, back).units, compare(back, there).units
    # What is not decided on one side is up or down only when that is the side before.
    decided = ~changes["was_unknown"] & ~changes["is_unknown"]
    other_way = turned["way"].replace({"up": "down", "down": "up"})
    assert changes["way"].filter(decided).to_list() == other_way.filter(decided).to_list()


@settings(max_examples=FEW)
@given(two=two_gradings(), modes=st.tuples(st.sampled_from(Mode), st.sampled_from(Mode)))
def test_every_changed_grade_has_a_cause_that_decides_and_no_other_unit_has_one(
    two: Any, modes: tuple[Mode, Mode]
) -> None:
    before, after, old, new = two
    changes = compare(graded(before, old, modes[0]), graded(after, new, modes[1]))
    moved = set((changes.units["direction"] != 0).arg_true())
    at_best = set((changes.units["attainable_direction"] != 0).arg_true()) - moved
    for about, units in (("grade", moved), ("attainable", at_best)):
        mine = changes.causes.filter(pl.col("about") == about)
        assert set(mine["unit"]) == units
        assert set(mine.filter(pl.col("decides"))["unit"]) == units
    assert not (changes.causes["kind"] == "scale").any()


@settings(max_examples=FEW)
@given(two=two_gradings(), mode=st.sampled_from(Mode))
def test_without_what_decides_a_unit_would_not_have_fallen_so_far(two: Any, mode: Mode) -> None:
    before, after, old, new = two
    was, now = graded(before, old, mode), graded(after, new, mode)
    changes = compare(was, now)
    rank = standings(after.scale)
    levels = [level for level in after.scale.ids if level != after.scale.floor]
    for unit in (changes.units["direction"] < 0).arg_true():
        mine = changes.causes.filter(pl.col("unit") == unit, pl.col("about") == "grade")
        grade, best = changes.units["after"][unit], changes.units["before"][unit]
        between = [lv for lv in levels if rank[best] <= rank[lv] < rank[grade]]
        lost = [lv for lv in between if was.grades[f"level.{lv}"][unit] == "met"]
        denied = {lv: deniers(after, now.grades, unit, lv) for lv in lost}
        for criterion, decides in mine.filter(pl.col("kind") == "indicator").select("after_id", "decides").iter_rows():
            holds = [lv for lv in lost if criterion in denied[lv]]
            smallest = [lv for lv in holds if not any(denied[m] < denied[lv] for m in lost)]
            assert decides == (bool(smallest) and grade != "ungraded")


def deniers(of: Ruleset, grades: pl.DataFrame, unit: int, level: str) -> set[str]:
    """The indicators and gates that keep a unit from a level."""
    found = {i.id for i in of.indicators if grades[f"{i.id}.{level}"][unit] != "met"}
    for gate in of.gates:
        status = grades[f"gate.{gate.id}"][unit]
        barred = gate.effect == "ungraded" or of.scale.ids.index(level) < of.scale.ids.index(gate.effect.cap)
        found |= {gate.id} if barred and status in ("met", "unknown") else set()
    return found


@settings(max_examples=FEW)
@given(two=two_gradings(), mode=st.sampled_from(Mode))
def test_every_cause_leads_to_a_value(two: Any, mode: Mode) -> None:
    before, after, old, new = two
    changes = compare(graded(before, old, mode), graded(after, new, mode))
    moved = changes.units["direction"] + changes.units["attainable_direction"] * (changes.units["direction"] == 0)
    ways = moved.gather(changes.causes["unit"])
    for direction, of, columns, name in ((-1, after, new, "after_id"), (1, before, old, "before_id")):
        mine = changes.causes.filter(ways == direction).rename({name: "criterion"})
        with pytest.MonkeyPatch.context() as patch:
            # The language's sentences have no words for the empty lists that random conditions have.
            patch.setattr("grading.impact.reasons.sentence", lambda *_: "asked")
            told = reasons(of, mode, columns, mine.select("unit", "kind", "criterion", "level"))
        assert set(told["cause"]) == set(range(mine.height))
        assert told.group_by("cause").len()["len"].max() in (None, *range(1, MOST + 1))


def test_an_upper_bound_is_told_as_it_is_stated() -> None:
    plants = [audit_of(TIGHT, {"dust": dust}) for dust in ("9", "<9")]
    columns = from_audits(TIGHT, [(audit, audit.units[0]) for audit in plants])
    # <9 could be at most 8, and 9 is not.
    assert ColumnGrader(TIGHT).grade(columns).units.select("grade", "attainable").rows() == [("C", "C"), ("C", "A")]
    short = pl.DataFrame(
        {
            "unit": pl.Series([0, 1], dtype=pl.UInt32),
            "kind": ["indicator"] * 2,
            "criterion": ["dust"] * 2,
            "level": ["B"] * 2,
        }
    )
    told = reasons(TIGHT, Mode.OFFICIAL, columns, short)
    assert told.sort("cause")["value"].to_list() == ["9", "<9"]
