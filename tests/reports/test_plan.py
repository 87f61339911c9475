"""The plan in words: works that are priced per row, what is waited for, and the quickest set beside the cheapest."""

import re
from pathlib import Path

from reports.context.plan import plan
from reports.context.plan_rows import Plan
from tests.gaps.small import FACTS, also, asks, small

EACH = "{each: outlets, require: {fact: nox, at_most: 40}}"
PER_ROW = "{text: 低氮改造, weeks: [2, 4], cost_wan_cny: [10, 20], per_row: true, covers: 不含供气管道}"
ROWS = [{"outlet_id": "1#", "nox": 80}, {"outlet_id": "2#", "nox": 90}]


def planned(root: Path, indicators: str, audit: dict[str, object], facts: str = FACTS, **rows: object) -> Plan:
    """The plan of a small ruleset to level C."""
    ruleset = small(root, indicators, facts=facts)
    return plan(ruleset.engine.library.ruleset("e/r"), ruleset.gaps(audit, "C", **rows))


def test_works_priced_per_row_count_for_each_row_in_table_and_total(tmp_path: Path) -> None:
    found = planned(tmp_path, asks("A,B,C", EACH, remedy=PER_ROW), {}, outlets=ROWS)
    (remedy,) = found.remedies
    assert remedy.cost == "20–40 万元（2 处，每处 10–20 万元，不含供气管道）"
    assert (found.cost, found.sure) == ("20–40 万元", "")


def test_of_the_cost_is_told_what_is_sure_where_that_is_not_all(tmp_path: Path) -> None:
    cover = "{text: 封闭, weeks: [1, 2], cost_wan_cny: [3, 5]}"
    both = asks("A,B,C", EACH, remedy=PER_ROW) + also(
        "A,B,C", "{fact: closed, equals: true}", "shut", "封闭", remedy=cover
    )
    found = planned(tmp_path, both, {}, outlets=ROWS)
    assert (found.cost, found.sure) == ("20–45 万元", "其中确需整改的 20–40 万元")
    assert planned(tmp_path / "more", both, {"closed": False}, outlets=ROWS).sure == ""


def test_a_way_without_works_that_only_asks_for_a_value_is_not_called_the_cheapest(tmp_path: Path) -> None:
    ways = (
        "{any: [{fact: swept, equals: true, remedy: null},"
        " {fact: closed, equals: true, remedy: {text: 封闭, weeks: [1, 2], cost_wan_cny: [3, 5]}}]}"
    )
    found = planned(tmp_path, asks("A,B,C", ways).replace("    remedy: {text: 整改}\n", ""), {})
    (choice,) = found.alternatives
    assert [(way.cost, way.weeks, way.is_priced) for way in choice.ways] == [
        ("只补证据", "—", False),
        ("0–5 万元", "0–2 周", True),
    ]


def test_a_price_per_piece_is_told_with_the_total(tmp_path: Path) -> None:
    cars = "{text: 换车, weeks: [2, 4], cost_wan_cny: [40, 100], priced_per: 台}"
    found = planned(tmp_path, asks("A,B,C", "{fact: share, at_least: 80}", remedy=cars), {"share": 70})
    assert [remedy.cost for remedy in found.remedies] == ["40–100 万元/台"]
    told = "其中 1 项按每台计价，数量未知，只按 1 计，应乘以实际数量"
    assert (found.cost, found.counted, found.steps[0].cheapest.counted) == ("40–100 万元", told, told)


def test_a_row_that_two_steps_work_on_is_paid_once(tmp_path: Path) -> None:
    both = asks("C", EACH, remedy=PER_ROW).replace(
        f'"C": {{require: {EACH}}}', f'"C": {{require: {EACH}}}, "A,B": {{require: {EACH.replace("40", "30")}}}'
    )
    ruleset = small(tmp_path, both)
    rows = [*ROWS, {"outlet_id": "3#", "nox": 35}]
    found = plan(ruleset.engine.library.ruleset("e/r"), ruleset.gaps({}, "A", outlets=rows))
    (remedy,) = found.remedies
    assert (len(found.steps) > 1, remedy.cost) == (True, "30–60 万元（3 处，每处 10–20 万元，不含供气管道）")
    assert found.cost == "30–60 万元"


def test_what_only_time_ends_is_waited_for_with_its_day(tmp_path: Path) -> None:
    facts = re.sub(r"(id: closed, [^\n]*?type: boolean)", r"\1, changed_by: time, lapses_after_months: 12", FACTS)
    found = planned(tmp_path, asks("A,B,C", "{fact: closed, equals: false}"), {"closed": True}, facts)
    (step,) = found.steps
    (change,) = step.cheapest.changes
    assert (step.cheapest.work, change.is_wait, change.remedies) == ("等待 1 项", True, ())
    assert change.after == "否（最迟自 2024 年 9 月 10 日 起，其间不再发生）"


