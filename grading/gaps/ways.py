"""The ways to fulfil what is asked: sets of demands on values, each with the remedy it would take."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any, Literal

from grading.gaps.lines import Asked, Leaf, Subject, is_open_figure
from grading.model.base import Remedy, Status
from grading.model.condition import (
    All,
    AnyOf,
    AtLeastOf,
    Comparison,
    ConditionBase,
    Each,
    Not,
    Some,
    parts,
)

MAX_WAYS = 48
UNPRICED = Decimal(1_000_000)
"""Ranks a remedy without a stated cost behind every remedy that has one, in 万元."""

Reason = Literal["unresolved_figure", "missing_table", "no_row", "computed", "conflict"]


@dataclass(frozen=True)
class Slot:
    """A value of the audit: of the unit, or of a row."""

    fact: str
    group: str | None
    row: str | None


@dataclass(frozen=True)
class Demand:
    """A comparison that a slot's value has to satisfy (`wanted`) or must not; `effort` is the remedy when it is not so yet."""

    slot: Slot
    operator: str
    operand: Any
    wanted: bool
    effort: Remedy | None
    condition: str


@dataclass(frozen=True)
class Obstacle:
    """Why a way is closed."""

    reason: Reason
    condition: str


@dataclass(frozen=True)
class Way:
    """Demands that together fulfil something; closed when there is an obstacle."""

    demands: frozenset[Demand] = frozenset()
    obstacles: frozenset[Obstacle] = frozenset()

    def __or__(self, other: "Way") -> "Way":
        return Way(self.demands | other.demands, self.obstacles | other.obstacles)

    @property
    def rank(self) -> tuple[int, Decimal, int, str]:
        """Open ways first, then by cost (middle of the range, 万元), then by the number of values, then by name."""
        slots = {d.slot for d in self.demands if d.effort is not None}
        names = ",".join(sorted(d.condition for d in self.demands))
        return (len(self.obstacles), cost_of(d.effort for d in self.demands), len(slots), names)


def middle(remedy: Remedy) -> Decimal:
    """The middle of a remedy's cost range in 万元."""
    return UNPRICED if remedy.cost_wan_cny is None else sum(remedy.cost_wan_cny, Decimal(0)) / 2


def cost_of(remedies: Iterable[Remedy | None]) -> Decimal:
    """The cost of remedies, each done and paid once."""
    return sum((middle(r) for r in dict.fromkeys(remedies) if r is not None), Decimal(0))


class Ways:
    """Finds the ways for one subject. `firm` also demands what already holds, so that other changes can't undo it."""

    def __init__(self, subject: Subject, firm: bool = False) -> None:
        self.subject, self.firm = subject, firm

    def fulfil(self, asked: Asked) -> list[Way]:
        """The ways to fulfil what is asked, best first; at least one, be it closed."""
        return self._ways(asked, asked.name, asked.condition, (), None, asked.wanted)

    def of_parts(
        self,
        asked: Asked,
        name: str,
        c: ConditionBase,
        around: tuple[ConditionBase, ...],
        row: str | None,
        wanted: bool,
    ) -> Iterator[tuple[str, list[Way]]]:
        """For each part of a list, the ways to have it as wanted."""
        for step, part in parts(c):
            yield f"{name}.{step}", self._ways(asked, f"{name}.{step}", part, (*around, c), row, wanted)

    def _ways(
        self,
        asked: Asked,
        name: str,
        c: ConditionBase,
        around: tuple[ConditionBase, ...],
        row: str | None,
        wanted: bool,
    ) -> list[Way]:
        status = self.subject.status(name, row)
        holds = status is None or status is (Status.MET if wanted else Status.UNMET)
        if status is None or (holds and not self.firm):
            return [Way()]
        if isinstance(c, Comparison):
            return [self._comparison(Leaf(asked, name, c, around, row, wanted), holds)]
        if isinstance(c, Not):
            return self._ways(asked, f"{name}.not", c.not_, (*around, c), row, not wanted)
        if isinstance(c, Each | Some):
            return self._over_rows(asked, name, c, (*around, c), wanted)
        found = [ways for _, ways in self.of_parts(asked, name, c, around, row, wanted)]
        return _needed(found, self._how_many(c, len(found), wanted))

    def _how_many(self, c: ConditionBase, count: int, wanted: bool) -> int:
        """How many parts must be as wanted."""
        if isinstance(c, AtLeastOf):
            return c.at_least_of if wanted else count - c.at_least_of + 1
        both = isinstance(c, All) if wanted else isinstance(c, AnyOf)
        return count if both else 1

    def _over_rows(
        self, asked: Asked, name: str, c: Each | Some, around: tuple[ConditionBase, ...], wanted: bool
    ) -> list[Way]:
        group = c.each if isinstance(c, Each) else c.some
        rows = self.subject.rows(f"{name}.require", group)
        if rows is None:
            return [Way(obstacles=frozenset({Obstacle("missing_table", name)}))]
        every = isinstance(c, Each) == wanted
        if not rows:
            return [Way()] if every else [Way(obstacles=frozenset({Obstacle("no_row", name)}))]
        found = [self._ways(asked, f"{name}.require", c.require, around, row, wanted) for row in rows]
        return _needed(found, len(found) if every else 1)

    def _comparison(self, leaf: Leaf, holds: bool) -> Way:
        c, ruleset = leaf.comparison, self.subject.ruleset
        if is_open_figure(c, self.subject.mode):
            return Way(obstacles=frozenset({Obstacle("unresolved_figure", leaf.name)}))
        declared = ruleset.facts.get(c.fact) or ruleset.computed.get(c.fact)
        group = declared.group if declared is not None and leaf.row is not None else None
        slot = Slot(c.fact, group, leaf.row if group else None)
        effort = None if holds else leaf.remedy
        return Way(frozenset({Demand(slot, c.operator, c.guess, leaf.wanted, effort, leaf.name)}))


def _needed(parts_: list[list[Way]], count: int) -> list[Way]:
    """The ways to have at least `count` parts, best first; dominated and surplus ones are dropped."""
    if count >= len(parts_):
        return _product(parts_)
    if count == 1:
        return _best(way for ways in parts_ for way in ways)
    return _best(way for chosen in combinations(parts_, count) for way in _product(list(chosen)))


def _product(parts_: list[list[Way]]) -> list[Way]:
    ways = [Way()]
    for part in parts_:
        ways = _best(one | other for one in ways for other in part)
    return ways


def _best(ways: Iterable[Way]) -> list[Way]:
    return sorted(dict.fromkeys(ways), key=lambda way: way.rank)[:MAX_WAYS]
