"""The plan: the smallest and the cheapest set of changes, shown to be enough by grading the changed audit."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from grading.gaps import NoSuchLevelError, ReachedError, TargetError
from grading.model.gap import ChangeSet, Step
from grading.simulate import change_audit
from tests.gaps.small import FACTS, Small, also, asks, changed_values, small

CLOSE = "remedy: {text: 密闭, weeks: [2, 4], cost_wan_cny: [20, 40]}"
NO = {"closed": False, "watered": False, "swept": False, "dust": 3}


def step(ruleset: Small, facts: dict[str, Any], target: str = "C", **more: Any) -> Step:
    """The one step to a target."""
    (found,) = ruleset.gaps(facts, target, **more).steps
    return found


def sets(found: Step) -> tuple[ChangeSet, ChangeSet]:
    """The smallest and the cheapest set."""
    assert found.smallest is not None
    assert found.cheapest is not None
    return found.smallest, found.cheapest


def test_a_change_says_what_is_where_and_what_would_be_enough(tmp_path: Path) -> None:
    ruleset = small(
        tmp_path, asks("A,B,C", f"{{all: [{{fact: dust, at_most: 1}}, {{fact: closed, equals: true, {CLOSE}}}]}}")
    )
    gaps = ruleset.gaps({"dust": 3, "closed": False}, "C")
    _, cheapest = sets(gaps.steps[0])
    dust, closed = cheapest.changes
    assert (dust.kind, dust.place, dust.setting, dust.before, dust.after, dust.limit) == (
        "improve", "units[0].facts.dust", "u.dust", 3, 1, "at_most",
    )  # fmt: skip
    assert (dust.before_text, dust.after_text, dust.fact_label, dust.measured_in) == (
        "3 mg/m³",
        "1 mg/m³",
        "厂界颗粒物",
        "mg/m3",
    )
    assert (closed.after, closed.after_text, closed.limit) == (True, "是", None)
    assert [remedy.text for remedy in closed.remedies] == ["密闭"]
    assert [change.lines for change in cheapest.changes] == [(line.id,) for line in gaps.lines]
    assert (cheapest.outcome.grade, cheapest.enough, cheapest.optimal) == ("A", True, True)


def test_the_changes_of_a_plan_can_be_simulated_as_they_are_written(tmp_path: Path) -> None:
    each = "{each: outlets, require: {all: [{fact: nox, at_most: 40}, {fact: online, equals: true}]}}"
    ruleset = small(
        tmp_path,
        asks("A,B,C", f"{{all: [{each}, {{fact: fuel, one_of: [gas]}}, {{fact: ledgers, includes_all: [run]}}]}}"),
    )
    rows = [{"outlet_id": "DA001", "nox": 80.5, "online": True}, {"outlet_id": "2#", "nox": 30}]
    audit = ruleset.audit({"fuel": "coal", "ledgers": ["use"]}, outlets=rows)
    found = ruleset.gaps_of(audit, "C").steps[0].cheapest
    words = {True: "true", False: "false"}
    texts = [
        f"{setting}={words.get(after, after) if not isinstance(after, list) else str(after).replace(chr(39), chr(34))}"
        for setting, after in changed_values(found).items()
    ]
    assert ruleset.grade(change_audit(audit, texts, ruleset.engine.library)).outcome.grade == "A"


def test_a_missing_value_is_to_be_supplied_and_a_wrong_one_improved(tmp_path: Path) -> None:
    ruleset = small(tmp_path, asks("A,B,C", "{all: [{fact: dust, at_most: 1}, {fact: share, at_least: 80}]}"))
    _, cheapest = sets(step(ruleset, {"dust": 3}))
    assert [(c.fact, c.kind, c.before_text, c.after) for c in cheapest.changes] == [
        ("dust", "improve", "3 mg/m³", 1),
        ("share", "supply", "未提供", 80),
    ]


def test_the_smallest_and_the_cheapest_differ_where_one_dear_change_does_for_two_cheap_ones(tmp_path: Path) -> None:
    cheap = "remedy: {text: %s, cost_wan_cny: [1, 1]}"
    both = (
        f"{{all: [{{fact: watered, equals: true, {cheap % '洒水'}}}, {{fact: swept, equals: true, {cheap % '清扫'}}}]}}"
    )
    ruleset = small(tmp_path, asks("A,B,C", f"{{any: [{{fact: closed, equals: true, {CLOSE}}}, {both}]}}"))
    smallest, cheapest = sets(step(ruleset, NO))
    assert changed_values(smallest) == {"u.closed": True}
    assert changed_values(cheapest) == {"u.swept": True, "u.watered": True}
    assert (smallest.cost_wan_cny, cheapest.cost_wan_cny) == ((20, 40), (2, 2))
    assert (smallest.enough, cheapest.enough) == (True, True)
    assert (smallest.optimal, cheapest.optimal) == (True, True)


def test_one_remedy_that_serves_two_requirements_is_paid_once_and_decides_the_choice(tmp_path: Path) -> None:
    hall = "remedy: {text: 封闭厂房, weeks: [10, 20], cost_wan_cny: [30, 30]}"
    water = "remedy: {text: 洒水, weeks: [1, 1], cost_wan_cny: [20, 20]}"
    indicators = asks(
        "A,B,C",
        f"{{any: [{{fact: closed, equals: true, {hall}}}, {{fact: watered, equals: true, {water}}}]}}",
    ) + also(
        "A,B,C",
        "{fact: dust, at_most: 1}",
        "second",
        "其二",
        remedy="{text: 封闭厂房, weeks: [10, 20], cost_wan_cny: [30, 30]}",
    )
    _, cheapest = sets(step(small(tmp_path, indicators), NO))
    assert changed_values(cheapest) == {"u.closed": True, "u.dust": 1}
    assert (cheapest.cost_wan_cny, cheapest.weeks, len(cheapest.remedies)) == ((30, 30), (10, 20), 1)


def test_remedies_are_done_side_by_side_and_add_up(tmp_path: Path) -> None:
    other = "remedy: {text: 除尘, weeks: [3, 12], cost_wan_cny: [5, 6]}"
    ruleset = small(
        tmp_path,
        asks("A,B,C", f"{{all: [{{fact: closed, equals: true, {CLOSE}}}, {{fact: dust, at_most: 1, {other}}}]}}"),
    )
    _, cheapest = sets(step(ruleset, NO))
    assert (cheapest.cost_wan_cny, cheapest.weeks) == ((25, 46), (3, 12))
    _, unsure = sets(step(ruleset, {"dust": 3}))
    assert (unsure.cost_wan_cny, unsure.weeks) == ((5, 46), (3, 12))


def test_a_value_that_two_requirements_ask_for_is_changed_once_and_far_enough(tmp_path: Path) -> None:
    indicators = asks("A,B,C", "{fact: dust, at_most: 10}") + also("A,B,C", "{fact: dust, below: 5}", "second", "其二")
    smallest, _ = sets(step(small(tmp_path, indicators), {"dust": 30}))
    assert changed_values(smallest) == {"u.dust": 4.99}
    assert len(smallest.changes[0].lines) == 2


def test_what_holds_today_is_not_given_up_for_what_does_not(tmp_path: Path) -> None:
    """Coal fulfils the first row of the guideline and breaks the second; gas breaks the first; power serves both."""
    indicators = asks("A,B,C", "{fact: fuel, one_of: [coal, power]}") + also(
        "A,B,C", "{fact: fuel, one_of: [gas, power]}", "second", "其二"
    )
    for found in sets(step(small(tmp_path, indicators), {"fuel": "coal"})):
        assert (changed_values(found), found.enough, found.optimal) == ({"u.fuel": "power"}, True, True)


def test_what_a_change_would_upset_is_repaired_where_that_is_the_better_way(tmp_path: Path) -> None:
    """Today the belt is watered instead of closed; the second row forbids watering, so the belt has to be closed."""
    indicators = asks(
        "A,B,C", f"{{any: [{{fact: watered, equals: true}}, {{fact: closed, equals: true, {CLOSE}}}]}}"
    ) + also(
        "A,B,C", "{fact: watered, equals: false}", "second", "其二", remedy="{text: 停止洒水, cost_wan_cny: [0, 0]}"
    )
    found = step(small(tmp_path, indicators), {"watered": True, "closed": False})
    assert [line.indicator for line in found.lines] == ["second"]
    for changes in sets(found):
        assert changed_values(changes) == {"u.watered": False, "u.closed": True}
        assert (changes.enough, changes.cost_wan_cny) == (True, (20, 40))


def test_what_a_change_brings_into_scope_is_taken_care_of(tmp_path: Path) -> None:
    """Gas is asked for; who burns gas needs online monitoring, which nobody had to have before."""
    indicators = asks("A,B,C", "{fact: fuel, equals: gas}") + also(
        "A,B,C", "{fact: closed, equals: true}", "second", "其二", applies_when="{fact: fuel, equals: gas}"
    )
    found = step(small(tmp_path, indicators), {"fuel": "coal", "closed": False})
    for changes in sets(found):
        assert (changed_values(changes), changes.enough) == ({"u.fuel": "gas", "u.closed": True}, True)


def test_a_row_that_a_change_brings_into_scope_is_taken_care_of(tmp_path: Path) -> None:
    each = "{each: outlets, where: {fact: online, equals: true}, require: {fact: nox, at_most: 40}}"
    indicators = asks("A,B,C", "{each: outlets, require: {fact: online, equals: true}}") + also(
        "A,B,C", each, "second", "其二"
    )
    rows = [{"outlet_id": "DA001", "online": False, "nox": 80}, {"outlet_id": "DA002", "online": True, "nox": 30}]
    smallest, _ = sets(step(small(tmp_path, indicators), {}, outlets=rows))
    assert changed_values(smallest) == {"u.outlets[DA001].online": True, "u.outlets[DA001].nox": 40}
    assert smallest.enough


def test_what_a_change_takes_out_of_scope_need_not_be_done(tmp_path: Path) -> None:
    """The dust limit is for coal alone; once coal is gone the dust can stay as it is."""
    indicators = asks("A,B,C", "{fact: fuel, equals: gas}") + also(
        "A,B,C", "{fact: dust, at_most: 1}", "second", "其二", applies_when="{fact: fuel, equals: coal}"
    )
    for changes in sets(step(small(tmp_path, indicators), {"fuel": "coal", "dust": 3})):
        assert (changed_values(changes), changes.enough) == ({"u.fuel": "gas"}, True)


def test_a_plan_does_not_argue_a_row_or_an_indicator_out_of_scope(tmp_path: Path) -> None:
    each = "{each: outlets, where: {fact: online, equals: true}, require: {fact: nox, at_most: 40}}"
    ruleset = small(tmp_path, asks("A,B,C", each, applies_when="{fact: closed, equals: true}"))
    rows = [{"outlet_id": "DA001", "online": True, "nox": 80}, {"outlet_id": "DA002", "nox": 90}]
    smallest, _ = sets(step(ruleset, {"closed": True}, outlets=rows))
    assert changed_values(smallest) == {"u.outlets[DA001].nox": 40, "u.outlets[DA002].nox": 40}


def test_where_one_row_is_needed_and_its_kind_is_unknown_the_kind_is_to_be_supplied(tmp_path: Path) -> None:
    some = "{some: outlets, where: {fact: kind, equals: kiln}, require: {fact: online, equals: true}}"
    smallest, _ = sets(
        step(small(tmp_path, asks("A,B,C", some)), {}, outlets=[{"outlet_id": "DA001", "online": False}])
    )
    assert changed_values(smallest) == {"u.outlets[DA001].kind": "kiln", "u.outlets[DA001].online": True}
    assert (smallest.enough, smallest.changes[0].remedies) == (True, ())


def test_gates_are_lifted_too(tmp_path: Path) -> None:
    gates = """\
    gates:
      - {id: coal, title: 使用燃煤, when: {fact: fuel, equals: coal}, effect: ungraded, text: 使用燃煤的不纳入分级,
         cite: {document: 通则}, basis: seen, confidence: high, remedy: {text: 改用天然气, cost_wan_cny: [100, 200]}}
    """
    ruleset = small(tmp_path, asks("A,B,C", "{fact: closed, equals: true}"), more=gates)
    _, cheapest = sets(step(ruleset, {"closed": True, "fuel": "coal"}))
    assert changed_values(cheapest) == {"u.fuel": "gas"}
    assert (cheapest.cost_wan_cny, cheapest.outcome.grade) == ((100, 200), "A")


def test_the_option_that_takes_an_experts_finding_is_the_last_resort(tmp_path: Path) -> None:
    first = small(tmp_path / "1", asks("A,B,C", "{fact: fuel, one_of: [recognised_equivalent, power, gas]}"))
    assert changed_values(step(first, {"fuel": "coal"}).cheapest) == {"u.fuel": "power"}
    only = small(tmp_path / "2", asks("A,B,C", "{fact: fuel, one_of: [recognised_equivalent]}"))
    assert changed_values(step(only, {"fuel": "coal"}).cheapest) == {"u.fuel": "recognised_equivalent"}


def test_a_value_of_the_enterprise_is_changed_where_it_stands(tmp_path: Path) -> None:
    ruleset = small(tmp_path, asks("A,B,C", "{fact: dust, at_most: 1}"))
    (change,) = sets(step(ruleset, {}, shared={"dust": 3}))[0].changes
    assert (change.unit, change.setting, change.place) == ("enterprise", "enterprise.dust", "enterprise.facts.dust")


def test_sets_of_options_keep_what_they_have(tmp_path: Path) -> None:
    ruleset = small(
        tmp_path,
        asks("A,B,C", "{all: [{fact: ledgers, includes_all: [run, watch]}, {fact: ledgers, includes_any: [use]}]}"),
    )
    assert changed_values(step(ruleset, {"ledgers": ["use"]}).cheapest) == {"u.ledgers": ["run", "use", "watch"]}
    within = small(tmp_path / "w", asks("A,B,C", "{fact: ledgers, within: [run, use]}"))
    assert changed_values(step(within, {"ledgers": ["use", "watch"]}).cheapest) == {"u.ledgers": ["use"]}


# What can't be had


def test_an_open_figure_blocks_and_the_rest_is_planned_as_far_as_it_goes(tmp_path: Path) -> None:
    ruleset = small(tmp_path, asks("A,B,C", "{all: [{fact: dust, at_most: unresolved}, {fact: closed, equals: true}]}"))
    found = step(ruleset, NO)
    for changes in sets(found):
        assert (changed_values(changes), changes.enough, changes.optimal) == ({"u.closed": True}, False, False)
        assert (changes.outcome.grade, changes.outcome.attainable) == ("D", "A")
    assert [(b.indicator, b.reason, b.condition, b.text) for b in found.blockers] == [
        ("tested", "unresolved_figure", "tested.A,B,C.all[0]", "厂界颗粒物不高于（限值待核实）")
    ]


def test_an_open_figure_in_one_way_is_no_matter_where_there_is_another(tmp_path: Path) -> None:
    ruleset = small(tmp_path, asks("A,B,C", "{any: [{fact: dust, at_most: unresolved}, {fact: closed, equals: true}]}"))
    found = step(ruleset, NO)
    assert (changed_values(found.cheapest), found.blockers) == ({"u.closed": True}, ())


def test_two_requirements_that_contradict_each_other_are_named_with_the_value_they_fight_over(tmp_path: Path) -> None:
    indicators = (
        asks("A,B,C", "{fact: dust, at_most: 1}", "低限")
        + also("A,B,C", "{fact: dust, at_least: 5}", "second", "高限")
        + also("A,B,C", "{fact: closed, equals: true}", "third", "旁项")
    )
    found = step(small(tmp_path, indicators), NO)
    assert [(b.indicator, b.reason, b.text) for b in found.blockers] == [
        ("tested", "conflict", "厂界颗粒物：与“高限”的要求不能同时满足"),
        ("second", "conflict", "厂界颗粒物：与“低限”的要求不能同时满足"),
    ]
    assert changed_values(found.cheapest)["u.closed"] is True
    assert not sets(found)[1].enough


def test_only_what_really_contradicts_is_named(tmp_path: Path) -> None:
    """Three rows read the fuel; only two of them can't agree."""
    indicators = (
        asks("A,B,C", "{fact: fuel, none_of: [coal]}", "禁煤")
        + also("A,B,C", "{fact: fuel, one_of: [gas]}", "second", "用气")
        + also("A,B,C", "{fact: fuel, one_of: [power]}", "third", "用电")
    )
    found = step(small(tmp_path, indicators), {"fuel": "coal"})
    assert {blocker.title for blocker in found.blockers} == {"用气", "用电"}


