"""Exact numbers in formulas: fractions whose parts are whole numbers, rounded as computed facts are."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor, lcm, prod
from typing import Any

import z3

from grading.computed import AIR_OXYGEN, PLACES
from grading.model.ruleset import Computed


@dataclass(frozen=True)
class Term:
    """`num` ÷ `den`, where `defined`; then `den` is above zero. Whole numbers of Python or of z3."""

    num: Any
    den: Any = 1
    defined: Any = True
    not_negative: bool = False

    @property
    def is_exact(self) -> bool:
        """True when rounding to the places of computed facts changes nothing."""
        return isinstance(self.den, int) and PLACES % self.den == 0

    def at_most(self, limit: int) -> Any:
        """The formula that the rounded value is at most so many of the last places of computed facts."""
        if self.is_exact:
            return self.num * (PLACES // self.den) <= limit
        # A value in the middle of two is rounded to the even one.
        twice, bound = self.num * (2 * PLACES), self.den * (2 * limit + 1)
        return twice <= bound if limit % 2 == 0 else twice < bound


def grows_with(computed: Computed) -> tuple[str, Fraction] | None:
    """The one operand that a multiple is taken of, and what it is multiplied with; None for anything else."""
    names = [operand for operand in computed.operands if isinstance(operand, str)]
    numbers = [Fraction(operand) for operand in computed.operands if isinstance(operand, Decimal)]
    if len(names) != 1 or not all(number > 0 for number in numbers):
        return None
    if computed.operation == "product":
        return names[0], prod(numbers, start=Fraction(1))
    if computed.operation == "ratio" and computed.operands[0] == names[0]:
        return names[0], 1 / numbers[0]
    return None


def greatest(factor: Fraction, limit: int) -> int:
    """The greatest whole number whose multiple, rounded half to even, is at most a limit."""
    middle = (2 * limit + 1) / (2 * factor)
    found = floor(middle)
    return found - 1 if found == middle and limit % 2 else found


def constant(number: Decimal) -> Term:
    """A number of the ruleset."""
    num, den = number.as_integer_ratio()
    return Term(num, den, not_negative=num >= 0)


def rounded(term: Term, name: str) -> tuple[Term, list[Any]]:
    """The value rounded to the places of computed facts, and what ties it to the exact one."""
    if term.is_exact:
        return term, []
    v = z3.Int(name)
    twice, upper, lower = term.num * (2 * PLACES), term.den * (2 * v + 1), term.den * (2 * v - 1)
    ties = z3.And(
        twice <= upper,
        twice >= lower,
        z3.Implies(z3.Or(twice == upper, twice == lower), v % 2 == 0),
    )
    return Term(v, PLACES, term.defined, term.not_negative), [z3.Implies(term.defined, ties)]


def worked_out(computed: Computed, operands: list[Term]) -> Term:
    """The exact result of an operation on numbers."""
    operation = computed.operation
    defined = _all([one.defined for one in operands])
    if operation in ("minimum", "maximum"):
        result = operands[0]
        for other in operands[1:]:
            result = _better(result, other, operation == "minimum")
        return Term(result.num, result.den, defined, result.not_negative)
    if operation == "product":
        num, den = operands[0].num, operands[0].den
        for other in operands[1:]:
            num, den = num * other.num, den * other.den
        return Term(num, den, defined, all(one.not_negative for one in operands))
    if operation in ("sum", "difference"):
        num, den = operands[0].num, operands[0].den
        for other in operands[1:]:
            signed = -other.num if operation == "difference" else other.num
            num, den = (
                (num + signed, den) if _same(den, other.den) else (num * other.den + signed * den, den * other.den)
            )
        return Term(num, den, defined, operation == "sum" and all(one.not_negative for one in operands))
    if operation == "ratio":
        a, b = operands
        num, den = a.num * b.den, a.den * b.num
        if isinstance(den, int):
            return Term(num, den, defined, a.not_negative) if den > 0 else Term(-num, -den, defined)
        if b.not_negative:
            return Term(num, den, _all([defined, b.num != 0]), a.not_negative)
        return Term(z3.If(b.num < 0, -num, num), z3.If(b.num < 0, -den, den), _all([defined, b.num != 0]))
    value, oxygen, baseline = operands
    below_air = AIR_OXYGEN * oxygen.den - oxygen.num
    num = value.num * (AIR_OXYGEN * baseline.den - baseline.num) * oxygen.den
    den = value.den * baseline.den * below_air
    is_defined = below_air > 0
    return Term(num, den, _all([defined, is_defined]), value.not_negative)


def _better(a: Term, b: Term, lower: bool) -> Term:
    """The lower or the higher of two."""
    if isinstance(a.den, int) and isinstance(b.den, int):
        den = lcm(a.den, b.den)
        x, y = a.num * (den // a.den), b.num * (den // b.den)
        least = _if(x <= y, x, y) if lower else _if(x >= y, x, y)
        return Term(least, den, True, a.not_negative and b.not_negative if lower else a.not_negative or b.not_negative)
    first = a.num * b.den <= b.num * a.den
    first = first if lower else z3.Not(first)
    return Term(_if(first, a.num, b.num), _if(first, a.den, b.den), True, a.not_negative and b.not_negative)


def _if(condition: Any, yes: Any, no: Any) -> Any:
    if isinstance(condition, bool):
        return yes if condition else no
    return z3.If(condition, yes, no)


def _same(a: Any, b: Any) -> bool:
    return isinstance(a, int) and isinstance(b, int) and a == b


def _all(parts: list[Any]) -> Any:
    listed = [part for part in parts if part is not True]
    return z3.And(listed) if listed else True
