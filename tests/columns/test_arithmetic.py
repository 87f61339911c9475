"""Computed facts in columns are those of exact fractions, rounded half-even at six places: to the last digit, at any size."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.columns.arithmetic import LARGEST, chain, scale_of, work_out
from grading.columns.layout import TYPES, pack
from grading.computed import compute, order
from grading.model.ruleset import Ruleset
from tests.engine.small import fact, ruleset_of

SMALL = st.integers(-40, 40).map(lambda n: Decimal(n) / 4)
USUAL = st.integers(-(10**6), 10**6).map(lambda n: Decimal(n).scaleb(-4))
HUGE = st.integers(-(10**13) + 1, 10**13 - 1).map(lambda n: Decimal(n).scaleb(-4))
VALUES = st.one_of(st.none(), SMALL, SMALL, USUAL, HUGE)
CONSTANTS = st.one_of(
    SMALL, st.sampled_from([Decimal(t) for t in ("0.0000005", "1E+9", "21", "3", "7", "-8", "20.99", "1E-7")])
)
NAMES = ("a", "b", "c")
OPERAND = st.one_of(st.sampled_from(NAMES), st.sampled_from(NAMES), CONSTANTS)


def with_computed(*computed: dict[str, Any]) -> Ruleset:
    """A ruleset of three numbers, two days, and computed facts."""
    facts = [fact(name, "number", decimals=4) for name in NAMES] + [fact("from_day", "date"), fact("to_day", "date")]
    return ruleset_of(facts={f["id"]: f for f in facts}, computed={c["id"]: c for c in computed})


def in_columns(ruleset: Ruleset, rows: list[dict[str, Any]]) -> list[dict[str, Decimal | None]]:
    """The computed facts of each row, worked out together."""
    what = chain(ruleset, order(ruleset), ruleset.computed, None)
    leaves = pl.DataFrame(
        [
            pl.Series(f.id, [pack(f, row.get(f.id)) for row in rows], dtype=TYPES[f.type])
            for f in ruleset.facts.values()
            if f.id in what.leaves
        ]
        or pl.DataFrame(height=len(rows))
    )
    found = work_out(what, leaves)
    scales = {name: scale_of(c) for name, c in ruleset.computed.items()}
    return [
        {name: None if (v := values[i]) is None else Decimal(f"{v}E-{scales[name]}") for name, values in found.items()}
        for i in range(len(rows))
    ]


def in_fractions(ruleset: Ruleset, row: dict[str, Any]) -> dict[str, Decimal | None]:
    """The computed facts of one row as the engine has them."""
    known = dict(row)
    for c in order(ruleset):
        known[c.id] = compute(c, known.get)
    return {name: known[name] for name in ruleset.computed}


@st.composite
def operations(draw: st.DrawFn, id_: str) -> dict[str, Any]:
    """One computed fact over the three numbers, the earlier computed ones and constants."""
    earlier = [f"x{n}" for n in range(int(id_[1:]))]
    operand = st.one_of(OPERAND, st.sampled_from(earlier)) if earlier else OPERAND
    word = draw(st.sampled_from(("ratio", "difference", "product", "sum", "minimum", "maximum", "oxygen_corrected")))
    if word == "oxygen_corrected":
        return {"id": id_, word: {"value": draw(operand), "oxygen": draw(operand), "baseline": draw(operand)}}
    size = 2 if word in ("ratio", "difference") else draw(st.integers(1, 4))
    return {"id": id_, word: draw(st.tuples(*[operand] * size))}


@given(st.data())
def test_chains_of_computed_facts_are_those_of_exact_fractions(data: st.DataObject) -> None:
    ruleset = with_computed(*(data.draw(operations(f"x{n}")) for n in range(data.draw(st.integers(1, 4)))))
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES)), min_size=1, max_size=6))
    for found, row in zip(in_columns(ruleset, rows), rows, strict=True):
        for name, exact in in_fractions(ruleset, row).items():
            column = found[name]
            if exact is not None and column is not None and abs(exact) * 10**6 > LARGEST:
                assert abs(column) * 10**6 >= LARGEST
                assert (column > 0) == (exact > 0)
            else:
                assert column == exact


@pytest.mark.parametrize(
    ("a", "b", "rounded"),
    [
        ("1", "8", "0.125"),
        ("1", "3", "0.333333"),
        ("2", "3", "0.666667"),
        ("0.0001", "200", "0.000000"),
        ("0.0003", "200", "0.000002"),
        ("-0.0001", "200", "0.000000"),
        ("-0.0003", "200", "-0.000002"),
        ("0.0003", "-200", "-0.000002"),
        ("-0.0005", "-200", "0.000002"),
        ("1", "0", None),
    ],
)
def test_a_half_is_rounded_to_the_even_neighbour(a: str, b: str, rounded: str | None) -> None:
    ruleset = with_computed({"id": "x", "ratio": ("a", "b")})
    found = in_columns(ruleset, [{"a": Decimal(a), "b": Decimal(b)}])
    assert found == [{"x": None if rounded is None else Decimal(rounded)}]


def test_oxygen_of_21_percent_or_more_leaves_the_corrected_value_unknown() -> None:
    ruleset = with_computed({"id": "x", "oxygen_corrected": {"value": "a", "oxygen": "b", "baseline": Decimal(8)}})
    rows = [{"a": Decimal(10), "b": Decimal(o)} for o in ("20.9999", "21", "21.0001", "8")]
    assert [row["x"] for row in in_columns(ruleset, rows)] == [Decimal(1300000), None, None, Decimal(10)]


def test_days_between_counts_whole_days_and_backwards_too() -> None:
    ruleset = with_computed({"id": "x", "days_between": ("from_day", "to_day")})
    day = date(2024, 2, 28)
    rows = [{"from_day": day, "to_day": day + timedelta(days=n)} for n in (2, 0, -59)]
    assert [row["x"] for row in in_columns(ruleset, [*rows, {"from_day": day, "to_day": None}])] == [2, 0, -59, None]


def test_one_plant_with_absurd_figures_does_not_change_the_others() -> None:
    ruleset = with_computed({"id": "x", "product": ("a", "b", "c", "a")})
    usual = {"a": Decimal("1.5"), "b": Decimal("2.0001"), "c": Decimal("-3.0003")}
    absurd = dict.fromkeys(NAMES, Decimal("999999999.9999"))
    found = in_columns(ruleset, [usual] * 200 + [absurd] + [usual] * 200)
    assert {row["x"] for row in found[:200] + found[201:]} == {in_fractions(ruleset, usual)["x"]}
    assert found[200]["x"] == Decimal(LARGEST).scaleb(-6)