def test_a_requirement_beyond_what_the_form_accepts_is_a_conflict(tmp_path: Path) -> None:
    found = step(small(tmp_path, asks("A,B,C", "{not: {fact: share, at_most: 100}}")), {"share": 50})
    assert [(b.reason, b.text) for b in found.blockers] == [("conflict", "清洁运输比例高于 100%")]


def test_a_requirement_that_contradicts_itself_says_so(tmp_path: Path) -> None:
    found = step(
        small(tmp_path, asks("A,B,C", "{all: [{fact: dust, at_most: 1}, {fact: dust, at_least: 5}]}")), {"dust": 3}
    )
    assert {(b.reason, b.text) for b in found.blockers} == {("conflict", "厂界颗粒物：的各项要求互相矛盾")}


def test_a_blocker_that_is_the_same_in_several_rows_is_told_once(tmp_path: Path) -> None:
    each = "{each: outlets, require: {fact: nox, at_most: unresolved}}"
    rows = [{"outlet_id": name, "nox": 1} for name in ("DA001", "DA002")]
    found = step(small(tmp_path, asks("A,B,C", each)), {}, outlets=rows)
    assert [blocker.text for blocker in found.blockers] == ["氮氧化物不高于（限值待核实）（DA001、DA002）"]


# Size


@pytest.mark.parametrize("count", [40, 400])
def test_a_long_table_is_planned_row_by_row(tmp_path: Path, count: int) -> None:
    online = "{fact: online, equals: true, remedy: {text: 在线, cost_wan_cny: [1, 2]}}"
    way = f"{{any: [{{all: [{{fact: nox, at_most: 40}}, {{fact: o2, at_most: 9}}]}}, {online}]}}"
    ruleset = small(
        tmp_path, asks("A,B,C", f"{{each: outlets, require: {way}}}", remedy="{text: 整改, cost_wan_cny: [5, 9]}")
    )
    rows = [{"outlet_id": f"DA{n:03}", "nox": 80, "o2": 12, "online": False} for n in range(count)]
    for changes in sets(step(ruleset, {}, outlets=rows)):
        assert {c.fact for c in changes.changes} == {"online"}
        assert (len(changes.changes), changes.cost_wan_cny, changes.enough, changes.optimal) == (
            count,
            (1, 2),
            True,
            True,
        )


