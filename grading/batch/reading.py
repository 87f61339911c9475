"""Rows of files → columns that can be graded, and every reason why some can't; what is wrong is judged by the intake."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import polars as pl

from grading.batch.chunk import Chunk
from grading.batch.fact_columns import read_facts
from grading.batch.findings import Findings, TablePart, left_unknown
from grading.batch.group_rows import read_keys, read_stated
from grading.batch.layout import ASSESSED_ON, UNIT_ID
from grading.batch.staged_rows import BROKEN
from grading.batch.table_heads import Table
from grading.batch.unit_heads import HeadReader
from grading.batch.waived_columns import waived_columns
from grading.batch.waiver_units import WaiverTable
from grading.columns.layout import UNIT, Columns
from grading.language.load import Library
from grading.model.ruleset import Ruleset


class TableReader:
    """Reads chunks of a units' table and the rows that belong to them."""

    def __init__(
        self, library: Library, ruleset: Ruleset, tables: Mapping[str | None, Table], partial: bool = False
    ) -> None:
        """`partial`: a value that can't be read is left unknown, and its unit is graded all the same."""
        self.library, self.ruleset, self.tables, self.partial = library, ruleset, tables, partial
        self._head_reader = HeadReader(library, ruleset.id, tables[None].file)

    def read(
        self,
        units: pl.DataFrame,
        rows: Mapping[str, pl.DataFrame],
        twice: Mapping[int, int],
        doubts: Mapping[int, Mapping[str, str]] = MappingProxyType({}),
        waivers: WaiverTable | None = None,
    ) -> Chunk:
        """Read a chunk.

        `units` and `rows` have the layout's names and `line`; `rows` also `unit`, the position of the unit in the chunk, by
        which they are sorted. `twice` gives, for units by position, the line on which their id stood before, `doubts` the
        groups of which they may be missing rows, with the reason; `waivers` are those of all units.
        """
        findings = Findings()
        heads = self._head_reader.read(units, twice, findings)
        part = TablePart(self.tables[None].file, None, units, heads[UNIT_ID], findings)
        _refuse_broken(part)
        facts = read_facts(self.ruleset, part, heads[ASSESSED_ON], self.partial)
        groups: dict[str, pl.DataFrame] = {}
        for group in self.ruleset.groups:
            if group in rows:
                groups[group] = self._rows(group, rows[group], heads, findings)
            else:
                groups[group] = pl.DataFrame({UNIT: []}, schema={UNIT: pl.UInt32})
            missing = {position: reasons[group] for position, reasons in doubts.items() if group in reasons}
            facts.append(read_stated(self.ruleset, group, part, groups[group], missing))
        facts += waived_columns(self.library, self.ruleset, waivers or WaiverTable(), part, heads[ASSESSED_ON])
        columns = Columns(pl.DataFrame([heads[ASSESSED_ON], *facts]), groups)
        good = pl.Series([True]).new_from_index(0, units.height).scatter(sorted(findings.units), False)
        if self.partial:
            heads = heads.with_columns(left_unknown(heads.height, findings.unknown))
        return Chunk(
            heads.filter(good),
            columns.only(good),
            findings.rejects,
            units.height,
            len(findings.units),
            notices=findings.notices,
            waivers=findings.waivers,
        )

    def _rows(self, group: str, raw: pl.DataFrame, heads: pl.DataFrame, findings: Findings) -> pl.DataFrame:
        part = TablePart(self.tables[group].file, group, raw, heads[UNIT_ID], findings)
        _refuse_broken(part)
        keys = read_keys(part, group, self.ruleset.groups[group].key)
        facts = read_facts(self.ruleset, replace(part, keys=keys), heads[ASSESSED_ON], self.partial)
        return pl.DataFrame([raw[UNIT], keys, *facts])


def _refuse_broken(part: TablePart) -> None:
    """Refuse the units of rows that are no rows of the table."""
    if BROKEN in part.raw.columns:
        for position in part.raw[BROKEN].is_not_null().arg_true():
            part.reject(position, "", part.raw[BROKEN][position])
