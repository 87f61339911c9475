"""What is recorded of a run: each conclusion of a rule that fired, as the trace tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grading.engine.plan import Plan, Ref
from grading.engine.rules import MET, UNKNOWN, UNMET, Effect
from grading.model.base import Scalar, Status
from grading.model.result import UNGRADED, TraceEntry

STATUSES = {UNMET: Status.UNMET, UNKNOWN: Status.UNKNOWN, MET: Status.MET}
KINDS = {"node": 0, "doubt": 1, "rows": 2, "grade": 3, "attainable": 4}
STEP = len(KINDS)
ROW = 2**32 + 1
"""What a row adds to the key of a conclusion, times its number. A dictionary looks at the last bits of a key first: so that
they differ, the keys of two nodes lie side by side, and a row changes the last bits too."""

FactValue = Scalar | frozenset[str] | None


@dataclass(frozen=True)
class UnitFacts:
    """What is known of a unit: values by fact, and rows by group; a group that is absent was not stated."""

    values: Mapping[str, FactValue]
    rows: Mapping[str, Sequence[Mapping[str, FactValue]]]


Concluding = tuple[str, int, int, int | None, tuple[str, str, str] | None, dict[str, Any], bool]
"""An effect, ready to apply: title, value, key, view, facts, words and whether it is needed.

The key says what is concluded but for the row, the view whose rows it is about. The facts are what is asserted but for the id
and the row: of a row that is surely in the view, and of one that only may be, then their property; none when nothing reads
them. The words are those of the trace. A grading is whole without what is not needed. It is a plain tuple, since one with names
takes twice as long to take apart.
"""

View = Mapping[int, tuple[str, bool]]
"""The rows of a view by their number from 1: each one's place in the chain of rows as JSON, and whether it may not be in it."""


@dataclass
class Conclusions:
    """What the rules concluded: the trace, the value that each entry of it concludes, and by key the number of its entry."""

    trace: list[TraceEntry] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    at: dict[int, int] = field(default_factory=dict)
    views: dict[int, View | None] = field(default_factory=dict)
    dispensable: int = 0
    """How many of the conclusions a grading would be whole without."""

    def status(self, ref: Ref, row: int = 0) -> int:
        """The status of a reference; raises KeyError when the row is not in its view."""
        value = self.values[self.at[ref.node * STEP + row * ROW]]
        return 2 - value if ref.negated else value

    def value(self, kind: str, index: int, row: int = 0) -> int:
        """What was concluded; raises KeyError when nothing was."""
        return self.values[self.at[key_of(kind, index) + row * ROW]]

    def firing(self, ref: Ref, row: int = 0) -> int | None:
        """The number of the firing that concluded a node; None for a row that its view left out."""
        return self.at.get(ref.node * STEP + row * ROW)


def key_of(kind: str, index: int) -> int:
    """What a conclusion of some kind about some node or target is known by; the row is added to it."""
    return index * STEP + KINDS[kind]


def said(plan: Plan, effect: Effect) -> dict[str, Any]:
    """What a firing concludes in the words of the trace, but for the row."""
    if effect.kind in ("grade", "attainable"):
        target = plan.targets[effect.index]
        what = {} if target.kind == "unit" else {target.kind: target.id}
        return {**what, effect.kind: level_of(plan, effect.value)}
    concluded: dict[str, Any] = {"condition": plan.nodes[effect.index].name}
    if effect.kind == "doubt":
        return {**concluded, "in_doubt": True}
    if effect.kind == "rows":
        return {**concluded, "so_far": "in order" if effect.value == MET else "in doubt"}
    return {**concluded, "status": STATUSES[effect.value].value, **plan.roles.get(effect.index, {})}


def level_of(plan: Plan, value: int) -> str:
    """The level that a grade's value stands for."""
    return UNGRADED if value < 0 else plan.ruleset.scale.ids[value]
