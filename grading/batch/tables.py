"""Tables in files (Parquet; CSV and workbooks once they are staged) as a source of units, with the rows that belong to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from grading.batch.beside import tables_beside
from grading.batch.chunk import Chunk
from grading.batch.csv_end import end_remarks
from grading.batch.heads import HeadNames
from grading.batch.layout import LINE, UNIT_ID, WAIVER_TITLES, LayoutError, Reject
from grading.batch.orphans import rows_of_no_unit
from grading.batch.reading import TableReader
from grading.batch.refused import RawTable, raw_waivers
from grading.batch.sheets import sheets_of
from grading.batch.side_tables import files_beside
from grading.batch.source import Extent
from grading.batch.staged_rows import BROKEN, SOURCE_LINE
from grading.batch.staging import open_tables, stage_csv, stage_sheet
from grading.batch.table_heads import Table, table_of
from grading.batch.unit_ids import Identifiers, normalised
from grading.batch.waiver_table import waiver_lines
from grading.batch.waiver_units import Assigned, WaiverTable, assigned
from grading.columns.layout import UNIT
from grading.invisible import shown_invisible
from grading.language.load import Library
from grading.model.ruleset import Ruleset

CHUNK = 100_000
"""Units that are read at once: what bounds the memory."""
UNITS_FILE = "_"
"""The name of the units' table's copy: as no group can be."""


@dataclass(frozen=True)
class _Rows:
    """Rows of a group in the order of their units: the unit of each, and where they are read from."""

    units: pl.Series
    scan: pl.LazyFrame


class TableSource:
    """A units' table and the tables of its groups."""

    def __init__(
        self,
        library: Library,
        ruleset: Ruleset,
        file: Path,
        work: Path,
        skip_unknown: bool = False,
        chunk: int = CHUNK,
        *,
        partial: bool = False,
    ) -> None:
        """`work`: a folder for copies that can be read in chunks."""
        self.library, self.ruleset, self.file, self.work = library, ruleset, file, work
        self.skip_unknown, self.size, self.partial = skip_unknown, chunk, partial
        self.kind = file.suffix.lower()
        self.ignored_sheets: tuple[str, ...] = ()
        self.remarks: tuple[Reject, ...] = ()
        self.waivers = WaiverTable()
        self.beside, self.suspects = tables_beside(ruleset, file)

    @property
    def files(self) -> tuple[Path, ...]:
        """The units' file and those of the groups."""
        return (self.file, *self.beside.values(), *files_beside(self.file, WAIVER_TITLES))

    def extent(self) -> Extent:
        """Look through all tables: their columns, which unit each row belongs to, which ids stand twice. Raises LayoutError."""
        shown, scans = self._scans()
        tables: dict[str | None, Table] = {}
        problems: list[str] = []
        for group, scan in scans.items():
            schema = {n: t for n, t in scan.collect_schema().items() if n not in (SOURCE_LINE, BROKEN)}
            tables[group], wrong = table_of(self.ruleset, group, shown[group], schema, self.skip_unknown)
            problems += wrong
        if problems:
            raise LayoutError(problems)
        self.reader = TableReader(self.library, self.ruleset, tables, self.partial)
        self.units = _renamed(scans[None], tables[None])
        known = _identifiers(self.units)
        ids = known.values
        self.twice = _twice(ids, _lines(self.units))
        self.height = len(ids)
        places = pl.DataFrame({UNIT_ID: ids, UNIT: pl.int_range(len(ids), dtype=pl.UInt32, eager=True)})
        places = places.filter(pl.col(UNIT_ID).is_not_null())
        if self.twice:
            places = places.unique(UNIT_ID, keep="first", maintain_order=True)
        self.rows: dict[str, _Rows] = {}
        self.doubts: dict[int, dict[str, str]] = {}
        waivers = self._waivers(ids)
        self.waivers = waivers.table
        self.raw_tables = [RawTable(tables[group], scan) for group, scan in scans.items()]
        self.raw_tables += raw_waivers(self.waivers)
        rejects: list[Reject] = list(waivers.rejects)
        notices = list(self.remarks)
        for group, scan in scans.items():
            if group is not None:
                renamed = _renamed(scan, tables[group])
                self.rows[group] = self._ordered(group, renamed, places, tables[group], rejects, notices)
        ignored = tuple(name for table in tables.values() for name in table.ignored)
        return Extent(
            self.height, -(-self.height // self.size), tuple(rejects), ignored, self.ignored_sheets, tuple(notices)
        )

    def chunk(self, number: int) -> Chunk:
        """Read one chunk and its rows."""
        first = number * self.size
        last = min(first + self.size, self.height)
        units = self.units.slice(first, last - first).collect()
        rows: dict[str, pl.DataFrame] = {}
        for group, known in self.rows.items():
            low, high = known.units.search_sorted(first), known.units.search_sorted(last)
            here = known.units.slice(low, high - low) - first
            rows[group] = known.scan.slice(low, high - low).collect().with_columns(here.cast(pl.UInt32).alias(UNIT))
        twice = {place - first: line for place, line in self.twice.items() if first <= place < last}
        doubts = {place - first: reason for place, reason in self.doubts.items() if first <= place < last}
        return self.reader.read(units, rows, twice, doubts, self.waivers)

    def _waivers(self, ids: pl.Series) -> Assigned:
        """The table of waivers beside the ids of the units. Raises LayoutError."""
        return assigned(waiver_lines(self.file), ids)

    def _scans(self) -> tuple[Mapping[str | None, str], Mapping[str | None, pl.LazyFrame]]:
        """The tables as they are read, with their lines, and how their files are called."""
        if self.kind == ".parquet":
            self._check_beside()
            files = self._files()
            try:
                scans = {g: _numbered(path) for g, path in files.items()}
                for scan in scans.values():
                    scan.collect_schema()
            except (pl.exceptions.PolarsError, OSError) as error:
                raise LayoutError(
                    [f"{self.file.name}：不是能读的 Parquet 文件（{str(error).splitlines()[0][:120]}）"]
                ) from None
            return {g: path.name for g, path in files.items()}, scans
        self._check_beside()
        self.work.mkdir(parents=True, exist_ok=True)
        shown = self._stage_csv() if self.kind == ".csv" else self._stage_workbook()
        return shown, {group: pl.scan_parquet(self._staged(group), glob=False) for group in shown}

    def _check_beside(self) -> None:
        """Refuse, or name as left out, files that may be tables. Raises LayoutError."""
        if self.suspects and not self.skip_unknown:
            raise LayoutError(f"{name}：没有读取：{reason}" for name, reason in self.suspects.items())
        self.ignored_sheets += tuple(self.suspects)

    def _files(self) -> dict[str | None, Path]:
        return dict([(None, self.file), *self.beside.items()])

    def _staged(self, group: str | None) -> Path:
        return self.work / f"{group or UNITS_FILE}.staged.parquet"

    def _stage_csv(self) -> dict[str | None, str]:
        files = self._files()
        self.remarks = tuple(end_remarks(files.values()))
        for group, path in files.items():
            if not self._staged(group).is_file():
                stage_csv(path, HeadNames(self.ruleset, group), self._staged(group))
        return {group: path.name for group, path in files.items()}

    def _stage_workbook(self) -> dict[str | None, str]:
        with open_tables(self.file) as book:
            found = sheets_of(book, self.ruleset, self.file.name)
            refused = found.hidden if self.skip_unknown else found.unread
            if refused:
                raise LayoutError(f"{self.file.name}：{found.unread[title]}" for title in refused)
            self.ignored_sheets += tuple(found.unread)
            self.remarks = found.remarks
            shown = {group: f"{self.file.name}[{sheet.title}]" for group, sheet in found.tables.items()}
            if not all(self._staged(group).is_file() for group in shown):
                for group, sheet in found.tables.items():
                    names = HeadNames(self.ruleset, group)
                    stage_sheet(book, sheet, shown[group], names, self._staged(group))
        return shown

    def _ordered(
        self,
        group: str,
        scan: pl.LazyFrame,
        places: pl.DataFrame,
        table: Table,
        rejects: list[Reject],
        notices: list[Reject],
    ) -> _Rows:
        """The rows of a group by unit; rows of no unit are refused, rows in another order are copied into this one."""
        known = _identifiers(scan)
        ids = known.values
        units = _places(ids, places)
        lines = _lines(scan) if known.mended or units.null_count() else None
        if lines is not None:
            for position, given in known.mended.items():
                reason = f"单元编号“{shown_invisible(given)}”读作“{ids[position]}”（全角或看不见的字符）"
                notices.append(Reject(table.file, lines[position], ids[position], f"{group}.{UNIT_ID}", reason))
        if units.null_count() == 0 and units.is_sorted():
            return _Rows(units, scan)
        if lines is not None and units.null_count():
            for orphan in rows_of_no_unit(known, units, places):
                line = lines[orphan.position]
                rejects.append(Reject(table.file, line, orphan.unit, f"{group}.{UNIT_ID}", orphan.reason))
                for unit in orphan.may_be_of:
                    reason = f"{table.file} 第 {line} 行{orphan.reason}，可能是本单元的；请补正后再评级"
                    self.doubts.setdefault(unit, {}).setdefault(group, reason)
        self.work.mkdir(parents=True, exist_ok=True)
        ordered, partial = self.work / f"{group}.ordered.parquet", self.work / f"{group}.ordered.partial"
        whole = scan.with_columns(units.alias(UNIT)).filter(pl.col(UNIT).is_not_null())
        whole.sort(UNIT, maintain_order=True).sink_parquet(partial)
        partial.rename(ordered)
        return _Rows(units.drop_nulls().sort(), pl.scan_parquet(ordered, glob=False).drop(UNIT))


def _numbered(file: Path) -> pl.LazyFrame:
    """A Parquet file with the number of each row, from 1: numbered by the scan itself, so that a slice reads only its rows."""
    return pl.scan_parquet(file, glob=False, row_index_name=SOURCE_LINE, row_index_offset=1)


def _renamed(scan: pl.LazyFrame, table: Table) -> pl.LazyFrame:
    """The columns that are known, with the line and, of a staged table, what is wrong with the row."""
    columns = [pl.col(head).alias(name) for head, name in table.names.items()]
    broken = [BROKEN] if BROKEN in scan.collect_schema() else []
    return scan.select(pl.col(SOURCE_LINE).alias(LINE), *broken, *columns)


def _identifiers(scan: pl.LazyFrame) -> Identifiers:
    return normalised(scan.select(UNIT_ID).collect().to_series())


def _lines(scan: pl.LazyFrame) -> pl.Series:
    return scan.select(LINE).collect().to_series()


def _twice(ids: pl.Series, lines: pl.Series) -> dict[int, int]:
    """Of ids that stand more than once: by position, the first line (for the first of them: the second) that has them."""
    if ids.n_unique() == len(ids):
        return {}
    again = ids.is_duplicated() & ids.is_not_null()
    by_id: dict[str, list[int]] = {}
    for position in again.arg_true():
        by_id.setdefault(ids[position], []).append(position)
    return {
        position: lines[positions[1] if position == positions[0] else positions[0]]
        for positions in by_id.values()
        for position in positions
    }


def _places(ids: pl.Series, places: pl.DataFrame) -> pl.Series:
    """The position of the unit of each row; rows of a unit mostly stand together, so that few are looked up."""
    run = ids.rle_id()
    starts = (run != run.shift(1)).fill_null(True)
    firsts = ids.filter(starts).alias(UNIT_ID).to_frame()
    return firsts.join(places, on=UNIT_ID, how="left", maintain_order="left")[UNIT].gather(run)
