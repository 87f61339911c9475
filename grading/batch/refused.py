"""The units that were refused, as a workbook of their own: cells marked, reasons beside them, to be mended and read again."""

import re
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal

import polars as pl
from openpyxl import Workbook
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from grading.batch.heads import PROBLEM, HeadNames
from grading.batch.layout import LINE, UNIT_ID, WAIVER_TITLES
from grading.batch.sheets import UNITS_TITLES
from grading.batch.staged_cells import CONFIRM, PENDING, reason_of
from grading.batch.staged_rows import BROKEN, SOURCE_LINE
from grading.batch.table_heads import Table
from grading.batch.unit_ids import normalised
from grading.batch.waiver_table import NAME
from grading.batch.waiver_units import WaiverTable, raw_tables
from grading.forms.layout import ERRORS_TITLE, sheet_title
from grading.model.ruleset import Ruleset
from grading.spreadsheet.comments import MARK, MARKS_AUTHOR
from grading.workbook.cell_text import put_plain, shown
from grading.workbook.style import MARKED_BOX, MARKED_FILL, add_styles, comment, put, set_widths

MOST_ROWS = 5_000
"""So many rows of each table the workbook holds, and so many reasons its list. A copy that lacks rows of a unit would be graded
without them when it is read again: with more there is no workbook.
"""
_WAIVER_IDS = frozenset((UNIT_ID, "document.number"))
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?")
_HEADS = ("位置（点击跳转）", "单元编号", "问题与改法")


class TooManyRowsError(Exception):
    """The workbook can't hold all that was refused; the message says so, in Chinese."""


@dataclass(frozen=True)
class RawTable:
    """A table of the input as it is read: its cells by the file's own heads."""

    table: Table
    cells: pl.LazyFrame
    title: str | None = None
    """Of its sheet, where it is the table of waivers."""

    def title_under(self, ruleset: Ruleset) -> str:
        """The title of its sheet."""
        if self.title is not None:
            return self.title
        return UNITS_TITLES[1] if self.table.group is None else sheet_title(ruleset.groups[self.table.group].label)

    def identifiers(self, ruleset: Ruleset) -> frozenset[str]:
        """The columns that hold identifiers."""
        return _WAIVER_IDS if self.title is not None else HeadNames(ruleset, self.table.group).identifiers


def raw_waivers(table: WaiverTable) -> list[RawTable]:
    """The table of waivers as it stands in a file: without it the copy would be graded as if there were none."""
    found = zip(raw_tables(table), reversed(WAIVER_TITLES), strict=False)
    return [RawTable(Table(file, NAME, columns, ()), cells.lazy(), title) for (file, columns, cells), title in found]


@dataclass(frozen=True)
class _Spot:
    """The place at which a reason is shown: the sheet, the cell, and the unit."""

    sheet: str
    cell: str
    unit: str
    reason: str


def refused_book(ruleset: Ruleset, tables: Sequence[RawTable], rejects: pl.DataFrame) -> Workbook:
    """The workbook; raises TooManyRowsError when a table has more rows than it can hold."""
    book = Workbook()
    listed = book.worksheets[0]
    listed.title = ERRORS_TITLE
    add_styles(book)
    refused = rejects[UNIT_ID].drop_nulls().unique()
    spots: list[_Spot] = []
    for raw in tables:
        own = rejects.filter(pl.col("file") == raw.table.file)
        rows = _rows(raw, refused, own[LINE])
        if rows.height:
            sheet = book.create_sheet(raw.title_under(ruleset))
            spots += _write_table(sheet, raw.identifiers(ruleset), raw.table, rows, own)
    _write_list(listed, book, spots)
    return book


def _rows(raw: RawTable, refused: pl.Series, lines: pl.Series) -> pl.DataFrame:
    """The rows of refused units, and those that were refused themselves. Raises TooManyRowsError."""
    head = next(head for head, name in raw.table.names.items() if name == UNIT_ID)
    numbers = raw.cells.select(SOURCE_LINE, pl.col(head)).collect()
    chosen = normalised(numbers[head]).values.is_in(refused.implode()).fill_null(False) | numbers[SOURCE_LINE].is_in(
        lines.implode()
    )
    places = chosen.arg_true()
    if len(places) > MOST_ROWS:
        raise TooManyRowsError(
            f"未能读入的内容超过 {MOST_ROWS:,} 行，未生成 refused.xlsx；请按 rejects.csv 在原表中改正"
        )
    return raw.cells.select(pl.all().gather(places)).collect()


