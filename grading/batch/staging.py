"""CSV files and workbooks → Parquet with every cell as text, so that they are read in chunks like any other table.

Numbers of a workbook come as the decimal that the cell shows in full; nothing is rounded. What a cell shows as a percentage
keeps its sign, so that nobody takes 95 % for 0.95.
"""

import codecs
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path

import polars as pl

from grading.batch.csv_blocks import ROWS_AT_ONCE, Block, CsvBlocks, Format, UnfinishedError, csv_rows
from grading.batch.csv_end import refuse_cut_off
from grading.batch.heads import HeadNames
from grading.batch.layout import LayoutError
from grading.batch.staged_cells import from_entry, from_text
from grading.batch.staged_rows import Row, StagedRows
from grading.forms.grid import address
from grading.spreadsheet.workbook import Area, SheetPart, SpreadsheetFile, WorkbookError

HEADS_WITHIN = 15
"""So many rows of titles may stand over the heads."""
KNOWN_HEADS = 2
"""A row with so many heads of the layout is the row of heads."""
ENCODINGS = ("utf-8-sig", "gb18030")
SAVE_AS_CSV = "请另存为“CSV UTF-8（逗号分隔）”"


def open_csv(file: Path, names: HeadNames, work: Path) -> CsvBlocks:
    """A CSV file (UTF-8 or GB 18030), its heads found. Raises LayoutError."""
    encoding = encoding_of(file)
    marked, lone_returns = _signs(file)
    with file.open(encoding=encoding, newline="") as text, _whole(file):
        line, heads, _ = _find_heads(file.name, names, csv_rows(text, 0))
    _refuse_other_separators(file.name, heads)
    refuse_cut_off(file, encoding, max(heads))
    return CsvBlocks(file, Format(encoding, line, StagedRows(heads, names, marked), lone_returns), work)


def _refuse_other_separators(name: str, heads: Mapping[int, str]) -> None:
    """Raises LayoutError for a file whose columns are not separated by commas."""
    if len(heads) > 1:
        return
    (head,) = heads.values()
    for sign, called in (("\t", "制表符"), (";", "分号"), ("；", "全角分号"), ("，", "全角逗号"), ("|", "竖线")):
        if sign in head:
            raise LayoutError([f"{name}：各列之间用的是{called}，不是逗号；{SAVE_AS_CSV}"])


def stage_csv(file: Path, names: HeadNames, to: Path) -> None:
    """Write a CSV file to `to` as Parquet. Raises LayoutError."""
    table = open_csv(file, names, to.parent)
    rows = table.form.rows
    parts: list[Path] = []
    for block in blocks_of(table):
        parts.append(_write(block.frame(list(rows.columns.values())), to, len(parts)))
    if not parts:
        parts.append(_write(rows.taken(), to, 0))
    _join(rows, parts, to)


def blocks_of(table: CsvBlocks) -> Iterator[Block]:
    """The blocks of a CSV file. Raises LayoutError."""
    with _whole(table.file):
        yield from table


@contextmanager
def _whole(file: Path) -> Iterator[None]:
    """Raises LayoutError for a file that is no whole CSV."""
    try:
        yield
    except UnfinishedError as error:
        message = f"不是完整的 CSV：读到第 {error.line} 行时出错（{error.message}）；多半是前面有引号不成对，其后的行会被并成一格"
        raise LayoutError([f"{file.name}：{message}"]) from None


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


def encoding_of(file: Path) -> str:
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
    raise LayoutError([f"{file.name}：既不是 UTF-8 也不是 GB 18030 编码的文本；{SAVE_AS_CSV}"])


def _signs(file: Path) -> tuple[bool, bool]:
    """Two findings about a CSV file: a cell may begin with a sign that is not read as it is; a carriage return ends a line."""
    marked = returns = False
    last = before = b""
    with file.open("rb") as data:
        while block := data.read(1 << 20):
            marked = marked or any(sign in before + block for sign in (b"'", b"\x1f", b'="'))
            before = block[-1:]
            if b"\r" in block or last == b"\r":
                whole = last + block
                returns = returns or whole.count(b"\r") - whole.endswith(b"\r") > whole.count(b"\r\n")
            last = block[-1:] if block.endswith(b"\r") else b""
    return marked, returns or bool(last)


def _stage(name: str, names: HeadNames, rows: Iterable[tuple[int, Row]], merged: Sequence[Area], to: Path) -> None:
    """Rows with their lines, as Parquet; empty rows and titles over the heads are left out."""
    listed = iter(rows)
    head_line, heads, before = _find_heads(name, names, listed)
    _refuse_merged_heads(name, merged, head_line, heads)
    broken = _merged_rows(merged, head_line, heads)
    parts: list[Path] = []
    staged = StagedRows(heads, names, None)
    for line, row in chain(before, listed):
        staged.add(line, row, broken.get(line))
        if staged.height >= ROWS_AT_ONCE:
            parts.append(_write(staged.taken(), to, len(parts)))
    parts.append(_write(staged.taken(), to, len(parts)))
    _join(staged, parts, to)


def _write(rows: pl.DataFrame, to: Path, number: int) -> Path:
    part = to.with_suffix(f".{number}.part")
    rows.write_parquet(part)
    return part


def _join(staged: StagedRows, parts: list[Path], to: Path) -> None:
    partial = to.with_suffix(".partial")
    pl.scan_parquet(parts, glob=False).drop(staged.empty_columns).sink_parquet(partial)
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
