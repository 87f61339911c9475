"""Values as people read them: a computed number is rounded, and never so that it looks better or worse than it is."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.language.values import known_text, shown_number
from tests.gaps.small import asks, line, small
from tests.reports.made import ENGINE

FOUNDRY = ENGINE.library.ruleset("national-2020/foundry")
COMPUTED = """\
computed:
  - {id: nox_at_base, group: outlets, label: 折算氮氧化物, unit: mg/m3, oxygen_corrected: {value: nox, oxygen: o2, baseline: 9}}
"""
numbers = st.decimals(min_value=-500, max_value=Decimal("1e40"), places=6)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("7.262136", "7.26 mg/m³"),
        ("7.265", "7.27 mg/m³"),
        ("0.000123", "0.000123 mg/m³"),
        ("123.456789", "123 mg/m³"),
        ("1234.5", "1235 mg/m³"),
        ("12", "12 mg/m³"),
        ("0", "0 mg/m³"),
    ],
)
def test_a_computed_number_is_shown_with_three_digits_that_count(value: str, text: str) -> None:
    assert known_text(FOUNDRY, "pm_at_12", Decimal(value)) == text


def test_a_stated_number_is_shown_as_it_was_stated() -> None:
    assert known_text(FOUNDRY, "pm", Decimal("7.262136")) == "7.262136 mg/m³"


@pytest.mark.parametrize(
    ("value", "text"),
    [("40.004", "40.004"), ("40.04", "40.04"), ("39.96", "39.96"), ("40.000001", "40.000001"), ("40", "40")],
)
def test_a_computed_number_close_to_a_limit_is_shown_so_closely_that_it_can_be_told_from_it(
    tmp_path: Path, value: str, text: str
) -> None:
    each = "{each: outlets, require: {fact: nox_at_base, at_most: 40}}"
    ruleset = small(tmp_path, asks("A,B,C", each), more=COMPUTED).engine.library.ruleset("e/r")
    assert known_text(ruleset, "nox_at_base", Decimal(value)) == f"{text} mg/m³"


@given(numbers, st.sampled_from(sorted(FOUNDRY.computed)))
def test_what_is_shown_lies_on_the_same_side_of_every_figure_of_the_ruleset_as_the_value(
    value: Decimal, fact: str
) -> None:
    shown = shown_number(FOUNDRY, fact, value)
    for figure in FOUNDRY.compared_with.get(fact, ()):
        assert (shown < figure, shown == figure) == (value < figure, value == figure)


def test_value_and_difference_of_a_gap_add_up_to_the_limit(tmp_path: Path) -> None:
    each = "{each: outlets, require: {fact: nox_at_base, at_most: 40}}"
    ruleset = small(tmp_path, asks("A,B,C", each), more=COMPUTED)
    gap = line(
        ruleset.gaps(target="C", outlets=[{"outlet_id": "DA001", "nox": 44.1, "o2": 11.3}]), "nox_at_base", "DA001"
    )
    assert (gap.actual_text, gap.difference) == ("54.6 mg/m³", Decimal("14.6"))
