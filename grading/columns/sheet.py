"""Where a comparison finds its values: the facts of the units, or of the rows that a view looks at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from grading.columns.arithmetic import Chain, chain, scale_of, work_out
from grading.columns.layout import ASSESSED_ON, UNIT, Columns
from grading.computed import order
from grading.model.ruleset import Ruleset
from grading.plan.nodes import Atom, Plan


@dataclass(frozen=True)
class Held:
    """A fact's column: `type` as the ruleset has it, `scale` of numbers."""

    values: pl.Series
    type: str
    scale: int = 0


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
    taken: dict[str, pl.Series] = field(default_factory=dict)

    @property
    def height(self) -> int:
        """How many units or rows there are."""
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
        return Held(values, fact.type, fact.decimals)

    def values(self, fact_id: str) -> pl.Series | None:
        """A fact's column as it was given; what belongs to the unit is repeated for each of its rows."""
        if fact_id not in self.taken:
            found = self._values(fact_id)
            if found is None:
                return None
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
        if fact_id not in self.worked_out:
            return None
        return Held(self.worked_out[fact_id], "number", scale_of(self.ruleset.computed[fact_id]))


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
