"""Computed facts: exact arithmetic, rounded half to even at six places, unknown when an operand is or nothing comes out."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.computed import compute, order, with_computed
from grading.model.ruleset import Computed, Ruleset
from tests.engine.small import fact, ruleset_of

NAMES = ("a", "b", "c")
numbers = st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, allow_infinity=False, places=6)
operands = st.lists(st.one_of(st.sampled_from(NAMES), numbers), min_size=1, max_size=5).map(tuple)


def computed(**operation: Any) -> Computed:
    return Computed.model_validate({"id": "x", **operation})


def value(operation: dict[str, Any], **known: Any) -> Decimal | None:
    """What an operation gives for known operands."""
    facts = {name: Decimal(v) if type(v) is int else v for name, v in known.items()}
    return compute(computed(**operation), facts.get)


def expected(operation: str, values: list[Fraction]) -> Fraction | None:
    """The operation in fractions, rounded as the language page says."""
    first, *rest = values
    result: Fraction | None
    if operation == "ratio":
        result = first / rest[0] if rest[0] else None
    elif operation == "difference":
        result = first - rest[0]
    elif operation == "product":
        result = first
        for factor in rest:
            result *= factor
    else:
        result = {
            "sum": lambda: sum(values, Fraction(0)),
            "minimum": lambda: min(values),
            "maximum": lambda: max(values),
        }[operation]()
    return None if result is None else Fraction(round(result * 10**6), 10**6)


@given(
    operation=st.sampled_from(("product", "sum", "minimum", "maximum")),
    listed=operands,
    known=st.fixed_dictionaries(dict.fromkeys(NAMES, numbers)),
)
def test_operations_on_lists_are_exact_up_to_one_rounding(
    operation: str, listed: tuple[str | Decimal, ...], known: dict[str, Decimal]
) -> None:
    values = [Fraction(known[o] if isinstance(o, str) else o) for o in listed]
    found = compute(computed(**{operation: listed}), known.get)
    assert found is not None
    assert Fraction(found) == expected(operation, values)


@given(operation=st.sampled_from(("ratio", "difference")), a=numbers, b=numbers)
def test_operations_on_pairs_are_exact_up_to_one_rounding(operation: str, a: Decimal, b: Decimal) -> None:
    found = compute(computed(**{operation: ("a", "b")}), {"a": a, "b": b}.get)
    wanted = expected(operation, [Fraction(a), Fraction(b)])
    assert (None if found is None else Fraction(found)) == wanted


@given(measured=numbers, oxygen=st.decimals(0, 25, places=2), baseline=st.decimals(0, 21, places=2))
def test_oxygen_correction_is_exact_up_to_one_rounding(measured: Decimal, oxygen: Decimal, baseline: Decimal) -> None:
    found = compute(
        computed(oxygen_corrected={"value": "a", "oxygen": "b", "baseline": baseline}), {"a": measured, "b": oxygen}.get
    )
    if oxygen >= 21:
        assert found is None
        return
    exact = Fraction(measured) * (21 - Fraction(baseline)) / (21 - Fraction(oxygen))
    assert found is not None
    assert Fraction(found) == Fraction(round(exact * 10**6), 10**6)


@given(start=st.dates(), end=st.dates())
def test_days_are_whole_and_counted_from_the_first_date_to_the_second(start: date, end: date) -> None:
    found = compute(computed(days_between=("a", "b")), {"a": start, "b": end}.get)
    assert found == (end - start).days


@pytest.mark.parametrize(
    ("numerator", "rounded"), [("5", "0.000000"), ("15", "0.000002"), ("25", "0.000002"), ("-15", "-0.000002")]
)
def test_halves_go_to_the_even_neighbour(numerator: str, rounded: str) -> None:
    assert value({"ratio": ("a", 10**7)}, a=Decimal(numerator)) == Decimal(rounded)


OPERATIONS: list[dict[str, Any]] = [
    {"ratio": ("a", "b")},
    {"product": ("a", "b")},
    {"sum": ("a", "b")},
    {"difference": ("a", "b")},
    {"minimum": ("a", "b")},
    {"maximum": ("a", "b")},
    {"oxygen_corrected": {"value": "a", "oxygen": "b", "baseline": 9}},
]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: str(next(iter(operation))))
def test_an_unknown_operand_leaves_the_result_unknown_whatever_the_others_are(operation: dict[str, Any]) -> None:
    assert value(operation, a=0) is None
    assert value(operation, b=0) is None
    assert value(operation, a=1, b=1) is not None


def test_a_date_is_no_number_and_a_number_no_date() -> None:
    assert value({"sum": ("a", 1)}, a=date(2024, 1, 1)) is None
    assert value({"days_between": ("a", "b")}, a=date(2024, 1, 1), b=3) is None
    assert value({"sum": ("a", 1)}, a=True) is None


def test_a_divisor_of_zero_and_the_oxygen_of_air_leave_the_result_unknown() -> None:
    assert value({"ratio": ("a", "b")}, a=1, b=0) is None
    assert value({"oxygen_corrected": {"value": "a", "oxygen": "b", "baseline": 9}}, a=1, b=21) is None


def test_a_corrected_concentration_as_the_kiln_standards_have_it() -> None:
    """44 mg/m³ measured at 11 % oxygen are 52.8 mg/m³ at the reference oxygen of 9 %."""
    assert value({"oxygen_corrected": {"value": "a", "oxygen": "b", "baseline": 9}}, a=44, b=11) == Decimal("52.8")


def chain(**operations: Any) -> Ruleset:
    facts = {"n": fact("n", "number"), "m": fact("m", "number", "outlets")}
    return ruleset_of(facts=facts, computed={name: {"id": name, **operation} for name, operation in operations.items()})


def test_each_computed_fact_comes_after_those_it_reads() -> None:
    ruleset = chain(last={"sum": ["middle", 1]}, middle={"sum": ["first", 1]}, first={"sum": ["n", 1]})
    assert [one.id for one in order(ruleset)] == ["first", "middle", "last"]


def test_computed_facts_that_read_each_other_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="one → two → one"):
        order(chain(one={"sum": ["two", 1]}, two={"sum": ["one", 1]}))


def test_a_computed_fact_of_a_table_reads_its_row_and_the_unit() -> None:
    ruleset = chain(
        double={"product": ["n", 2]},
        scaled={"group": "outlets", "product": ["m", "double"]},
    )
    rows: dict[str, list[dict[str, Any]]] = {"outlets": [{"m": Decimal(3)}, {"m": None}, {}]}
    known = with_computed(order(ruleset), {"n": Decimal(5)}, rows)
    assert known == {"n": Decimal(5), "double": Decimal(10)}
    assert [row["scaled"] for row in rows["outlets"]] == [Decimal(30), None, None]
