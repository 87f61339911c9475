"""Lower bounds of costs: the price of remedies, and how little more a choice could cost or change than is decided already."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from grading.gaps.solver.order import Rank, least_first
from grading.gaps.tree.nodes import Both, Either, Leaf, Node, leaves
from grading.gaps.tree.propagate import Demand, Effort, Propagation, Work, efforts_of
from grading.gaps.tree.values import Slot

UNPRICED = Decimal(1_000_000)
"""Ranks a remedy without a stated cost behind every remedy that has one, in 万元."""
Prices = dict[Work, Decimal]
Uncertain = Mapping[Slot, Sequence[Effort]]
"""By value of which it is open whether leaving a scope by it costs anything, what it takes to change it for its own sake."""
NOTHING: Uncertain = {}
Choice = tuple[int, list[Node]]
"""So many of these ways."""


def price(effort: Effort | None) -> Decimal:
    """The price of an effort, in 万元: the middle of its range; of one that may not be needed, down from nothing."""
    if effort is None or effort.only_time:
        return Decimal(0)
    remedy = effort.work.remedy
    low, high = (remedy.cost_wan_cny if remedy is not None else None) or (UNPRICED, UNPRICED)
    return (high + (low if effort.sure else 0)) / 2


def prices_of(demands: Iterable[Demand]) -> Prices:
    """The price of each remedy: done and paid once, whatever it serves."""
    found: Prices = {}
    for effort in efforts_of(demands):
        found[effort.work] = max(found.get(effort.work, Decimal(0)), price(effort))
    return found


def uncertain_prices(parts: Iterable[Node]) -> Uncertain:
    """The values that may be changed for their own sake at another price than it takes to leave a scope by them."""
    taking = [(leaf.demand.slot, leaf.demand.effort) for part in parts for leaf in leaves(part)]
    works: dict[Slot, set[tuple[Work, bool]]] = {}
    for slot, effort in taking:
        if effort is not None:
            works.setdefault(slot, set()).add((effort.work, effort.sure))
    scope = {slot for slot, effort in taking if effort is not None and effort.for_scope}
    uncertain: dict[Slot, list[Effort]] = {slot: [] for slot in scope if len(works[slot]) > 1}
    for slot, effort in taking:
        if slot in uncertain and effort is not None and not effort.for_scope and effort not in uncertain[slot]:
            uncertain[slot].append(effort)
    return uncertain


def choice_of(needed: int, ways: Iterable[Node]) -> Either:
    """A choice as a node."""
    return Either("", None, needed, tuple(ways), False, ())


class LowerBound:
    """The least that demands pay and change, and how little more a part could cost: never more than it will."""

    def __init__(
        self,
        propagation: Propagation,
        demands: list[Demand],
        smallest: bool,
        uncertain: Uncertain = NOTHING,
    ) -> None:
        self.values, self.smallest, self.uncertain = propagation.values, smallest, uncertain
        self.known, values = propagation.best, propagation.values
        self._costs: dict[Node, Decimal] = {}
        self._counts: dict[Node, Decimal] = {}
        self.paid: Mapping[Work, Decimal] = prices_of(d for d in demands if not self.is_uncertain(d))
        constrained: dict[Slot, list[Demand]] = {}
        self.constrained = constrained
        for demand in demands:
            constrained.setdefault(demand.slot, []).append(demand)
        self.changed: set[Slot] = set()
        self.is_possible = True
        moved = 0
        for slot, listed in constrained.items():
            if slot.fact in values.ruleset.facts:
                value = self._best(slot, listed)
                self.is_possible &= value is not None
                if value != values.today.get(slot):
                    self.changed.add(slot)
        taken = set(self.changed)
        for slot, listed in constrained.items():
            if slot.fact in values.ruleset.computed and any(d.effort is not None for d in listed):
                roots = set(values.roots(slot))
                moved += roots.isdisjoint(taken)
                taken |= roots
        self.count, self.cost = Decimal(len(self.changed) + moved), sum(self.paid.values(), Decimal(0))
        self.taken = taken
        self.beyond = sum(demand.beyond for demand in demands)

    def is_uncertain(self, demand: Demand) -> bool:
        """True when it is open whether a demand costs anything: another may take its place."""
        return demand.slot in self.uncertain and demand.effort is not None and demand.effort.for_scope

    def _best(self, slot: Slot, demands: list[Demand]) -> Any:
        key = tuple(demands)
        if key not in self.known:
            self.known[key] = self.values.best(slot, [demand.constraint for demand in demands])
        return self.known[key]

    def over(self, choices: list[Choice]) -> Rank:
        """The least rank that anything with these choices can have."""
        nodes = [choice_of(needed, ways) for needed, ways in choices]
        costs = _apart([(self._cost(node), self._remedies(node)) for node in nodes], set())
        counts = _apart([(self._count(node), self._slots(node)) for node in nodes], set(self.taken))
        return self._rank(self.count + counts, self.cost + costs, Decimal(self.beyond))

    def of(self, node: Node) -> Rank:
        """The rank of a way: how promising it is."""
        return self._rank(self._count(node), self._cost(node), _beyond(node))

    def _rank(self, count: Decimal, cost: Decimal, beyond: Decimal) -> Rank:
        return (count, cost, beyond) if self.smallest else (cost, beyond, count)

    def free(self, choices: list[Choice]) -> dict[int, Node]:
        """By choice, the way that is best whatever else is chosen: it costs nothing more and touches nothing else's values."""
        touched: dict[Slot, int] = {root: 1 for slot in self.constrained for root in self.values.roots(slot)}
        slots = [{root for way in ways for root in self._roots(way)} for _, ways in choices]
        for listed in slots:
            for slot in listed:
                touched[slot] = touched.get(slot, 0) + 1
        found: dict[int, Node] = {}
        for n, (needed, ways) in enumerate(choices):
            best = least_first(ways, self.of)[0]
            is_free = needed == 1 and self._is_plain(best) and not self._cost(best) and not _beyond(best)
            if is_free and all(touched[slot] == 1 for slot in slots[n]):
                found[n] = best
        return found

    def _roots(self, node: Node) -> set[Slot]:
        return {root for leaf in leaves(node) for root in self.values.roots(leaf.demand.slot)}

    def _is_plain(self, node: Node) -> bool:
        """True when what a way costs and changes is known to the last figure: facts only, no choice in it."""
        listed = node.parts if isinstance(node, Both) else (node,)
        constrained: dict[Slot, list[Demand]] = {}
        for part in listed:
            if not isinstance(part, Leaf) or part.demand.slot.fact not in self.values.ruleset.facts:
                return False
            if self.is_uncertain(part.demand):
                return False
            constrained.setdefault(part.demand.slot, []).append(part.demand)
        return all(self._best(slot, demands) is not None for slot, demands in constrained.items())

    def _cost(self, node: Node) -> Decimal:
        if node not in self._costs:
            self._costs[node] = self._least_cost(node)
        return self._costs[node]

    def _count(self, node: Node) -> Decimal:
        if node not in self._counts:
            self._counts[node] = self._least_count(node)
        return self._counts[node]

    def _least_cost(self, node: Node) -> Decimal:
        if isinstance(node, Leaf):
            effort = node.demand.effort
            if effort is None:
                return Decimal(0)
            own = self.uncertain[node.demand.slot] if self.is_uncertain(node.demand) else ()
            return min(max(price(e) - self.paid.get(e.work, Decimal(0)), Decimal(0)) for e in (effort, *own))
        if isinstance(node, Either):
            return sorted(self._cost(way) for way in node.parts)[node.needed - 1]
        if not isinstance(node, Both):
            return Decimal(0)
        demands = [part.demand for part in node.parts if isinstance(part, Leaf)]
        single = prices_of(demand for demand in demands if not self.is_uncertain(demand))
        alone = sum((max(p - self.paid.get(r, Decimal(0)), Decimal(0)) for r, p in single.items()), Decimal(0))
        return max([alone, *(self._cost(part) for part in node.parts if not isinstance(part, Leaf))])

    def _least_count(self, node: Node) -> Decimal:
        if isinstance(node, Leaf):
            return Decimal(not node.holds and self.taken.isdisjoint(self.values.roots(node.demand.slot)))
        if isinstance(node, Either):
            return sorted(self._count(way) for way in node.parts)[node.needed - 1]
        if not isinstance(node, Both):
            return Decimal(0)
        single = {part.demand.slot for part in node.parts if isinstance(part, Leaf) and self._count(part)}
        facts = len({slot for slot in single if slot.fact not in self.values.ruleset.computed})
        return max([Decimal(facts), *(self._count(part) for part in node.parts)])

    def _remedies(self, node: Node) -> set[object]:
        found: set[object] = set()
        for leaf in leaves(node):
            if leaf.demand.effort is not None:
                found.add(leaf.demand.effort.work)
                if self.is_uncertain(leaf.demand):
                    found.update(effort.work for effort in self.uncertain[leaf.demand.slot])
        return found

    def _slots(self, node: Node) -> set[object]:
        return {root for leaf in leaves(node) if not leaf.holds for root in self.values.roots(leaf.demand.slot)}


def _beyond(node: Node) -> Decimal:
    """The least demands of better levels that a node makes."""
    if isinstance(node, Leaf):
        return Decimal(node.demand.beyond)
    if isinstance(node, Either):
        return sorted(_beyond(way) for way in node.parts)[node.needed - 1]
    return sum((_beyond(part) for part in node.parts), Decimal(0)) if isinstance(node, Both) else Decimal(0)


def _apart(parts: list[tuple[Decimal, set[object]]], taken: set[object]) -> Decimal:
    """The sum over parts that have nothing in common, the dearest first."""
    total = Decimal(0)
    for least, touched in sorted(parts, key=lambda part: -part[0]):
        if least and not touched & taken:
            total += least
            taken |= touched
    return total
