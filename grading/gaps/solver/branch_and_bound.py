"""The best way to fulfil parts of a tree: branch and bound over the alternatives in them.

Either the fewest changed values, and of those the cheapest; or the cheapest, and of those the fewest changed values. What is
found is the best there is, as long as the number of steps stays below `MAX_STEPS`; past it, the best so far, and
`Found.optimal` says so. A computed value counts as moved by the operand that `grading.gaps.tree.invert_computed` moves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from grading.gaps.solver.lower_bounds import Choice, Known, LowerBound, Rank, choice_of, prices_of
from grading.gaps.tree.nodes import Both, Either, Leaf, Node, obstacles_of
from grading.gaps.tree.propagate import Demand, propagate
from grading.gaps.tree.values import Values

MAX_STEPS = 2_000


@dataclass(frozen=True)
class Found:
    """Demands that fulfil everything, with their rank; `optimal` when there is provably no better choice."""

    demands: tuple[Demand, ...]
    rank: Rank
    optimal: bool


class BranchAndBound:
    """Searches the best way for one unit."""

    def __init__(self, values: Values, smallest: bool, max_steps: int = MAX_STEPS) -> None:
        self.values, self.smallest, self.max_steps = values, smallest, max_steps
        self.best: Found | None = None
        self.known: Known = {}

    def run(self, parts: Sequence[Node]) -> Found | None:
        """The best way to fulfil all parts; None when none was found."""
        self.best = None
        waiting: list[tuple[list[Node], list[Demand]]] = [(list(parts), [])]
        steps = 0
        while waiting and steps < self.max_steps:
            steps += 1
            # Pushed in the order of promise, so that the best way is looked at first.
            waiting += reversed(self._step(*waiting.pop()))
        if waiting and self.best is None:
            self._at_once(*waiting.pop())
        found = self.best
        return None if found is None else Found(found.demands, found.rank, not waiting)

    def _step(self, parts: list[Node], demands: list[Demand]) -> list[tuple[list[Node], list[Demand]]]:
        """What remains to be looked at after the next decision; a complete way is kept when it is the best so far."""
        opened = _opened(parts, demands)
        if opened is None:
            return []
        demands, choices = opened
        bound = LowerBound(self.values, demands, self.smallest, self.known)
        if not bound.is_possible or (self.best is not None and bound.over(choices) >= self.best.rank):
            return []
        free = bound.free(choices)
        if free:
            left = [choice for n, choice in enumerate(choices) if n not in free]
            return [([*(choice_of(*choice) for choice in left), *free.values()], demands)]
        if not choices:
            self._complete(demands)
            return []
        choices.sort(key=lambda choice: len(choice[1]))
        (needed, ways), rest = choices[0], [choice_of(*choice) for choice in choices[1:]]
        ways.sort(key=bound.of)
        if needed == 1:
            return [([*rest, way], demands) for way in ways]
        first, others = ways[0], ways[1:]
        return [([*rest, choice_of(needed - 1, others), first], demands), ([*rest, choice_of(needed, others)], demands)]

    def _at_once(self, parts: list[Node], demands: list[Demand]) -> None:
        """Take the most promising ways everywhere, without looking back."""
        opened = _opened(parts, demands)
        while opened is not None and opened[1]:
            demands, choices = opened
            bound = LowerBound(self.values, demands, self.smallest, self.known)
            taken = [way for needed, ways in choices for way in sorted(ways, key=bound.of)[:needed]]
            opened = _opened(taken, demands)
        if opened is not None:
            self._complete(opened[0])

    def _complete(self, demands: list[Demand]) -> None:
        settled = propagate(self.values, demands)
        if settled is None:
            return
        cost, count = sum(prices_of(demands).values(), Decimal(0)), Decimal(len(settled.changed))
        rank = (count, cost) if self.smallest else (cost, count)
        if self.best is None or rank < self.best.rank:
            self.best = Found(tuple(demands), rank, True)


def _opened(parts: Iterable[Node], demands: list[Demand]) -> tuple[list[Demand], list[Choice]] | None:
    """Parts taken apart into demands and what is left to choose; None when a part can't be fulfilled."""
    demands, choices, left = list(demands), [], list(parts)
    while left:
        part = left.pop()
        if isinstance(part, Leaf) and part.closed is None:
            demands.append(part.demand)
        elif isinstance(part, Both):
            left += part.parts
        elif isinstance(part, Either):
            ways = [way for way in part.parts if not obstacles_of(way)]
            if len(ways) < part.needed:
                return None
            if len(ways) == part.needed:
                left += ways
            else:
                choices.append((part.needed, ways))
        else:
            return None
    return demands, choices
