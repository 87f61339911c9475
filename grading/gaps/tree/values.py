"""The values of one unit, as they are and as they would be."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from grading.computed import AIR_OXYGEN, compute
from grading.gaps.tree.constraints import Constraint, best_value, ends, satisfies, surely
from grading.model.interval import Interval
from grading.model.result import UnitGrading
from grading.model.ruleset import Ruleset
from grading.places import group_of, sources


class Slot(NamedTuple):
    """A value of the audit or a computed one: of the unit, or of a row."""

    fact: str
    group: str | None
    row: str | None


TODAY = Slot("assessed_on", None, None)


@dataclass(eq=False)
class Values:
    """Today's values and, over them, changed ones; computed values follow."""

    ruleset: Ruleset
    today: Mapping[Slot, Any]
    changed: Mapping[Slot, Any] = field(default_factory=dict)
    _computed: dict[Slot, Any] = field(default_factory=dict)
    _roots: dict[Slot, tuple[Slot, ...]] = field(default_factory=dict)
    _moving: dict[Slot, frozenset[Slot]] = field(default_factory=dict)
    _known: dict[Slot, Hashable] = field(default_factory=dict)

    def get(self, slot: Slot) -> Any:
        """The value of a slot; None when it is unknown."""
        computed = self.ruleset.computed.get(slot.fact)
        if computed is None:
            return self.changed[slot] if slot in self.changed else self.today.get(slot)
        if not self.changed:
            return self.today.get(slot)
        if slot not in self._computed:
            self._computed[slot] = compute(computed, lambda operand: self.get(self.beside(slot, operand)))
        return self._computed[slot]

    def number(self, slot: Slot) -> Any:
        """The value of a slot to count with; None where only its ends are known."""
        value = self.get(slot)
        return None if isinstance(value, Interval) else value

    def beside(self, slot: Slot, fact: str) -> Slot:
        """The slot that an operand of a slot's computed fact means."""
        group = group_of(self.ruleset, fact)
        return Slot(fact, group, slot.row if group is not None else None)

    def roots(self, slot: Slot) -> tuple[Slot, ...]:
        """The audited values that a slot is worked out from; itself when it is not computed."""
        if slot not in self._roots:
            found = (Slot(*source) for source in sources(self.ruleset, slot.fact, slot.row))
            self._roots[slot] = tuple(dict.fromkeys(found))
        return self._roots[slot]

    def known(self, slot: Slot) -> Hashable:
        """All that today says of a slot: what else it could be depends on nothing else."""
        if slot not in self._known:
            roots = self.roots(slot)
            measured_anew = (self._baseline(root) for root in roots if root in self.invalid)
            self._known[slot] = (tuple(self.today.get(root) for root in roots), *measured_anew)
        return self._known[slot]

    def moving_roots(self, slot: Slot) -> frozenset[Slot]:
        """Those of a slot's roots that a change could make another: what is given joins nothing."""
        if slot not in self._moving:
            self._moving[slot] = frozenset(root for root in self.roots(slot) if not self.is_given(root))
        return self._moving[slot]

    @cached_property
    def invalid(self) -> frozenset[Slot]:
        """Values with which something computed is undefined, as oxygen of 21 %: they have to be measured anew."""
        corrected = (c.oxygen_corrected for c in self.ruleset.computed.values())
        oxygen = {correction.oxygen for correction in corrected if correction is not None}
        return frozenset(
            slot
            for slot, value in self.today.items()
            if slot.fact in oxygen and isinstance(value, Decimal) and value >= AIR_OXYGEN
        )

    def is_given(self, slot: Slot) -> bool:
        """True when the value is known and no change at the plant makes it another."""
        fact, value = self.ruleset.facts.get(slot.fact), self.today.get(slot)
        if fact is None:
            return True
        return fact.is_given and value is not None and not isinstance(value, Interval) and slot not in self.invalid

    def is_ruled_out(self, slot: Slot, constraint: Constraint) -> bool:
        """True when none of the values that a change, or a better measurement of what is given, may lead to is as wished."""
        fact, value = self.ruleset.facts.get(slot.fact), self.today.get(slot)
        if fact is not None and fact.is_given and isinstance(value, Interval):
            return surely(value, constraint) is False
        if fact is None or not fact.changes_to or value is None:
            return False
        return not any(satisfies(value, constraint) for value in fact.changes_to)

    def best(self, slot: Slot, constraints: Sequence[Constraint]) -> Any:
        """The value nearest to today's that satisfies constraints and that a change can lead to; None when there is none."""
        fact, current = self.ruleset.facts[slot.fact], self.today.get(slot)
        if current is None:
            return best_value(fact, constraints, None)
        if slot in self.invalid:
            usual = self._baseline(slot)
            if usual is not None and all(satisfies(usual, constraint) for constraint in constraints):
                return usual
            return best_value(fact, [*constraints, Constraint("below", Decimal(AIR_OXYGEN), True)], None)
        value = best_value(fact, constraints, current)
        if value is None or value == current:
            return value
        if fact.is_given:
            return best_value(fact, [*constraints, *ends(current)], None) if isinstance(current, Interval) else None
        if fact.type == "date":
            # What was done on a day may be done again, later than then and not on a day that is past.
            earliest = max(self.today[TODAY], current)
            return best_value(fact, [*constraints, Constraint("at_least", earliest, True)], current)
        if fact.changes_to:
            return best_value(fact, [*constraints, Constraint("one_of", fact.changes_to, True)], current)
        return value

    def _baseline(self, oxygen: Slot) -> Decimal | None:
        """The oxygen to which values are corrected: what a new measurement is taken to find, if that will do."""
        corrected = (c.oxygen_corrected for c in self.ruleset.computed.values())
        stated = (c.baseline for c in corrected if c is not None and c.oxygen == oxygen.fact)
        found = (b if isinstance(b, Decimal) else self.today.get(self.beside(oxygen, b)) for b in stated)
        return next((b for b in found if isinstance(b, Decimal) and b < AIR_OXYGEN), None)

    def with_changes(self, changed: Mapping[Slot, Any]) -> "Values":
        """The same unit with these changes over today's values."""
        found = Values(self.ruleset, self.today, changed, {}, self._roots, self._moving)
        found.invalid = self.invalid
        return found


def values_of(ruleset: Ruleset, grading: UnitGrading) -> Values:
    """Today's values of a graded unit."""
    today: dict[Slot, Any] = {}
    for fact, row in grading.values:
        today[Slot(fact, group_of(ruleset, fact) if row is not None else None, row)] = grading.values[fact, row]
    return Values(ruleset, today)
