"""Computed facts: exact arithmetic, then one rounding (half-even, 6 places)."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import MAX_PREC, Context, Decimal
from fractions import Fraction

from grading.interval_arithmetic import ZERO, Span, inner, outer, worked_out
from grading.model.audit import Below
from grading.model.base import Scalar
from grading.model.interval import Interval
from grading.model.ruleset import Computed, Fact, Ruleset

DECIMALS = 6
"""The decimals that a computed number is rounded to."""
PLACES = 10**DECIMALS
"""Results are whole multiples of one over this."""
EXACT = Context(prec=MAX_PREC)
AIR_OXYGEN = 21
"""Volume share of oxygen in air as the emission standards write it, in %."""

DIVIDING = ("ratio", "oxygen_corrected")

Quotient = tuple[int, int]
Operand = Scalar | frozenset[str] | Interval | None
Lookup = Callable[[str], Operand]


def interval_of(fact: Fact | None, value: Below) -> Interval:
    """The numbers that an upper bound of a fact leaves open: from the least that the fact can be."""
    low = None if fact is None else fact.min
    last = value.below - Decimal(1).scaleb(-(DECIMALS if fact is None else fact.decimals))
    return Interval(low, low, last if low is None else max(low, last), value.below, stated=True)


def compute(computed: Computed, lookup: Lookup) -> Decimal | Interval | None:
    """The value of a computed fact; None when an operand is unknown or the operation undefined.

    Of operands of which only the ends are known it is the interval of all that the result can be.

    Oxygen correction: ρ · (21 − baseline) ÷ (21 − O₂), as in GB 4915-2013 4.2 and the other kiln and furnace standards.
    """
    operands = [lookup(operand) if isinstance(operand, str) else operand for operand in computed.operands]
    if computed.days_between is not None:
        start, end = operands
        if isinstance(start, date) and isinstance(end, date):
            return Decimal((end - start).days)
        return None
    numbers = [operand for operand in operands if isinstance(operand, Decimal)]
    if len(numbers) != len(operands):
        known = [operand for operand in operands if isinstance(operand, Decimal | Interval)]
        return _interval(computed.operation, known) if len(known) == len(operands) else None
    result = _exact(computed.operation, numbers)
    return None if result is None else _rounded(*result)


def _interval(operation: str, operands: list[Decimal | Interval]) -> Interval | None:
    spans = list(map(outer, operands)), list(map(inner, operands))
    if operation in DIVIDING and _divides_by_zero(operation, spans[1]):
        return None
    whole, reached = (worked_out(operation, listed, AIR_OXYGEN) for listed in spans)
    if whole is None or reached is None:
        return None
    return Interval(_end(whole.low), _end(reached.low), _end(reached.high), _end(whole.high))


def _divides_by_zero(operation: str, spans: list[Span]) -> bool:
    """True when a divisor can be stated that is zero."""
    zero = ZERO if operation == "ratio" else AIR_OXYGEN
    return spans[1].low <= zero <= spans[1].high


def _end(number: Fraction | float) -> Decimal | None:
    return _rounded(number.numerator, number.denominator) if isinstance(number, Fraction) else None


def _exact(operation: str, numbers: list[Decimal]) -> Quotient | None:
    """The result as numerator and denominator, not reduced: nothing is lost before the one rounding."""
    if operation == "minimum":
        return min(numbers).as_integer_ratio()
    if operation == "maximum":
        return max(numbers).as_integer_ratio()
    (a, b), *others = [number.as_integer_ratio() for number in numbers]
    if operation == "ratio":
        ((c, d),) = others
        return (a * d, b * c) if c else None
    if operation == "oxygen_corrected":
        (oxygen, whole), (baseline, part) = others
        below_air = AIR_OXYGEN * whole - oxygen
        return (a * (AIR_OXYGEN * part - baseline) * whole, b * part * below_air) if below_air > 0 else None
    for c, d in others:
        if operation == "product":
            a, b = a * c, b * d
        else:
            a, b = a * d + (-c if operation == "difference" else c) * b, b * d
    return a, b


def _rounded(numerator: int, denominator: int) -> Decimal:
    """Half-even, whatever the length: a product can have more digits than the usual context keeps."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    whole, rest = divmod(numerator * PLACES, denominator)
    if 2 * rest > denominator or (2 * rest == denominator and whole % 2):
        whole += 1
    return Decimal(whole).scaleb(-DECIMALS, EXACT).normalize(EXACT)


def order(ruleset: Ruleset) -> tuple[Computed, ...]:
    """The computed facts, each after those it reads; raises ValueError naming a circle."""
    done: dict[str, Computed] = {}
    doing: list[str] = []

    def visit(name: str) -> None:
        if name in done or name not in ruleset.computed:
            return
        if name in doing:
            raise ValueError("computed facts read each other in a circle: " + " → ".join([*doing, name]))
        doing.append(name)
        for operand in ruleset.computed[name].operands:
            if isinstance(operand, str):
                visit(operand)
        doing.pop()
        done[name] = ruleset.computed[name]

    for name in ruleset.computed:
        visit(name)
    return tuple(done.values())


def with_computed(
    ordered: tuple[Computed, ...],
    values: Mapping[str, Operand],
    rows: Mapping[str, list[dict[str, Operand]]],
) -> dict[str, Operand]:
    """The unit's values with its computed facts; those of groups are added to their rows in place."""
    known = dict(values)
    for computed in ordered:
        if computed.group is None:
            known[computed.id] = compute(computed, known.get)
            continue
        for row in rows.get(computed.group, ()):
            row[computed.id] = compute(computed, lambda name, row=row: row[name] if name in row else known.get(name))  # type: ignore[misc]
    return known
