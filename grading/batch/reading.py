"""Rows of files → columns that can be graded, and every reason why some can't; what is wrong is judged by the intake."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import polars as pl

from grading.batch.layout import (
    ASSESSED_ON,
    COUNTY,
    DAY,
    HEAD_SCHEMA,
    HEADS,
    LINE,
    NAME,
    UNIT_ID,
    Reject,
    Table,
    count_column,
)
from grading.batch.staging import BROKEN
from grading.columns.cells import read_column
from grading.columns.layout import ROW_KEY, UNIT, Columns, stated
from grading.forms.wording import expectation
from grading.intake import MAX_ROWS, MAX_TEXT, AuditError, check_audit
from grading.language.load import Library
from grading.model.ruleset import Fact, Ruleset
from grading.regions import PATTERN as PLACE

UNWRITABLE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]"
"""The characters that the intake refuses (halves of surrogate pairs can't be in a file's text)."""
SHOWN = 60


@dataclass(frozen=True)
class Chunk:
    """A part of the input, read: `heads` and the units of `columns` are those that can be graded, in the same order."""

    heads: pl.DataFrame
    columns: Columns
    rejects: list[Reject]
    read: int
    """How many units (of JSON lines: audits) of the input it covers."""
    refused: int
    """How many units (audits) can't be graded."""
    skipped: int = 0
    """How many units are of other industries."""


@dataclass
class _Found:
    """Reasons as they are found, and the units they are about."""

    rejects: list[Reject] = field(default_factory=list)
    units: set[int] = field(default_factory=set)


class TableReader:
    """Reads chunks of a units' table and the rows that belong to them."""

    def __init__(self, library: Library, ruleset: Ruleset, tables: Mapping[str | None, Table]) -> None:
        self.library, self.ruleset, self.tables = library, ruleset, tables

    def read(self, units: pl.DataFrame, rows: Mapping[str, pl.DataFrame], twice: Mapping[int, int]) -> Chunk:
        """Read a chunk.

        `units` and `rows` have the layout's names and `line`; `rows` also `unit`, the position of the unit in the chunk, by
        which they are sorted. `twice` gives, for units by position, the line on which their id stood before.
        """
        found = _Found()
        heads = self._heads(units, twice, found)
        self._broken(None, units, heads, found)
        facts = self._facts(None, units, heads, None, found)
        groups: dict[str, pl.DataFrame] = {}
        for group in self.ruleset.groups:
            raw = rows.get(group)
            own = (
                pl.DataFrame({UNIT: []}, schema={UNIT: pl.UInt32})
                if raw is None
                else self._rows(group, raw, heads, found)
            )
            groups[group] = own
            facts.append(self._stated(group, units, own, heads, found))
        columns = Columns(pl.DataFrame([heads[ASSESSED_ON], *facts]), groups)
        good = pl.Series([True]).new_from_index(0, units.height).scatter(sorted(found.units), False)
        return Chunk(heads.filter(good), columns.only(good), found.rejects, units.height, len(found.units))

    def _heads(self, raw: pl.DataFrame, twice: Mapping[int, int], found: _Found) -> pl.DataFrame:
        day = read_column(DAY, raw[ASSESSED_ON]).values
        texts = {name: _text(raw, name) for name in HEADS if name != ASSESSED_ON}
        texts[NAME] = texts[NAME].zip_with(texts[NAME].is_not_null(), texts[UNIT_ID])
        heads = pl.DataFrame([raw[LINE], *(day if name == ASSESSED_ON else texts[name] for name in HEADS)])
        plain = pl.all_horizontal(_is_plain(pl.col(name)) for name in texts) & pl.col(UNIT_ID).is_not_null()
        county = pl.col(COUNTY).is_null() | pl.col(COUNTY).str.contains(f"^(?:{PLACE})$")
        fine = heads.select(plain & county & pl.col(ASSESSED_ON).is_not_null()).to_series()
        for position in (~fine).arg_true():
            self._wrong_head(heads.row(position, named=True), shown(raw[ASSESSED_ON], position), position, found)
        file = self.tables[None].file
        for position, line in twice.items():
            head = heads.row(position, named=True)
            reason = f"单元编号“{head[UNIT_ID]}”与第 {line} 行相同，各单元的编号不得相同"
            found.rejects.append(Reject(file, head[LINE], head[UNIT_ID], UNIT_ID, reason))
            found.units.add(position)
        return heads.cast(dict(HEAD_SCHEMA))  # type: ignore[arg-type]

    def _wrong_head(self, head: dict[str, Any], day: Any, position: int, found: _Found) -> None:
        """Ask the intake what is wrong with what says which unit it is."""
        enterprise = {name.partition(".")[2]: head[name] for name in HEADS if name.startswith("enterprise.")}
        unit = {"id": head[UNIT_ID], "ruleset": self.ruleset.id}
        enterprise["name"] = enterprise["name"] or "-"
        try:
            check_audit({"enterprise": enterprise, "assessed_on": day, "units": [unit]}, self.library)
        except AuditError as error:
            for problem in error.problems:
                name = UNIT_ID if problem.place == "units[0].id" else problem.place
                given = day if name == ASSESSED_ON else head.get(name)
                reason = head_reason(name, given)
                found.rejects.append(Reject(self.tables[None].file, head[LINE], head[UNIT_ID], name, reason))
                found.units.add(position)

    def _facts(
        self, group: str | None, raw: pl.DataFrame, heads: pl.DataFrame, keys: pl.Series | None, found: _Found
    ) -> list[pl.Series]:
        """The columns of facts; a cell that can't be read takes its unit out."""
        columns: list[pl.Series] = []
        for fact in self.ruleset.facts.values():
            if fact.group != group or fact.id not in raw.columns:
                continue
            read = read_column(fact, raw[fact.id])
            columns.append(read.values)
            for position, _ in dict(read.problems).items():
                unit = position if group is None else raw[UNIT][position]
                place = fact.id if keys is None else f"{group}[{keys[position]}].{fact.id}"
                self._reject(
                    group, raw, position, unit, heads, place, fact_reason(fact, shown(raw[fact.id], position)), found
                )
        return columns

    def _rows(self, group: str, raw: pl.DataFrame, heads: pl.DataFrame, found: _Found) -> pl.DataFrame:
        self._broken(group, raw, heads, found)
        key = self.ruleset.groups[group].key
        keys = _text(raw, key).alias(ROW_KEY)
        fine = keys.to_frame("k").select(pl.col("k").is_not_null() & _is_plain(pl.col("k"))).to_series()
        for position in (~fine).arg_true():
            reason = f"每行须有 {key}（不超过 {MAX_TEXT:,} 字，不含控制字符）"
            self._reject(group, raw, position, raw[UNIT][position], heads, f"{group}.{key}", reason, found)
        codes = keys.cast(pl.Categorical).to_physical().cast(pl.UInt64)
        named = raw[UNIT].cast(pl.UInt64) * 2**32 + codes
        again: Iterable[int] = () if named.n_unique() == raw.height else (named.is_duplicated() & fine).arg_true()
        for position in again:
            reason = f"同一单元的表内 {key}“{keys[position]}”重复"
            self._reject(group, raw, position, raw[UNIT][position], heads, f"{group}.{key}", reason, found)
        return pl.DataFrame([raw[UNIT], keys, *self._facts(group, raw, heads, keys, found)])

    def _broken(self, group: str | None, raw: pl.DataFrame, heads: pl.DataFrame, found: _Found) -> None:
        """Rows that are no rows of the table."""
        if BROKEN in raw.columns:
            for position in raw[BROKEN].is_not_null().arg_true():
                unit = position if group is None else raw[UNIT][position]
                self._reject(group, raw, position, unit, heads, "", raw[BROKEN][position], found)

    def _stated(
        self, group: str, units: pl.DataFrame, rows: pl.DataFrame, heads: pl.DataFrame, found: _Found
    ) -> pl.Series:
        """Whether each unit has the table: it has rows, or says how many."""
        counted = rows[UNIT].value_counts(name="n")
        none = pl.Series("n", [0], dtype=pl.UInt32).new_from_index(0, units.height)
        there = none.scatter(counted[UNIT], counted["n"])
        name = count_column(group)
        too_many = there > MAX_ROWS
        for position in too_many.arg_true():
            reason = f"有 {there[position]} 行，每个单元的表最多 {MAX_ROWS:,} 行"
            self._reject(None, units, position, position, heads, name, reason, found)
        if name not in units.columns:
            return (there > 0).alias(stated(group))
        count = Fact(id="rows", label=name, type="number", min=Decimal(0), decimals=0)
        said = read_column(count, units[name].alias("rows"))
        for position, _ in dict(said.problems).items():
            self._reject(
                None, units, position, position, heads, name, fact_reason(count, shown(units[name], position)), found
            )
        for position in ((said.values != there) & said.values.is_not_null()).arg_true():
            reason = f"写明 {said.values[position]} 行，表中有 {there[position]} 行"
            self._reject(None, units, position, position, heads, name, reason, found)
        return ((there > 0) | said.values.is_not_null()).alias(stated(group))

    def _reject(
        self,
        group: str | None,
        raw: pl.DataFrame,
        position: int,
        unit: int,
        heads: pl.DataFrame,
        place: str,
        reason: str,
        found: _Found,
    ) -> None:
        found.rejects.append(Reject(self.tables[group].file, raw[LINE][position], heads[UNIT_ID][unit], place, reason))
        found.units.add(unit)


