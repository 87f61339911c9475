"""Conclusions of a run: by the place of each, the value that the rule that fired has given it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from grading.engine.rules import MET, UNKNOWN, UNMET, Effect, negated
from grading.engine.slots import Slots
from grading.model.base import Scalar, Status
from grading.model.interval import Interval
from grading.plan.nodes import Plan, Ref

STATUSES = {UNMET: Status.UNMET, UNKNOWN: Status.UNKNOWN, MET: Status.MET}
FactValue = Scalar | frozenset[str] | Interval | None


@dataclass(frozen=True)
class UnitFacts:
    """The known facts of a unit: values by fact, rows by group (one that is absent was not stated), waived indicators."""

    values: Mapping[str, FactValue]
    rows: Mapping[str, Sequence[Mapping[str, FactValue]]]
    waived: frozenset[str] = frozenset()

    @cached_property
    def bounded(self) -> frozenset[str]:
        """The facts, computed ones too, of which some value is known by its ends only."""
        listed = (self.values, *(row for rows in self.rows.values() for row in rows))
        return frozenset(fact for values in listed for fact, value in values.items() if type(value) is Interval)


Fired = list[Effect | None]
"""By place, the effect of the rule that fired."""
Values = list[int]
"""By place, the value that was concluded; without meaning where nothing has fired."""


@dataclass(slots=True)
class Row:
    """A row of a view: what was concluded about it, and whether it only may be in the view."""

    fired: Fired
    values: Values
    perhaps: bool


View = dict[int, Row]
"""The rows of a view by their number from 1."""


@dataclass
class Conclusions:
    """The conclusions of rules about a unit and about the rows of its views (None: the table is not stated)."""

    plan: Plan
    slots: Slots
    fired: Fired
    values: Values
    views: dict[int, View | None] = field(default_factory=dict)
    passed: dict[int, list[tuple[int, Effect]]] = field(default_factory=dict)
    """By condition over rows, what was concluded of the rows so far, each with the number of its last row."""
    last_row: dict[int, int] = field(default_factory=dict)
    """By condition over rows, the row that has settled it."""

    def status(self, ref: Ref, row: int | None = None) -> int:
        """The status of a reference; raises KeyError when the row is not in its view."""
        values = self.values if row is None else self._row(ref.node, row).values
        status = values[self.slots.of_node[ref.node]]
        return negated(status) if ref.negated else status

    def is_entry(self, ref: Ref, row: int) -> bool:
        """True when the trace has an entry of a node for a row; not so of a row that its view left out."""
        fired = self._row(ref.node, row).fired
        effect = fired[self.slots.of_node[ref.node]]
        return effect is not None and effect.words is not None

    def target(self, kind: str, index: int) -> int:
        """A target's grade or attainable grade."""
        return self.values[self.slots.target(kind, index)]

    def _row(self, node: int, row: int) -> Row:
        view = self.plan.nodes[node].view
        return (self.views[-1 if view is None else view] or {})[row]
