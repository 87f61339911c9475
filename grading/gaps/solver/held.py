"""The best way to fulfil parts of a tree some of which hold already: those are looked at only where a change upsets them.

What is best without a part, and leaves it as it is, is best with it too. A part that could pay for another stays in sight:
where a value is changed to leave a scope, changing it for its own sake, though nothing asks for it, may cost less.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grading.gaps.solver.branch_and_bound import BranchAndBound, Found
from grading.gaps.tree.constraints import satisfies
from grading.gaps.tree.nodes import Both, Leaf, Node, Table, leaves
from grading.gaps.tree.propagate import Demand, Propagation
from grading.gaps.tree.values import Slot, Values


class BestWithHeld:
    """Searches the best way for one unit, of the parts that hold only among those that changes have upset."""

    def __init__(self, propagation: Propagation, smallest: bool) -> None:
        self.propagation, self.smallest = propagation, smallest
        self.is_cut_off = False

    def run(self, parts: Sequence[Node]) -> Found | None:
        """The best way to fulfil all parts; None when there is none, or the search was cut off before one was found.

        Looked for once in all units of an audit that ask the same with the same values.
        """
        known, key = self.propagation.answers.ways, self._question(parts)
        demands = [leaf.demand for part in parts for leaf in leaves(part)]
        if key not in known:
            found = self._searched(parts)
            places = {id(demand): n for n, demand in enumerate(demands)}
            at = None if found is None else tuple(places[id(demand)] for demand in found.demands)
            known[key] = found, at, self.is_cut_off
        found, at, self.is_cut_off = known[key]
        return None if found is None else replace(found, demands=tuple(demands[n] for n in at))

    def _question(self, parts: Sequence[Node]) -> Hashable:
        listed = [leaf.demand for part in parts for leaf in leaves(part)]
        return self.smallest, self.propagation.question(listed), tuple(map(_shape, parts))

    def _searched(self, parts: Sequence[Node]) -> Found | None:
        scope = {leaf.demand.slot for part in parts for leaf in leaves(part) if _leaves_scope(leaf)}
        held = {part for part in parts if part.holds and not any(_pays(leaf, scope) for leaf in leaves(part))}
        while True:
            search = BranchAndBound(self.propagation, self.smallest)
            found = search.run([part for part in parts if part not in held])
            self.is_cut_off = search.is_cut_off
            settled = None if found is None else self.propagation.of(found.demands)
            if found is None or settled is None or not held:
                return found
            now = self.propagation.values.with_changes(settled.changed)
            upset = {part for part in held if not _still_holds(part, now)}
            if not upset:
                still_held = tuple(demand for part in parts if part in held for demand in _holding(part, now))
                return self._with(found, settled.changed, still_held)
            held -= upset

    def _with(self, found: Found, changed: Mapping[Slot, Any], still_held: tuple[Demand, ...]) -> Found:
        """The same with what held parts demand of the changed values, so that it is known between which limits they stay."""
        values = self.propagation.values
        limits = tuple(demand for demand in still_held if not changed.keys().isdisjoint(values.roots(demand.slot)))
        settled = self.propagation.of((*found.demands, *limits)) if limits else None
        if settled is None or settled.changed.keys() != changed.keys():
            return found
        return replace(found, demands=(*found.demands, *limits))


def _shape(node: Node) -> Hashable:
    """All of a node that a search looks at, but for values and constraints."""
    if isinstance(node, Leaf):
        effort = node.demand.effort
        # Equal remedies are one object.
        works = None if effort is None else (id(effort.work.remedy), effort.work.row, *effort[1:])
        return node.row, node.holds, node.closed, node.demand.beyond, works
    if isinstance(node, Table):
        return node.closed
    return (len(node.parts) if isinstance(node, Both) else node.needed), tuple(map(_shape, node.parts))


def _leaves_scope(leaf: Leaf) -> bool:
    return leaf.demand.effort is not None and leaf.demand.effort.for_scope


def _pays(leaf: Leaf, scope: set[Slot]) -> bool:
    effort = leaf.demand.effort
    return effort is not None and not effort.for_scope and leaf.demand.slot in scope


def _still_holds(node: Node, now: Values) -> bool:
    """True when what holds today does with changed values, by comparisons that hold today."""
    if isinstance(node, Leaf):
        return node.holds and satisfies(now.get(node.demand.slot), node.demand.constraint)
    if isinstance(node, Table):
        return False
    count = sum(_still_holds(part, now) for part in node.parts)
    return count >= (len(node.parts) if isinstance(node, Both) else node.needed)


def _holding(node: Node, now: Values) -> Iterator[Demand]:
    """The demands by which a part still holds: of a choice those of as many ways as are needed."""
    if isinstance(node, Leaf):
        yield node.demand
    elif not isinstance(node, Table):
        standing = [part for part in node.parts if _still_holds(part, now)]
        for part in standing if isinstance(node, Both) else standing[: node.needed]:
            yield from _holding(part, now)
