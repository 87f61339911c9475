"""Demands on a unit as a tree: comparisons in their rows at the leaves, each with the side it has to come out on.

Gap lines, alternatives and the plan all read this one tree. `not` is worked into the leaves, conditions that are not there
on the day are gone, `each` and `some` are spread out over the rows that they look at.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from grading.gaps.tree.propagate import Demand, Work
from grading.gaps.tree.remedies import remedy_of
from grading.gaps.tree.subject import Asked
from grading.model.base import Remedy
from grading.model.condition import Comparison, ConditionBase, Each, Some

Reason = Literal["unresolved_figure", "missing_table", "no_row", "circumstance", "time", "computed", "conflict"]


@dataclass(frozen=True, eq=False)
class Leaf:
    """A comparison, for one row (None: of the unit).

    `scope`: it only decides whether a requirement speaks of the unit or row at all. `closed` says why no change of the
    audit could make it come out as wanted, when it does not already.
    """

    asked: Asked
    place: str
    line: str
    comparison: Comparison
    around: tuple[ConditionBase, ...]
    row: str | None
    wanted: bool
    scope: bool
    holds: bool
    demand: Demand
    closed: Reason | None = None
    remedy: Remedy | None = None
    """The remedy; none for what only decides on scope."""


@dataclass(frozen=True, eq=False)
class Table:
    """A table that nobody has stated (`missing_table`), or in which no row is of the kind that is needed (`no_row`)."""

    asked: Asked
    place: str
    line: str
    condition: Each | Some
    around: tuple[ConditionBase, ...]
    closed: Reason
    holds: bool = False

    @property
    def group(self) -> str:
        """The table."""
        return self.condition.each if isinstance(self.condition, Each) else self.condition.some

    @property
    def remedy(self) -> Remedy | None:
        """The innermost remedy that is stated."""
        return remedy_of(self.asked, *self.around, self.condition)


@dataclass(frozen=True, eq=False)
class Both:
    """All of its parts. `questions`: what first has to be known to say whether they are asked for at all."""

    parts: tuple["Node", ...]
    questions: tuple[Leaf, ...]
    holds: bool
    obstacles: tuple["Leaf | Table", ...]

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """All comparisons below."""
        return tuple(leaf for part in self.parts for leaf in leaves(part))


@dataclass(frozen=True, eq=False)
class Either:
    """At least `needed` of its parts, which are more than that."""

    id: str
    row: str | None
    needed: int
    parts: tuple["Node", ...]
    holds: bool
    obstacles: tuple["Leaf | Table", ...]

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """All comparisons below."""
        return tuple(leaf for part in self.parts for leaf in leaves(part))


@dataclass(frozen=True, eq=False)
class Unless(Either):
    """A demand, or the way around it: that the unit or the row is out of its scope. Only plans look at the latter.

    `evidence_first`: nothing but evidence is missing for the demand; to build for the way around it is no proper answer.
    `by_works` is that way then, with the works that it takes.
    """

    evidence_first: bool = False
    by_works: "Node | None" = None

    @property
    def asked(self) -> "Node":
        """The demand while in scope."""
        return self.parts[0]

    @property
    def is_asked(self) -> bool:
        """True when it is asked today."""
        return not self.parts[1].holds


Node = Leaf | Table | Both | Either


def both(parts: list[Node], questions: tuple[Leaf, ...] = ()) -> Both:
    """All of the parts; parts of parts without questions of their own are taken in."""
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, Both) and not part.questions else (part,)
    closed = tuple(o for part in flat for o in obstacles_of(part))
    return Both(tuple(flat), questions, all(part.holds for part in flat), closed)


def either(id_: str, row: str | None, needed: int, parts: list[Node]) -> Node:
    """At least so many of the parts; all of them where there are no more."""
    if needed >= len(parts):
        return both(parts)
    # Of ways that are no ways the plainest obstacle is named: a row that is not listed before what the plant is.
    shut = sorted((obstacles_of(part) for part in parts if obstacles_of(part)), key=_plainest_first)
    short = needed - (len(parts) - len(shut))
    closed = tuple(o for obstacles in shut[: max(short, 0)] for o in obstacles)
    return Either(id_, row, needed, tuple(parts), sum(part.holds for part in parts) >= needed, closed)


def unless(asked: Node, out_of_scope: Node | None) -> Node:
    """The demand unless it is out of scope; the former alone where no change could take it out of scope.

    That a unit or row is something else than nobody has stated yet is the last way, where nothing else can be had.
    """
    if out_of_scope is None or obstacles_of(out_of_scope):
        return asked
    proven = _without_evidence(out_of_scope)
    if proven is not None and not obstacles_of(proven):
        out_of_scope = proven
    elif not obstacles_of(asked):
        return asked
    holds = asked.holds or out_of_scope.holds
    evidence_first = not holds and not obstacles_of(asked) and not _takes_works(asked) and _takes_works(out_of_scope)
    by_works = out_of_scope if evidence_first else None
    if evidence_first:
        out_of_scope = _for_other_reasons(out_of_scope)
    return Unless("", None, 1, (asked, out_of_scope), holds, (), evidence_first, by_works)


def as_asked(node: Node) -> Node:
    """The tree of what is asked of the unit as it is, without the ways out of scope."""
    if isinstance(node, Leaf | Table):
        return node
    if isinstance(node, Unless):
        return as_asked(node.asked) if node.is_asked else both([])
    parts = [as_asked(part) for part in node.parts]
    if all(one is other for one, other in zip(parts, node.parts, strict=True)):
        return node
    if isinstance(node, Both):
        return both(parts, node.questions)
    return either(node.id, node.row, node.needed, parts)


def has_questions(node: Node) -> bool:
    """True when it is not known of something open whether it is asked at all."""
    if isinstance(node, Leaf | Table) or node.holds:
        return False
    return bool(isinstance(node, Both) and node.questions) or any(has_questions(part) for part in node.parts)


def has_evidence_first(node: Node) -> bool:
    """True when evidence of something comes before works, be they cheaper."""
    if isinstance(node, Leaf | Table):
        return False
    return (isinstance(node, Unless) and node.evidence_first) or any(has_evidence_first(part) for part in node.parts)


def works_too(node: Node) -> Node:
    """The tree in which works are as good as evidence: what is cheaper is cheaper."""
    if isinstance(node, Leaf | Table) or not has_evidence_first(node):
        return node
    parts = [works_too(part) for part in node.parts]
    if isinstance(node, Unless) and node.by_works is not None:
        parts[1] = node.by_works
    return both(parts, node.questions) if isinstance(node, Both) else either(node.id, node.row, node.needed, parts)


def _takes_works(node: Node) -> bool:
    """True when a node can't be fulfilled by evidence alone: something that is known has to be changed."""
    if isinstance(node, Leaf | Table):
        return isinstance(node, Leaf) and not node.holds and node.demand.effort is not None and node.demand.effort.sure
    if isinstance(node, Both):
        return any(_takes_works(part) for part in node.parts)
    return sum(not _takes_works(part) and not obstacles_of(part) for part in node.parts) < node.needed


