"""Places of the conclusions of a run."""

from collections import Counter
from dataclasses import dataclass

from grading.plan.nodes import OverRows, Plan


@dataclass(frozen=True)
class Slots:
    """The places of conclusions: those about the unit in one list, those about a row of a view in a list of that row's own.

    In the unit's list stand its nodes, then a grade and an attainable grade for each target, and behind them, for each condition
    over rows, what holds of the rows so far.
    """

    of_node: tuple[int, ...]
    targets: int
    so_far: dict[int, int]
    of_views: tuple[int, ...]
    """The number of conclusions about a row of each view."""
    in_order: tuple[tuple[int, int | None, int | None], ...]
    """Of each node its place, the view whose rows it is about, and its own number if it is over rows; behind them the targets."""
    concluded: int
    """The number of the unit's places that have a conclusion at the end."""
    size: int

    def target(self, kind: str, index: int) -> int:
        """The place of a target's grade or attainable grade."""
        return self.targets + 2 * index + (kind == "attainable")


def slots_of(plan: Plan) -> Slots:
    """Number the places of a plan's conclusions."""
    counts: Counter[int | None] = Counter()
    of_node: list[int] = []
    for node in plan.nodes:
        of_node.append(counts[node.view])
        counts[node.view] += 1
    behind = counts[None] + 2 * len(plan.targets)
    over_rows = [index for index, node in enumerate(plan.nodes) if isinstance(node.kind, OverRows)]
    so_far = {index: behind + n for n, index in enumerate(over_rows)}
    of_views = tuple(counts[view] for view in range(len(plan.views)))
    of_nodes = (
        (slot, node.view, index if index in so_far else None)
        for index, (slot, node) in enumerate(zip(of_node, plan.nodes, strict=True))
    )
    in_order = (*of_nodes, *((slot, None, None) for slot in range(counts[None], behind)))
    return Slots(tuple(of_node), counts[None], so_far, of_views, in_order, behind, behind + len(over_rows))
