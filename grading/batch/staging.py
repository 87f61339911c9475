"""CSV files and workbooks → Parquet with every cell as text, so that they are read in chunks like any other table.

Numbers of a workbook come as the decimal that the cell shows in full; nothing is rounded. What a cell shows as a percentage
keeps its sign, so that nobody takes 95 % for 0.95.
"""

import codecs
import csv
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path

import polars as pl
from openpyxl.utils import get_column_letter

from grading.batch.heads import PROBLEM, HeadNames, plain_head
from grading.batch.layout import LayoutError
from grading.batch.staged_cells import CONFIRM, from_entry, from_text
from grading.forms.grid import address
from grading.spreadsheet.entry import Entry
from grading.spreadsheet.workbook import Area, SheetPart, SpreadsheetFile, WorkbookError

SOURCE_LINE = ".line"
"""The line of the file that a staged row stood on."""
BROKEN = ".broken"
"""The reason why a staged row can't be read at all; null for most."""
BLOCK = 20_000
_MAY_BE_MARKED = "^['\x1f]"
HEADS_WITHIN = 15
"""So many rows of titles may stand over the heads."""
KNOWN_HEADS = 2
"""A row with so many heads of the layout is the row of heads."""
ENCODINGS = ("utf-8-sig", "gb18030")
Row = Sequence[str] | Mapping[int, Entry]
"""A row as it is read: the cells of a CSV's row, or a worksheet's entries by column."""


def stage_csv(file: Path, names: HeadNames, to: Path) -> None:
    """Write a CSV file (UTF-8 or GB 18030) to `to` as Parquet. Raises LayoutError."""
    encoding = _encoding(file)
    with file.open(encoding=encoding, newline="") as text:
        # A quote without its other half makes one cell of all that follows: rows of other units would be missing.
        rows = csv.reader(text, strict=True)
        try:
            _stage(file.name, names, ((rows.line_num, row) for row in rows), (), to, raw=_may_be_marked(file))
        except csv.Error as error:
            said = f"不是完整的 CSV：读到第 {rows.line_num} 行时出错（{error}）；多半是前面有引号不成对，其后的行会被并成一格"
            raise LayoutError([f"{file.name}：{said}"]) from None


def stage_sheet(book: SpreadsheetFile, sheet: SheetPart, name: str, names: HeadNames, to: Path) -> None:
    """Write a worksheet to `to`. Raises LayoutError."""
    try:
        with closing(book.rows(sheet)) as rows:
            _stage(name, names, rows, book.merged(sheet), to)
    except WorkbookError as error:
        raise LayoutError([f"{name}：{error}"]) from None


def open_tables(file: Path) -> SpreadsheetFile:
    """A workbook of tables. Raises LayoutError."""
    try:
        return SpreadsheetFile(file)
    except WorkbookError as error:
        raise LayoutError([f"{file.name}：{error}"]) from None


def _encoding(file: Path) -> str:
    """UTF-8 if the whole file is, else GB 18030, in which spreadsheets in China save CSV. Raises LayoutError."""
    for encoding in ENCODINGS:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with file.open("rb") as data:
                while block := data.read(1 << 20):
                    decoder.decode(block)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise LayoutError([f"{file.name}：既不是 UTF-8 也不是 GB 18030 编码的文本"])


def _may_be_marked(file: Path) -> bool:
    """True when any cell of a CSV file can begin with a sign that is not read as it is."""
    with file.open("rb") as data:
        return any(sign in block for block in iter(lambda: data.read(1 << 20), b"") for sign in (b"'", b"\x1f"))


def _stage(
    name: str,
    names: HeadNames,
    rows: Iterable[tuple[int, Row]],
    merged: Sequence[Area],
    to: Path,
    raw: bool | None = None,
) -> None:
    """Rows with their lines, as Parquet; empty rows and titles over the heads are left out.

    `raw`: of a CSV file, whether its cells may begin with a mark; None where they are read one by one.
    """
    listed = iter(rows)
    head_line, heads, before = _find_heads(name, names, listed)
    _refuse_merged_heads(name, merged, head_line, heads)
    broken = _merged_rows(merged, head_line, heads)
    parts: list[Path] = []
    block = _Block(heads, names, raw)
    for line, row in chain(before, listed):
        block.add(line, row, broken.get(line))
        if block.height >= BLOCK:
            parts.append(block.write(to, len(parts)))
    parts.append(block.write(to, len(parts)))
    partial = to.with_suffix(".partial")
    whole = pl.scan_parquet(parts, glob=False)
    # A column without a head is a column that is not read: it is named if anything stands in it.
    empty = [column for column in block.unnamed if column not in block.used]
    whole.drop(block.columns[column] for column in empty).sink_parquet(partial)
    partial.rename(to)
    for part in parts:
        part.unlink()


def _find_heads(
    name: str, names: HeadNames, rows: Iterator[tuple[int, Row]]
) -> tuple[int, dict[int, str], list[tuple[int, Row]]]:
    """The row of heads: the first that has several heads of the layout, else the first of all; and what was read after it.

    Raises LayoutError.
    """
    looked_at: list[tuple[int, Row]] = []
    for line, row in rows:
        heads = _texts_of(row)
        if not heads:
            continue
        looked_at.append((line, row))
        if len({column for head in heads.values() if (column := names.column(head))}) >= KNOWN_HEADS:
            return line, _checked(name, heads), []
        if len(looked_at) == HEADS_WITHIN:
            break
    if not looked_at:
        raise LayoutError([f"{name}：第一行没有列名"])
    line, row = looked_at[0]
    return line, _checked(name, _texts_of(row)), looked_at[1:]


