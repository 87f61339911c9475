"""Chooses what to change for a level: the best demands, cluster by cluster, and what can't be had.

Parts of the trees that share a value or a remedy are chosen together. What already holds is asked for as well wherever a
change could upset it. What contradicts itself is left out, with the smallest set of parts that can't hold together as the
reason; of what the search was cut off for it is not said that there is no way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from grading.gaps.solver.branch_and_bound import BranchAndBound, Found
from grading.gaps.solver.held import BestWithHeld
from grading.gaps.solver.within_weeks import within_weeks
from grading.gaps.tree.constraints import Constraint
from grading.gaps.tree.lines import Open
from grading.gaps.tree.nodes import (
    Both,
    Leaf,
    Node,
    Table,
    as_asked,
    has_evidence_first,
    has_questions,
    leaves,
    obstacles_of,
    works_too,
)
from grading.gaps.tree.propagate import Demand, Propagation
from grading.gaps.tree.subject import Asked, Subject
from grading.gaps.tree.values import Slot, Values
from grading.model.condition import comparisons
from grading.places import sources


@dataclass(frozen=True, eq=False)
class Part:
    """A part of what is asked: a comparison or a choice."""

    asked: Asked
    node: Node
    roots: frozenset[Slot]


@dataclass
class Chosen:
    """Demands with the values that satisfy them, and what was given up because it can't be fulfilled."""

    demands: list[Demand] = field(default_factory=list)
    changed: dict[Slot, Any] = field(default_factory=dict)
    constraints: dict[Slot, list[Constraint]] = field(default_factory=dict)
    closed: list[Leaf | Table] = field(default_factory=list)
    conflicts: list[tuple[Part, ...]] = field(default_factory=list)
    cut_off: list[Part] = field(default_factory=list)
    """Parts of which the search ended before it found a way, or that there is none."""
    optimal: bool = True

    @property
    def given_up(self) -> set[str]:
        """The keys of what is asked and can't be fulfilled."""
        parts = [part.asked.key for core in (*self.conflicts, self.cut_off) for part in core]
        return {*(obstacle.asked.key for obstacle in self.closed), *parts}


def choose_changes(open_: Open, smallest: bool, within: Decimal | None = None) -> Chosen:
    """The best demands that fulfil what is open and keep the rest; with `within` in no more weeks than that."""

    def limited(tree: Node) -> Node:
        return tree if within is None else within_weeks(tree, within)

    subject = open_.subject
    trees = {key: limited(tree) for key, tree in open_.trees.items()}
    whole = open_.trees.values()
    # A limit on the weeks takes ways off the trees, those with their own prices too.
    unproven = within is not None and any(has_evidence_first(tree) for tree in whole)
    chosen = Chosen(optimal=not unproven and not any(has_questions(tree) for tree in whole))
    parts = [part for one in open_.asked if one.key in trees for part in _parts(subject.values, one, trees[one.key])]
    for part in parts:
        chosen.closed += obstacles_of(part.node)
    parts = [part for part in parts if not obstacles_of(part.node)]
    rest = [one for one in open_.asked if one.key not in trees]
    parts = _with_what_could_break(subject, parts, rest, lambda one: limited(open_.grown(one)))
    for cluster in _clusters(parts, lambda part: {*part.roots, *_remedies(part.node)}):
        _add_best(chosen, subject.propagation, cluster, smallest)
    return chosen


def _parts(values: Values, asked: Asked, tree: Node) -> list[Part]:
    nodes = tree.parts if isinstance(tree, Both) else (tree,)
    flat = [inner for node in nodes for inner in (node.parts if isinstance(node, Both) else (node,))]
    return [
        Part(asked, node, frozenset(root for leaf in leaves(node) for root in values.moving_roots(leaf.demand.slot)))
        for node in flat
    ]


