"""Which module concludes what.

The first module concludes which rows the views have, the next the nodes that several parts read, then come the dimensions one
by one, and the last concludes scopes, levels, gates and grade. A node lives with its only reader, else in the shared module,
so that every module reads only what it or an earlier one concludes.
"""

from collections import defaultdict

from grading.plan.nodes import Free, Ref, children_of
from tests.former.plan import FormerPlan

SELECTION, SHARED, TOP = "selection", "shared", "grade"
PORTION = 60
"""A dimension with more conditions than this is read in portions: what the library sets up for a run grows with the rules of
a module, and stays in the processor's cache while the modules are small."""


def assign_modules(plan: FormerPlan) -> dict[int, str]:
    """The module of each node."""
    return _Assignment(plan).found()


def order(plan: FormerPlan, home: dict[int, str]) -> list[str]:
    """The modules in the order in which they run."""
    names = [SELECTION, SHARED]
    for dimension in (target.id for target in plan.targets if target.kind == "dimension"):
        names += [*dict.fromkeys(m for m in home.values() if m.startswith(f"{dimension}/")), dimension]
    return [*names, TOP]


class _Assignment:
    def __init__(self, plan: FormerPlan) -> None:
        self.plan = plan
        self.readers: dict[int, set[str]] = defaultdict(set)

    def found(self) -> dict[int, str]:
        plan, readers = self.plan, self.readers
        portions = _portions(plan)
        for (indicator, _), ref in plan.indicator_levels.items():
            self.read(ref, portions[indicator])
        of_dimensions: set[int] = set()
        for target in plan.targets:
            if target.kind == "dimension":
                for ref in target.levels:
                    self.roll_up(ref, target.id)
                    of_dimensions.add(ref.node)
        self.read_at_the_top(of_dimensions)
        for index, node in enumerate(plan.nodes):
            if isinstance(node.kind, Free):
                readers[index] = {SHARED}
        for ref in [*plan.applies.values(), *plan.places.values()]:
            if not readers[ref.node]:
                self.read(ref, SHARED)
        home = {index: next(iter(by)) if len(by) == 1 else SHARED for index, by in readers.items() if by}
        return home | dict.fromkeys(self.selecting(), SELECTION)

    def read(self, ref: Ref, module: str) -> None:
        """A module reads a node and all that it is worked out from."""
        stack = [ref.node]
        while stack:
            index = stack.pop()
            if module not in self.readers[index]:
                self.readers[index].add(module)
                stack.extend(child.node for child in children_of(self.plan.nodes[index]))

    def roll_up(self, top: Ref, dimension: str) -> None:
        """A dimension reads its level's node, down to what its indicators read."""
        stack = [top.node]
        while stack:
            index = stack.pop()
            if not any(reader.partition("/")[0] == dimension for reader in self.readers[index]):
                self.readers[index].add(dimension)
                stack.extend(child.node for child in children_of(self.plan.nodes[index]))

    def read_at_the_top(self, of_dimensions: set[int]) -> None:
        """The last module reads scopes, levels and gates, down to what a dimension alone concludes."""
        plan = self.plan
        top: list[Ref] = [*plan.gates.values(), *plan.levels.values()]
        top += [ref for target in plan.targets if target.kind != "dimension" for ref in target.levels]
        top += [plan.ungraded] if plan.ungraded is not None else []
        stack = [ref.node for ref in top]
        seen: set[int] = set()
        while stack:
            index = stack.pop()
            if index in seen:
                continue
            seen.add(index)
            if index in of_dimensions and len(self.readers[index]) == 1:
                continue
            self.readers[index].add(TOP)
            stack.extend(child.node for child in children_of(plan.nodes[index]))

    def selecting(self) -> set[int]:
        """The nodes that say which rows a view has."""
        selection: set[int] = set()
        stack = [view.where.node for view in self.plan.views if view.where is not None]
        while stack:
            index = stack.pop()
            selection.add(index)
            stack.extend(c.node for c in children_of(self.plan.nodes[index]) if c.node not in selection)
        return selection


def _portions(plan: FormerPlan) -> dict[str, str]:
    """The module of each indicator: its dimension, or a portion of it when the dimension is large."""
    counts: dict[str, int] = defaultdict(int)
    for place in plan.places:
        counts[place.partition(".")[0]] += 1
    by_dimension: dict[str, list[str]] = defaultdict(list)
    for indicator in plan.ruleset.indicators:
        by_dimension[indicator.dimension].append(indicator.id)
    portions: dict[str, str] = {}
    for dimension, ids in by_dimension.items():
        if sum(counts[i] for i in ids) <= PORTION:
            portions |= dict.fromkeys(ids, dimension)
            continue
        number, filled = 1, 0
        for i in ids:
            if filled and filled + counts[i] > PORTION:
                number, filled = number + 1, 0
            filled += counts[i]
            portions[i] = f"{dimension}/{number}"
    return portions
