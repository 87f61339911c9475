"""Computed facts: exact arithmetic, then one rounding (half-even, 6 places)."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction

from grading.model.base import Scalar
from grading.model.ruleset import Computed, Ruleset

PLACES = 10**6
"""Results are whole multiples of one over this."""
AIR_OXYGEN = Fraction(21)
"""Volume share of oxygen in air as the emission standards write it, in %."""

Lookup = Callable[[str], Scalar | frozenset[str] | None]


def compute(computed: Computed, lookup: Lookup) -> Decimal | None:
    """The value of a computed fact; None when an operand is unknown or the operation undefined.

    Oxygen correction: ρ · (21 − baseline) ÷ (21 − O₂), as in GB 4915-2013 4.2 and the other kiln and furnace standards.
    """
    operands: list[Fraction | date] = []
    for operand in computed.operands:
        value = lookup(operand) if isinstance(operand, str) else operand
        if isinstance(value, Decimal):
            operands.append(Fraction(value))
        elif isinstance(value, date):
            operands.append(value)
        else:
            return None
    result = _days(operands) if computed.days_between is not None else _number(computed.operation, operands)
    return None if result is None else _rounded(result)


def _days(operands: list[Fraction | date]) -> Fraction | None:
    start, end = operands
    if isinstance(start, date) and isinstance(end, date):
        return Fraction((end - start).days)
    return None


def _number(operation: str, operands: list[Fraction | date]) -> Fraction | None:
    numbers = [operand for operand in operands if isinstance(operand, Fraction)]
    if len(numbers) != len(operands):
        return None
    if operation == "ratio":
        return numbers[0] / numbers[1] if numbers[1] else None
    if operation == "difference":
        return numbers[0] - numbers[1]
    if operation == "oxygen_corrected":
        value, oxygen, baseline = numbers
        return value * (AIR_OXYGEN - baseline) / (AIR_OXYGEN - oxygen) if oxygen < AIR_OXYGEN else None
    if operation == "product":
        product = Fraction(1)
        for number in numbers:
            product *= number
        return product
    return {"sum": sum, "minimum": min, "maximum": max}[operation](numbers)  # type: ignore[operator,no-any-return]


def _rounded(value: Fraction) -> Decimal:
    # round() of a fraction is exact and half-even; a product can have more digits than the usual context keeps.
    whole = round(value * PLACES)
    with localcontext() as context:
        context.prec = max(28, whole.bit_length())
        return (Decimal(whole) / PLACES).normalize()


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
