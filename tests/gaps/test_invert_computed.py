"""Requirements on computed values lead back to the facts behind them, far enough for the form and no further."""

from pathlib import Path
from typing import Any

import pytest

from grading.model.gap import ChangeSet
from tests.gaps.small import Small, asks, changed_values, small

FACTS = """\
groups:
  outlets: {label: 排放口, key: outlet_id}
facts:
  - {id: nox, group: outlets, label: 氮氧化物, type: number, unit: mg/m3, min: 0, max: 5000, decimals: 1}
  - {id: o2, group: outlets, label: 含氧量, type: number, unit: "%", min: 0, max: 21, decimals: 1}
  - {id: flow, group: outlets, label: 排气量, type: number, min: 0, decimals: 0}
  - {id: tonnes, label: 产量, type: number, min: 0, max: 1000, decimals: 0}
  - {id: clean, label: 清洁运输量, type: number, min: 0, max: 800, decimals: 0}
  - {id: coal, label: 煤, type: number, min: 0, decimals: 2}
  - {id: gas, label: 气, type: number, min: 0, decimals: 2}
  - {id: checked_on, label: 核查日期, type: date}
"""
COMPUTED = """\
computed:
  - {id: at_base, group: outlets, label: 折算浓度, oxygen_corrected: {value: nox, oxygen: o2, baseline: 9}}
  - {id: per_tonne, group: outlets, ratio: [flow, tonnes]}
  - {id: over, group: outlets, ratio: [per_tonne, 2000]}
  - {id: factor, group: outlets, maximum: [1, over]}
  - {id: at_flow, group: outlets, label: 基准排气量浓度, product: [nox, factor]}
  - {id: share, ratio: [clean, tonnes]}
  - {id: percent, product: [share, 100]}
  - {id: energy, sum: [coal, gas, 0.5]}
  - {id: saved, difference: [coal, gas]}
  - {id: worst, maximum: [coal, gas]}
  - {id: least, minimum: [coal, gas]}
  - {id: age, days_between: [checked_on, assessed_on]}
  - {id: days, sum: [age, 1]}
  - {id: counted, maximum: [days, 0]}
  - {id: verified, ratio: [days, counted]}
"""
DA001 = "u.outlets[DA001]."


def ruleset(root: Path, condition: str) -> Small:
    return small(root, asks("A,B,C", condition), facts=FACTS, more=COMPUTED)


def plan(root: Path, condition: str, facts: dict[str, Any], row: dict[str, Any] | None = None) -> ChangeSet:
    """The smallest plan; of a condition on a row when there is one."""
    whole = condition if row is None else f"{{each: outlets, require: {condition}}}"
    rows = {} if row is None else {"outlets": [{"outlet_id": "DA001", **row}]}
    (step,) = ruleset(root, whole).gaps(facts, "C", **rows).steps
    assert step.smallest is not None
    return step.smallest


UNIT: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "a share: the part grows": ("{fact: share, at_least: 0.8}", {"clean": 50, "tonnes": 99}, {"u.clean": 80}),
    "a share of which the part can't grow so far: the whole shrinks": (
        "{fact: share, at_least: 0.9}", {"clean": 500, "tonnes": 1000}, {"u.tonnes": 555},
    ),
    "a percentage of a share, two steps back": ("{fact: percent, at_least: 80}", {"clean": 50, "tonnes": 99}, {"u.clean": 80}),
    "a share of which the whole is missing": ("{fact: share, at_least: 0.8}", {"clean": 50}, {"u.tonnes": 62}),
    "a sum: its first part shrinks": ("{fact: energy, at_most: 3}", {"coal": 4, "gas": 1.25}, {"u.coal": 1.25}),
    "a sum whose first part is nothing: the second": ("{fact: energy, below: 3}", {"coal": 0, "gas": 4}, {"u.gas": 2.49}),
    "a difference": ("{fact: saved, at_least: 2}", {"coal": 3, "gas": 2.5}, {"u.coal": 4.5}),
    "a difference whose end moves": ("{fact: saved, below: 0}", {"coal": 0, "gas": 0}, {"u.gas": 0.01}),
    "a maximum: everything above": ("{fact: worst, at_most: 2}", {"coal": 3, "gas": 2.5}, {"u.coal": 2, "u.gas": 2}),
    "a maximum: not what is below": ("{fact: worst, at_most: 2}", {"coal": 3, "gas": 1}, {"u.coal": 2}),
    "a maximum from below: one is enough": ("{fact: worst, at_least: 5}", {"coal": 3, "gas": 1}, {"u.coal": 5}),
    "a minimum: everything below": ("{fact: least, at_least: 2}", {"coal": 1, "gas": 0.5}, {"u.coal": 2, "u.gas": 2}),
    "a minimum from above: one is enough": ("{fact: least, at_most: 1}", {"coal": 3, "gas": 4}, {"u.coal": 1}),
    "an exact figure": ("{fact: energy, equals: 5}", {"coal": 4, "gas": 1.25}, {"u.coal": 3.25}),
    "one of several figures, the nearest": ("{fact: energy, one_of: [2, 5, 9]}", {"coal": 4, "gas": 1.25}, {"u.coal": 3.25}),
    "anything but a figure": ("{not: {fact: energy, equals: 5}}", {"coal": 3.25, "gas": 1.25}, {"u.coal": 3.24}),
    "the contrary of a limit": ("{not: {fact: energy, at_most: 5}}", {"coal": 1, "gas": 1}, {"u.coal": 3.51}),
    "days since": ("{fact: age, at_most: 30}", {"checked_on": "2023-07-01"}, {"u.checked_on": "2023-09-10"}),
    "days since a day that is missing": ("{fact: age, at_most: 30}", {}, {"u.checked_on": "2023-08-11"}),
    "a value that comes in twice": ("{fact: verified, equals: 1}", {}, {"u.checked_on": "2023-09-10"}),
}  # fmt: skip