def test_a_search_that_is_cut_short_still_finds_enough_and_does_not_call_it_the_best(tmp_path: Path) -> None:
    """Sixteen rows share fourteen remedies in ever other mixtures: too many combinations to look at."""
    remedies = [f"remedy: {{text: 措施{n}, cost_wan_cny: [{30 + n * 7 % 11}, {40 + n * 5 % 13}]}}" for n in range(14)]
    facts = "facts:\n" + "".join(f"  - {{id: f{n}, label: 事项{n}, type: boolean}}\n" for n in range(64))
    indicators = "indicators:\n"
    for n in range(16):
        parts = [f"{{fact: f{n * 4 + k}, equals: true, {remedies[(n * 3 + k * 5 + n * k) % 14]}}}" for k in range(4)]
        indicators += also("A,B,C", f"{{at_least_of: 2, of: [{', '.join(parts)}]}}", f"i{n}", f"指标{n}")
    found = step(small(tmp_path, indicators, facts="groups: {}\n" + facts), {f"f{n}": False for n in range(64)})
    for changes in sets(found):
        assert (changes.enough, changes.optimal) == (True, False)
    assert len(sets(found)[0].changes) == 32


# Levels

LADDER = """\
indicators:
  - id: dust_limit
    dimension: emission_limits
    title: 颗粒物
    levels:
      A: {require: {fact: dust, at_most: 1}}
      B: {require: {fact: dust, at_most: 5}}
      C: {require: {fact: dust, at_most: 10}}
    cite: {document: 试验文件}
    basis: seen
    confidence: high
    remedy: {text: 除尘, cost_wan_cny: [5, 9]}
  - id: belts
    dimension: treatment
    title: 皮带
    levels: {"A,B": {require: {fact: closed, equals: true}}}
    cite: {document: 试验文件}
    basis: seen
    confidence: high
    remedy: {text: 密闭, cost_wan_cny: [2, 3]}
"""


