"""The best way to fulfil parts of a tree: branch and bound over the alternatives in them.

Either the fewest changed values, and of those the cheapest; or the cheapest, and of those what asks the least of better
levels, and the fewest changed values. Choices
that have neither a value nor an unpaid work in common are decided apart. What is found is the best there is, as long as the
number of steps stays below `MAX_STEPS`; past it, the best so far, and `Found.optimal` says so.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from grading.gaps.solver.components import components
from grading.gaps.solver.lower_bounds import (
    NOTHING,
    Choice,
    LowerBound,
    Uncertain,
    choice_of,
    prices_of,
    uncertain_prices,
)
from grading.gaps.solver.order import Rank, least_first
from grading.gaps.solver.state import State, most_telling_first
from grading.gaps.tree.nodes import Node, leaves
from grading.gaps.tree.propagate import Demand, Propagation

MAX_STEPS = 4_000
"""Keeps a search within some seconds; what plans of the rulesets take is a hundredth of it."""
MAX_WEIGHT = 120_000
"""The same for steps counted by the demands that each has to look at: one over many rows takes longer."""
MAX_DEPTH = 200
"""So many decisions on top of each other are looked at for a better way: each takes three calls, and Python allows a thousand."""


Ranked = tuple[list[Demand], Rank]


@dataclass(frozen=True)
class Found:
    """Demands that fulfil everything, with their rank; `optimal` when there is provably no better choice."""

    demands: tuple[Demand, ...]
    rank: Rank
    optimal: bool


class BranchAndBound:
    """Searches the best way for one unit."""

    def __init__(self, propagation: Propagation, smallest: bool) -> None:
        self.propagation, self.values, self.smallest = propagation, propagation.values, smallest
        self.uncertain: Uncertain = NOTHING
        self.decided: dict[Hashable, Sequence[Demand] | None] = {}
        self.steps, self.weight, self.is_cut_off = 0, 0, False

    def run(self, parts: Sequence[Node]) -> Found | None:
        """The best way to fulfil all parts; None when there is none, or the search was cut off before one was found."""
        self.uncertain, self.decided = uncertain_prices(parts), {}
        self.steps, self.weight, self.is_cut_off = 0, 0, False
        best = self._best(list(parts), State([], self.uncertain), None, 0)
        return None if best is None else Found(tuple(best[0]), best[1], not self.is_cut_off)

    def _best(self, parts: list[Node], state: State, limit: Rank | None, depth: int) -> Ranked | None:
        """All demands of the best way that ranks below the limit; None when there is none."""
        self.steps += 1
        opened = state.opened(parts)
        if opened is None:
            return None
        state, choices = opened
        demands = state.demands
        self.weight += len(demands)
        bound = self._bound(demands)
        if not bound.is_possible or (limit is not None and bound.over(choices) >= limit):
            return None
        free = bound.free(choices)
        if free:
            left = [choice_of(*choice) for n, choice in enumerate(choices) if n not in free]
            return self._best([*left, *free.values()], state, limit, depth + 1)
        if not choices:
            return self._within(demands, limit)
        apart = components(self.values, choices, demands, bound)
        if len(apart) > 1:
            return self._apart(apart, state, limit, depth)
        return self._decided(choices, state, limit, depth, bound)

    def _apart(
        self, apart: list[tuple[list[Choice], list[Demand]]], state: State, limit: Rank | None, depth: int
    ) -> Ranked | None:
        """Each component by itself, with the demands that it has to do with."""
        found = list(state.demands)
        for choices, touched in apart:
            added = self._component(choices, touched, state, depth)
            if added is None:
                return None
            found += added
        return self._within(found, limit)

    def _component(
        self, choices: list[Choice], touched: list[Demand], state: State, depth: int
    ) -> Sequence[Demand] | None:
        """The demands of the best way of a component beyond what is demanded; looked for once, however often it comes up."""
        slots = {leaf.demand.slot for _, ways in choices for way in ways for leaf in leaves(way)}
        # Demands and efforts are those of the tree, each one object: comparing them by identity is cheap.
        left_out = ((key, tuple(map(id, efforts))) for key, efforts in state.left_out.items() if key[0] in slots)
        key = (
            frozenset((needed, tuple(ways)) for needed, ways in choices),
            tuple(map(id, touched)),
            frozenset(left_out),
        )
        if key not in self.decided:
            best = self._best([choice_of(*choice) for choice in choices], state.only(touched), None, depth + 1)
            self.decided[key] = None if best is None else best[0][len(touched) :]
        return self.decided[key]

    def _decided(
        self, choices: list[Choice], state: State, limit: Rank | None, depth: int, bound: LowerBound
    ) -> Ranked | None:
        """The best over the ways of the choice that leaves the least to choose."""
        choices = most_telling_first(choices)
        (needed, ways), rest = choices[0], [choice_of(*choice) for choice in choices[1:]]
        ways = least_first(ways, bound.of)
        branches = [([*rest, way], way) for way in ways]
        if needed > 1:
            first, others = ways[0], ways[1:]
            branches = [
                ([*rest, choice_of(needed - 1, others), first], first),
                ([*rest, choice_of(needed, others)], first),
            ]
        best: Ranked | None = None
        for branch, way in branches:
            if self.steps >= MAX_STEPS or self.weight >= MAX_WEIGHT or depth >= MAX_DEPTH:
                self.is_cut_off = True
                return best if best is not None else self._at_once(branch, state, limit)
            found = self._best(branch, state, limit, depth + 1)
            # Whatever demands the same elsewhere could have it here at no cost: it has been looked at.
            state = state.without(way)
            if found is not None:
                best, limit = found, found[1]
        return best

    def _at_once(self, parts: list[Node], state: State, limit: Rank | None) -> Ranked | None:
        """Take the most promising ways everywhere, without looking back."""
        opened = state.opened(parts)
        while opened is not None and opened[1]:
            state, choices = opened
            bound = self._bound(state.demands)
            taken = [way for needed, ways in choices for way in least_first(ways, bound.of)[:needed]]
            opened = state.opened(taken)
        return None if opened is None else self._within(opened[0].demands, limit)

    def _bound(self, demands: list[Demand]) -> LowerBound:
        return LowerBound(self.propagation, demands, self.smallest, self.uncertain)

    def _within(self, demands: list[Demand], limit: Rank | None) -> Ranked | None:
        """Demands with their rank; None where they contradict each other or rank no better than the limit."""
        settled = self.propagation.of(demands)
        if settled is None:
            return None
        cost, count = sum(prices_of(demands).values(), Decimal(0)), Decimal(len(settled.changed))
        beyond = Decimal(sum(demand.beyond for demand in demands))
        rank = (count, cost, beyond) if self.smallest else (cost, beyond, count)
        return (demands, rank) if limit is None or rank < limit else None