def test_the_quickest_set_is_shown_where_it_is_another_with_what_it_costs_more(tmp_path: Path) -> None:
    ways = [
        f"{{fact: {fact}, equals: true, remedy: {{text: {fact}, {costs}}}}}"
        for fact, costs in (
            ("watered", "weeks: [20, 30], cost_wan_cny: [1, 3]"),
            ("closed", "weeks: [2, 4], cost_wan_cny: [20, 40]"),
        )
    ]
    found = planned(tmp_path, asks("A,B,C", f"{{any: [{', '.join(ways)}]}}"), {"watered": False, "closed": False})
    quickest = found.steps[0].quickest
    assert quickest is not None
    assert (quickest.weeks, quickest.more) == ("2–4 周", "比最省的一组多 28 万元（按区间中值）")


def test_a_plan_names_every_gap_that_it_closes(tmp_path: Path) -> None:
    power = "{text: 改电, weeks: [1, 2], cost_wan_cny: [1, 2]}"
    cars = "{text: 换车, weeks: [2, 4], cost_wan_cny: [40, 100]}"
    indicators = (
        asks("A,B,C", "{fact: fuel, equals: power}", remedy=power)
        + also("A,B,C", "{fact: dust, at_most: 8}", "loose", "宽限值")
        + also("A,B,C", "{fact: dust, at_most: 2}", "tight", "严限值")
        + also(
            "A,B,C",
            "{fact: share, at_least: 80}",
            "cars",
            "运输",
            remedy=cars,
            applies_when="{fact: fuel, equals: coal}",
        )
    )
    ruleset = small(tmp_path, indicators)
    gaps = ruleset.gaps({"fuel": "coal", "dust": 9, "share": 70}, "C")
    (step,) = plan(ruleset.engine.library.ruleset("e/r"), gaps).steps
    ids = {line.title: line.id for line in gaps.lines}
    by_label = {change.label: set(change.ids) for change in step.cheapest.changes}
    assert by_label == {"燃料": {ids["试验指标"]}, "厂界颗粒物": {ids["宽限值"], ids["严限值"]}}
    assert step.cheapest.settled == (("运输", (ids["运输"],)),)


def test_what_an_early_step_settles_for_a_later_one_is_named_there(tmp_path: Path) -> None:
    indicators = asks("A,B,C", "{fact: dust, at_most: 2}", "严限值") + also(
        "A,B", "{fact: dust, at_most: 8}", "loose", "宽限值"
    )
    ruleset = small(tmp_path, indicators + also("A,B", "{fact: swept, equals: true}", "swept", "清扫"))
    gaps = ruleset.gaps({"dust": 9, "swept": False}, "B")
    first, _ = plan(ruleset.engine.library.ruleset("e/r"), gaps).steps
    (change,) = first.cheapest.changes
    assert set(change.ids) == {line.id for line in gaps.lines if line.fact == "dust"}


def test_what_the_plant_is_takes_only_proof(tmp_path: Path) -> None:
    ways = "{any: [{fact: region, equals: false}, {fact: dust, at_most: 8}]}"
    found = planned(tmp_path, asks("A,B,C", ways, remedy=PER_ROW), {"dust": 9})
    (choice,) = found.alternatives
    assert [(way.cost, way.weeks) for way in choice.ways] == [("只补证据", "—"), ("10–20 万元", "2–4 周")]


def test_rows_that_may_be_satisfied_in_the_same_ways_are_told_together(tmp_path: Path) -> None:
    ways = "{each: outlets, require: {any: [{fact: nox, at_most: 40}, {fact: online, equals: true}]}}"
    rows = [{"outlet_id": key, "nox": 80, "online": False} for key in ("1#", "2#")]
    found = planned(tmp_path, asks("A,B,C", ways, remedy=PER_ROW), {}, outlets=rows)
    (choice,) = found.alternatives
    assert (choice.row, [len(way.ids) for way in choice.ways]) == ("1#、2#", [2, 2])


def test_an_early_step_offers_no_option_that_a_later_one_could_not_build_on(tmp_path: Path) -> None:
    indicators = (
        asks("C", "{fact: fuel, one_of: [power, gas]}", "宽")
        + also("A,B", "{fact: fuel, equals: power}", "tight", "严")
        + also("A,B", "{fact: swept, equals: true}", "swept", "清扫")
    )
    ruleset = small(tmp_path, indicators)
    gaps = ruleset.gaps({"fuel": "coal", "swept": False}, "B")
    first, _ = plan(ruleset.engine.library.ruleset("e/r"), gaps).steps
    (change,) = first.cheapest.changes
    assert (change.after, len(change.ids)) == ("电", 2)


def test_what_a_later_step_settles_is_not_named_in_an_earlier_one(tmp_path: Path) -> None:
    indicators = (
        asks("C", "{fact: dust, at_most: 30}", "宽")
        + also("B", "{fact: dust, at_most: 9}", "middle", "中")
        + also("A", "{fact: dust, at_most: 10}", "tight", "严")
        + also("A", "{fact: swept, equals: true}", "swept", "清扫")
    )
    ruleset = small(tmp_path, indicators)
    gaps = ruleset.gaps({"dust": 50, "swept": False}, "A")
    steps = plan(ruleset.engine.library.ruleset("e/r"), gaps).steps
    target = next(line.id for line in gaps.lines if line.required_value == 10)
    assert [target in change.ids for step in steps for change in step.cheapest.changes] == [False, True, False]