def _with_what_could_break(
    subject: Subject, parts: list[Part], rest: Sequence[Asked], grow: Callable[[Asked], Node]
) -> list[Part]:
    """The open parts, and those that hold but read a value that a change for another part could touch."""
    movable: set[Slot] = set()
    taken: list[Part] = []
    holding: list[Part] = []
    for part in parts:
        (holding if part.node.holds else taken).append(part)
    fresh = taken
    unread = {one.key: (one, facts_of(subject, one)) for one in rest}
    while fresh:
        movable |= {root for part in fresh for root in _movable(subject.values, part.node)}
        facts = {slot.fact for slot in movable}
        for name in [name for name, (_, read) in unread.items() if read & facts]:
            one, _ = unread.pop(name)
            holding += [part for part in _parts(subject.values, one, grow(one)) if not obstacles_of(part.node)]
        fresh = [part for part in holding if part.roots & movable]
        holding = [part for part in holding if not part.roots & movable]
        taken = taken + fresh
    return taken


def facts_of(subject: Subject, asked: Asked) -> set[str]:
    """The audited facts that what is asked reads."""
    ruleset = subject.ruleset
    scope = () if asked.applies_when is None else (asked.applies_when,)
    compared = (c for condition in (*asked.conditions, *scope) for c in comparisons(condition))
    return {source[0] for c in compared for source in sources(ruleset, c.fact, None)}


def _movable(values: Values, node: Node) -> set[Slot]:
    open_ = [leaf for leaf in leaves(node) if not leaf.holds and leaf.closed is None]
    return {root for leaf in open_ for root in values.moving_roots(leaf.demand.slot)}


def _remedies(node: Node) -> set[object]:
    taking = (*leaves(node), *leaves(works_too(node)))
    return {leaf.demand.effort.work for leaf in taking if leaf.demand.effort is not None}


def _clusters(parts: Sequence[Part], touches: Callable[[Part], set[Any]]) -> list[list[Part]]:
    """Parts that touch the same things, together."""
    clusters: list[tuple[set[Any], list[Part]]] = []
    for part in parts:
        touched, members = touches(part), [part]
        apart = []
        for other in clusters:
            if other[0] & touched:
                touched, members = touched | other[0], other[1] + members
            else:
                apart.append(other)
        clusters = [*apart, (touched, members)]
    return [members for _, members in clusters]


def _add_best(chosen: Chosen, propagation: Propagation, parts: list[Part], smallest: bool) -> None:
    while parts:
        search = BestWithHeld(propagation, smallest)
        found = search.run([part.node for part in parts])
        settled = propagation.of(found.demands) if found is not None else None
        if found is not None and settled is not None:
            chosen.demands += found.demands
            chosen.changed |= settled.changed
            chosen.constraints |= settled.constraints
            chosen.optimal &= found.optimal and (smallest or _is_cheapest(propagation, parts, found))
            return
        if search.is_cut_off:
            chosen.cut_off += [part for part in parts if not part.node.holds]
            return
        core = _contradiction(propagation, parts)
        waiting = [part for part in core if obstacles_of(as_asked(part.node))]
        left_out = waiting[-1:] or [part for part in core if not part.node.holds][-1:] or list(core[-1:])
        if waiting:
            # What stands in the way of the demand itself is the reason, not that the way around it is shut as well.
            chosen.closed += obstacles_of(as_asked(waiting[-1].node))
        else:
            chosen.conflicts.append(core)
        parts = [part for part in parts if part not in left_out]


def _is_cheapest(propagation: Propagation, parts: list[Part], found: Found) -> bool:
    """True when nothing is cheaper even where works are as good as evidence that is missing."""
    if not any(has_evidence_first(part.node) for part in parts):
        return True
    other = BestWithHeld(propagation, smallest=False).run([works_too(part.node) for part in parts])
    return other is not None and other.optimal and other.rank[0] >= found.rank[0]


def _contradiction(propagation: Propagation, parts: list[Part]) -> tuple[Part, ...]:
    """The parts that can't be had together, none of which could be left out, as far as a search gets to its end."""

    def fails(listed: Sequence[Part]) -> bool:
        search = BranchAndBound(propagation, smallest=False)
        return search.run([part.node for part in listed]) is None and not search.is_cut_off

    core = next((c for c in _clusters(parts, lambda part: set(part.roots)) if fails(c)), parts)
    for part in list(core):
        without = [other for other in core if other is not part]
        if without and fails(without):
            core = without
    return tuple(core)