@pytest.mark.parametrize(("condition", "facts", "changes"), UNIT.values(), ids=UNIT)
def test_worked_back_for_the_unit(
    tmp_path: Path, condition: str, facts: dict[str, Any], changes: dict[str, Any]
) -> None:
    found = plan(tmp_path, condition, facts)
    assert (changed_values(found), found.enough) == (changes, True)


ROW: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    # 33.3 at 11 % oxygen is 39.96 at 9 %; 33.4 would be 40.08
    "oxygen: the concentration falls, rounded to what the form takes": (
        "{fact: at_base, at_most: 40}", {"nox": 44, "o2": 11}, {"nox": 33.3},
    ),
    "oxygen that is missing": ("{fact: at_base, at_most: 40}", {"nox": 30}, {"o2": 12}),
    "oxygen of air, measured anew: the reference oxygen": ("{fact: at_base, at_most: 40}", {"nox": 30, "o2": 21}, {"o2": 9}),
    "where that is not enough, what is": ("{fact: at_base, at_most: 40}", {"nox": 44, "o2": 21}, {"o2": 7.8}),
    "oxygen and concentration missing: at the reference oxygen": ("{fact: at_base, at_most: 40}", {}, {"nox": 40, "o2": 9}),
    # 6000 m³ per tonne is three times the base flow
    "the base flow, three steps back": ("{fact: at_flow, at_most: 10}", {"nox": 12, "flow": 600000}, {"nox": 3.3}),
    "the base flow where less than it flows": ("{fact: at_flow, at_most: 10}", {"nox": 12, "flow": 100}, {"nox": 10}),
    "a flow that nobody has stated: what it may be at most": ("{fact: at_flow, at_most: 10}", {"nox": 8}, {"flow": 250000}),
}  # fmt: skip


@pytest.mark.parametrize(("condition", "row", "changes"), ROW.values(), ids=ROW)
def test_worked_back_in_a_row(tmp_path: Path, condition: str, row: dict[str, Any], changes: dict[str, Any]) -> None:
    found = plan(tmp_path, condition, {"tonnes": 100}, row)
    assert (changed_values(found), found.enough) == ({DA001 + fact: value for fact, value in changes.items()}, True)


def test_a_value_that_only_has_to_be_stated_is_called_assumed(tmp_path: Path) -> None:
    found = plan(tmp_path, "{fact: at_base, at_most: 40}", {"tonnes": 100}, {})
    assert {c.fact: (c.kind, c.assumed, c.limit) for c in found.changes} == {
        "nox": ("supply", False, "at_most"),
        "o2": ("supply", True, None),
    }


def test_two_limits_on_one_computed_value_are_kept_together(tmp_path: Path) -> None:
    both = "{all: [{fact: energy, at_most: 3}, {fact: energy, at_least: 2.9}, {fact: gas, at_most: 1}]}"
    found = plan(tmp_path, both, {"coal": 4, "gas": 1.25})
    assert (changed_values(found), found.enough) == ({"u.coal": 1.5, "u.gas": 1}, True)


def test_a_limit_on_an_operand_and_one_on_the_result_are_kept_together(tmp_path: Path) -> None:
    both = "{all: [{fact: at_base, at_most: 40}, {fact: o2, at_most: 10}]}"
    found = plan(tmp_path, both, {}, {"nox": 44, "o2": 12})
    assert (changed_values(found), found.enough) == ({DA001 + "nox": 36.6, DA001 + "o2": 10}, True)


def test_what_can_not_be_worked_back_says_so(tmp_path: Path) -> None:
    """Nothing that can be entered makes a share of more than one and a whole of nothing."""
    (step,) = ruleset(tmp_path, "{fact: share, at_most: -1}").gaps({"clean": 5, "tonnes": 10}, "C").steps
    assert [(blocker.reason, blocker.condition) for blocker in step.blockers] == [("computed", "tested.A,B,C")]
    assert step.cheapest is not None
    assert not step.cheapest.enough
