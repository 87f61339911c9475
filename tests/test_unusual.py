"""What somebody is asked to look at once more before an audit goes on."""

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from grading.intake import check_audit, parse_json
from grading.model.audit import Audit, Below
from grading.unusual import LONG_AGO_DAYS, Finding, Number, Slot, findings, numbers_of
from tests.shipped import ENGINE

TYRE = (Path(__file__).parents[1] / "examples/rubber/weicheng_tyre.json").read_text(encoding="utf-8")
DAY = date(2023, 9, 12)


def audit(change: Callable[[dict[str, Any]], object] = len) -> Audit:
    said = json.loads(TYRE)
    change(said)
    return check_audit(parse_json(json.dumps(said)), ENGINE.library)


def found(of: Audit, today: date = DAY, before: Mapping[Slot, Number] | None = None) -> dict[str, Finding]:
    rulesets = {unit.ruleset: ENGINE.library.ruleset(unit.ruleset) for unit in of.units}
    return {finding.code: finding for finding in findings(rulesets, of, ENGINE.grade(of), today, before)}


def test_a_complete_audit_of_these_days_has_nothing_unusual() -> None:
    assert found(audit(), before=numbers_of(audit())) == {}


def test_an_audit_with_hardly_an_answer_is_called_almost_empty_and_its_gates_unanswered() -> None:
    def emptied(said: dict[str, Any]) -> None:
        said["enterprise"]["facts"] = {}
        said["units"][0] |= {"facts": {"access_gate": True}, "groups": {}}

    codes = found(audit(emptied))
    assert {"almost_empty", "gates_unanswered", "missing"} <= set(codes)
    assert "全部未回答" in codes["gates_unanswered"].text
    assert "按“未知”评级" in codes["missing"].text


def test_a_single_gate_without_an_answer_is_named() -> None:
    one = found(audit(lambda said: said["enterprise"]["facts"].pop("holds_permit")))
    assert "gates_unanswered" not in one
    assert "1 项" in one["gates_open"].text


def test_an_assessment_of_long_ago_is_told_with_its_age() -> None:
    day = date(2023, 9, 10)
    assert "long_ago" not in found(audit(), day + timedelta(days=LONG_AGO_DAYS))
    assert f"{LONG_AGO_DAYS + 1} 天" in found(audit(), day + timedelta(days=LONG_AGO_DAYS + 1))["long_ago"].text


def test_rows_that_are_copied_are_named_by_their_keys() -> None:
    def copied(said: dict[str, Any]) -> None:
        rows = said["units"][0]["groups"]["outlets"]
        rows.append({**rows[0], "outlet_id": "DA099"})

    finding = found(audit(copied))["identical_rows"]
    assert "DA001" in finding.text
    assert "DA099" in finding.text


def test_values_ten_times_those_of_the_last_audit_are_told_beside_them() -> None:
    slot = next(slot for slot, value in numbers_of(audit()).items() if slot.fact == "nmhc" and value == Decimal("3.42"))
    was = {at: value for at, value in numbers_of(audit()).items() if isinstance(value, Decimal)}
    for factor in (Decimal(10), Decimal("0.1")):
        finding = found(audit(), before=was | {slot: was[slot] * factor})["tenfold"]
        assert "DA001" in finding.text
        assert "上次" in finding.text
    assert "tenfold" not in found(audit(), before=was | {slot: was[slot] * 9})


def test_a_fact_of_the_plant_has_the_name_that_the_ruleset_asking_for_it_gives() -> None:
    def of_two_industries(said: dict[str, Any]) -> None:
        said["units"].append({"id": "2", "ruleset": "national-2020/concrete", "facts": {}})
        said["enterprise"]["facts"]["video_retention_months"] = 6

    of = audit(of_two_industries)
    before = numbers_of(of) | {Slot(None, None, None, "video_retention_months"): Decimal(60)}
    assert "产尘点视频保存时间 6 个月" in found(of, before=before)["tenfold"].text


