"""Choices that can be made apart: they have neither a value nor a work that is still to be paid in common.

What is demanded already joins choices too: a limit on a sum those about its parts, and a work that is paid only as long as a
value is not changed for its own sake those about the value and those that the work serves.
"""

from collections.abc import Hashable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal

from grading.gaps.solver.lower_bounds import Choice, LowerBound, price
from grading.gaps.tree.nodes import leaves
from grading.gaps.tree.propagate import Demand
from grading.gaps.tree.values import Values

Component = tuple[list[Choice], list[Demand]]


def components(values: Values, choices: list[Choice], demands: list[Demand], bound: LowerBound) -> list[Component]:
    """The choices in groups that have nothing to do with each other, each with the demands that it touches."""
    groups: list[tuple[set[Hashable], list[Choice]]] = []
    parts = [(_touched(values, choice, bound), [choice]) for choice in choices]
    parts += [(joined, []) for joined in _joined(values, demands, bound)]
    for touched, members in parts:
        apart = []
        for group in groups:
            if group[0].isdisjoint(touched):
                apart.append(group)
            else:
                touched, members = touched | group[0], group[1] + members
        groups = [*apart, (touched, members)]
    groups = [group for group in groups if group[1]]
    if len(groups) == 1:
        return [(choices, demands)]
    roots = {demand: values.moving_roots(demand.slot) for demand in demands}
    return [(members, _beside(members, touched, demands, roots)) for touched, members in groups]


def _joined(values: Values, demands: list[Demand], bound: LowerBound) -> Iterator[set[Hashable]]:
    """The values and works that demands join."""
    computed = values.ruleset.computed
    for slot in dict.fromkeys(demand.slot for demand in demands if demand.slot.fact in computed):
        roots = values.moving_roots(slot)
        if len(roots) > 1:
            yield set(roots)
    for demand in demands if bound.uncertain else ():
        if bound.is_uncertain(demand) and demand.effort is not None:
            yield {*values.moving_roots(demand.slot), demand.effort.work}


def _touched(values: Values, choice: Choice, bound: LowerBound) -> set[Hashable]:
    found: set[Hashable] = set()
    for way in choice[1]:
        for leaf in leaves(way):
            found.update(values.moving_roots(leaf.demand.slot))
            effort = leaf.demand.effort
            if effort is not None and price(effort) > bound.paid.get(effort.work, Decimal(0)):
                found.add(effort.work)
    return found


def _beside(
    choices: list[Choice], touched: set[Hashable], demands: list[Demand], roots: Mapping[Demand, AbstractSet[Hashable]]
) -> list[Demand]:
    """The demands on values of the group, and those that pay for works of it."""
    works = {
        leaf.demand.effort.work for _, ways in choices for way in ways for leaf in leaves(way) if leaf.demand.effort
    }
    slots = set(touched)
    found: list[Demand] = []
    grew = True
    while grew:
        more = [d for d in demands if d not in found and not slots.isdisjoint(roots[d])]
        grew = bool(more)
        found += more
        slots.update(root for demand in more for root in roots[demand])
    taken = set(found)
    return [
        demand for demand in demands if demand in taken or (demand.effort is not None and demand.effort.work in works)
    ]
