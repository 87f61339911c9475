"""A column compared with an operand: true, false, or null where nothing is known."""

import math
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from grading.columns.layout import ColumnsError
from grading.columns.sheet import Held
from grading.model.base import Scalar
from grading.model.condition import ORDER_OPERATORS, Value, operands_of
from grading.model.ruleset import Fact
from grading.problems.engine_codes import EngineCode

BEYOND = {pl.Int64(): 2**62, pl.Int128(): 10**37}
"""No value that is held comes near this."""


def compared(held: Held, fact: Fact | None, operator: str, operand: Value) -> pl.Series:
    """The comparison of every value; `fact` is None for computed facts and `assessed_on`."""
    listed = operands_of(operand)
    found = _values(held, fact, operator, listed)
    if held.ends is not None:
        figures = tuple(figure for figure in listed if isinstance(figure, Decimal))
        statuses = pl.Series([kind.compares(operator, figures) for kind in held.ends.kinds], dtype=pl.Boolean)
        found = found.clone().scatter(held.ends.positions, statuses.gather(held.ends.which))
    return found


def _values(held: Held, fact: Fact | None, operator: str, listed: tuple[Scalar, ...]) -> pl.Series:
    if held.type == "choices" and fact is not None:
        return _sets(held.values, operator, _mask(fact, listed), len(fact.options))
    if operator in ORDER_OPERATORS:
        return _ordered(held, operator, listed[0])
    found = _any(held.values, [value for o in listed if (value := _exactly(held, fact, o)) is not None])
    return ~found if operator == "none_of" else found


def constant(value: bool | None, height: int) -> pl.Series:
    """The same status for all."""
    return pl.Series([value], dtype=pl.Boolean).new_from_index(0, height)


def _any(values: pl.Series, options: Iterable[Any]) -> pl.Series:
    found: pl.Series | None = None
    for one in options:
        same = values if one is True else ~values if one is False else values == _literal(values, one)
        found = same if found is None else found | same
    # Not one value can be meant: false wherever the value is known.
    return found if found is not None else constant(False, len(values)).set(values.is_null(), None)


def _literal(values: pl.Series, one: Any) -> pl.Series:
    return pl.Series([one], dtype=values.dtype)


def _ordered(held: Held, operator: str, operand: Scalar) -> pl.Series:
    values = held.values
    if isinstance(operand, date):
        limit = _literal(values, operand)
        return {
            "at_most": values.__le__,
            "at_least": values.__ge__,
            "below": values.__lt__,
            "above": values.__gt__,
        }[operator](limit)
    exact = _scaled(operand, held.scale)
    # Whole numbers compare with a broken limit as with the whole one next to it.
    if operator in ("at_most", "above"):
        limit = _literal(values, _within(values, math.floor(exact)))
        return values <= limit if operator == "at_most" else values > limit
    limit = _literal(values, _within(values, math.ceil(exact)))
    return values >= limit if operator == "at_least" else values < limit


def _scaled(operand: Scalar, scale: int) -> Fraction:
    if not isinstance(operand, Decimal):
        raise ColumnsError(EngineCode.FIGURE_NOT_ORDERED, figure=repr(operand))
    return Fraction(operand) * Fraction(10**scale)


def _within(values: pl.Series, limit: int) -> int:
    beyond = BEYOND[values.dtype]  # type: ignore[index]
    if abs(limit) > beyond and values.dtype == pl.Int128():
        raise ColumnsError(EngineCode.LIMIT_TOO_LARGE, limit=limit)
    return max(-beyond, min(beyond, limit))


def _exactly(held: Held, fact: Fact | None, operand: Scalar) -> Any:
    """The column's form of a value; None where no value of the column can equal it."""
    if held.type == "number":
        exact = _scaled(operand, held.scale)
        return int(exact) if exact.denominator == 1 and abs(exact) < BEYOND[held.values.dtype] else None  # type: ignore[index]
    if held.type == "choice" and fact is not None:
        options = tuple(fact.options)
        return options.index(operand) if operand in options else None
    return operand


def _mask(fact: Fact, options: Iterable[Scalar]) -> int:
    return sum(1 << i for i, option in enumerate(fact.options) if option in options)


def _sets(values: pl.Series, operator: str, mask: int, size: int) -> pl.Series:
    """A set against a list of options; an option that the fact does not have is in no set."""
    if operator == "within":
        return (values & _literal(values, (1 << size) - 1 & ~mask)) == _literal(values, 0)
    if operator == "includes_any":
        return (values & _literal(values, mask)) != _literal(values, 0)
    return (values & _literal(values, mask)) == _literal(values, mask)