def _write_table(
    sheet: Worksheet, identifiers: frozenset[str], table: Table, rows: pl.DataFrame, rejects: pl.DataFrame
) -> Iterator[_Spot]:
    heads = [head for head in rows.columns if head not in (SOURCE_LINE, BROKEN) and head in table.names]
    columns = {table.names[head]: column for column, head in enumerate(heads, start=1)}
    problem_at = len(heads) + 1
    for column, head in enumerate([*heads, PROBLEM], start=1):
        put(sheet, 1, column, shown(head), "表头")
    set_widths(sheet, {**dict.fromkeys(range(1, problem_at), 16.0), problem_at: 70.0})
    sheet.freeze_panes = "B2"
    reasons: dict[int, list[tuple[str, str]]] = {}
    for line, place, reason in rejects.select(LINE, "place", "reason").iter_rows():
        reasons.setdefault(line, []).append((place, reason))
    broken = set(rows.filter(pl.col(BROKEN).is_not_null())[SOURCE_LINE]) if BROKEN in rows.columns else set()
    texts = rows.select(SOURCE_LINE, *(_as_text(rows[head]) for head in heads))
    for number, (line, *cells) in enumerate(texts.iter_rows(), start=2):
        for column, (head, text) in enumerate(zip(heads, cells, strict=True), start=1):
            _put(sheet, number, column, text, table.names[head] in identifiers)
        row_reasons = dict.fromkeys(reasons.get(line, ()))
        unit = str(cells[columns[UNIT_ID] - 1] or "")
        by_cell: dict[int, list[str]] = {}
        for place, reason in row_reasons:
            by_cell.setdefault(columns.get(_column_of(place, table.group), columns[UNIT_ID]), []).append(reason)
        for column, listed in by_cell.items():
            cell = sheet.cell(number, column)
            cell.fill, cell.border = copy(MARKED_FILL), copy(MARKED_BOX)
            cell.comment = comment(shown("\n".join(f"{MARK}{reason}" for reason in listed)), MARKS_AUTHOR)
            where = f"{get_column_letter(column)}{number}"
            yield from (_Spot(sheet.title, where, "" if reason_of(unit) else unit, reason) for reason in listed)
        if row_reasons:
            combined = "；".join(reason for _, reason in row_reasons)
            if line in broken:
                combined = f"{CONFIRM}{combined}；改好后请清空本格"
            put_plain(sheet.cell(number, problem_at), shown(combined))  # type: ignore[arg-type]


def _put(sheet: Worksheet, row: int, column: int, text: str | None, identifier: bool) -> None:
    """A cell as it was; in one that could not be read stands something that is refused until it is written over."""
    if text is None:
        return
    cell = sheet.cell(row, column)
    text = PENDING if reason_of(text) else text
    if not identifier and _NUMBER.fullmatch(text):
        cell.value = Decimal(text)
        return
    cell.number_format = "@"
    put_plain(cell, shown(text))  # type: ignore[arg-type]


def _column_of(place: str, group: str | None) -> str:
    """The column of the layout that a place is about."""
    if group is None:
        return place
    return re.sub(rf"^{re.escape(group)}(\[.*\])?\.", "", place)


def _as_text(values: pl.Series) -> pl.Series:
    if isinstance(values.dtype, pl.List):
        return values.cast(pl.List(pl.String)).list.join(";")
    return values.cast(pl.String)


def _write_list(sheet: Worksheet, book: Workbook, spots: Sequence[_Spot]) -> None:
    listed = "" if len(spots) <= MOST_ROWS else f"，只列前 {MOST_ROWS:,} 处；各格的批注是全的"
    put(sheet, 1, 1, f"未能读入的单元：{len(spots):,} 处问题{listed}", "标题")
    put(sheet, 2, 1, "各表只含未能读入的单元；出错的格以粉红底色和“✘”批注标出。改正后可用本工作簿再次评级。", "说明")
    for column, head in enumerate(_HEADS, start=1):
        put(sheet, 3, column, head, "表头")
    for row, spot in enumerate(spots[:MOST_ROWS], start=4):
        link = put(sheet, row, 1, f"{spot.sheet}!{spot.cell}", "链接")
        target = f"{quote_sheetname(spot.sheet)}!{spot.cell}"
        link.hyperlink = Hyperlink(ref=link.coordinate, location=target, display=str(link.value))
        put(sheet, row, 2, shown(spot.unit), "项目")
        put(sheet, row, 3, shown(spot.reason), "项目")
    set_widths(sheet, {1: 26.0, 2: 20.0, 3: 90.0})
    sheet.freeze_panes = "A4"
    book.active = 0
