"""What is recorded of a run: each conclusion of a rule that fired, with what it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from grading.model.base import Scalar, Status
from grading.model.interval import Interval
from grading.model.result import UNGRADED
from grading.model.trace import (
    AttainableConclusion,
    Cause,
    Concludes,
    GradeConclusion,
    StatusWord,
    TargetName,
)
from grading.plan.nodes import Ref, Target
from tests.former.plan import FormerPlan
from tests.former.rules import MET, UNKNOWN, UNMET, Effect

STATUSES = {UNMET: Status.UNMET, UNKNOWN: Status.UNKNOWN, MET: Status.MET}
STATUS_WORDS: dict[int, StatusWord] = {UNMET: "unmet", UNKNOWN: "unknown", MET: "met"}
KINDS = {"doubt": 0, "rows": 1, "node": 2, "grade": 3, "attainable": 4}
"""In the order in which one is concluded from another."""
STEP = len(KINDS)
NODE = KINDS["node"]
AFTER_NODES = 2**24
"""The place of the first target: behind every node."""
ROW = 2**32 + 1
"""What a row adds to the key of a conclusion, times its number. A dictionary looks at the last bits of a key first: so that
they differ, the keys of two nodes lie side by side, and a row changes the last bits too."""
LOW = 2**32 - 1

FactValue = Scalar | frozenset[str] | Interval | None


@dataclass(frozen=True)
class UnitFacts:
    """What is known of a unit: values by fact, and rows by group; a group that is absent was not stated."""

    values: Mapping[str, FactValue]
    rows: Mapping[str, Sequence[Mapping[str, FactValue]]]

    @cached_property
    def bounded(self) -> frozenset[str]:
        """The facts, computed ones too, of which some value is known by its ends only."""
        listed = (self.values, *(row for rows in self.rows.values() for row in rows))
        return frozenset(fact for values in listed for fact, value in values.items() if type(value) is Interval)


Because = tuple[Cause, ...]
"""Everything that a conclusion rests on."""
Origin = Because | int
"""What one fact of the network rests on: a fact of the audit, or an earlier conclusion by its number from 0."""
Fired = tuple[str, Origin | list[Origin], Concludes]
"""A rule's title, the fact that it fired for or the several that it joined, and what it concludes in the words of the trace."""


Concluding = tuple[str, int, int, int | None, tuple[str, str, str] | None, Concludes, bool]
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
    """What the rules concluded, in the order in which they fired: `fired`, the value of each, and its number by its key."""

    fired: list[Fired] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    at: dict[int, int] = field(default_factory=dict)
    again: list[tuple[int, int]] = field(default_factory=list)
    """By the number of a conclusion, another one from which it follows as well."""
    views: dict[int, View | None] = field(default_factory=dict)
    dispensable: int = 0
    """How many of the conclusions a grading would be whole without."""

    def status(self, ref: Ref, row: int = 0) -> int:
        """The status of a reference; raises KeyError when the row is not in its view."""
        value = self.values[self.at[ref.node * STEP + NODE + row * ROW]]
        return 2 - value if ref.negated else value

    def value(self, kind: str, index: int, row: int = 0) -> int:
        """What was concluded; raises KeyError when nothing was."""
        return self.values[self.at[key_of(kind, index) + row * ROW]]

    def firing(self, ref: Ref, row: int = 0) -> int | None:
        """The number of the firing that concluded a node; None for a row that its view left out."""
        return self.at.get(ref.node * STEP + NODE + row * ROW)

    @cached_property
    def order(self) -> list[int]:
        """The numbers of the conclusions by their place in the plan, their kind and their row: whatever fired first."""
        # A conclusion's number is its place among the keys; a row has added its number to both halves of the key.
        places = [((key & LOW) - (row := key >> 32)) << 32 | row for key in self.at]
        return sorted(range(len(places)), key=places.__getitem__)

    @cached_property
    def seqs(self) -> list[int]:
        """By the number of a conclusion, the `seq` of its entry in the trace."""
        seqs = [0] * len(self.at)
        for seq, number in enumerate(self.order, start=1):
            seqs[number] = seq
        return seqs


def key_of(kind: str, index: int) -> int:
    """What a conclusion of some kind about some node or target is known by; the row is added to it."""
    place = index + AFTER_NODES if kind in ("grade", "attainable") else index
    return place * STEP + KINDS[kind]


def describe(plan: FormerPlan, effect: Effect) -> Concludes:
    """What a firing concludes in the words of the trace, but for the row."""
    if effect.kind in ("grade", "attainable"):
        return _describe_target(plan.targets[effect.index], effect.kind, level_of(plan, effect.value))
    condition = plan.nodes[effect.index].name
    if effect.kind == "doubt":
        return {"condition": condition, "in_doubt": True}
    if effect.kind == "rows":
        return {"condition": condition, "so_far": "in order" if effect.value == MET else "in doubt"}
    return {"condition": condition, "status": STATUS_WORDS[effect.value], **plan.roles.get(effect.index, {})}


def _describe_target(target: Target, kind: str, level: str) -> GradeConclusion | AttainableConclusion:
    about: TargetName = {}
    if target.kind == "dimension":
        about["dimension"] = target.id
    elif target.kind == "scope":
        about["scope"] = target.id
    return {**about, "grade": level} if kind == "grade" else {**about, "attainable": level}


def level_of(plan: FormerPlan, value: int) -> str:
    """The level that a grade's value stands for."""
    return UNGRADED if value < 0 else plan.ruleset.scale.ids[value]