def test_measured_values_that_hit_their_limits_are_told() -> None:
    def at_limits(said: dict[str, Any]) -> None:
        for row in said["units"][0]["groups"]["outlets"]:
            row |= {"nmhc": 100, "removal_efficiency": 80, "nmhc_initial_rate": 2}

    assert "恰为限值" in found(audit(at_limits))["at_limit"].text


def test_upper_bounds_that_hit_the_limits_are_told_like_numbers() -> None:
    def below_limits(said: dict[str, Any]) -> None:
        for row in said["units"][0]["groups"]["outlets"]:
            row |= {"nmhc": {"below": 100}, "removal_efficiency": 80, "nmhc_initial_rate": 2}

    assert "<100 mg/m³" in found(audit(below_limits))["at_limit"].text


def test_an_upper_bound_far_from_the_last_value_is_told_only_where_that_is_certain() -> None:
    of = audit()
    slot = next(slot for slot, value in numbers_of(of).items() if slot.fact == "nmhc" and value == Decimal("3.42"))

    def is_told(now: Number, was: Number) -> bool:
        def change(said: dict[str, Any]) -> None:
            row = next(row for row in said["units"][0]["groups"]["outlets"] if row["outlet_id"] == slot.row)
            row["nmhc"] = {"below": float(now.below)} if isinstance(now, Below) else float(now)

        changed = audit(change)
        return "tenfold" in found(changed, before=numbers_of(changed) | {slot: was})

    assert is_told(Below(below=Decimal("0.07")), Decimal("3.42"))
    assert is_told(Decimal("3.42"), Below(below=Decimal("0.07")))
    assert is_told(Below(below=Decimal("0.7")), Below(below=Decimal("0.07")))
    assert not is_told(Below(below=Decimal(20)), Decimal("0.5"))
    assert not is_told(Decimal("0.5"), Below(below=Decimal(20)))


def test_copied_rows_are_told_whether_they_hold_numbers_or_upper_bounds() -> None:
    def copied(said: dict[str, Any]) -> None:
        rows = said["units"][0]["groups"]["outlets"]
        row = {key: value for key, value in rows[0].items() if isinstance(value, str | bool)} | {
            "nmhc": {"below": 0.07}
        }
        rows += [row | {"outlet_id": "DA098"}, row | {"outlet_id": "DA099", "nmhc": {"below": 0.070}}]

    assert "DA098、DA099" in found(audit(copied))["identical_rows"].text


def changed_number(fact: str, value: str) -> Callable[[dict[str, Any]], None]:
    def change(said: dict[str, Any]) -> None:
        unit = said["units"][0]
        row = next((row for rows in unit["groups"].values() for row in rows if fact in row), None)
        holder = row if row is not None else unit["facts"]
        entry = holder[fact]
        holder[fact] = entry | {"value": json.loads(value)} if isinstance(entry, dict) else json.loads(value)

    return change


def test_a_value_ten_times_its_laxest_limit_is_told_beside_it() -> None:
    finding = found(audit(changed_number("nmhc", "4999")))["far_from_limit"]
    assert "DA001" in finding.text
    assert "4999 mg/m³（最宽的限值 " in finding.text
    assert "小数点和单位" in finding.text


def test_an_upper_bound_is_not_called_far_above_a_limit() -> None:
    def bounded(said: dict[str, Any]) -> None:
        said["units"][0]["groups"]["outlets"][0]["nmhc"] = {"below": 4999}

    assert "far_from_limit" not in found(audit(bounded))


def test_a_percentage_written_as_a_fraction_is_told_beside_its_limit() -> None:
    finding = found(audit(changed_number("removal_efficiency", "0.97")))["far_from_limit"]
    assert "0.97%（最宽的限值 80%）" in finding.text.replace(" %", "%")


def test_what_only_tells_cases_apart_is_no_limit() -> None:
    assert "far_from_limit" not in found(audit(changed_number("nmhc_initial_rate", "90")))