def test_each_step_starts_from_the_audit_as_the_step_before_leaves_it(tmp_path: Path) -> None:
    gaps = small(tmp_path, LADDER).gaps({"dust": 30, "closed": False}, "A")
    assert [(s.level_from, s.level_to) for s in gaps.steps] == [("D", "C"), ("C", "B"), ("B", "A")]
    assert [changed_values(s.cheapest) for s in gaps.steps] == [
        {"u.dust": 10},
        {"u.closed": True, "u.dust": 5},
        {"u.dust": 1},
    ]
    assert [c.before for s in gaps.steps for c in sets(s)[1].changes if c.fact == "dust"] == [30, 10, 5]
    assert [sets(s)[1].outcome.grade for s in gaps.steps] == ["C", "B", "A"]
    assert [(known.fact, known.difference) for known in gaps.lines] == [("closed", None), ("dust", Decimal(29))]


def test_without_a_target_the_next_better_level_is_meant(tmp_path: Path) -> None:
    ruleset = small(tmp_path, LADDER)
    assert [(g.outcome.grade, g.target) for g in (ruleset.gaps({"dust": d, "closed": True}) for d in (30, 8, 3))] == [
        ("D", "C"),
        ("C", "B"),
        ("B", "A"),
    ]


def test_a_unit_on_the_best_level_has_nothing_before_it(tmp_path: Path) -> None:
    gaps = small(tmp_path, LADDER).gaps({"dust": 0.5, "closed": True})
    assert (gaps.target, gaps.lines, gaps.steps, gaps.alternatives) == ("A", (), (), ())


