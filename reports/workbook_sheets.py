"""Sheets of workbooks: title, heads and rows, ready to print on A3 landscape."""

from collections.abc import Iterable, Sequence

from openpyxl.cell import Cell
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from grading.workbook.cell_text import put_plain
from grading.workbook.style import height_for, set_page, set_widths

Cells = Sequence[str | int | float | None]
A3 = 8


def fill(sheet: Worksheet, title: str, columns: Sequence[tuple[str, float]], rows: Iterable[Cells]) -> None:
    """Title, heads and rows of a sheet; texts are put in so that no programme takes them for formulas."""
    _put(sheet, 1, 1, title, "标题")
    # The title runs over the cells beside it; wrapped in the first, narrow one it would be cut off.
    sheet.cell(1, 1).alignment = Alignment(vertical="center")
    for i, (head, _) in enumerate(columns, start=1):
        _put(sheet, 2, i, head, "表头")
    last = 2
    for last, row in enumerate(rows, start=3):
        for i, value in enumerate(row, start=1):
            _put(sheet, last, i, value, "项目")
        # Not every programme makes room for texts of several lines by itself.
        texts = ((width, value) for value, (_, width) in zip(row, columns, strict=True) if isinstance(value, str))
        sheet.row_dimensions[last].height = height_for(texts)
    set_widths(sheet, {i: width for i, (_, width) in enumerate(columns, start=1)})
    sheet.freeze_panes = "C3"
    sheet.auto_filter.ref = f"A2:{get_column_letter(len(columns))}{last}"
    set_page(sheet, title, "1:2")
    sheet.page_setup.paperSize = A3


def _put(sheet: Worksheet, row: int, column: int, value: str | int | float | None, style: str) -> None:
    cell = sheet.cell(row, column)
    if not isinstance(cell, Cell):
        raise TypeError(f"a merged cell in row {row}")
    if isinstance(value, str):
        put_plain(cell, value)
    else:
        cell.value = value
    cell.style = style
