"""Nodes of a plan: what there is to conclude from a ruleset on one day, in one mode, before it becomes rules."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from grading.language.nested import Stated
from grading.model.condition import Value
from grading.model.ruleset import Ruleset
from grading.model.trace import Roles


@dataclass(frozen=True)
class Ref:
    """A reference to a node; `negated` swaps met and unmet."""

    node: int
    negated: bool = False

    def __invert__(self) -> "Ref":
        return Ref(self.node, not self.negated)


@dataclass(frozen=True)
class View:
    """The rows of a group for which `where` is met or unknown; without `where`, all of them."""

    group: str
    where: Ref | None


@dataclass(frozen=True)
class Atom:
    """A fact compared with an operand."""

    fact: str
    operator: str
    operand: Value
    view: int | None


@dataclass(frozen=True)
class Figure:
    """A comparison whose figure is not established: unknown whatever the fact says."""

    fact: str
    operator: str
    guess: Value | None
    view: int | None


@dataclass(frozen=True)
class Free:
    """Nothing is asked: met."""


@dataclass(frozen=True)
class Every:
    """`all` of the children (`conjunction`) or `any` of them; per row of `view` if that is given."""

    children: tuple[Ref, ...]
    view: int | None
    conjunction: bool


@dataclass(frozen=True)
class Guarded:
    """`child` where `guard` is met; met where the guard is unmet."""

    guard: Ref
    child: Ref


@dataclass(frozen=True)
class Nested:
    """An indicator at `level`: what is asked there, or its status at the next better level, `met_at`."""

    own: Ref
    better: Ref
    level: str
    met_at: str


@dataclass(frozen=True)
class Copy:
    """A node with the status of another, as a node of its own; per row of `view` if that is given."""

    child: Ref
    view: int | None


@dataclass(frozen=True)
class OverRows:
    """`each` (conjunction) or `some` over the rows of a view. A row that is only perhaps in it can't fail the whole."""

    child: Ref
    over: int
    conjunction: bool


@dataclass(frozen=True)
class Waiver:
    """A waiver of an indicator that is in force for the unit: met or unmet, as the audit states it."""

    indicator: str


@dataclass(frozen=True)
class Waived:
    """An indicator at a level: met by itself, or else counted by its waiver."""

    own: Ref
    waiver: Ref


Kind = Atom | Figure | Free | Every | Guarded | Nested | Copy | OverRows | Waiver | Waived


@dataclass
class Node:
    """One thing to conclude: once for the unit, or once for each row of `view`.

    With `selects_only` the node only says which rows a view has: that it leaves a row out is no entry of the trace.
    """

    kind: Kind
    name: str
    view: int | None = None
    selects_only: bool = False


@dataclass(frozen=True)
class Target:
    """Something that gets a grade: `levels` are the nodes of its levels, best first."""

    kind: str
    id: str
    levels: tuple[Ref, ...]


@dataclass
class Plan:
    """Everything the engine has to conclude for one ruleset in one mode on the days of one period."""

    ruleset: Ruleset
    nodes: list[Node]
    views: list[View]
    places: dict[str, Ref]
    applies: dict[str, Ref]
    indicator_levels: dict[tuple[str, str], Ref]
    ways: dict[tuple[str, str], tuple[Stated, ...]]
    """By indicator and level, the requirements of which any one is enough; the level's own first."""
    gates: dict[str, Ref]
    levels: dict[str, Ref]
    targets: list[Target]
    ungraded: Ref | None
    own_levels: dict[tuple[str, str], Ref]
    """As `indicator_levels`, but for waivers."""
    with_waivers: bool = False
    """True of a plan for units that have waivers in force; a plan without knows nothing of them."""

    @cached_property
    def reachable(self) -> tuple[Ref, ...]:
        """The unit's levels within the gates, best first; what takes a unit out of grading aside."""
        return next(target.levels for target in self.targets if target.kind == "unit")

    def veto_of(self, target: Target) -> Ref | None:
        """The condition that puts out of grading: it is above the unit's grade alone."""
        return self.ungraded if target.kind == "unit" else None

    def is_selective(self, view: int | None) -> bool:
        """True when a view may have rows of which it is not known whether they are in it."""
        return view is not None and self.views[view].where is not None

    @cached_property
    def open_nodes(self) -> frozenset[int]:
        """The nodes that can be unknown though no fact is missing: what hangs on a figure that is not established."""
        found: set[int] = set()
        for index, node in enumerate(self.nodes):
            if isinstance(node.kind, Figure) or any(child.node in found for child in children_of(node)):
                found.add(index)
        return frozenset(found)

    @cached_property
    def roles(self) -> dict[int, Roles]:
        """The roles of a node beside itself: indicators at levels, dimensions or scopes at levels, a level, a gate."""
        roles: defaultdict[int, Roles] = defaultdict(Roles)
        for (indicator, level), ref in self.indicator_levels.items():
            roles[ref.node].setdefault("indicators", []).append({"id": indicator, "level": level})
        for target in self.targets:
            for level, ref in zip(self.ruleset.scale.graded, target.levels, strict=True):
                if target.kind == "dimension":
                    roles[ref.node].setdefault("dimensions", []).append({"dimension": target.id, "level": level})
                elif target.kind == "scope":
                    roles[ref.node].setdefault("scopes", []).append({"scope": target.id, "level": level})
        for level, ref in self.levels.items():
            roles[ref.node].setdefault("levels", []).append(level)
        for gate, ref in self.gates.items():
            roles[ref.node].setdefault("gates", []).append(gate)
        return dict(roles)


def children_of(node: Node) -> tuple[Ref, ...]:
    """The nodes that a node's status is worked out from."""
    kind = node.kind
    if isinstance(kind, Every):
        return kind.children
    if isinstance(kind, Guarded):
        return (kind.guard, kind.child)
    if isinstance(kind, Nested):
        return (kind.better, kind.own)
    if isinstance(kind, Waived):
        return (kind.own, kind.waiver)
    if isinstance(kind, Copy | OverRows):
        return (kind.child,)
    return ()