def test_a_unit_that_is_not_graded_starts_below_the_lowest_level(tmp_path: Path) -> None:
    gates = """\
    gates:
      - {id: coal, title: 使用燃煤, when: {fact: fuel, equals: coal}, effect: ungraded, text: 使用燃煤的不纳入分级,
         cite: {document: 通则}, basis: seen, confidence: high}
    """
    gaps = small(tmp_path, LADDER, more=gates).gaps({"dust": 3, "closed": True, "fuel": "coal"}, "A")
    assert gaps.outcome.grade == "ungraded"
    assert [(s.level_from, s.level_to, changed_values(s.cheapest)) for s in gaps.steps] == [
        ("ungraded", "B", {"u.fuel": "gas"}),
        ("B", "A", {"u.dust": 1}),
    ]
    assert [sets(s)[1].enough for s in gaps.steps] == [True, True]


def test_the_way_out_of_an_exclusion_leads_to_the_level_that_the_unit_then_has(tmp_path: Path) -> None:
    gates = """\
    gates:
      - {id: coal, title: 使用燃煤, when: {fact: fuel, equals: coal}, effect: ungraded, text: 使用燃煤的不纳入分级,
         cite: {document: 通则}, basis: seen, confidence: high}
    """
    (only,) = small(tmp_path, LADDER, more=gates).gaps({"dust": 0.5, "closed": True, "fuel": "coal"}).steps
    assert (only.level_from, only.level_to, sets(only)[1].outcome.grade) == ("ungraded", "A", "A")


