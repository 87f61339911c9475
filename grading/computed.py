"""Computed facts: exact arithmetic, then one rounding (half-even, 6 places)."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import MAX_PREC, Context, Decimal

from grading.model.base import Scalar
from grading.model.ruleset import Computed, Ruleset

DECIMALS = 6
PLACES = 10**DECIMALS
"""Results are whole multiples of one over this."""
EXACT = Context(prec=MAX_PREC)
AIR_OXYGEN = 21
"""Volume share of oxygen in air as the emission standards write it, in %."""

Quotient = tuple[int, int]
Lookup = Callable[[str], Scalar | frozenset[str] | None]


def compute(computed: Computed, lookup: Lookup) -> Decimal | None:
    """The value of a computed fact; None when an operand is unknown or the operation undefined.

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
        return None
    result = _exact(computed.operation, numbers)
    return None if result is None else _rounded(*result)


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
    values: Mapping[str, Scalar | frozenset[str] | None],
    rows: Mapping[str, list[dict[str, Scalar | frozenset[str] | None]]],
) -> dict[str, Scalar | frozenset[str] | None]:
    """The unit's values with its computed facts; those of groups are added to their rows in place."""
    known = dict(values)
    for computed in ordered:
        if computed.group is None:
            known[computed.id] = compute(computed, known.get)
            continue
        for row in rows.get(computed.group, ()):
            row[computed.id] = compute(computed, lambda name, row=row: row[name] if name in row else known.get(name))  # type: ignore[misc]
    return known
