"""Working back: what a constraint on a computed value means for the facts that it is computed from.

The first operand that can move does, the others stay as they are; a missing operand goes before those that are known.
Where an operand would have to be known and is not, a harmless value is assumed for it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from grading.computed import AIR_OXYGEN, PLACES
from grading.gaps.tree.constraints import STATED, Constraint, satisfies
from grading.gaps.tree.values import TODAY, Slot, Values
from grading.model.ruleset import Computed, Fact

FLIPPED = {"at_most": "at_least", "at_least": "at_most", "below": "above", "above": "below", "equals": "equals"}
UPWARD = frozenset({"at_least", "above"})
FINE = Fraction(1, PLACES)
"""Computed values are rounded to so much; a limit that rounding oversteps is tightened by it."""
DIGITS = 12

Constraints = list[tuple[Slot, Constraint]]


class Inverter:
    """Works constraints back, given everything that is known now. `margin` tightens limits by so many last places."""

    def __init__(self, values: Values, margin: int = 0) -> None:
        self.values, self.margin = values, margin

    def onto_facts(self, slot: Slot, constraint: Constraint) -> Constraints | None:
        """The constraints on facts that would grant a constraint on a computed value; None when no way was found."""
        for operator, bound in _limits(constraint, self.values.number(slot)):
            slack = self.margin * FINE * (1 if operator in UPWARD else -1)
            found = self._solve(slot, operator, Fraction(bound) + (0 if operator == "equals" else slack))
            if found is not None:
                return found
        return None

    def _solve(self, slot: Slot, operator: str, bound: Fraction) -> Constraints | None:
        computed = self.values.ruleset.computed.get(slot.fact)
        if computed is None:
            return self._number_constraint(slot, operator, bound)
        operands = [self.values.beside(slot, o) if isinstance(o, str) else o for o in computed.operands]
        if computed.days_between is not None:
            return self._days(operands, operator, bound)
        if _every_operand_counts(computed.operation, operator):
            return self._all_of(operands, operator, bound)
        known = [self._known(o) if isinstance(o, Slot) else o for o in operands]
        slots = [(n, o) for n, o in enumerate(operands) if isinstance(o, Slot)]
        for n, operand in sorted(slots, key=lambda pair: known[pair[0]] is not None):
            assumed: Constraints = []
            others: list[Any] = list(known)
            for m, other in slots:
                if m != n and known[m] is None:
                    assumed += self._stated(other, computed, m)
                    others[m] = self._with(assumed).get(other)
            if any(value is None for m, value in enumerate(others) if m != n):
                continue
            turned = _inverted(computed.operation, n, operator, bound, others)
            found = self._solve(operand, *turned) if turned is not None else None
            if found is not None:
                return found + assumed
        return None

    def _known(self, slot: Slot) -> Any:
        """The value of an operand to count with; None for one that has to be measured anew."""
        is_invalid = slot in self.values.invalid and slot not in self.values.changed
        return None if is_invalid else self.values.number(slot)

    def _all_of(self, operands: list[Any], operator: str, bound: Fraction) -> Constraints | None:
        """Every operand within the limit, as a maximum at most something asks for."""
        found: Constraints = []
        for operand in operands:
            if isinstance(operand, Slot):
                worked = self._solve(operand, operator, bound)
                if worked is None:
                    return None
                found += worked
            elif not satisfies(operand, Constraint(operator, _decimal(bound, operator), True)):
                return None
        return found

    def _days(self, operands: list[Any], operator: str, bound: Fraction) -> Constraints | None:
        """The start may move, else the end: the later the start, the fewer the days."""
        known = [self.values.get(operand) for operand in operands]
        for n, other in sorted(((0, known[1]), (1, known[0])), key=lambda pair: known[pair[0]] is not None):
            fact = self.values.ruleset.facts.get(operands[n].fact)
            if fact is None or self.values.is_given(operands[n]) or not isinstance(other, date):
                continue
            turned = operator if n else FLIPPED[operator]
            days = ceil(bound) if operator in ("at_least", "below") else floor(bound)
            constraint = Constraint(turned, other + timedelta(days=days if n else -days), True)
            if operator != "equals" or bound == days:
                return [(operands[n], constraint)]
        return None

    def _number_constraint(self, slot: Slot, operator: str, bound: Fraction) -> Constraints | None:
        fact = self.values.ruleset.facts.get(slot.fact)
        if fact is None or fact.type != "number":
            return None
        constraint = Constraint(operator, _decimal(bound, operator), True)
        return [(slot, constraint)] if self.values.best(slot, [constraint]) is not None else None

    def _stated(self, slot: Slot, computed: Computed, operand: int) -> Constraints:
        """Constraints that make an unknown operand known, whatever it is."""
        found: Constraints = []
        for root in self.values.roots(slot):
            fact = self.values.ruleset.facts.get(root.fact)
            if fact is None or self._known(root) is not None:
                continue
            guess: Any = self.values.today.get(TODAY) if fact.type == "date" else Decimal(1)
            if computed.oxygen_corrected is not None and operand == 1:
                guess = next(o for o in (computed.oxygen_corrected.baseline, Decimal(1)) if isinstance(o, Decimal))
            found.append((root, Constraint(STATED, guess, True)))
        return found

    def _with(self, constraints: Constraints) -> Values:
        changed = dict(self.values.changed)
        for slot, constraint in constraints:
            changed[slot] = self.values.best(slot, [constraint])
        return self.values.with_changes(changed)


def _limits(constraint: Constraint, value: Any) -> Iterator[tuple[str, Decimal]]:
    """The constraint as limits or figures, any one of which would grant it."""
    if constraint.order is not None:
        yield constraint.order, constraint.operand
    elif (constraint.operator in ("equals", "one_of")) == constraint.wanted:
        listed = [figure for figure in constraint.listed if isinstance(figure, Decimal)]
        for figure in sorted(listed, key=lambda figure: abs(figure - value) if value is not None else 0):
            yield "equals", figure
    else:
        for figure in constraint.listed:
            yield "below", figure
            yield "above", figure


def _every_operand_counts(operation: str, operator: str) -> bool:
    return (operation == "maximum" and operator in ("at_most", "below")) or (
        operation == "minimum" and operator in UPWARD
    )


def _inverted(operation: str, n: int, operator: str, bound: Fraction, others: list[Any]) -> tuple[str, Fraction] | None:
    """The limit on operand `n` at which the result keeps its limit, the other operands being as they are."""
    rest = [Fraction(value) if isinstance(value, Decimal) else value for m, value in enumerate(others) if m != n]
    if any(not isinstance(value, Fraction) for value in rest):
        return None
    other = rest[0] if rest else Fraction(0)
    if operation in ("maximum", "minimum"):
        return operator, bound
    if operation == "sum":
        return operator, bound - sum(rest, Fraction(0))
    if operation == "difference":
        return (operator, bound + other) if n == 0 else (FLIPPED[operator], other - bound)
    factor: Fraction | None = None
    if operation == "product":
        factor = Fraction(1)
        for value in rest:
            factor *= value
    elif operation == "ratio" and n == 0:
        factor = 1 / other if other else None
    elif operation == "oxygen_corrected" and n == 0:
        oxygen, baseline = rest
        factor = (AIR_OXYGEN - baseline) / (AIR_OXYGEN - oxygen) if oxygen < AIR_OXYGEN else None
    elif operation == "ratio":
        # a ÷ x against a limit, with a, x and the limit above zero: the larger x, the smaller the result.
        return (FLIPPED[operator], other / bound) if other > 0 and bound > 0 else None
    elif operation == "oxygen_corrected" and n == 1:
        value, baseline = rest
        product = value * (AIR_OXYGEN - baseline)
        return (operator, AIR_OXYGEN - product / bound) if product > 0 and bound > 0 else None
    if not factor:
        return None
    return (operator if factor > 0 else FLIPPED[operator]), bound / factor


def _decimal(bound: Fraction, operator: str) -> Decimal:
    """A limit as a decimal that is never laxer; exact where decimals can be."""
    scaled = bound * 10**DIGITS
    whole = -(-scaled.numerator // scaled.denominator) if operator in UPWARD else scaled.numerator // scaled.denominator
    return Decimal(whole).scaleb(-DIGITS)


def probes(values: Values, slot: Slot, constraint: Constraint) -> Constraints | None:
    """Probing where no formula helps (a fact that comes in twice, days): try likely values of one fact after the other."""
    roots = values.roots(slot)
    missing = [root for root in roots if values.number(root) is None and root.fact in values.ruleset.facts]
    for root in (*missing, *(root for root in roots if root not in missing)):
        fact = values.ruleset.facts.get(root.fact)
        if fact is None or values.is_given(root):
            continue
        assumed = {other: _likely(values, values.ruleset.facts[other.fact])[0] for other in missing if other != root}
        for value in _likely(values, fact):
            trial = Constraint("equals", value, True)
            if values.best(root, [trial]) is None:
                continue
            changed = {**values.changed, **assumed, root: value}
            if satisfies(values.with_changes(changed).get(slot), constraint):
                return [(root, trial), *((other, Constraint(STATED, guess, True)) for other, guess in assumed.items())]
    return None


def _likely(values: Values, fact: Fact) -> list[Any]:
    if fact.type == "date":
        today = values.today.get(TODAY)
        return [today + timedelta(days=n) for n in (0, -1, 1, -365, 365)] if isinstance(today, date) else []
    numbers = [Decimal(1), Decimal(0), *(end for end in (fact.min, fact.max) if end is not None)]
    return list(dict.fromkeys(numbers))