def test_the_first_step_of_a_unit_that_is_not_graded_is_what_ends_its_exclusion_with_its_cost(tmp_path: Path) -> None:
    gates = """\
    gates:
      - {id: coal, title: 使用燃煤, when: {fact: fuel, equals: coal}, effect: ungraded, text: 使用燃煤的不纳入分级,
         cite: {document: 通则}, basis: seen, confidence: high, remedy: {text: 改用天然气, cost_wan_cny: [100, 200]}}
    """
    gaps = small(tmp_path, LADDER, more=gates).gaps({"dust": 30, "closed": True, "fuel": "coal"}, "B")
    first, *rest = gaps.steps
    assert (first.level_from, first.level_to, changed_values(first.cheapest)) == ("ungraded", "D", {"u.fuel": "gas"})
    assert sets(first)[1].cost_wan_cny == (100, 200)
    assert [(s.level_from, s.level_to, changed_values(s.cheapest)) for s in rest] == [
        ("D", "C", {"u.dust": 10}),
        ("C", "B", {"u.dust": 5}),
    ]


def test_what_each_alert_asks_today_stands_beside_what_it_asks_at_the_target(tmp_path: Path) -> None:
    measures = """\
    measures:
      yellow:
        D: [{text: 停产, kind: stop}]
        C: [{text: 限产, kind: output_cut, percent: 30}]
        "A,B": [{text: 自主减排, kind: self_decided}]
    """
    yellow, orange, _ = small(tmp_path, LADDER, more=measures).gaps({"dust": 30, "closed": False}, "A").measures
    assert ([m["text"] for m in yellow.today], [m["text"] for m in yellow.target]) == (["停产"], ["自主减排"])
    assert (orange.today, orange.target) == ((), ())


@pytest.mark.parametrize(("target", "error"), [("D", NoSuchLevelError), ("Z", NoSuchLevelError), ("C", ReachedError)])
def test_a_target_that_makes_no_sense_is_refused(tmp_path: Path, target: str, error: type[TargetError]) -> None:
    with pytest.raises(error):
        small(tmp_path, LADDER).gaps({"dust": 8, "closed": True}, target)


# What can be changed, and what takes its time


def varied(tmp_path: Path, indicators: str, **changes: str) -> Small:
    """A small ruleset in which the facts `closed` and so on are declared with more."""
    facts = FACTS
    for fact, more in changes.items():
        facts = re.sub(rf"(\{{id: {fact}, [^\n]*?type: \w+)", rf"\1, {more}", facts)
    return small(tmp_path, indicators, facts=facts)


def test_history_and_law_are_never_changed_and_stand_in_the_way(tmp_path: Path) -> None:
    ruleset = varied(tmp_path, asks("A,B,C", "{fact: closed, equals: false}"), closed="changed_by: nothing")
    found = step(ruleset, {"closed": True})
    assert (changed_values(found.cheapest), [b.reason for b in found.blockers]) == ({}, ["circumstance"])


def test_what_lapses_is_waited_for_at_no_cost_until_a_day(tmp_path: Path) -> None:
    ruleset = varied(
        tmp_path, asks("A,B,C", "{fact: closed, equals: false}"), closed="changed_by: time, lapses_after_months: 12"
    )
    _, cheapest = sets(step(ruleset, {"closed": True}))
    (change,) = cheapest.changes
    assert (change.kind, change.ready_on, change.remedies) == ("wait", date(2024, 9, 10), ())
    assert (cheapest.cost_wan_cny, cheapest.enough) == (None, True)


def test_a_date_is_not_moved_to_a_day_that_is_past(tmp_path: Path) -> None:
    ruleset = small(tmp_path, asks("A,B,C", "{fact: checked_on, at_most: 2023-03-01}"))
    found = step(ruleset, {"checked_on": "2023-06-01"})
    assert (changed_values(found.cheapest), [b.reason for b in found.blockers]) == ({}, ["conflict"])


def test_what_is_built_is_not_torn_down(tmp_path: Path) -> None:
    ruleset = varied(tmp_path, asks("A,B,C", "{fact: closed, equals: false}"), closed="changes_to: [true]")
    found = step(ruleset, {"closed": True})
    assert (changed_values(found.cheapest), [b.reason for b in found.blockers]) == ({}, ["circumstance"])


