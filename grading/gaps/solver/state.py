"""The state of a search: what is demanded already, and what it has left behind."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from grading.gaps.solver.lower_bounds import Choice, Uncertain
from grading.gaps.tree.constraints import Constraint
from grading.gaps.tree.nodes import Both, Either, Leaf, Node, leaves, obstacles_of
from grading.gaps.tree.propagate import Demand, Effort
from grading.gaps.tree.values import Slot

Key = tuple[Slot, Constraint]


def key_of(demand: Demand) -> Key:
    """The key of a demand: which value it is on and what it asks, whoever demands it."""
    return demand.slot, demand.constraint


@dataclass(frozen=True, eq=False)
class State:
    """Demands, and by value and constraint the efforts with which a demand is no longer looked at.

    `uncertain` are values of which it is open whether leaving a scope by them costs anything (`uncertain_prices`): of those
    nothing is concluded from one demand to another.
    """

    demands: list[Demand] = field(default_factory=list)
    uncertain: Uncertain = field(default_factory=dict)
    left_out: Mapping[Key, tuple[Effort | None, ...]] = field(default_factory=dict)

    @cached_property
    def demanded(self) -> Mapping[Key, list[Effort | None]]:
        """The demands so far, with what they take."""
        found: dict[Key, list[Effort | None]] = {}
        for demand in self.demands:
            found.setdefault(key_of(demand), []).append(demand.effort)
        return found

    def only(self, demands: list[Demand]) -> "State":
        """The same with some of the demands."""
        return State(demands, self.uncertain, self.left_out)

    def without(self, way: Node) -> "State":
        """From now on without a demand, where a way is nothing else; not of what it is uncertain whether it costs anything."""
        while isinstance(way, Both) and len(way.parts) == 1:
            way = way.parts[0]
        if not isinstance(way, Leaf) or way.demand.slot in self.uncertain:
            return self
        key = key_of(way.demand)
        return State(
            self.demands, self.uncertain, {**self.left_out, key: (*self.left_out.get(key, ()), way.demand.effort)}
        )

    def opened(self, parts: Iterable[Node]) -> "tuple[State, list[Choice]] | None":
        """With the demands of parts, and what is left to choose; None when a part can't be fulfilled."""
        demands, left, choices = list(self.demands), list(parts), list[Choice]()
        while left:
            part = left.pop()
            if isinstance(part, Leaf):
                if self.is_closed(part):
                    return None
                demands.append(part.demand)
            elif isinstance(part, Both):
                left += part.parts
            elif isinstance(part, Either):
                ways = [way for way in part.parts if not obstacles_of(way) and not self.is_closed(way)]
                if len(ways) < part.needed:
                    return None
                if len(ways) == part.needed:
                    left += ways
                else:
                    choices.append((part.needed, ways))
            else:
                return None
        state = State(demands, self.uncertain, self.left_out)
        return state, [choice for choice in choices if not state.grants(choice)]

    def is_closed(self, node: Node) -> bool:
        """True when a comparison or all of its parts together are left out or impossible."""
        if isinstance(node, Leaf):
            return node.closed is not None or (bool(self.left_out) and self._is_left_out(node.demand))
        return isinstance(node, Both) and bool(self.left_out) and any(self.is_closed(part) for part in node.parts)

    def grants(self, choice: Choice) -> bool:
        """True when so many of the ways are demanded already, at no further cost."""
        needed, ways = choice
        return sum(self._is_granted(way) for way in ways) >= needed

    def _is_left_out(self, demand: Demand) -> bool:
        return any(_comes_with(effort, demand.effort) for effort in self.left_out.get(key_of(demand), ()))

    def _is_granted(self, node: Node) -> bool:
        if isinstance(node, Both):
            return all(self._is_granted(part) for part in node.parts)
        if not isinstance(node, Leaf):
            return False
        demand = node.demand
        if demand.slot in self.uncertain and demand.effort is not None:
            return False
        return any(_comes_with(demand.effort, effort) for effort in self.demanded.get(key_of(demand), ()))


def _comes_with(effort: Effort | None, other: Effort | None) -> bool:
    """True when what the same demand takes here is done where it is made with the other effort."""
    if effort is None or other is None or effort.work == other.work:
        return True
    return effort.for_scope and not other.for_scope


def most_telling_first(choices: Sequence[Choice]) -> list[Choice]:
    """Choices about several rows first, since rows are then decided apart; then those with few ways.

    Of those the ones whose demands others have too.
    """
    single = [[key_of(way.demand) for way in ways if isinstance(way, Leaf)] for _, ways in choices]
    counts = Counter(key for keys in single for key in set(keys))
    shared = [max((counts[key] for key in keys), default=0) for keys in single]
    order = sorted(range(len(choices)), key=lambda n: (not _joins_rows(choices[n]), len(choices[n][1]), -shared[n]))
    return [choices[n] for n in order]


def _joins_rows(choice: Choice) -> bool:
    """True when a way of the choice is about more than one row."""
    return any(len({leaf.row for leaf in leaves(way) if leaf.row is not None}) > 1 for way in choice[1])