def _texts_of(row: Row) -> dict[int, str]:
    """The texts of a row that may be heads, by column."""
    if isinstance(row, Mapping):
        texts = {column: from_entry(entry, False) for column, entry in row.items()}
    else:
        texts = {column: from_text(cell, False) for column, cell in enumerate(row, start=1)}
    return {column: text.strip() for column, text in texts.items() if text.strip()}


def _checked(name: str, heads: dict[int, str]) -> dict[int, str]:
    """The heads by column. Raises LayoutError for heads that stand twice."""
    listed = list(heads.values())
    again = sorted({head for head in listed if listed.count(head) > 1})
    if again:
        raise LayoutError([f"{name}：列名重复：{'、'.join(again)}"])
    if not heads:
        raise LayoutError([f"{name}：第一行没有列名"])
    return heads


def _refuse_merged_heads(name: str, merged: Sequence[Area], line: int, heads: Mapping[int, str]) -> None:
    """Heads that are merged over columns with values leave it open which column is which. Raises LayoutError."""
    wrong = [a for a in merged if a[0] <= line <= a[2] and (a[3] > a[1] or a[2] > line) and a[1] <= max(heads)]
    if wrong:
        where = "、".join(_shown(area) for area in wrong[:5])
        raise LayoutError([f"{name}：列名所在的单元格是合并的（{where}）；请取消合并，每列一个列名"])


def _merged_rows(merged: Sequence[Area], line: int, heads: Mapping[int, str]) -> dict[int, str]:
    """The reason why rows below the heads can't be read: part of them is merged."""
    found: dict[int, str] = {}
    for area in merged:
        if area[2] > line and area[1] <= max(heads):
            for row in range(max(area[0], line + 1), area[2] + 1):
                found[row] = f"本行有合并单元格 {_shown(area)}，不能确定各格各填什么；请取消合并，逐格填写"
    return found


def _shown(area: Area) -> str:
    return f"{address(*area[:2])}:{address(*area[2:])}"


class _Block:
    """Rows that wait to be written."""

    def __init__(self, heads: Mapping[int, str], names: HeadNames, raw: bool | None) -> None:
        self.raw = raw
        self.width = max(heads)
        self.columns = {
            column: heads.get(column, f"（{get_column_letter(column)} 列没有列名）")
            for column in range(1, self.width + 1)
        }
        self.unnamed = [column for column in self.columns if column not in heads]
        self.identifiers = {column for column, head in heads.items() if names.column(head) in names.identifiers}
        at = (column - 1 for column, head in heads.items() if plain_head(head) == PROBLEM)
        self.problem_at = next(at, sys.maxsize)
        self.used: set[int] = set()
        """Columns without a head in which something stands."""
        self._clear()

    def _clear(self) -> None:
        self.lines: list[int] = []
        self.broken: list[str | None] = []
        self.cells: list[list[str | None]] = [[] for _ in self.columns]

    @property
    def height(self) -> int:
        return len(self.lines)

    def add(self, line: int, row: Row, broken: str | None) -> None:
        """A row, unless it is empty; one that has more cells than there are heads is broken, and says so."""
        cells = self._entries(row) if isinstance(row, Mapping) else row
        if not any(cell and not cell.isspace() for cell in cells):
            return
        count = len(cells)
        if count > self.width and any(cell and not cell.isspace() for cell in cells[self.width :]):
            broken = broken or f"本行有 {count} 格，列名只有 {self.width} 个"
        if self.problem_at < count and cells[self.problem_at].startswith(CONFIRM):
            broken = broken or f"本行的问题尚未确认；改好后请清空“{PROBLEM}”一格"
        self.lines.append(line)
        self.broken.append(broken)
        for i, values in enumerate(self.cells):
            values.append((cells[i] or None) if i < count else None)

    def _entries(self, row: Mapping[int, Entry]) -> list[str]:
        texts = [""] * max(row)
        for column, entry in row.items():
            texts[column - 1] = from_entry(entry, column in self.identifiers)
        return texts

    def _column(self, column: int, head: str, cells: list[str | None]) -> pl.Series:
        """A column of texts; of a CSV file, whose cells are not looked at one by one, as `from_text` reads them."""
        made = pl.Series(head, cells, dtype=pl.String)
        identifier = column in self.identifiers
        if self.raw is not None and (identifier or (self.raw and made.str.contains(_MAY_BE_MARKED).any())):
            values = made.unique().drop_nulls()
            read = [from_text(value, identifier) for value in values]
            changed = {old: new for old, new in zip(values, read, strict=True) if old != new}
            made = made.replace(changed) if changed else made
        if column in self.unnamed and made.null_count() < len(made):
            self.used.add(column)
        return made

    def write(self, to: Path, number: int) -> Path:
        """Write the rows as a part of `to`, and begin again."""
        part = to.with_suffix(f".{number}.part")
        columns = [pl.Series(SOURCE_LINE, self.lines, dtype=pl.UInt32), pl.Series(BROKEN, self.broken, dtype=pl.String)]
        columns += [
            self._column(column, head, cells)
            for (column, head), cells in zip(self.columns.items(), self.cells, strict=True)
        ]
        pl.DataFrame(columns).write_parquet(part)
        self._clear()
        return part
