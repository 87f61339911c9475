"""Rows of the tables that belong to units: their keys, and how many each unit must have."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import polars as pl

from grading.batch.findings import TablePart
from grading.batch.layout import count_column
from grading.batch.reasons import fact_reason, shown
from grading.batch.unit_ids import normalised
from grading.columns.cells import read_column
from grading.columns.layout import ROW_KEY, UNIT, stated
from grading.intake import MAX_ROWS, too_few_rows
from grading.invisible import shown_invisible
from grading.model.ruleset import Fact, Ruleset


def read_keys(part: TablePart, group: str, key: str) -> pl.Series:
    """The keys of a table's rows; a row without one, and one that stands twice, refuse their unit."""
    raw = part.raw
    ids = normalised(raw[key])
    keys = ids.values.alias(ROW_KEY)
    fine = keys.is_not_null()
    for position, given in ids.mended.items():
        message = f"编号“{shown_invisible(given)}”读作“{keys[position]}”（全角或看不见的字符）"
        part.note(position, f"{group}.{key}", message)
    for position in (~fine).arg_true():
        part.reject(position, f"{group}.{key}", ids.refused.get(position, f"每行须有 {key}"))
    codes = keys.cast(pl.Categorical).to_physical().cast(pl.UInt64)
    row_ids = raw[UNIT].cast(pl.UInt64) * 2**32 + codes
    repeated: Iterable[int] = ()
    if row_ids.n_unique() != raw.height:
        repeated = (row_ids.is_duplicated() & fine).arg_true()
    for position in repeated:
        part.reject(position, f"{group}.{key}", f"同一单元的表内 {key}“{keys[position]}”重复")
    return keys


def read_stated(
    ruleset: Ruleset, group: str, units: TablePart, rows: pl.DataFrame, missing: Mapping[int, str]
) -> pl.Series:
    """True for each unit that has the table: it has rows, or states how many.

    `missing` gives the units that may lack rows, with the reason.
    """
    raw = units.raw
    counted = rows[UNIT].value_counts(name="n")
    none = pl.Series("n", [0], dtype=pl.UInt32).new_from_index(0, raw.height)
    there = none.scatter(counted[UNIT], counted["n"])
    name = count_column(group)
    too_many = there > MAX_ROWS
    for position in too_many.arg_true():
        units.reject(position, name, f"有 {there[position]} 行，每个单元的表最多 {MAX_ROWS:,} 行")
    count = Fact(id="rows", label=name, type="number", min=Decimal(0), decimals=0)
    given = raw[name] if name in raw.columns else pl.Series(name, [None]).new_from_index(0, raw.height)
    counts = read_column(count, given.alias("rows"), bounds=False)
    for position, reason in missing.items():
        # A unit that has as many rows as it states is not missing any.
        if counts.values[position] is None or counts.values[position] != there[position]:
            units.reject(position, name, reason)
    if name not in raw.columns:
        return (there > 0).alias(stated(group))
    for position, problem in dict(counts.problems).items():
        units.reject(position, name, fact_reason(count, problem, shown(raw[name], position)))
    for position in ((counts.values != there) & counts.values.is_not_null()).arg_true():
        units.reject(position, name, f"写明 {counts.values[position]} 行，表中有 {there[position]} 行")
    _refuse_few(ruleset, group, units, there, counts.values)
    return ((there > 0) | counts.values.is_not_null()).alias(stated(group))


def _refuse_few(ruleset: Ruleset, group: str, units: TablePart, there: pl.Series, counts: pl.Series) -> None:
    """Refuse units whose stated table has fewer rows than it must."""
    least = ruleset.groups[group].least_rows
    few = ((there > 0) | counts.is_not_null()) & (there < least.rows)
    if few.any() and least.unless is not None and least.unless.fact in units.raw.columns:
        answers = read_column(ruleset.facts[least.unless.fact], units.raw[least.unless.fact]).values
        few &= (answers != least.unless.equals).fill_null(True)
    for position in few.arg_true():
        units.reject(position, count_column(group), too_few_rows(ruleset, group, there[position]).message)
