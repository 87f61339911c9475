"""Computed facts over whole columns: the same exact arithmetic as `grading.computed`, in scaled 128-bit integers.

Every step first bounds its intermediate results by the largest values that are there. Where they could leave the range, the
rows are halved until the few that cause it stand alone; those are worked out one by one in fractions.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from grading.columns.layout import ASSESSED_ON, unpack
from grading.computed import AIR_OXYGEN, DECIMALS, Operand, compute
from grading.model.audit import Below
from grading.model.interval import Interval
from grading.model.ruleset import Computed, Ruleset

LIMIT = 2**125
"""Larger intermediate results are not left to 128-bit integers."""
LARGEST = 10**37
"""A larger result, scaled, is held as this: no threshold comes near it."""
FEW = 32
MAX_DAYS = 4_000_000
"""More than lie between any two dates there are."""


class _TooLargeError(Exception):
    """An intermediate result could leave the range."""


@dataclass(frozen=True)
class Number:
    """A column of numbers: `values` (Int128) are them times 10 to the power of `scale`, none of a magnitude above `bound`."""

    values: pl.Series
    scale: int
    bound: int

    def times(self, factor: int) -> "Number":
        """The same values at another scale, or multiplied: `scale` stays."""
        if factor == 1:
            return self
        bound = _checked(self.bound * abs(factor))
        return Number(self.values * _whole(factor), self.scale, bound)

    def at(self, scale: int) -> "Number":
        """The same numbers at a scale that is no smaller than their own."""
        return Number(self.times(10 ** (scale - self.scale)).values, scale, self.bound * 10 ** (scale - self.scale))


@dataclass(frozen=True)
class Chain:
    """The computed facts of one frame, in the order of working out."""

    ruleset: Ruleset
    steps: tuple[Computed, ...]

    @property
    def leaves(self) -> tuple[str, ...]:
        """The facts that the chain reads, `assessed_on` among them."""
        own = {step.id for step in self.steps}
        read = (o for step in self.steps for o in step.operands if isinstance(o, str) and o not in own)
        return tuple(dict.fromkeys(read))


def chain(ruleset: Ruleset, ordered: Iterable[Computed], targets: Iterable[str], group: str | None) -> Chain:
    """The chain that gives the computed facts `wanted` in the rows of `group` (None: for the unit)."""
    known = [c for c in ordered if c.group in (None, group)]
    needed = set(targets)
    for computed in reversed(known):
        if computed.id in needed:
            needed |= {operand for operand in computed.operands if isinstance(operand, str)}
    return Chain(ruleset, tuple(c for c in known if c.id in needed))


def scale_of(computed: Computed) -> int:
    """The scale that the column of a computed fact has."""
    return 0 if computed.days_between is not None else DECIMALS


def work_out(what: Chain, leaves: pl.DataFrame) -> dict[str, pl.Series]:
    """The computed facts of a chain as Int128, each in its scale; `leaves` has those of its facts that exist there."""
    try:
        found = _in_columns(what, leaves)
    except _TooLargeError:
        if leaves.height <= FEW:
            return _one_by_one(what, leaves)
        half = leaves.height // 2
        first, second = work_out(what, leaves[:half]), work_out(what, leaves[half:])
        return {name: first[name].append(second[name]) for name in first}
    return found


def _in_columns(what: Chain, leaves: pl.DataFrame) -> dict[str, pl.Series]:
    facts = what.ruleset.facts
    numbers: dict[str, Number] = {}
    dates: dict[str, pl.Series] = {}
    for name in leaves.columns:
        if name == ASSESSED_ON or facts[name].type == "date":
            dates[name] = leaves[name]
        elif facts[name].type == "number":
            numbers[name] = Number(leaves[name].cast(pl.Int128), facts[name].decimals, _bound(leaves[name]))
    found: dict[str, pl.Series] = {}
    for step in what.steps:
        number = _days(step, dates) if step.days_between is not None else _step(step, numbers, leaves.height)
        if number is None:
            number = Number(pl.Series([None], dtype=pl.Int128).new_from_index(0, leaves.height), scale_of(step), 0)
        numbers[step.id] = number
        found[step.id] = number.values
    return found


def _days(step: Computed, dates: Mapping[str, pl.Series]) -> Number | None:
    start, end = step.operands
    if start not in dates or end not in dates:
        return None
    days = dates[str(end)].cast(pl.Int32).cast(pl.Int128) - dates[str(start)].cast(pl.Int32).cast(pl.Int128)
    return Number(days, 0, MAX_DAYS)


def _step(step: Computed, numbers: Mapping[str, Number], height: int) -> Number | None:
    """A computed fact at `DECIMALS`; None when an operand is nothing to count with."""
    operands: list[Number] = []
    for operand in step.operands:
        if isinstance(operand, Decimal):
            operands.append(_constant(operand, height))
        elif operand in numbers:
            operands.append(numbers[operand])
        else:
            return None
    return OPERATIONS[step.operation](operands)


def _constant(value: Decimal, height: int) -> Number:
    exponent = value.normalize().as_tuple().exponent
    scale = max(0, -exponent) if isinstance(exponent, int) else 0
    whole = int(Fraction(value) * 10**scale)
    bound = _checked(abs(whole))
    return Number(_whole(whole).new_from_index(0, height), scale, bound)


def _whole(value: int) -> pl.Series:
    """One number for all rows."""
    return pl.Series([value], dtype=pl.Int128)


def _bound(values: pl.Series) -> int:
    """The largest magnitude in a column."""
    low, high = values.min(), values.max()
    return 0 if low is None or high is None else max(abs(int(low)), abs(int(high)))  # type: ignore[arg-type]


def _checked(bound: int) -> int:
    if bound >= LIMIT:
        raise _TooLargeError
    return bound


def _together(operands: Sequence[Number]) -> list[Number]:
    """The operands at one scale, of at least `DECIMALS`."""
    scale = max(DECIMALS, *(operand.scale for operand in operands))
    return [operand.at(scale) for operand in operands]


def _divided(numerator: Number, denominator: pl.Series) -> Number:
    """The quotient rounded half-even to a whole number, which is the number at `DECIMALS`; the denominator is positive or null.

    Of a magnitude no larger than the numerator's, so that twice the rest stays in the range.
    """
    above = numerator.values
    whole = above // denominator
    twice = (above - whole * denominator) * _whole(2)
    up = (twice > denominator) | ((twice == denominator) & ((whole % _whole(2)) != 0))
    values = whole + up.cast(pl.Int128)
    return Number(values, DECIMALS, _bound(values))


def _rounded(number: Number) -> Number:
    """At `DECIMALS`, rounded half-even where that is coarser."""
    if number.scale <= DECIMALS:
        return number.at(DECIMALS)
    divisor = _checked(10 ** (number.scale - DECIMALS))
    return _divided(number, _whole(divisor).new_from_index(0, len(number.values)))


def _sum(operands: list[Number]) -> Number:
    listed = _together(operands)
    total = listed[0]
    for other in listed[1:]:
        bound = _checked(total.bound + other.bound)
        total = Number(total.values + other.values, total.scale, bound)
    return _rounded(total)


def _difference(operands: list[Number]) -> Number:
    return _sum([operands[0], operands[1].times(-1)])


def _multiplied(a: Number, b: Number) -> Number:
    bound = _checked(a.bound * b.bound)
    return Number(a.values * b.values, a.scale + b.scale, bound)


def _product(operands: list[Number]) -> Number:
    product = operands[0]
    for operand in operands[1:]:
        product = _multiplied(product, operand)
    return _rounded(product)


def _ratio(operands: list[Number]) -> Number:
    above, below = _together(operands)
    _checked(2 * below.bound)
    sign = (below.values > 0).cast(pl.Int128) - (below.values < 0).cast(pl.Int128)
    numerator = above.times(10**DECIMALS)
    signed = Number(numerator.values * sign, DECIMALS, numerator.bound)
    return _divided(signed, (below.values * sign).set(below.values == 0, None))


def _oxygen_corrected(operands: list[Number]) -> Number:
    value, oxygen, baseline = operands
    scale = max(oxygen.scale, baseline.scale)
    whole_air = _checked(int(AIR_OXYGEN) * 10**scale)
    air = Number(_whole(whole_air), scale, whole_air)
    numerator = _less(air, baseline.at(scale))
    there = _less(air, oxygen.at(scale))
    left = Number(there.values.set(there.values <= 0, None), scale, there.bound).times(10**value.scale)
    _checked(2 * left.bound)
    return _divided(_multiplied(value, numerator).times(10**DECIMALS), left.values)


def _less(a: Number, b: Number) -> Number:
    bound = _checked(a.bound + b.bound)
    return Number(a.values - b.values, a.scale, bound)


def _extreme(pick: Callable[..., pl.Expr]) -> Callable[[list[Number]], Number]:
    def extreme(operands: list[Number]) -> Number:
        listed = _together(operands)
        frame = pl.DataFrame({str(i): number.values for i, number in enumerate(listed)})
        known = pl.all_horizontal(pl.all().is_not_null())
        values = frame.select(pl.when(known).then(pick(pl.all()))).to_series()
        return _rounded(Number(values, listed[0].scale, max(number.bound for number in listed)))

    return extreme


OPERATIONS: Mapping[str, Callable[[list[Number]], Number]] = {
    "ratio": _ratio,
    "product": _product,
    "sum": _sum,
    "difference": _difference,
    "minimum": _extreme(pl.min_horizontal),
    "maximum": _extreme(pl.max_horizontal),
    "oxygen_corrected": _oxygen_corrected,
}


def known_values(ruleset: Ruleset, row: Mapping[str, Any]) -> dict[str, Operand]:
    """A row of facts as values to count with."""
    known: dict[str, Operand] = {}
    for name, held in row.items():
        value = held if name == ASSESSED_ON else unpack(ruleset.facts[name], held)
        known[name] = None if isinstance(value, tuple | Below) else value
    return known


def _one_by_one(what: Chain, leaves: pl.DataFrame) -> dict[str, pl.Series]:
    """The chain row by row in fractions, as the engine has it."""
    found: dict[str, list[int | None]] = {step.id: [] for step in what.steps}
    for row in leaves.iter_rows(named=True):
        known = known_values(what.ruleset, row)
        for step in what.steps:
            value = known[step.id] = compute(step, known.get)
            if isinstance(value, Interval):
                raise TypeError(f"{step.id}: upper bounds are worked out elsewhere")
            scaled = None if value is None else int(Fraction(value) * 10 ** scale_of(step))
            found[step.id].append(None if scaled is None else max(-LARGEST, min(LARGEST, scaled)))
    return {name: pl.Series(name, values, dtype=pl.Int128) for name, values in found.items()}
