"""A plan, with what the former network asked of it."""

from collections import Counter
from dataclasses import fields
from functools import cached_property

from grading.plan.nodes import OverRows, Plan, children_of


class FormerPlan(Plan):
    """A plan that knows how many read a node."""

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


def former_plan(plan: Plan) -> FormerPlan:
    """The same plan."""
    return FormerPlan(*(getattr(plan, field.name) for field in fields(plan)))
