"""The order in which the ways of a choice are looked at."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from grading.gaps.tree.nodes import Node, leaves
from grading.gaps.tree.values import Slot

Rank = tuple[Decimal, Decimal, Decimal]
"""Cost, demands of better levels than the one aimed at, changed values; of the smallest set the last of them first."""


def least_first(ways: Sequence[Node], of: Callable[[Node], Rank]) -> list[Node]:
    """The most promising ways first, by their rank; of those that rank alike for one number, the one that asks least."""
    ranked = sorted(((of(way), way) for way in ways), key=lambda found: found[0])
    asked = [_one_limit(way) for _, way in ranked]
    firsts: dict[Slot, int] = {}
    for n, limit in enumerate(asked):
        if limit is not None:
            firsts.setdefault(limit[0], n)

    def key(n: int) -> tuple[Rank, int, Decimal]:
        limit = asked[n]
        return (ranked[n][0], n, Decimal(0)) if limit is None else (ranked[n][0], firsts[limit[0]], limit[1])

    return [ranked[n][1] for n in sorted(range(len(ranked)), key=key)]


def _one_limit(way: Node) -> tuple[Slot, Decimal] | None:
    """The number that is all a way asks for, with how much it asks, the less the smaller; None for other ways."""
    open_ = [leaf for leaf in leaves(way) if not leaf.holds]
    if len(open_) != 1:
        return None
    constraint = open_[0].demand.constraint
    if constraint.order is None or not isinstance(constraint.operand, Decimal):
        return None
    rising = constraint.order in ("at_least", "above")
    return open_[0].demand.slot, constraint.operand if rising else -constraint.operand
