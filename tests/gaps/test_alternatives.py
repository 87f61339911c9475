"""What can be satisfied in several ways: every way with what it takes, and the cheapest marked."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from grading.model.gap import Alternative, UnitGaps
from tests.gaps.small import asks, line, small

CLOSE = "{fact: closed, equals: true, remedy: {text: 密闭, weeks: [2, 4], cost_wan_cny: [20, 40]}}"
WATER = "{fact: watered, equals: true, remedy: {text: 洒水, weeks: [1, 1], cost_wan_cny: [2, 4]}}"
SWEEP = "{fact: swept, equals: true, remedy: {text: 清扫, weeks: [1, 2], cost_wan_cny: [1, 2]}}"
LIMIT = "{fact: dust, at_most: 1, remedy: {text: 除尘, weeks: [8, 12], cost_wan_cny: [50, 90]}}"
NO = {"closed": False, "watered": False, "swept": False, "dust": 3}


def ways(gaps: UnitGaps, alternative: Alternative) -> dict[str, bool]:
    """What each way asks for → whether it is the cheapest."""
    by_id = {known.id: known for known in gaps.lines}
    return {"+".join(by_id[id_].fact for id_ in way.lines): way.cheapest for way in alternative.ways}


def on_the_way(gaps: UnitGaps) -> set[str]:
    """The facts of the lines on the cheapest way."""
    return {known.fact for known in gaps.lines if known.on_cheapest_way}


def gaps_of(root: Path, condition: str, facts: dict[str, Any], **more: Any) -> UnitGaps:
    return small(root, asks("A,B,C", condition)).gaps(facts, "C", **more)


def test_each_way_of_an_any_is_there_with_what_it_takes_and_the_cheapest_is_marked(tmp_path: Path) -> None:
    gaps = gaps_of(tmp_path, f"{{any: [{CLOSE}, {WATER}]}}", NO)
    (alternative,) = gaps.alternatives
    assert (alternative.needed, alternative.indicator, alternative.level) == (1, "tested", "C")
    assert ways(gaps, alternative) == {"closed": False, "watered": True}
    close, water = alternative.ways
    assert (close.cost_wan_cny, close.weeks) == ((20, 40), (2, 4))
    assert (water.cost_wan_cny, water.possible) == ((2, 4), True)
    assert on_the_way(gaps) == {"watered"}
    assert {known.alternative for known in gaps.lines} == {alternative.id}


def test_of_at_least_two_the_two_cheapest_are_marked(tmp_path: Path) -> None:
    gaps = gaps_of(tmp_path, f"{{at_least_of: 2, of: [{CLOSE}, {WATER}, {LIMIT}, {SWEEP}]}}", NO)
    (alternative,) = gaps.alternatives
    assert alternative.needed == 2
    assert ways(gaps, alternative) == {"closed": False, "watered": True, "dust": False, "swept": True}
    assert on_the_way(gaps) == {"watered", "swept"}


def test_what_holds_already_counts_and_is_not_a_way(tmp_path: Path) -> None:
    gaps = gaps_of(tmp_path, f"{{at_least_of: 2, of: [{CLOSE}, {WATER}, {SWEEP}]}}", NO | {"watered": True})
    (alternative,) = gaps.alternatives
    assert alternative.needed == 1
    assert ways(gaps, alternative) == {"closed": False, "swept": True}


def test_where_as_many_are_left_as_are_needed_there_is_nothing_to_choose(tmp_path: Path) -> None:
    gaps = gaps_of(tmp_path, f"{{at_least_of: 3, of: [{CLOSE}, {WATER}, {SWEEP}]}}", NO | {"swept": True})
    assert gaps.alternatives == ()
    assert on_the_way(gaps) == {"closed", "watered"}


def test_of_what_must_not_hold_so_many_times_enough_must_fail(tmp_path: Path) -> None:
    """Not two of three: two of the three must not hold; one fails already, so one more."""
    yes = ", ".join(f"{{fact: {fact}, equals: true}}" for fact in ("closed", "watered", "swept"))
    facts = {"closed": True, "watered": True, "swept": False}
    (alternative,) = gaps_of(tmp_path, f"{{not: {{at_least_of: 2, of: [{yes}]}}}}", facts).alternatives
    assert (alternative.needed, len(alternative.ways)) == (1, 2)


def test_a_remedy_that_serves_two_of_the_conditions_makes_them_the_cheapest_pair(tmp_path: Path) -> None:
    shared = "remedy: {text: 共用, cost_wan_cny: [10, 10]}"
    single = "remedy: {text: 单用 %s, cost_wan_cny: [6, 6]}"
    parts = [
        f"{{fact: closed, equals: true, {single % 1}}}",
        f"{{fact: watered, equals: true, {single % 2}}}",
        f"{{fact: swept, equals: true, {shared}}}",
        f"{{fact: dust, at_most: 1, {shared}}}",
    ]
    gaps = gaps_of(tmp_path, f"{{at_least_of: 2, of: [{', '.join(parts)}]}}", NO)
    assert on_the_way(gaps) == {"swept", "dust"}


def test_alternatives_within_alternatives_are_told_apart_and_marked_together(tmp_path: Path) -> None:
    inner = f"{{any: [{WATER}, {SWEEP}]}}"
    gaps = gaps_of(tmp_path, f"{{any: [{CLOSE}, {{all: [{LIMIT}, {inner}]}}]}}", NO)
    outer, within = gaps.alternatives
    assert ways(gaps, outer) == {"closed": True, "dust+watered+swept": False}
    assert ways(gaps, within) == {"watered": False, "swept": True}
    assert on_the_way(gaps) == {"closed"}
    assert line(gaps, "watered").alternative == within.id
    assert line(gaps, "dust").alternative == outer.id
    assert outer.ways[1].cost_wan_cny == (51, 92)


def test_a_choice_within_a_choice_is_one_gap(tmp_path: Path) -> None:
    inner = f"{{any: [{WATER}, {SWEEP}]}}"
    gaps = gaps_of(tmp_path, f"{{any: [{CLOSE}, {{all: [{LIMIT}, {inner}]}}]}}", NO)
    assert {known.fact for known in gaps.with_status("unmet")} == {"closed", "dust", "watered", "swept"}
    assert len(gaps.distinct("unmet")) == 1


def test_what_does_not_satisfy_is_no_gap_where_a_missing_value_may_do(tmp_path: Path) -> None:
    gaps = gaps_of(tmp_path, f"{{any: [{CLOSE}, {WATER}, {SWEEP}]}}", {"closed": False, "swept": False})
    assert {line.fact for line in gaps.with_status("unmet")} == {"closed", "swept"}
    assert [line.fact for line in gaps.distinct("unmet")] == []
    assert [line.fact for line in gaps.distinct("unknown")] == ["watered"]


def test_rows_of_which_one_is_enough_are_ways(tmp_path: Path) -> None:
    both = "{all: [{fact: nox, at_most: 40}, {fact: online, equals: true}]}"
    some = f"{{some: outlets, where: {{fact: kind, equals: kiln}}, require: {both}}}"
    rows = [
        {"outlet_id": "DA001", "kind": "kiln", "nox": 80, "online": False},
        {"outlet_id": "DA002", "kind": "kiln", "nox": 30, "online": False},
        {"outlet_id": "DA003", "kind": "mill", "nox": 80, "online": False},
    ]
    gaps = gaps_of(tmp_path, some, {}, outlets=rows)
    (alternative,) = gaps.alternatives
    assert (alternative.row, ways(gaps, alternative)) == (None, {"nox+online": False, "online": True})
    assert {known.row for known in gaps.lines if known.on_cheapest_way} == {"DA002"}


def test_alternatives_in_a_row_name_their_row(tmp_path: Path) -> None:
    each = "{each: outlets, require: {any: [{fact: nox, at_most: 40}, {fact: online, equals: true}]}}"
    rows = [{"outlet_id": name, "nox": 80, "online": False} for name in ("DA001", "DA002")]
    gaps = gaps_of(tmp_path, each, {}, outlets=rows)
    assert [alternative.row for alternative in gaps.alternatives] == ["DA001", "DA002"]
    assert len({alternative.id for alternative in gaps.alternatives}) == 2


def test_a_way_whose_figure_is_not_established_is_not_possible_whatever_it_costs(tmp_path: Path) -> None:
    open_ = "{fact: swept, equals: {provisional: true}, remedy: {text: 清扫, cost_wan_cny: [1, 2]}}"
    gaps = gaps_of(tmp_path, f"{{any: [{CLOSE}, {open_}]}}", NO)
    (alternative,) = gaps.alternatives
    assert [(way.possible, way.cheapest, way.cost_wan_cny) for way in alternative.ways] == [
        (True, True, (20, 40)),
        (False, False, (1, 2)),
    ]
    trial = small(tmp_path / "t", asks("A,B,C", f"{{any: [{CLOSE}, {open_}]}}")).gaps(NO, "C", trial=True)
    assert [way.cheapest for way in trial.alternatives[0].ways] == [False, True]


def test_when_no_way_is_possible_none_is_the_cheapest_and_no_line_is_put_aside(tmp_path: Path) -> None:
    either = "{any: [{fact: dust, at_most: unresolved}, {fact: share, at_least: unresolved}]}"
    gaps = gaps_of(tmp_path, either, {"dust": 1})
    assert [way.cheapest for way in gaps.alternatives[0].ways] == [False, False]
    assert on_the_way(gaps) == {"dust", "share"}


@pytest.mark.parametrize(("facts", "cost"), [(NO, (20, 40)), ({}, (0, 40))])
def test_what_only_needs_evidence_may_cost_nothing(
    tmp_path: Path, facts: dict[str, Any], cost: tuple[int, int]
) -> None:
    """The evidence may show that the belt is closed; if it is not, closing it costs what it costs."""
    gaps = gaps_of(tmp_path, f"{{any: [{CLOSE}, {LIMIT}]}}", facts)
    assert gaps.alternatives[0].ways[0].cost_wan_cny == (Decimal(cost[0]), Decimal(cost[1]))


def test_a_way_without_a_stated_cost_ranks_behind_one_that_has_it(tmp_path: Path) -> None:
    gaps = gaps_of(tmp_path, f"{{any: [{{fact: swept, equals: true}}, {LIMIT}]}}", NO)
    assert ways(gaps, gaps.alternatives[0]) == {"swept": False, "dust": True}
    assert gaps.alternatives[0].ways[0].cost_wan_cny is None


def test_one_requirement_with_three_ways_is_one_gap(tmp_path: Path) -> None:
    ways = "{any: [{fact: closed, equals: true}, {fact: watered, equals: true}, {fact: swept, equals: true}]}"
    gaps = small(tmp_path, asks("A,B,C", ways)).gaps({"closed": False, "watered": False, "swept": False}, "A")
    assert len(gaps.with_status("unmet")) == 3
    assert [line.fact for line in gaps.distinct("unmet")] == ["closed"]


def test_a_gate_and_an_indicator_about_the_same_value_are_one_gap(tmp_path: Path) -> None:
    gates = """\
    gates:
      - {id: coal, title: 使用燃煤, when: {fact: fuel, equals: coal}, effect: {cap: C}, text: 使用燃煤的不高于 C 级,
         cite: {document: 通则}, basis: seen, confidence: high}
    """
    ruleset = small(tmp_path, asks("A,B", "{fact: fuel, one_of: [gas, power]}"), more=gates)
    gaps = ruleset.gaps({"fuel": "coal"}, "A")
    assert {line.source for line in gaps.with_status("unmet")} == {"gate", "indicator"}
    assert [line.source for line in gaps.distinct("unmet")] == ["indicator"]
