"""How ranges, places, differences and values are written."""

from decimal import Decimal

import pytest

from reports.context.lines import difference_text
from reports.context.words import (
    cost_text,
    level_label,
    region_text,
    short_name,
    span,
    value_text,
    weeks_text,
)
from tests.reports.made import ENGINE, made

COKING = ENGINE.library.ruleset("national-2020/coking")


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        (("800", "3000"), "800–3000"),
        (("5", "5"), "5"),
        (("0", "0"), "0"),
        (("0.5", "1.50"), "0.5–1.5"),
        (("1E+2", "300"), "100–300"),
    ],
)
def test_a_range_is_written_with_its_ends_or_as_one_number(ends: tuple[str, str], text: str) -> None:
    assert span((Decimal(ends[0]), Decimal(ends[1]))) == text


def test_what_was_not_estimated_is_not_called_free() -> None:
    assert cost_text(None) == weeks_text(None) == "未估算"
    assert cost_text((Decimal(0), Decimal(0))) == "0 万元"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("610402", "陕西省咸阳市秦都区（610402）"),
        ("610400", "陕西省咸阳市（610400）"),
        ("100000", "全国（100000）"),
        ("999999", "999999"),
    ],
)
def test_a_place_is_named_as_far_as_its_code_is_known(code: str, text: str) -> None:
    assert region_text(code) == text


def test_values_are_written_with_units_and_labels() -> None:
    assert value_text(COKING, "cog_h2s", 20.5) == "20.5 mg/m³"
    assert value_text(COKING, "process_variant", "semi_coke") == "半焦（兰炭）炭化炉"
    assert value_text(COKING, "oven_obsolete", False) == "否"
    assert value_text(COKING, "dcs_parameters", ["gas_flow"]) == "煤气流量"
    assert value_text(COKING, "cog_h2s", None) == "未提供"
    assert value_text(COKING, "assessed_on", "2023-09-26") == "2023 年 9 月 26 日"


def test_levels_are_called_by_their_labels() -> None:
    assert level_label(COKING.scale, "A") == "A级"
    assert level_label(COKING.scale, "ungraded") == "不纳入绩效分级"


def test_a_name_too_long_for_the_running_head_is_shortened_visibly() -> None:
    assert short_name("甲" * 30) == "甲" * 30
    assert short_name("甲" * 31) == "甲" * 29 + "…"


@pytest.mark.parametrize(
    ("actual", "limit", "difference", "unit", "text"),
    [
        (31.2, 10, "21.2", "mg/m3", "超出 21.2 mg/m³"),
        (80, 100, "20", "%", "尚差 20 个百分点"),
        (6, 12, "6", "月", "尚差 6 个月"),
        (4.3, 4.3, "0", "m", "恰为限值"),
    ],
)
def test_a_difference_says_which_way(actual: float, limit: float, difference: str, unit: str, text: str) -> None:
    line = made("coking/semi_coke_incomplete", "official", "A").gaps[0].lines[0]
    line = line.model_copy(
        update={
            "fact": "cog_h2s",
            "actual": actual,
            "required_value": limit,
            "difference": Decimal(difference),
            "measured_in": unit,
        }
    )
    assert difference_text(COKING, line) == text
