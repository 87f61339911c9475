"""The values of one unit, as they are and as they would be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from grading.computed import compute
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

    def with_changes(self, changed: Mapping[Slot, Any]) -> "Values":
        """The same unit with these changes over today's values."""
        return Values(self.ruleset, self.today, changed, {}, self._roots)


def values_of(ruleset: Ruleset, grading: UnitGrading) -> Values:
    """Today's values of a graded unit."""
    today: dict[Slot, Any] = {}
    for fact, row in grading.values:
        today[Slot(fact, group_of(ruleset, fact) if row is not None else None, row)] = grading.values[fact, row]
    return Values(ruleset, today)