def fact_reason(fact: Fact, given: Any) -> str:
    """What would be right for a fact, and what stood there instead."""
    return f"{expectation(fact)}；所填：{str(given)[:SHOWN]}"


def shown(raw: pl.Series, position: int) -> Any:
    """A cell as a message quotes it; of days also those that no calendar here has."""
    if raw.dtype.is_temporal():
        return raw.slice(position, 1).cast(pl.String).item()
    cell = raw[position]
    return cell.to_list() if isinstance(cell, pl.Series) else cell


def head_reason(name: str, given: Any) -> str:
    """What would be right for what says which unit it is."""
    right = {
        UNIT_ID: "应填单元编号",
        COUNTY: "应为六位行政区划代码，如 610402",
        ASSESSED_ON: "应填评估日期，如 2023-09-10",
    }.get(name, f"应为不超过 {MAX_TEXT:,} 字的文字")
    return f"{right}；{'未填' if given is None else f'所填：{str(given)[:SHOWN]}'}"


def _text(raw: pl.DataFrame, name: str) -> pl.Series:
    """A column of texts without the spaces around them; null where there is nothing."""
    if name not in raw.columns:
        return pl.Series(name, [None], dtype=pl.String).new_from_index(0, raw.height)
    texts = raw[name].cast(pl.String).str.strip_chars()
    return texts.set(texts == "", None)


def _is_plain(text: pl.Expr) -> pl.Expr:
    return text.is_null() | ((text.str.len_chars() <= MAX_TEXT) & ~text.str.contains(UNWRITABLE))
