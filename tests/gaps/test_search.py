"""The search for the best way: what belongs together is decided together, and what was not looked at is not claimed."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from grading.gaps import unit_gaps
from grading.gaps.opened import Opened
from grading.gaps.solver import branch_and_bound
from grading.gaps.solver.branch_and_bound import Found
from grading.gaps.solver.held import BestWithHeld
from grading.gaps.solver.lower_bounds import uncertain_prices
from grading.gaps.tree.lines import Open
from grading.gaps.tree.nodes import Node
from grading.gaps.tree.subject import Subject
from grading.model.gap import Step
from tests.gaps.small import FACTS, Small, also, asks, changed_values, small

AMOUNTS = FACTS + (
    "  - {id: coal, label: 煤, type: number, min: 0, max: 50, decimals: 0}\n"
    "  - {id: gas, label: 气, type: number, min: 0, max: 50, decimals: 0}\n"
)
ENERGY = "computed:\n  - {id: energy, label: 能耗, sum: [coal, gas]}\n"
GROWS = [
    asks("A,B,C", "{fact: energy, at_most: 10}", "总量", remedy="{text: 节能, cost_wan_cny: [1, 1]}"),
    also(
        "A,B,C",
        "{any: [{fact: coal, at_least: 7, remedy: {text: 煤, cost_wan_cny: [1, 1]}},"
        " {fact: watered, equals: true, remedy: {text: 洒水, cost_wan_cny: [5, 5]}}]}",
        "second",
        "其二",
    ),
    also(
        "A,B,C",
        "{any: [{fact: gas, at_least: 7, remedy: {text: 气, cost_wan_cny: [1, 1]}},"
        " {fact: swept, equals: true, remedy: {text: 清扫, cost_wan_cny: [6, 6]}}]}",
        "third",
        "其三",
    ),
]
LITTLE = {"coal": 3, "gas": 3, "watered": False, "swept": False}


def priced(text: str, cost: int, **more: str) -> str:
    """A remedy with one price."""
    return f"{{text: {text}, cost_wan_cny: [{cost}, {cost}]{''.join(f', {k}: {v}' for k, v in more.items())}}}"


def step(of: Small, facts: dict[str, object], target: str = "C") -> Step:
    (found,) = of.gaps(facts, target).steps
    return found


def test_choices_about_the_parts_of_a_sum_that_is_limited_are_made_together(tmp_path: Path) -> None:
    of = small(tmp_path, "".join(GROWS), facts=AMOUNTS, more=ENERGY)
    found = step(of, LITTLE)
    assert found.cheapest is not None
    assert found.blockers == ()
    assert changed_values(found.cheapest) == {"u.gas": 7, "u.watered": True}
    assert (found.cheapest.cost_wan_cny, found.cheapest.optimal) == ((6, 6), True)


def test_a_work_of_going_out_of_scope_is_not_both_paid_for_another_and_saved(tmp_path: Path) -> None:
    """Power lets the first go; by power for its own sake 改电 is not paid, and must not pay for 洒水 either."""
    power = priced("改电", 10)
    indicators = (
        asks(
            "A,B,C",
            "{fact: region, equals: true}",
            applies_when=f"{{fact: fuel, equals: coal, remedy: {power}}}",
        )
        + also(
            "A,B,C",
            f"{{any: [{{fact: fuel, one_of: [gas, power], remedy: {priced('改气', 3)}}},"
            f" {{fact: swept, equals: true, remedy: {priced('清扫', 100)}}}]}}",
            "second",
            "其二",
        )
        + also(
            "A,B,C",
            f"{{any: [{{fact: watered, equals: true, remedy: {power}}},"
            f" {{fact: closed, equals: true, remedy: {priced('密闭', 4)}}}]}}",
            "third",
            "其三",
        )
    )
    no = {"fuel": "coal", "region": False, "swept": False, "watered": False, "closed": False}
    found = step(small(tmp_path, indicators), no).cheapest
    assert found is not None
    assert changed_values(found) == {"u.fuel": "gas", "u.closed": True}
    assert (found.cost_wan_cny, found.optimal) == ((7, 7), True)


BOUNDED = asks(
    "A,B,C",
    "{fact: region, equals: true}",
    applies_when=f"{{fact: dust, below: 30, remedy: {priced('改造', 20)}}}",
) + also("A,B,C", "{fact: dust, at_least: 15}", "second", "其二", remedy=priced("改造", 20))


def test_a_work_that_is_sure_to_leave_a_scope_and_perhaps_needed_otherwise_has_no_certain_price(tmp_path: Path) -> None:
    of = small(tmp_path, BOUNDED)
    audit = of.audit({"region": False, "dust": {"below": 20}})
    grading = of.grade(audit)
    open_ = Open(Subject(audit, 0, of.engine.library.ruleset("e/r"), grading.units[0], grading.mode), "C")
    assert {slot.fact for slot in uncertain_prices(list(open_.trees.values()))} == {"dust"}
    found = of.gaps_of(audit, "C").steps[0].cheapest
    assert found is not None
    assert [(work.remedy.text, work.if_needed, work.cost_wan_cny) for work in found.works] == [
        ("改造", False, (20, 20))
    ]


def test_a_search_that_is_cut_off_does_not_say_that_there_is_no_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(branch_and_bound, "MAX_STEPS", 1)
    found = step(small(tmp_path, "".join(GROWS), facts=AMOUNTS, more=ENERGY), LITTLE)
    assert found.cheapest is not None
    assert (found.cheapest.enough, found.cheapest.optimal) == (False, False)
    assert {blocker.reason for blocker in found.blockers} == {"search_limit"}
    assert all("不能同时满足" not in blocker.text and "没有算完" in blocker.text for blocker in found.blockers)


def test_a_way_out_of_scope_by_works_is_one_beside_evidence_that_is_missing(tmp_path: Path) -> None:
    """Whether it is a matter of the region is not known; on gas it is none, whatever the region is."""
    scope = f"{{all: [{{fact: region, equals: true}}, {{fact: fuel, equals: coal, remedy: {priced('改气', 3)}}}]}}"
    indicators = asks("A,B,C", "{fact: dust, at_most: 1}", applies_when=scope, remedy=priced("除尘", 50)) + also(
        "A,B,C", "{fact: fuel, one_of: [coal, gas]}", "second", "其二"
    )
    found = step(small(tmp_path, indicators), {"fuel": "coal", "dust": 3}).cheapest
    assert found is not None
    assert changed_values(found) == {"u.fuel": "gas"}
    assert (found.enough, found.optimal) == (True, False)


def test_evidence_is_not_taken_for_granted_where_works_lead_out_of_scope(tmp_path: Path) -> None:
    scope = f"{{all: [{{fact: region, equals: true}}, {{fact: fuel, equals: coal, remedy: {priced('改气', 3)}}}]}}"
    indicators = asks("A,B,C", "{fact: checked_on, at_most: 2020-01-01}", applies_when=scope) + also(
        "A,B,C", "{fact: fuel, one_of: [coal, gas]}", "second", "其二"
    )
    found = step(small(tmp_path, indicators), {"fuel": "coal", "checked_on": "2021-01-01"}).cheapest
    assert found is not None
    assert changed_values(found) == {"u.fuel": "gas"}


def test_the_quickest_set_repairs_what_it_upsets_within_its_time_too(tmp_path: Path) -> None:
    """Gas is quick, but what it upsets takes 9 weeks the cheaper way and 3 the dearer."""
    fuel = (
        f"{{any: [{{fact: fuel, one_of: [gas], remedy: {priced('改气', 30, weeks='[2, 2]')}}},"
        f" {{fact: dust, at_most: 1, remedy: {priced('除尘', 5, weeks='[12, 12]')}}}]}}"
    )
    repair = (
        f"{{any: [{{fact: fuel, one_of: [coal]}},"
        f" {{fact: watered, equals: true, remedy: {priced('洒水', 1, weeks='[9, 9]')}}},"
        f" {{fact: swept, equals: true, remedy: {priced('清扫', 4, weeks='[3, 3]')}}}]}}"
    )
    indicators = asks("A,B,C", fuel) + also("A,B,C", repair, "second", "其二")
    found = step(small(tmp_path, indicators), {"fuel": "coal", "dust": 3, "watered": False, "swept": False}).quickest
    assert found is not None
    assert changed_values(found) == {"u.fuel": "gas", "u.swept": True}
    assert found.weeks == (3, 3)


def test_what_only_lacks_evidence_is_measured_and_nothing_is_rebuilt_instead(tmp_path: Path) -> None:
    """Gas would excuse from the limit and is cheaper than what may be needed for it; but first of all it is measured."""
    scope = f"{{fact: fuel, equals: coal, remedy: {priced('改气', 3)}}}"
    limit = asks("A,B,C", "{fact: dust, at_most: 1}", applies_when=scope, remedy=priced("除尘", 50))
    of = small(tmp_path, limit + also("A,B,C", "{fact: fuel, one_of: [coal, gas]}", "second", "其二"))
    found = step(of, {"fuel": "coal"}).cheapest
    assert found is not None
    assert (changed_values(found), found.enough, found.optimal) == ({"u.dust": 1}, True, False)
    known = step(of, {"fuel": "coal", "dust": 3}).cheapest
    assert known is not None
    assert (changed_values(known), known.optimal) == ({"u.fuel": "gas"}, True)


def test_a_measurement_that_costs_less_than_any_works_is_called_the_cheapest(tmp_path: Path) -> None:
    """What may be needed after it, 2 on average, is less than gas, which would excuse from the limit."""
    scope = f"{{fact: fuel, equals: coal, remedy: {priced('改气', 3)}}}"
    limit = asks("A,B,C", "{fact: dust, at_most: 1}", applies_when=scope, remedy=priced("除尘", 4))
    of = small(tmp_path, limit + also("A,B,C", "{fact: fuel, one_of: [coal, gas]}", "second", "其二"))
    found = step(of, {"fuel": "coal"}).cheapest
    assert found is not None
    assert (changed_values(found), found.enough, found.optimal) == ({"u.dust": 1}, True, True)


def test_works_that_would_serve_something_else_too_keep_a_measurement_from_being_called_the_cheapest(
    tmp_path: Path,
) -> None:
    """Gas has to be paid for elsewhere anyway, by the same works: it would be had for nothing, but is on another value."""
    gas = priced("改气", 3)
    scope = f"{{fact: fuel, equals: coal, remedy: {gas}}}"
    limit = asks("A,B,C", "{fact: dust, at_most: 1}", applies_when=scope, remedy=priced("除尘", 4))
    second = also("A,B,C", "{fact: fuel, one_of: [coal, gas]}", "second", "其二")
    third = also("A,B,C", "{fact: closed, equals: true}", "third", "其三", remedy=gas)
    found = step(small(tmp_path, limit + second + third), {"fuel": "coal", "closed": False}).cheapest
    assert found is not None
    assert (changed_values(found), found.optimal) == ({"u.dust": 1, "u.closed": True}, False)


def test_what_holds_is_looked_at_where_a_change_upsets_it(tmp_path: Path) -> None:
    """Gas is the cheapest by itself, but not with the repair of what it upsets."""
    fuel = (
        f"{{any: [{{fact: fuel, equals: gas, remedy: {priced('改气', 3)}}},"
        f" {{fact: dust, at_most: 1, remedy: {priced('除尘', 5)}}}]}}"
    )
    coal = f"{{any: [{{fact: fuel, equals: coal}}, {{fact: closed, equals: true, remedy: {priced('密闭', 9)}}}]}}"
    of = small(tmp_path, asks("A,B,C", fuel) + also("A,B,C", coal, "second", "其二"))
    found = step(of, {"fuel": "coal", "dust": 3, "closed": False}).cheapest
    assert found is not None
    assert (changed_values(found), found.cost_wan_cny, found.optimal) == ({"u.dust": 1}, (5, 5), True)


def test_equal_questions_of_several_units_are_answered_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ways = f"{{any: [{{fact: closed, equals: true, remedy: {priced('密闭', 9)}}}, {{fact: dust, at_most: 1}}]}}"
    of = small(tmp_path, asks("A,B,C", ways))
    one = of.audit({"closed": False, "dust": 3})
    units = tuple(one.units[0].model_copy(update={"id": f"u{n}"}) for n in range(5))
    audit = one.model_copy(update={"units": units})
    opened = Opened(of.engine, audit, of.grade(audit))
    searched, searching = list[int](), BestWithHeld._searched

    def counted(self: BestWithHeld, parts: Sequence[Node]) -> Found | None:
        searched.append(len(parts))
        return searching(self, parts)

    monkeypatch.setattr(BestWithHeld, "_searched", counted)
    found = [unit_gaps(of.engine, audit, opened.grading, n, opened=opened).steps[0].cheapest for n in range(5)]
    assert len(searched) == 2  # the cheapest and the smallest
    assert [changed_values(one) for one in found] == [{f"u{n}.closed": True} for n in range(5)]


def test_of_what_costs_the_same_the_level_aimed_at_is_enough(tmp_path: Path) -> None:
    remedy = "{text: 换车, cost_wan_cny: [0, 300]}"
    own = "{all: [{fact: share, at_least: 50}, {fact: watered, equals: true}]}"
    indicators = (
        "indicators:\n  - id: tested\n    dimension: treatment\n    title: 运输\n    levels:\n"
        f"      A: {{require: {{fact: share, at_least: 100}}}}\n      B,C: {{require: {own}}}\n"
        "    cite: {document: 试验文件, section: 表 1}\n    basis: seen\n    confidence: high\n"
        f"    remedy: {remedy}\n"
    )
    found = step(small(tmp_path, indicators), {})
    assert changed_values(found.cheapest) == {"u.share": 50, "u.watered": True}
    assert changed_values(found.smallest) == {"u.share": 100}
