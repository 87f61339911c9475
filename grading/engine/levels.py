"""Levels of conclusions: each reads only what lower ones have concluded."""

from dataclasses import dataclass

from grading.plan.nodes import Plan, children_of


@dataclass(frozen=True)
class Levels:
    """The level of each node and of each target, and by level the views whose rows are known after it."""

    of_nodes: tuple[int, ...]
    of_targets: tuple[int, ...]
    views_after: dict[int, tuple[int, ...]]

    @property
    def amount(self) -> int:
        """The number of levels."""
        return max(*self.of_nodes, *self.of_targets) + 1


def levels_of(plan: Plan) -> Levels:
    """Values are level 0; what is worked out from others, or about rows that others select, is one above the highest of these."""
    levels: list[int] = []
    for node in plan.nodes:
        wheres = [] if node.view is None else [plan.views[node.view].where]
        read = [child.node for child in (*children_of(node), *wheres) if child is not None]
        levels.append(1 + max((levels[index] for index in read), default=-1))
    tops: list[int] = []
    for target in plan.targets:
        veto = plan.veto_of(target)
        read = [ref.node for ref in (*target.levels, *(() if veto is None else (veto,)))]
        tops.append(1 + max((levels[index] for index in read), default=-1))
    after: dict[int, tuple[int, ...]] = {}
    for number, view in enumerate(plan.views):
        if view.where is not None:
            level = levels[view.where.node]
            after[level] = (*after.get(level, ()), number)
    return Levels(tuple(levels), tuple(tops), after)
