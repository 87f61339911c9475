"""Arithmetic on numbers of which only the ends are known: exact on the ends, for `grading.computed` to round.

An interval is worked with twice: by its ends, and by the outermost numbers that can be stated. Where the two come to the same
once they are rounded, the end of the result belongs to it, else it is open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import inf

from grading.model.interval import Interval

Number = Fraction | float
"""Exact, or an infinity."""
ZERO = Fraction(0)


@dataclass(frozen=True)
class Span:
    """All numbers between two, both included."""

    low: Number
    high: Number

    def __neg__(self) -> "Span":
        return Span(-self.high, -self.low)

    def __add__(self, other: "Span") -> "Span":
        return Span(_sum(self.low, other.low), _sum(self.high, other.high))

    def __mul__(self, other: "Span") -> "Span":
        corners = [_product(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Span(min(corners), max(corners))

    @property
    def inverse(self) -> "Span | None":
        """One over each of them; None where zero lies between. Next to zero there is no end."""
        if self.low < 0 < self.high or self.low == self.high == 0:
            return None
        low = -inf if self.high == 0 else _inverse(self.high)
        return Span(low, inf if self.low == 0 else _inverse(self.low))


def outer(operand: Decimal | Interval) -> Span:
    """A number, or an interval by its ends."""
    if isinstance(operand, Decimal):
        return _span(operand, operand)
    return _span(operand.low, operand.high)


def inner(operand: Decimal | Interval) -> Span:
    """A number, or an interval by the outermost numbers that can be stated."""
    if isinstance(operand, Decimal):
        return _span(operand, operand)
    return _span(operand.first, operand.last)


def _span(low: Decimal | None, high: Decimal | None) -> Span:
    return Span(-inf if low is None else Fraction(low), inf if high is None else Fraction(high))


def worked_out(operation: str, spans: Sequence[Span], air: int) -> Span | None:
    """An operation of a computed fact; None where it is undefined for something that an operand can be."""
    first, *others = spans
    if operation == "minimum":
        return Span(min(span.low for span in spans), min(span.high for span in spans))
    if operation == "maximum":
        return Span(max(span.low for span in spans), max(span.high for span in spans))
    if operation == "ratio":
        return _ratio(first, others[0])
    if operation == "oxygen_corrected":
        oxygen, baseline = others
        whole = Span(Fraction(air), Fraction(air))
        below_air = whole + -oxygen
        return None if below_air.low < 0 else _ratio(first * (whole + -baseline), below_air)
    for other in others:
        first = first * other if operation == "product" else first + (-other if operation == "difference" else other)
    return first


def _ratio(above: Span, below: Span) -> Span | None:
    inverse = below.inverse
    return None if inverse is None else above * inverse


def _sum(a: Number, b: Number) -> Number:
    return a if isinstance(a, float) else b if isinstance(b, float) else a + b


def _product(a: Number, b: Number) -> Number:
    if a == 0 or b == 0:
        return ZERO
    if isinstance(a, float) or isinstance(b, float):
        return inf if (a > 0) == (b > 0) else -inf
    return a * b


def _inverse(a: Number) -> Number:
    return ZERO if isinstance(a, float) else 1 / a