def _for_other_reasons(node: Node) -> Node:
    """The way out of a scope that nobody would build for: only what is changed for its own sake leads there for nothing."""
    if isinstance(node, Table):
        return node
    if isinstance(node, Leaf):
        effort = node.demand.effort
        if effort is None or node.holds:
            return node
        # Each value by itself: a work without a remedy is no common one.
        work = Work(None, f"{node.demand.slot.fact}[{node.demand.slot.row}]")
        return replace(node, demand=replace(node.demand, effort=effort._replace(work=work)))
    parts = [_for_other_reasons(part) for part in node.parts]
    return both(parts, node.questions) if isinstance(node, Both) else either(node.id, node.row, node.needed, parts)


def _without_evidence(node: Node) -> Node | None:
    """A node without the ways for which evidence is missing; None when it can't be fulfilled without it."""
    if isinstance(node, Leaf):
        return None if not node.holds and node.demand.effort is None else node
    if isinstance(node, Table):
        return node
    found = [_without_evidence(part) for part in node.parts]
    parts = [part for part in found if part is not None]
    if len(parts) == len(node.parts) and all(one is other for one, other in zip(parts, node.parts, strict=True)):
        return node
    if isinstance(node, Both):
        return None if len(parts) < len(node.parts) else both(parts, node.questions)
    return either(node.id, node.row, node.needed, parts) if len(parts) >= node.needed else None


def _plainest_first(obstacles: tuple[Leaf | Table, ...]) -> tuple[bool, bool, int]:
    is_circumstance = any(o.closed == "circumstance" for o in obstacles)
    return is_ruled_out(obstacles), is_circumstance, len(obstacles)


def obstacles_of(node: Node) -> tuple[Leaf | Table, ...]:
    """The obstacles that make a node impossible to fulfil by changing the audit; nothing when it can be fulfilled."""
    if isinstance(node, Leaf):
        return (node,) if node.closed is not None else ()
    return (node,) if isinstance(node, Table) else node.obstacles


def is_ruled_out(obstacles: tuple[Leaf | Table, ...]) -> bool:
    """True when what the plant is, or what rows it has, is among the obstacles: such a way will never be one."""
    return any(o.closed in ("circumstance", "no_row") for o in obstacles)


def leaves(node: Node) -> tuple[Leaf, ...]:
    """All comparisons below a node, questions aside."""
    if isinstance(node, Leaf):
        return (node,)
    return () if isinstance(node, Table) else node.leaves


def ways_of(node: Either) -> tuple[Node, ...]:
    """The parts that are ways at all: those that do not hold and are not ruled out by what the plant is.

    When so few remain that all of them are needed, what rules the others out is shown too: rows that are not listed before what
    the plant would have to be.
    """
    open_ = tuple(part for part in node.parts if not part.holds)
    for ways in (
        tuple(part for part in open_ if not is_ruled_out(obstacles_of(part))),
        tuple(part for part in open_ if not any(o.closed == "circumstance" for o in obstacles_of(part))),
    ):
        if len(ways) >= still_needed(node):
            return ways
    return open_


def still_needed(node: Either) -> int:
    """The number of parts that are needed beyond those that hold."""
    return node.needed - sum(part.holds for part in node.parts)