def test_works_that_are_priced_per_row_are_paid_in_each_row(tmp_path: Path) -> None:
    each = "{each: outlets, require: {fact: nox, at_most: 40}}"
    remedy = "{text: 低氮改造, weeks: [2, 4], cost_wan_cny: [10, 20], per_row: true}"
    ruleset = small(tmp_path, asks("A,B,C", each, remedy=remedy))
    rows = [{"outlet_id": "1#", "nox": 80}, {"outlet_id": "2#", "nox": 90}, {"outlet_id": "3#"}]
    _, cheapest = sets(step(ruleset, {}, outlets=rows))
    assert (cheapest.cost_wan_cny, len(cheapest.remedies)) == ((20, 60), 1)
    (work,) = cheapest.works
    assert (work.rows, work.cost_wan_cny) == (("outlets[1#]", "outlets[2#]", "outlets[3#]"), (20, 60))


def test_of_a_price_per_piece_one_is_counted_and_told_where_no_row_tells_how_many(tmp_path: Path) -> None:
    remedy = "{text: 换车, cost_wan_cny: [10, 20], per_row: true, priced_per: 辆}"
    both = "{all: [{fact: share, at_least: 80}, {each: outlets, require: {fact: online, equals: true}}]}"
    ruleset = small(tmp_path, asks("A,B,C", both, remedy=remedy))
    rows = [{"outlet_id": "1#", "online": False}, {"outlet_id": "2#", "online": False}]
    _, cheapest = sets(step(ruleset, {"share": 70}, outlets=rows))
    assert (cheapest.cost_wan_cny, cheapest.counted_as_one) == ((30, 60), ("辆",))
    (work,) = cheapest.works
    assert (work.rows, work.counted_as_one) == (("outlets[1#]", "outlets[2#]"), "辆")


def test_of_a_choice_all_options_that_would_do_are_named(tmp_path: Path) -> None:
    found = step(small(tmp_path, asks("A,B,C", "{fact: fuel, one_of: [power, gas]}")), {"fuel": "coal"})
    (change,) = sets(found)[1].changes
    assert (change.after, change.after_text, change.bound_text) == ("power", "电", "天然气或电")
    (supplied,) = sets(step(small(tmp_path / "open", asks("A,B,C", "{fact: fuel, one_of: [power, gas]}")), {}))[
        1
    ].changes
    assert (supplied.kind, supplied.bound_text) == ("supply", "天然气或电")


def test_a_row_that_is_lacking_is_asked_for_and_not_that_the_plant_were_another(tmp_path: Path) -> None:
    some = "{some: outlets, where: {fact: kind, equals: kiln}, require: {fact: nox, at_most: 40}}"
    found = small(tmp_path, asks("A,B,C", f"{{any: [{{fact: region, equals: false}}, {some}]}}")).gaps(
        {"region": True}, "C", outlets=[{"outlet_id": "1#", "kind": "mill", "nox": 9}]
    )
    assert [line.fact for line in found.lines] == ["outlets"]


def test_a_figure_that_is_open_is_the_reason_and_not_that_the_way_around_it_is_shut(tmp_path: Path) -> None:
    doors = asks("A,B,C", "{fact: dust, at_most: unresolved}", "窑门", applies_when="{fact: fuel, equals: coal}")
    kiln = also("A,B,C", "{fact: fuel, equals: coal}", "second", "窑型")
    blockers = step(small(tmp_path, doors + kiln), {"fuel": "coal", "dust": 3}).blockers
    assert [(blocker.title, blocker.reason) for blocker in blockers] == [("窑门", "unresolved_figure")]


def test_a_lower_figure_takes_the_remedy_that_an_indicator_states_for_it(tmp_path: Path) -> None:
    gates = """\
    gates:
      - {id: dusty, title: 粉尘超标, when: {not: {fact: dust, at_most: 5}}, effect: ungraded, text: 超标的不纳入分级,
         cite: {document: 通则}, basis: seen, confidence: high}
    """
    indicator = asks(
        "A,B,C",
        "{any: [{fact: closed, equals: true}, {fact: dust, at_most: 5}]}",
        remedy="{text: 除尘, cost_wan_cny: [5, 9]}",
    )
    _, cheapest = sets(step(small(tmp_path, indicator, more=gates), {"closed": True, "dust": 30}))
    assert (changed_values(cheapest), cheapest.cost_wan_cny) == ({"u.dust": 5}, (5, 9))


def test_the_quickest_set_stands_beside_the_cheapest_with_what_it_costs_more(tmp_path: Path) -> None:
    slow = "remedy: {text: 洒水, weeks: [20, 30], cost_wan_cny: [1, 3]}"
    ways = f"{{any: [{{fact: watered, equals: true, {slow}}}, {{fact: closed, equals: true, {CLOSE}}}]}}"
    found = step(small(tmp_path, asks("A,B,C", ways)), NO)
    assert found.quickest is not None
    assert changed_values(found.cheapest) == {"u.watered": True}
    assert (changed_values(found.quickest), found.quickest.costs_more_wan_cny) == ({"u.closed": True}, 28)


