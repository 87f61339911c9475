"""Values of a comparison: the facts of the units, or of the rows that a view looks at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from grading.columns.arithmetic import Chain, chain, known_values, scale_of, work_out
from grading.columns.layout import ASSESSED_ON, LEAST_BOUND, UNIT, Columns, unpack
from grading.computed import compute, interval_of, order
from grading.model.audit import Below
from grading.model.interval import Interval
from grading.model.ruleset import Fact, Ruleset
from grading.plan.nodes import Atom, Plan


@dataclass(frozen=True)
class Ends:
    """Numbers that are known by their ends only: by position, which of the `kinds` each is."""

    positions: pl.Series
    which: pl.Series
    kinds: tuple[Interval, ...]


@dataclass(frozen=True)
class Held:
    """A fact's column: `type` as the ruleset has it, `scale` of numbers."""

    values: pl.Series
    type: str
    scale: int = 0
    ends: "Ends | None" = None
    """Of numbers that are known by their ends only, where the values are null."""


@dataclass
class Sheet:
    """The units (`group` None), or rows of a group: `units` are then the positions of their units, `rows` their own.

    Columns are taken when they are asked for, and kept.
    """

    ruleset: Ruleset
    columns: Columns
    group: str | None
    chain: Chain
    units: pl.Series | None = None
    rows: pl.Series | None = None
    worked_out: dict[str, pl.Series] | None = None
    intervals: dict[str, Ends] = field(default_factory=dict)
    """By fact, computed ones too: its numbers that are known by their ends only."""
    taken: dict[str, pl.Series] = field(default_factory=dict)

    @property
    def height(self) -> int:
        """The number of units or rows."""
        return self.columns.height if self.units is None else len(self.units)

    def held(self, fact_id: str) -> Held | None:
        """A fact's column, or None where nothing is known of it."""
        if fact_id in self.ruleset.computed:
            return self._computed(fact_id)
        values = self.values(fact_id)
        if values is None:
            return None
        if fact_id == ASSESSED_ON:
            return Held(values, "date")
        fact = self.ruleset.facts[fact_id]
        return Held(values, fact.type, fact.decimals, self.intervals.get(fact_id))

    def values(self, fact_id: str) -> pl.Series | None:
        """A fact's column without its upper bounds; what belongs to the unit is repeated for each of its rows."""
        if fact_id not in self.taken:
            found = self._values(fact_id)
            if found is None:
                return None
            fact = self.ruleset.facts.get(fact_id)
            if fact is not None and fact.type == "number" and (ends := ends_of(fact, found)) is not None:
                self.intervals[fact_id] = ends
                found = found.set(found >= LEAST_BOUND, None)
            self.taken[fact_id] = found
        return self.taken[fact_id]

    def _values(self, fact_id: str) -> pl.Series | None:
        fact = self.ruleset.facts.get(fact_id)
        group = None if fact is None else fact.group
        if group is None:
            units = self.columns.units
            if fact_id not in units.columns:
                return None
            return units[fact_id] if self.units is None else units[fact_id].gather(self.units)
        rows = self.columns.groups.get(group)
        if group != self.group or rows is None or fact_id not in rows.columns:
            return None
        return rows[fact_id] if self.rows is None else rows[fact_id].gather(self.rows)

    def _computed(self, fact_id: str) -> Held | None:
        if self.worked_out is None:
            leaves = {name: values for name in self.chain.leaves if (values := self.values(name)) is not None}
            frame = pl.DataFrame(leaves) if leaves else pl.DataFrame(height=self.height)
            self.worked_out = work_out(self.chain, frame)
            self.intervals |= self._intervals(frame)
        if fact_id not in self.worked_out:
            return None
        scale = scale_of(self.ruleset.computed[fact_id])
        return Held(self.worked_out[fact_id], "number", scale, self.intervals.get(fact_id))

    def _intervals(self, leaves: pl.DataFrame) -> dict[str, Ends]:
        """The computed facts that are known by their ends only, worked out one by one."""
        bounded = {name: ends for name in leaves.columns if (ends := self.intervals.get(name)) is not None}
        stated: dict[int, dict[str, Interval]] = {}
        for name, ends in bounded.items():
            for position, kind in zip(ends.positions, ends.which, strict=True):
                stated.setdefault(position, {})[name] = ends.kinds[kind]
        found: dict[str, dict[int, Interval]] = {}
        for position, known in stated.items():
            values = known_values(self.ruleset, leaves.row(position, named=True)) | known
            for step in self.chain.steps:
                value = values[step.id] = compute(step, values.get)
                if isinstance(value, Interval):
                    found.setdefault(step.id, {})[position] = value
        return {name: _listed(intervals) for name, intervals in found.items()}


def ends_of(fact: Fact, values: pl.Series) -> Ends | None:
    """The upper bounds in a fact's column; None where there are none."""
    largest = values.max()
    if largest is None or int(largest) < LEAST_BOUND:  # type: ignore[arg-type]
        return None
    positions = (values >= LEAST_BOUND).arg_true()
    held = values.gather(positions)
    kinds = held.unique().sort()
    bounds = [unpack(fact, one) for one in kinds]
    intervals = tuple(interval_of(fact, bound) for bound in bounds if isinstance(bound, Below))
    return Ends(positions, kinds.search_sorted(held), intervals)


def _listed(intervals: Mapping[int, Interval]) -> Ends:
    kinds = {interval: number for number, interval in enumerate(dict.fromkeys(intervals.values()))}
    positions = pl.Series(list(intervals), dtype=pl.UInt32)
    which = pl.Series([kinds[interval] for interval in intervals.values()], dtype=pl.UInt32)
    return Ends(positions, which, tuple(kinds))


def whole_sheet(ruleset: Ruleset, columns: Columns, group: str | None, computed: Iterable[str]) -> Sheet:
    """All units (`group` None), or all rows of a group that the columns have; `computed` are the computed facts to know."""
    sheet = Sheet(ruleset, columns, group, chain(ruleset, order(ruleset), computed, group))
    sheet.units = columns.groups[group][UNIT] if group is not None else None
    return sheet


class Sheets:
    """The sheets of a plan: the units', and one for each view once its rows are known."""

    def __init__(self, plan: Plan, columns: Columns) -> None:
        self.plan, self.columns = plan, columns
        self.ordered = order(plan.ruleset)
        self.read: Mapping[int | None, Sequence[str]] = _compared(plan)
        self.units = self._sheet(None, None)
        self.views: dict[int, Sheet] = {}

    def view(self, index: int, rows: pl.Series | None) -> Sheet:
        """The sheet of a view that looks at `rows` of its group (None: at all of them)."""
        sheet = self._sheet(index, self.plan.views[index].group)
        units = self.columns.groups[str(sheet.group)]["unit"]
        sheet.units, sheet.rows = (units, None) if rows is None else (units.gather(rows), rows)
        self.views[index] = sheet
        return sheet

    def _sheet(self, view: int | None, group: str | None) -> Sheet:
        ruleset = self.plan.ruleset
        return Sheet(ruleset, self.columns, group, chain(ruleset, self.ordered, self.read.get(view, ()), group))


def _compared(plan: Plan) -> dict[int | None, list[str]]:
    """The computed facts that are compared for the unit (None) or in the rows of each view."""
    found: dict[int | None, list[str]] = {}
    for node in plan.nodes:
        if isinstance(node.kind, Atom) and node.kind.fact in plan.ruleset.computed:
            found.setdefault(node.kind.view, []).append(node.kind.fact)
    return found
