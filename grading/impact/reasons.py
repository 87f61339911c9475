"""Reasons why units are short of a criterion, down to the values: over columns, for many units at once.

From a condition that does not hold it goes down to the comparisons that keep it from holding: of an `all` those that are as
the whole is, of an `any` all of them, of a table the rows that fail. What `grading.explain` tells of one unit with its trace,
this tells of thousands without one.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from grading.columns.layout import ASSESSED_ON, ROW_KEY, Columns, stated, unpack
from grading.columns.sheet import Held, Sheet
from grading.columns.statuses import Statuses
from grading.impact.criteria import criterion
from grading.language.prose import fact_label, sentence
from grading.language.values import known_text
from grading.model.base import Mode
from grading.model.condition import All, AnyOf, Comparison, ConditionBase, Each, Not, Some, parts
from grading.model.ruleset import Gate, Indicator, Ruleset
from grading.plan.build import boundaries, build_plan
from grading.plan.nodes import OverRows, Plan, Ref

MOST = 5
"""So many values are told of a unit and criterion; `left_out` says how many more there are."""
SCHEMA: dict[str, Any] = {
    "cause": pl.UInt32,
    "row": pl.String,
    "fact": pl.String,
    "operator": pl.String,
    "label": pl.String,
    "value": pl.String,
    "asked": pl.String,
    "figure": pl.String,
}


def reasons(ruleset: Ruleset, mode: Mode, columns: Columns, causes: pl.DataFrame) -> pl.DataFrame:
    """The values that keep units from criteria.

    `causes` has a row a unit and criterion: `unit` (position in `columns`), `kind`, `criterion` (an id of `ruleset`) and
    `level`, as `grading.impact.compare` gives them for the side where the unit is worse off. Returned, at most `MOST` for
    each: `cause` (its row), `row` (the key of a row of a table, else null), `fact` and `operator` of the comparison (null of
    a table that was not stated or has no row that counts), in words `label`, `value`, `asked`; `figure` (`unresolved`,
    `provisional`: it is the guideline's figure that is missing), `left_out`.
    """
    found = [pl.DataFrame(schema=SCHEMA)]
    for plan, part, units in _periods(ruleset, mode, columns):
        mine = causes.with_row_index("cause").join(units, on="unit")
        if mine.height:
            reasons_of = _Reasons(plan, Statuses(plan, part, keep_rows=True), mode)
            for (kind, name, level), listed in mine.group_by("kind", "criterion", "level", maintain_order=True):
                known = criterion(ruleset, "gate" if kind == "gate" else "indicator", str(name))
                if known is not None:
                    found += reasons_of.criterion(known, str(level), listed["position"], listed["cause"])
    order = pl.int_range(pl.len()).over("cause")
    reasons = pl.concat(found).sort("cause", maintain_order=True).unique(maintain_order=True)
    left = (pl.len().over("cause").cast(pl.Int64) - MOST).clip(0).alias("left_out")
    return reasons.with_columns(left).filter(order < MOST)


def _periods(ruleset: Ruleset, mode: Mode, columns: Columns) -> Iterator[tuple[Plan, Columns, pl.DataFrame]]:
    """For each period with a plan of its own: the plan, its units, and where they are (`unit`, `position` among them)."""
    changes = boundaries(ruleset)
    days = columns.units[ASSESSED_ON]
    by_period: dict[int, date] = {}
    for day in days.unique():
        by_period.setdefault(bisect_right(changes, day), day)
    periods = pl.Series(changes, dtype=pl.Date).search_sorted(days, side="right") if changes else None
    for period, day in by_period.items():
        here = pl.Series([True]).new_from_index(0, columns.height) if periods is None else periods == period
        units = here.arg_true().cast(pl.UInt32)
        places = pl.int_range(len(units), dtype=pl.UInt32, eager=True)
        yield (
            build_plan(ruleset, mode, day),
            columns.only(here),
            pl.DataFrame([units.alias("unit"), places.alias("position")]),
        )


@dataclass(frozen=True)
class _At:
    """The units at which a condition is looked at, with the cause that each stands for; or rows of a view of theirs."""

    units: pl.Series
    cause: pl.Series
    view: int | None = None
    rows: pl.Series | None = None

    def only(self, mask: pl.Series) -> "_At":
        """Those for which `wanted` is true."""
        rows = None if self.rows is None else self.rows.filter(mask)
        return _At(self.units.filter(mask), self.cause.filter(mask), self.view, rows)


class _Reasons:
    def __init__(self, plan: Plan, statuses: Statuses, mode: Mode) -> None:
        self.plan, self.ruleset, self.statuses, self.mode = plan, plan.ruleset, statuses, mode

    def criterion(
        self, known: Indicator | Gate, level: str, units: pl.Series, cause: pl.Series
    ) -> Iterator[pl.DataFrame]:
        """The reasons why units are short of a criterion at a level."""
        at = _At(units, cause)
        if isinstance(known, Gate):
            yield from self._below(f"gate.{known.id}", known.when, False, at)
            return
        if known.applies_when is not None:
            yield from self._below(f"{known.id}.applies_when", known.applies_when, None, at)
        # What is short of the level is short of every requirement that would be enough for it.
        for way in self.plan.ways[known.id, level]:
            yield from self._below(way.place, way.requirement.require, True, at)

    def _status(self, ref: Ref, at: _At) -> pl.Series:
        values, view = self.statuses.found[ref.node], self.plan.nodes[ref.node].view
        if values is None:
            return pl.Series([None], dtype=pl.Boolean).new_from_index(0, len(at.units))
        there = values.gather(at.units if view is None or at.rows is None else at.rows)
        return ~there if ref.negated else there

    def _below(self, place: str, c: ConditionBase, target: bool | None, at: _At) -> Iterator[pl.DataFrame]:
        """The comparisons that keep a condition from being as `wanted` (None: from being known)."""
        ref = self.plan.places.get(place)
        if ref is None:
            return
        status = self._status(ref, at)
        short = status.is_null() if target is None else ~status.eq_missing(target)
        at, status = at.only(short), status.filter(short)
        if not len(status):
            return
        if isinstance(c, Comparison):
            yield self._leaf(c, at)
        elif isinstance(c, Each | Some):
            yield from self._over_rows(place, c, target, at, ref, status)
        else:
            inner = (not target if target is not None else None) if isinstance(c, Not) else target
            together = isinstance(c, All if target else AnyOf)
            for step, part in parts(c):
                below = self.plan.places.get(f"{place}.{step}")
                if below is not None:
                    # Of what must hold together, those count that are as the whole is.
                    here = at.only(self._status(below, at).eq_missing(status)) if together else at
                    yield from self._below(f"{place}.{step}", part, inner, here)

    def _over_rows(
        self, place: str, c: Each | Some, target: bool | None, at: _At, ref: Ref, status: pl.Series
    ) -> Iterator[pl.DataFrame]:
        kind, group = self.plan.nodes[ref.node].kind, c.each if isinstance(c, Each) else c.some
        if not isinstance(kind, OverRows):
            raise TypeError(f"{place} is not about rows")
        label = self.ruleset.groups[group].name
        columns = self.statuses.columns
        if group not in columns.groups:
            yield self._table(label, "未填报", c, at)
            return
        there = columns.units[stated(group)].gather(at.units)
        yield self._table(label, "未填报", c, at.only(~there))
        sheet = self.statuses.view(kind.over)
        first = pl.DataFrame([at.units.alias("unit"), at.cause.alias("cause"), status.alias("status")]).filter(there)
        rows = self._rows_of(sheet).join(first, on="unit")
        bare = ~at.units.is_in(rows["unit"].implode()) & there
        yield self._table(label, "没有须判定的行", c, at.only(bare))
        inside = _At(rows["unit"], rows["cause"], kind.over, rows["at"])
        require = self.plan.places[f"{place}.require"]
        own = self._status(require, inside)
        sure = self.statuses.sure[kind.over]
        surely = (
            pl.Series([True]).new_from_index(0, rows.height) if sure is None else sure.gather(rows["at"]).is_not_null()
        )
        # Of what every row must be, a row that is surely asked about tells; where any row would do, all of them do.
        counts = rows["status"].is_null() | (own.is_not_null() & surely)
        counts = counts if isinstance(c, Each if target else Some) else counts | True
        yield from self._below(f"{place}.require", c.require, target, inside.only(counts))
        if c.where is not None and not surely.all():
            yield from self._doubtful(place, c, inside.only(~surely & rows["status"].is_null()), sheet)

    def _doubtful(self, place: str, c: Each | Some, at: _At, sheet: Sheet) -> Iterator[pl.DataFrame]:
        """Rows of which it is not known whether they are asked about, and that would make a difference if they were."""
        if c.where is None:
            return
        own = self._status(self.plan.places[f"{place}.require"], at)
        here = at.only(~own.eq_missing(isinstance(c, Each)))
        every = next(i for i, v in enumerate(self.plan.views) if v.group == sheet.group and v.where is None)
        rows = here.rows if sheet.rows is None or here.rows is None else sheet.rows.gather(here.rows)
        yield from self._below(f"{place}.where", c.where, None, _At(here.units, here.cause, every, rows))

    def _rows_of(self, sheet: Sheet) -> pl.DataFrame:
        if sheet.units is None:
            raise TypeError("a sheet of units has no rows")
        return pl.DataFrame(
            [sheet.units.alias("unit"), pl.int_range(sheet.height, dtype=pl.UInt32, eager=True).alias("at")]
        )

    def _table(self, label: str, value: str, c: ConditionBase, at: _At) -> pl.DataFrame:
        words = {"label": f"“{label}”表", "value": value, "asked": sentence(self.ruleset, c)}
        return _entries(at.cause, words)

    def _leaf(self, c: Comparison, at: _At) -> pl.DataFrame:
        sheet = self.statuses.sheets.units if at.view is None else self.statuses.view(at.view)
        held = sheet.held(c.fact)
        of_rows = self.plan.ruleset.facts.get(c.fact) or self.plan.ruleset.computed.get(c.fact)
        keys = None
        if at.view is not None and at.rows is not None and of_rows is not None and of_rows.group is not None:
            own = self.statuses.columns.groups[str(sheet.group)]
            rows = at.rows if sheet.rows is None else sheet.rows.gather(at.rows)
            keys = own[ROW_KEY].gather(rows) if ROW_KEY in own.columns else (rows + 1).cast(pl.String)
        positions = at.units if at.rows is None or at.view is None else at.rows
        open_figure = c.is_open(self.mode)
        words = {
            "fact": c.fact,
            "operator": c.operator,
            "label": fact_label(self.ruleset, c.fact),
            "asked": sentence(self.ruleset, c),
            "figure": ("unresolved" if c.is_unresolved else "provisional") if open_figure else None,
        }
        return _entries(at.cause, words, keys, _texts(self.ruleset, c.fact, held, positions, len(at.units)))


def _entries(
    cause: pl.Series, words: Mapping[str, str | None], rows: pl.Series | None = None, values: pl.Series | None = None
) -> pl.DataFrame:
    columns = [cause.cast(pl.UInt32).alias("cause")]
    columns += [] if rows is None else [rows.alias("row")]
    columns += [] if values is None else [values.alias("value")]
    frame = pl.DataFrame(columns)
    rest: Iterable[str] = [name for name in SCHEMA if name not in frame.columns]
    return frame.with_columns(pl.lit(words.get(name), dtype=pl.String).alias(name) for name in rest).select(
        list(SCHEMA)
    )


def _texts(ruleset: Ruleset, fact_id: str, held: Held | None, positions: pl.Series, height: int) -> pl.Series:
    """Values at some positions of a sheet as people write them."""
    if held is None:
        return pl.Series([known_text(ruleset, fact_id, None)], dtype=pl.String).new_from_index(0, height)
    values = held.values.gather(positions)
    fact = ruleset.facts.get(fact_id)
    texts_by_value: dict[Any, str] = {}
    for value in values.unique():
        if fact is not None:
            known: Any = unpack(fact, value)
        else:
            known = value if held.type == "date" or value is None else Decimal(value).scaleb(-held.scale)
        texts_by_value[value] = known_text(ruleset, fact_id, known)
    old = pl.Series(list(texts_by_value), dtype=values.dtype)
    texts = values.replace_strict(old, list(texts_by_value.values()), return_dtype=pl.String)
    if held.ends is None:
        return texts
    kinds = pl.Series([known_text(ruleset, fact_id, kind) for kind in held.ends.kinds], dtype=pl.String)
    bounds = pl.Series([None], dtype=pl.String).new_from_index(0, len(held.values))
    shown = bounds.scatter(held.ends.positions, kinds.gather(held.ends.which)).gather(positions)
    return shown.zip_with(shown.is_not_null(), texts)
