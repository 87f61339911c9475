"""Trees without the ways that take too long."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from grading.gaps.tree.nodes import Both, Leaf, Node, Table, both, either, leaves
from grading.gaps.tree.propagate import Effort

UNKNOWN_WEEKS = Decimal(10_000)
"""Ranks works whose time nobody has stated behind all others."""


def weeks_at_most(effort: Effort | None) -> Decimal:
    """The weeks that an effort takes at most."""
    if effort is None:
        return Decimal(0)
    remedy = effort.work.remedy
    works = remedy.weeks[1] if remedy is not None and remedy.weeks is not None else UNKNOWN_WEEKS
    return effort.wait if effort.only_time else max(effort.wait, works)


def times(trees: Iterable[Node]) -> Iterator[Decimal]:
    """The weeks that each of the open comparisons takes."""
    for tree in trees:
        for leaf in leaves(tree):
            if not leaf.holds and leaf.closed is None:
                yield weeks_at_most(leaf.demand.effort)


def within_weeks(node: Node, weeks: Decimal) -> Node:
    """The tree in which what takes more weeks can't be had."""
    if isinstance(node, Leaf):
        too_long = not node.holds and node.closed is None and weeks_at_most(node.demand.effort) > weeks
        return replace(node, closed="time") if too_long else node
    if isinstance(node, Table):
        return node
    parts = [within_weeks(part, weeks) for part in node.parts]
    if isinstance(node, Both):
        return both(parts, node.questions)
    return either(node.id, node.row, node.needed, parts)
