"""CSV files and workbooks → Parquet with every cell as text, so that they are read in chunks like any other table.

Numbers of a workbook come as the decimal that the cell shows in full; nothing is rounded. What a cell shows as a percentage
keeps its sign, so that nobody takes 95 % for 0.95.
"""

import codecs
import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from grading.batch.layout import LayoutError

SOURCE_LINE = ".line"
"""The line of the file that a staged row stood on."""
BROKEN = ".broken"
"""Why a staged row can't be read at all; null for most."""
BLOCK = 20_000
ENCODINGS = ("utf-8-sig", "gb18030")


def stage_csv(file: Path, to: Path) -> None:
    """Write a CSV file (UTF-8 or GB 18030) to `to` as Parquet. Raises LayoutError."""
    encoding = _encoding(file)
    try:
        with file.open(encoding=encoding, newline="") as text:
            rows = csv.reader(text)
            _stage(file.name, ((rows.line_num, row) for row in rows), to)
    except csv.Error as error:
        raise LayoutError([f"{file.name}：不是完整的 CSV（{error}）"]) from None


def stage_workbook(file: Path, sheets: Mapping[str | None, str], to: Mapping[str | None, Path]) -> None:
    """Write sheets of a workbook to the files of the same keys. Raises LayoutError."""
    workbook = _open(file)
    try:
        for key, title in sheets.items():
            rows = enumerate(workbook[title].iter_rows(), start=1)
            _stage(f"{file.name}[{title}]", ((line, [_cell(cell) for cell in row]) for line, row in rows), to[key])
    finally:
        workbook.close()


def sheet_titles(file: Path) -> list[str]:
    """The visible sheets of a workbook, in order. Raises LayoutError."""
    workbook = _open(file)
    try:
        return [sheet.title for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
    finally:
        workbook.close()


def _open(file: Path) -> Any:
    try:
        return load_workbook(file, read_only=True, data_only=True)
    except (InvalidFileException, KeyError, ValueError, OSError, SyntaxError) as error:
        raise LayoutError([f"{file.name}：不是 .xlsx 工作簿，或已损坏（{type(error).__name__}）"]) from None
    except Exception as error:
        if type(error).__name__ == "BadZipFile":
            raise LayoutError([f"{file.name}：不是 .xlsx 工作簿，或已损坏"]) from None
        raise


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


def _stage(name: str, rows: Iterable[tuple[int, Sequence[str]]], to: Path) -> None:
    """Rows of texts with their lines, the first one the heads, as Parquet; empty rows are left out."""
    listed = iter(rows)
    heads = _heads(name, next(listed, (1, []))[1])
    parts: list[Path] = []
    block = _Block(heads)
    for line, row in listed:
        if any(cell and not cell.isspace() for cell in row):
            block.add(line, row)
        if block.height >= BLOCK:
            parts.append(block.write(to, len(parts)))
    parts.append(block.write(to, len(parts)))
    partial = to.with_suffix(".partial")
    pl.scan_parquet(parts).sink_parquet(partial)
    partial.rename(to)
    for part in parts:
        part.unlink()


def _heads(name: str, row: Sequence[str]) -> list[str]:
    """The names of the columns; those without a name are not read. Raises LayoutError."""
    heads = [head.strip() for head in row]
    while heads and not heads[-1]:
        heads.pop()
    if not heads:
        raise LayoutError([f"{name}：第一行没有列名"])
    again = sorted({head for head in heads if head and heads.count(head) > 1})
    if again:
        raise LayoutError([f"{name}：列名重复：{'、'.join(again)}"])
    return heads


class _Block:
    """Rows that wait to be written."""

    def __init__(self, heads: list[str]) -> None:
        self.heads = heads
        self.lines: list[int] = []
        self.broken: list[str | None] = []
        self.cells: list[list[str | None]] = [[] for _ in heads]

    @property
    def height(self) -> int:
        return len(self.lines)

    def add(self, line: int, row: Sequence[str]) -> None:
        """A row; one that has more cells than there are heads is broken, and says so."""
        width = len(self.heads)
        too_wide = len(row) > width and any(cell and not cell.isspace() for cell in row[width:])
        self.lines.append(line)
        self.broken.append(f"本行有 {len(row)} 格，列名只有 {width} 个" if too_wide else None)
        for i, values in enumerate(self.cells):
            values.append((row[i] or None) if i < len(row) else None)

    def write(self, to: Path, number: int) -> Path:
        """Write the rows as a part of `to`, and begin again."""
        part = to.with_suffix(f".{number}.part")
        columns = [pl.Series(SOURCE_LINE, self.lines, dtype=pl.UInt32), pl.Series(BROKEN, self.broken, dtype=pl.String)]
        columns += [pl.Series(h, cells, dtype=pl.String) for h, cells in zip(self.heads, self.cells, strict=True) if h]
        pl.DataFrame(columns).write_parquet(part)
        self.lines, self.broken, self.cells = [], [], [[] for _ in self.heads]
        return part


def _cell(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        number = Decimal(repr(value))
        if "%" in (cell.number_format or ""):
            return f"{(number * 100).normalize():f}%"
        return f"{number.normalize():f}" if number.is_finite() else str(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
