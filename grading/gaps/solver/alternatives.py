"""Alternatives that satisfy a demand, with what each takes and which is the cheapest."""

from collections.abc import Iterator

from grading.gaps.solver.branch_and_bound import BranchAndBound
from grading.gaps.solver.costs import cost_of, pieces_of, weeks_of
from grading.gaps.solver.lower_bounds import choice_of
from grading.gaps.tree.lines import Open, is_choice, shown
from grading.gaps.tree.nodes import Both, Either, Leaf, Node, obstacles_of, still_needed, ways_of
from grading.gaps.tree.propagate import Demand
from grading.gaps.tree.subject import Subject
from grading.model.gap import Alternative, GapLine, Way


def alternatives_of(open_: Open) -> tuple[Alternative, ...]:
    """Each `any`, `at_least_of` and `some` (or its contrary) in which there is something to choose, the outer ones first."""
    by_key = {asked.key: asked for asked in open_.asked}
    return tuple(
        _alternative(open_.subject, by_key[key].owner.id, open_.level, node)
        for key, tree in open_.asked_today.items()
        for node in _choices(tree)
    )


def marked(lines: tuple[GapLine, ...], alternatives: tuple[Alternative, ...]) -> tuple[GapLine, ...]:
    """The lines, with `on_cheapest_way` false for those that only ways other than the cheapest ask for."""
    off: set[str] = set()
    for alternative in alternatives:
        cheapest = [way for way in alternative.ways if way.cheapest]
        if cheapest:
            cheapest_lines = {line for way in cheapest for line in way.lines}
            off |= {line for way in alternative.ways for line in way.lines} - cheapest_lines
    return tuple(line.model_copy(update={"on_cheapest_way": line.id not in off}) for line in lines)


def _choices(node: Node) -> Iterator[Either]:
    if node.holds or not isinstance(node, Both | Either):
        return
    if isinstance(node, Either) and is_choice(node):
        yield node
    for part in ways_of(node) if isinstance(node, Either) else node.parts:
        yield from _choices(part)


def _alternative(subject: Subject, indicator: str, level: str, node: Either) -> Alternative:
    ways, needed = ways_of(node), still_needed(node)
    best = BranchAndBound(subject.propagation, smallest=False).run([choice_of(needed, ways)])
    chosen = set(best.demands) if best is not None else set()
    return Alternative(
        id=node.id,
        indicator=indicator,
        level=level,
        row=node.row,
        needed=needed,
        ways=tuple(_way(subject, way, chosen) for way in ways),
    )


def _way(subject: Subject, way: Node, chosen: set[Demand]) -> Way:
    """A way by itself; of one that is not possible, what the remedies of its comparisons would take."""
    parts = [part for part, _ in shown(way)]
    found = BranchAndBound(subject.propagation, smallest=False).run([way])
    demands = found.demands if found is not None else [part.demand for part in parts if isinstance(part, Leaf)]
    return Way(
        lines=tuple(dict.fromkeys(part.line for part in parts)),
        cost_wan_cny=cost_of(demands),
        counted_as_one=pieces_of(demands),
        weeks=weeks_of(demands),
        possible=found is not None,
        cheapest=not obstacles_of(way) and _is_fulfilled(way, chosen),
    )


def _is_fulfilled(node: Node, chosen: set[Demand]) -> bool:
    if isinstance(node, Leaf):
        return node.demand in chosen
    if isinstance(node, Both):
        return all(_is_fulfilled(part, chosen) for part in node.parts)
    return isinstance(node, Either) and sum(_is_fulfilled(part, chosen) for part in node.parts) >= node.needed
