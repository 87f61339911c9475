"""Two audits beside each other: what differs in values, tables and conclusions, and nothing else."""

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from grading.intake import check_audit, parse_json
from grading.model.base import Status
from grading.side_by_side import SideBySide, ValuePair, side_by_side
from tests.shipped import ENGINE

SAID = json.loads(
    (Path(__file__).parents[1] / "examples" / "rubber" / "weicheng_tyre.json").read_text(encoding="utf-8")
)
UNIT = SAID["units"][0]
FACTS = sorted(UNIT["facts"])


def beside(first: dict[str, Any], second: dict[str, Any]) -> SideBySide:
    read = [check_audit(parse_json(json.dumps(said)), ENGINE.library, as_recorded=True) for said in (first, second)]
    graded = [(audit, ENGINE.grade(audit)) for audit in read]
    rulesets = {unit.ruleset: ENGINE.library.ruleset(unit.ruleset) for unit in read[1].units}
    return side_by_side(graded[0], graded[1], rulesets)


def said(**changes: Any) -> dict[str, Any]:
    return {**SAID, "units": [{**UNIT, **changes}]}


def test_of_the_same_audit_twice_nothing_differs() -> None:
    found = beside(SAID, SAID)
    assert found.differ == 0
    assert found.units[0].indicators == ()
    assert (found.only_first, found.only_second) == ((), ())


def test_a_value_that_differs_is_told_with_its_unit_and_the_evidence_of_both() -> None:
    proven = {"value": 1.5, "evidence": ["厂界监测报告"]}
    (pair,) = beside(SAID, said(facts=UNIT["facts"] | {"boundary_nmhc": proven})).units[0].values
    assert (pair.fact, pair.label, pair.row, pair.plant) == ("boundary_nmhc", "厂界非甲烷总烃", None, False)
    assert (pair.first.text, pair.second.text) == ("1.14 mg/m³", "1.5 mg/m³")
    assert pair.second.known is not None
    assert pair.second.known.evidence == ("厂界监测报告",)


def test_what_only_one_states_is_unknown_to_the_other_and_so_are_the_indicators_that_hang_on_it() -> None:
    facts = {name: value for name, value in UNIT["facts"].items() if name != "voc_storage_closed"}
    (unit,) = beside(said(facts=facts), SAID).units
    assert [(pair.fact, pair.first.text, pair.second.text) for pair in unit.values] == [
        ("voc_storage_closed", "未提供", "是")
    ]
    (indicator,) = unit.indicators
    assert indicator.title == "VOCs 物料储存"
    assert set(indicator.levels.values()) == {(Status.UNKNOWN, Status.MET)}


def test_rows_are_known_by_their_names_not_by_their_places() -> None:
    rows = UNIT["groups"]["outlets"]
    assert beside(SAID, said(groups={**UNIT["groups"], "outlets": rows[::-1]})).differ == 0
    (unit,) = beside(SAID, said(groups={**UNIT["groups"], "outlets": rows[1:]})).units
    told = [(pair.row, pair.first.text, pair.second.text) for pair in unit.values]
    assert told == [(rows[0]["outlet_id"], "有此行", "无此行")]


def test_a_table_that_nobody_looked_at_is_not_one_that_is_empty() -> None:
    without = {name: rows for name, rows in UNIT["groups"].items() if name != "outlets"}
    found: tuple[ValuePair, ...] = beside(said(groups=without), said(groups={**without, "outlets": []})).units[0].values
    assert [(pair.fact, pair.first.text, pair.second.text) for pair in found] == [(None, "尚未核查", "确认没有")]


def test_what_is_stated_for_the_plant_is_told_once_however_many_units_there_are() -> None:
    two = [UNIT, {**UNIT, "id": "tyre-2"}]
    head = SAID["enterprise"]
    changed = {**head, "facts": head["facts"] | {"winter_task_overdue": True}}
    found = beside({**SAID, "units": two}, {**SAID, "enterprise": changed, "units": two})
    assert [[(pair.fact, pair.plant) for pair in unit.values] for unit in found.units] == [
        [("winter_task_overdue", True)],
        [],
    ]


def test_an_entry_without_a_value_does_not_hide_what_is_stated_for_the_plant() -> None:
    (fact, value), *_ = UNIT["facts"].items()
    plant = {**SAID["enterprise"], "facts": SAID["enterprise"]["facts"] | {fact: value}}
    noted = UNIT["facts"] | {fact: {"value": None, "note": "未到现场"}}
    found = beside(SAID, {**SAID, "enterprise": plant, "units": [{**UNIT, "facts": noted}]})
    assert found.differ == 0


def test_units_that_only_one_has_are_named() -> None:
    found = beside({**SAID, "units": [UNIT, {**UNIT, "id": "tyre-2"}]}, {**SAID, "units": [UNIT, {**UNIT, "id": "b"}]})
    assert (found.only_first, found.only_second) == (("tyre-2",), ("b",))


@given(left_out=st.sets(st.sampled_from(FACTS), max_size=6), right_out=st.sets(st.sampled_from(FACTS), max_size=6))
def test_the_values_that_differ_are_those_that_one_of_them_leaves_out(left_out: set[str], right_out: set[str]) -> None:
    def without(names: set[str]) -> dict[str, Any]:
        return said(facts={name: value for name, value in UNIT["facts"].items() if name not in names})

    (unit,) = beside(without(left_out), without(right_out)).units
    assert {pair.fact for pair in unit.values} == left_out ^ right_out
