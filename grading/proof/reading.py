"""The status of every node of a plan, of one audit as truth values or of all audits as formulas."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Generic, Protocol

from grading.model.condition import Value
from grading.plan.nodes import Atom, Copy, Every, Figure, Free, Guarded, Nested, Node, OverRows, Plan, Ref, children_of
from grading.proof.logic import B, Logic, Pair


class World(Protocol[B]):
    """The values that conditions look at."""

    def rows(self, group: str) -> Sequence[B]:
        """The rows that a group can have; of each, whether it is there."""

    def compared(self, fact: str, operator: str, operand: Value, row: int | None) -> Pair[B]:
        """A comparison, of the unit or in a row of the fact's group."""


class Reading(Generic[B]):
    """The statuses of a plan's nodes in a world. Every table is stated; which rows it has is the world's."""

    def __init__(self, plan: Plan, logic: Logic[B], world: World[B]) -> None:
        self.plan, self.logic, self.world = plan, logic, world
        self.found: list[list[Pair[B]]] = []
        for node in plan.nodes:
            self.found.append(self._node(node))

    def of(self, ref: Ref, row: int | None = None) -> Pair[B]:
        """The status of a reference, of a node of rows in one of them."""
        there = self.found[ref.node]
        pair = there[0] if self.plan.nodes[ref.node].view is None or row is None else there[row]
        return pair.swapped() if ref.negated else pair

    def anywhere(self, ref: Ref, met: bool) -> B:
        """The formula that a reference is met (or unmet) in any row that counts; of a node of units, that it is."""
        return self._in_some_row(ref, lambda pair: pair.met if met else pair.unmet)

    def anywhere_not(self, ref: Ref, met: bool) -> B:
        """The formula that it is not met (or not unmet) somewhere: also where an operation is undefined."""
        return self._in_some_row(ref, lambda pair: self.logic.negation(pair.met if met else pair.unmet))

    def _in_some_row(self, ref: Ref, side: Callable[[Pair[B]], B]) -> B:
        view = self.plan.nodes[ref.node].view
        if view is None:
            return side(self.of(ref))
        rows = range(len(self.found[ref.node]))
        return self.logic.any_of([self.logic.all_of([self.counts(view, i), side(self.of(ref, i))]) for i in rows])

    def counts(self, view: int, row: int) -> B:
        """The formula that a row is there and a view does not leave it out."""
        where = self.plan.views[view].where
        there = self.world.rows(self.plan.views[view].group)[row]
        if where is None:
            return there
        return self.logic.all_of([there, self.logic.negation(self.of(where, row).unmet)])

    def forced(self, node: int, value: bool, following: Sequence[int]) -> "Reading[B]":
        """The reading in which a node is met (or unmet) everywhere; `following` are its followers."""
        new: Reading[B] = Reading.__new__(Reading)
        new.plan, new.logic, new.world = self.plan, self.logic, self.world
        new.found = list(self.found)
        fixed = Pair(self.logic.constant(value), self.logic.constant(not value))
        new.found[node] = [fixed] * len(self.found[node])
        for index in following:
            new.found[index] = new._node(self.plan.nodes[index])
        return new

    def _node(self, node: Node) -> list[Pair[B]]:
        kind = node.kind
        if isinstance(kind, OverRows):
            return [self._over_rows(kind)]
        if node.view is None:
            return [self._at(node, None)]
        rows = len(self.world.rows(self.plan.views[node.view].group))
        return [self._at(node, row) for row in range(rows)]

    def _at(self, node: Node, row: int | None) -> Pair[B]:
        kind, logic = node.kind, self.logic
        if isinstance(kind, Atom):
            return self.world.compared(kind.fact, kind.operator, kind.operand, row)
        if isinstance(kind, Figure):
            return Pair(logic.constant(False), logic.constant(False))
        if isinstance(kind, Free):
            return Pair(logic.constant(True), logic.constant(False))
        if isinstance(kind, Every):
            pairs = [self.of(ref, row) for ref in kind.children]
            met, unmet = [pair.met for pair in pairs], [pair.unmet for pair in pairs]
            if kind.conjunction:
                return Pair(logic.all_of(met), logic.any_of(unmet))
            return Pair(logic.any_of(met), logic.all_of(unmet))
        if isinstance(kind, Guarded):
            guard, child = self.of(kind.guard), self.of(kind.child)
            return Pair(logic.any_of([child.met, guard.unmet]), logic.all_of([child.unmet, guard.met]))
        if isinstance(kind, Nested):
            own, better = self.of(kind.own), self.of(kind.better)
            return Pair(logic.any_of([own.met, better.met]), logic.all_of([own.unmet, better.unmet]))
        if isinstance(kind, Copy):
            return self.of(kind.child, row)
        raise TypeError(f"{node.name} is not of one row or unit")

    def _over_rows(self, kind: OverRows) -> Pair[B]:
        """A row of which it is not known whether it counts can neither fail an `each` nor meet a `some`."""
        logic, view = self.logic, self.plan.views[kind.over]
        surely: list[B] = []
        harmless: list[B] = []
        for row, there in enumerate(self.world.rows(view.group)):
            child = self.of(kind.child, row)
            selected = None if view.where is None else self.of(view.where, row)
            decisive = child.unmet if kind.conjunction else child.met
            surely.append(logic.all_of([there, decisive, *([] if selected is None else [selected.met])]))
            good = child.met if kind.conjunction else child.unmet
            out = [] if selected is None else [selected.unmet]
            harmless.append(logic.any_of([logic.negation(there), good, *out]))
        failed, passed = logic.any_of(surely), logic.all_of(harmless)
        return Pair(passed, failed) if kind.conjunction else Pair(failed, passed)


def followers(plan: Plan) -> dict[int, list[int]]:
    """By node the nodes that are worked out from it, directly or not, in the order of the plan."""
    reached: list[set[int]] = []
    for node in plan.nodes:
        read = {child.node for child in children_of(node)}
        for view in (node.kind.over if isinstance(node.kind, OverRows) else None, node.view):
            where = None if view is None else plan.views[view].where
            read |= set() if where is None else {where.node}
        reached.append(read.union(*(reached[index] for index in read)))
    found: defaultdict[int, list[int]] = defaultdict(list)
    for index, read in enumerate(reached):
        for node_index in read:
            found[node_index].append(index)
    return dict(found)
