"""Waivers of a chunk's units, from the table of waivers to a column for each indicator that is waived."""

import polars as pl

from grading.batch.findings import TablePart
from grading.batch.waiver_table import NAME, idle, read_waivers
from grading.batch.waiver_units import WaiverTable
from grading.columns.layout import waived
from grading.language.load import Library
from grading.model.ruleset import Ruleset


def waived_columns(
    library: Library, ruleset: Ruleset, table: WaiverTable, part: TablePart, days: pl.Series
) -> list[pl.Series]:
    """A column for each indicator of which a unit has a waiver in force; a line that can't be read takes its unit out.

    `part` is the units' table, `days` the day of each unit's audit.
    """
    in_force: dict[int, frozenset[str]] = {}
    for position in part.unit_ids.is_in(table.units).fill_null(False).arg_true():
        unit, day = part.unit_ids[position], days[position]
        if unit in table.doubts:
            part.reject(position, NAME, table.doubts[unit])
        if day is None:
            continue
        read = read_waivers(library, ruleset, unit, day, table.of(unit))
        part.findings.rejects += read.rejects
        part.findings.notices += read.notices
        part.findings.units |= {position} if read.rejects else set()
        part.findings.waivers[unit] = read.waivers
        in_force[position] = frozenset(w.indicator for w in read.waivers if not idle(w, day))
    anywhere = frozenset().union(*in_force.values())
    none = pl.Series([False]).new_from_index(0, part.raw.height)
    return [
        none.scatter([at for at, indicators in in_force.items() if one.id in indicators], True).alias(waived(one.id))
        for one in ruleset.indicators
        if one.id in anywhere
    ]