UNPRICED_WAY = """\
gates:
  - {id: power, title: 用电, when: {fact: fuel, equals: power}, effect: ungraded, text: 用电的不纳入分级,
     cite: {document: 通则}, basis: seen, confidence: high}
"""


def test_what_a_set_costs_more_is_not_told_where_a_change_has_no_price(tmp_path: Path) -> None:
    wet = "remedy: {text: 洒水, weeks: [2, 4], cost_wan_cny: [1, 3]}"
    asked = f"{{all: [{{fact: closed, equals: true, {CLOSE}}}, {{fact: watered, equals: true, {wet}}}]}}"
    indicator = asks("A,B,C", asked, applies_when="{fact: fuel, equals: coal}")
    smallest, cheapest = sets(step(small(tmp_path, indicator, more=UNPRICED_WAY), NO | {"fuel": "coal"}))
    assert (changed_values(smallest), smallest.cost_wan_cny) == ({"u.fuel": "gas"}, None)
    assert (cheapest.cost_wan_cny, cheapest.costs_more_wan_cny) == ((21, 43), 0)
    assert smallest.costs_more_wan_cny is None
    assert (smallest.without_price, cheapest.without_price) == ((("units[0].facts.fuel", "天然气"),), ())


def test_of_a_bounded_number_a_better_measurement_is_asked_for_and_what_is_given_stays_within_its_bound(
    tmp_path: Path,
) -> None:
    ruleset = varied(tmp_path, asks("A,B,C", "{fact: dust, at_most: 5}"), dust="changed_by: nothing")
    (change,) = sets(step(ruleset, {"dust": {"below": 20}}))[1].changes
    assert (change.kind, change.after, change.remedies) == ("supply", 5, ())
    beyond = varied(tmp_path / "2", asks("A,B,C", "{fact: dust, at_least: 30}"), dust="changed_by: nothing")
    found = step(beyond, {"dust": {"below": 20}})
    assert (changed_values(found.cheapest), [b.reason for b in found.blockers]) == ({}, ["circumstance"])


def test_a_plan_takes_a_row_out_of_scope_by_a_fact_with_works_of_its_own(tmp_path: Path) -> None:
    """Power instead of coal is cheaper than cleaning the flue gas of coal, which is asked of coal alone."""
    remedy = "{text: 脱硝, weeks: [1, 2], cost_wan_cny: [500, 900]}"
    power = "{text: 改用电, weeks: [1, 2], cost_wan_cny: [100, 200]}"
    indicators = asks(
        "A,B,C", "{fact: dust, at_most: 1}", applies_when="{fact: fuel, equals: coal}", remedy=remedy
    ) + also("A,B,C", "{fact: fuel, one_of: [coal, power]}", "second", "其二", remedy=power)
    for changes in sets(step(small(tmp_path, indicators), {"fuel": "coal", "dust": 3})):
        assert (changes.enough, changes.optimal) == (True, True)
    _, cheapest = sets(step(small(tmp_path, indicators), {"fuel": "coal", "dust": 3}))
    assert (changed_values(cheapest), cheapest.cost_wan_cny) == ({"u.fuel": "power"}, (100, 200))


def test_a_date_is_not_moved_back_but_waited_for(tmp_path: Path) -> None:
    window = "{fact: dated_ago, at_least: 0}"
    computed = "computed:\n  - {id: dated_ago, label: 已过天数, unit: 天, days_between: [checked_on, assessed_on]}\n"
    found = step(small(tmp_path, asks("A,B,C", window), more=computed), {"checked_on": "2024-05-03"})
    assert [(blocker.reason, str(blocker.ready_on)) for blocker in found.blockers] == [("time", "2024-05-03")]


@pytest.mark.parametrize(
    ("condition", "facts", "said"),
    [
        ("{fact: dust, at_most: 5}", {"dust": 30}, "不高于 5 mg/m³"),
        ("{fact: dust, below: 5}", {"dust": 30}, "低于 5 mg/m³"),
        ("{fact: share, at_least: 100}", {"share": 30}, "100%"),
        ("{fact: dust, at_most: 0}", {"dust": 30}, "0 mg/m³"),
        ("{fact: checked_on, above: 2023-10-01}", {"checked_on": "2023-09-01"}, "晚于 2023 年 10 月 1 日"),
        ("{fact: closed, equals: true}", {"closed": False}, None),
    ],
)
def test_a_change_has_its_limit_in_the_words_of_the_requirement(
    tmp_path: Path, condition: str, facts: dict[str, Any], said: str | None
) -> None:
    (change,) = sets(step(small(tmp_path, asks("A,B,C", condition)), facts))[1].changes
    assert change.bound_text == said
