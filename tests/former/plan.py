"""A plan, with what the former network asked of it."""

from collections import Counter
from dataclasses import fields
from functools import cached_property

from grading.plan.nodes import Figure, OverRows, Plan, children_of


class FormerPlan(Plan):
    """A plan that knows how many read a node, and what hangs on figures that are not established."""

    def view_of(self, kind: str, index: int) -> int | None:
        """The view whose rows a conclusion about a node is about; `kind` as in Effect."""
        node = self.nodes[index] if kind in ("node", "doubt", "rows") else None
        if node is None:
            return None
        return node.kind.over if kind == "rows" and isinstance(node.kind, OverRows) else node.view

    @cached_property
    def readers(self) -> Counter[int]:
        """How many nodes are worked out from each node."""
        return Counter(child.node for node in self.nodes for child in children_of(node))

    @cached_property
    def open_nodes(self) -> frozenset[int]:
        """The nodes that can be unknown though no fact is missing: what hangs on a figure that is not established."""
        found: set[int] = set()
        for index, node in enumerate(self.nodes):
            if isinstance(node.kind, Figure) or any(child.node in found for child in children_of(node)):
                found.add(index)
        return frozenset(found)


def former_plan(plan: Plan) -> FormerPlan:
    """The same plan."""
    return FormerPlan(*(getattr(plan, field.name) for field in fields(plan)))
