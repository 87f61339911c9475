"""Claims about very many units at once: the same trees as `grading.gaps.claims`, with a column for each status.

A claim has a truth value for each unit, or within `each` and `some` for each row of the table.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce

import polars as pl

from grading.columns.comparison import compared, constant
from grading.columns.layout import Columns, stated, waived
from grading.columns.sheet import Sheet, whole_sheet
from grading.language.nested import asked_at, better_than
from grading.model.condition import All, AtLeastOf, Comparison, ConditionBase, Each, Not, Some, comparisons, parts
from grading.model.ruleset import Gate, Indicator
from grading.plan.nodes import Plan

Otherwise = tuple[str, bool]
"""The place of a comparison, and whether it is met instead wherever it is known."""
Found = Callable[[str, pl.Series], None]
"""Takes the place of a comparison, and for which units it is one of the grounds."""


@dataclass(frozen=True, eq=False)
class ColumnLeaf:
    """A comparison is met, or unmet (`wanted`); `units` are the positions of the units when it is about rows."""

    place: str
    status: pl.Series
    wanted: bool
    units: pl.Series | None
    height: int
    """The number of units."""

    @cached_property
    def places(self) -> frozenset[str]:
        """The places of the comparisons."""
        return frozenset((self.place,))

    @cached_property
    def holds(self) -> pl.Series:
        """True when the comparison is as claimed."""
        return (self.status if self.wanted else ~self.status).fill_null(False)

    def holds_with(self, otherwise: Otherwise) -> pl.Series:
        """The same when a comparison comes out otherwise."""
        if otherwise[0] != self.place:
            return self.holds
        return self.status.is_not_null() if otherwise[1] is self.wanted else constant(False, len(self.status))

    def grounds(self, here: pl.Series, found: Found) -> None:
        """Itself where it compares something known."""
        known = here & self.status.is_not_null()
        if self.units is not None:
            known = constant(False, self.height).scatter(self.units.filter(known), True)
        found(self.place, known)


@dataclass(frozen=True, eq=False)
class ColumnJoint:
    """At least `needed` of the parts are true; with `first_only` the first true one is reason enough."""

    needed: int
    claims: tuple["ColumnClaim", ...]
    height: int
    """The number of units or rows."""
    first_only: bool = False

    @cached_property
    def places(self) -> frozenset[str]:
        """The places of the comparisons."""
        return frozenset().union(*(claim.places for claim in self.claims))

    @cached_property
    def holds(self) -> pl.Series:
        """True when the claim holds as things are."""
        return self._enough([claim.holds for claim in self.claims])

    def holds_with(self, otherwise: Otherwise) -> pl.Series:
        """The same when a comparison comes out otherwise."""
        if otherwise[0] not in self.places:
            return self.holds
        return self._enough([claim.holds_with(otherwise) for claim in self.claims])

    def _enough(self, true: Sequence[pl.Series]) -> pl.Series:
        if self.needed <= 0 or self.needed > len(true):
            return constant(self.needed <= 0, self.height)
        if self.needed in (1, len(true)):
            return reduce(pl.Series.__or__ if self.needed == 1 else pl.Series.__and__, true)
        return reduce(pl.Series.__add__, (one.cast(pl.UInt16) for one in true)) >= self.needed

    def grounds(self, here: pl.Series, found: Found) -> None:
        """The comparisons because of which it is true, or is not."""
        for claim in self.claims:
            because = here & (claim.holds == self.holds)
            claim.grounds(because, found)
            if self.first_only:
                here = here & ~(because & self.holds)


@dataclass(frozen=True, eq=False)
class ColumnRows:
    """Every row of a table, or one of them, is as claimed; without the table it is not true."""

    every: bool
    row: "ColumnClaim"
    units: pl.Series
    is_stated: pl.Series

    @cached_property
    def places(self) -> frozenset[str]:
        """The places of the comparisons."""
        return self.row.places

    @cached_property
    def holds(self) -> pl.Series:
        """True when the claim holds as things are."""
        return self._over(self.row.holds)

    def holds_with(self, otherwise: Otherwise) -> pl.Series:
        """The same when a comparison comes out otherwise."""
        return self._over(self.row.holds_with(otherwise)) if otherwise[0] in self.places else self.holds

    def _over(self, rows: pl.Series) -> pl.Series:
        decisive = ~rows if self.every else rows
        found = constant(self.every, len(self.is_stated)).scatter(self.units.filter(decisive), not self.every)
        return found & self.is_stated

    def grounds(self, here: pl.Series, found: Found) -> None:
        """The comparisons of the rows because of which it is true, or is not."""
        here = here & self.is_stated
        self.row.grounds(here.gather(self.units) & (self.row.holds == self.holds.gather(self.units)), found)


@dataclass(frozen=True, eq=False)
class ColumnWaiver:
    """A waiver is in force for a unit, whatever the comparisons say, and resting on none of them."""

    holds: pl.Series
    places: frozenset[str] = frozenset()

    def holds_with(self, _otherwise: Otherwise) -> pl.Series:
        """The same when a comparison comes out otherwise."""
        return self.holds

    def grounds(self, _here: pl.Series, _found: Found) -> None:
        """No comparison."""


ColumnClaim = ColumnLeaf | ColumnJoint | ColumnRows | ColumnWaiver


class ColumnClaims:
    """Makes claims about the units of some columns, for all of which a plan is the same."""

    def __init__(self, plan: Plan, columns: Columns) -> None:
        self.plan, self.ruleset, self.columns = plan, plan.ruleset, columns
        self._sheets: dict[str | None, Sheet] = {}
        self._whole: dict[tuple[str, bool], ColumnClaim | None] = {}

    def indicator(self, indicator: Indicator, level: str) -> ColumnClaim | None:
        """An indicator is met at a level: it does not apply, or what the level or a better one asks is met."""
        graded, day = self.ruleset.scale.graded, self.columns.units["assessed_on"][0]
        own = asked_at(graded, indicator, level, day)
        if own is None:
            return None
        ways = (own, *better_than(graded, indicator, level, day))
        met = [self._once(way.requirement.require, way.place, True) for way in ways]
        if indicator.applies_when is not None:
            met.insert(0, self._once(indicator.applies_when, f"{indicator.id}.applies_when", False))
        if waived(indicator.id) in self.columns.units.columns:
            met.append(ColumnWaiver(self.columns.units[waived(indicator.id)]))
        return ColumnJoint(1, _there(met), self.columns.height, first_only=True)

    def gate(self, gate: Gate) -> ColumnClaim | None:
        """A gate is not met; None where it is not there on the day."""
        return self._once(gate.when, f"gate.{gate.id}", False)

    def _once(self, c: ConditionBase, place: str, wanted: bool) -> ColumnClaim | None:
        if (place, wanted) not in self._whole:
            self._whole[place, wanted] = self._condition(c, place, None, wanted)
        return self._whole[place, wanted]

    def _condition(self, c: ConditionBase, place: str, group: str | None, wanted: bool) -> ColumnClaim | None:
        """A condition is met, or is unmet; of the rows of a group within it. None where it is not there on the day."""
        if place not in self.plan.places:
            return None
        if isinstance(c, Comparison):
            sheet = self._sheet(group)
            return ColumnLeaf(place, self._status(c, sheet), wanted, sheet.units, self.columns.height)
        if isinstance(c, Not):
            return self._condition(c.not_, f"{place}.not", group, not wanted)
        if isinstance(c, Each | Some):
            return self._rows(c, place, wanted)
        found = _there(self._condition(part, f"{place}.{step}", group, wanted) for step, part in parts(c))
        count = len(found)
        needed = min(c.at_least_of, count) if isinstance(c, AtLeastOf) else count if isinstance(c, All) else 1
        return ColumnJoint(needed if wanted else count - needed + 1, found, self._sheet(group).height)

    def _rows(self, c: Each | Some, place: str, wanted: bool) -> ColumnClaim:
        group = c.each if isinstance(c, Each) else c.some
        if group not in self.columns.groups:
            is_stated = self._stated(group)
            # Without a row anywhere `each` holds where the table is stated.
            return ColumnRows(isinstance(c, Each) == wanted, _no_rows(), pl.Series([], dtype=pl.UInt32), is_stated)
        chosen = not wanted if isinstance(c, Each) else wanted
        where = self._condition(c.where, f"{place}.where", group, chosen) if c.where is not None else None
        of_row = _there((where, self._condition(c.require, f"{place}.require", group, wanted)))
        every = isinstance(c, Each) == wanted
        row = ColumnJoint(1 if every else len(of_row), of_row, self._sheet(group).height)
        return ColumnRows(every, row, self.columns.groups[group]["unit"], self._stated(group))

    def _stated(self, group: str) -> pl.Series:
        units = self.columns.units
        return units[stated(group)] if stated(group) in units.columns else constant(False, units.height)

    def _status(self, c: Comparison, sheet: Sheet) -> pl.Series:
        """The engine's conclusion of each unit or row, had it looked."""
        held = sheet.held(c.fact)
        if held is None or c.guess is None:
            return constant(None, sheet.height)
        return compared(held, self.ruleset.facts.get(c.fact), c.operator, c.guess)

    def _sheet(self, group: str | None) -> Sheet:
        if group not in self._sheets:
            self._sheets[group] = whole_sheet(self.ruleset, self.columns, group, _computed(self.plan))
        return self._sheets[group]


def _computed(plan: Plan) -> Iterator[str]:
    """The computed facts that anything compares."""
    ruleset = plan.ruleset
    conditions = [r.require for i in ruleset.indicators for r in i.levels.values()]
    conditions += [i.applies_when for i in ruleset.indicators if i.applies_when is not None]
    for condition in (*conditions, *(gate.when for gate in ruleset.gates)):
        yield from (c.fact for c in comparisons(condition) if c.fact in ruleset.computed)


def _no_rows() -> ColumnJoint:
    return ColumnJoint(1, (), 0)


def _there(claims: Iterator[ColumnClaim | None] | Sequence[ColumnClaim | None]) -> tuple[ColumnClaim, ...]:
    return tuple(claim for claim in claims if claim is not None)
