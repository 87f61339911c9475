"""Writes the sheets that are read back: hidden codes, heads, values, drop-downs."""

import math
from decimal import Decimal
from itertools import groupby
from typing import Any

from openpyxl.cell import Cell
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from grading.forms.validation import Lists, one_of
from grading.ruleset_workbook.kinds import (
    EntryKind,
    FixedKind,
    ItemsKind,
    Kind,
    NoteKind,
    NumberKind,
)
from grading.ruleset_workbook.looks import Looks
from grading.ruleset_workbook.sheets import (
    BAND_ROW,
    FIRST_ROW,
    HEAD_ROW,
    NEW_ROWS,
    NOTE_ROW,
    ROLE_ROW,
    TITLE_ROW,
    Column,
    Row,
    Sheet,
)
from grading.spreadsheet.entry import SHOWN_DIGITS
from grading.workbook.cell_text import put_items, put_text
from grading.workbook.style import height_for, put, set_page, set_widths

CODE_COLUMN, FIRST_COLUMN = 1, 2
HEADING_WIDTH = 120.0
PAGE_WIDTH = 260.0
"""So many characters of a row stay legible on one page."""
NEW_HEADING = "新增：写在以下空行"
_FORMAT_OF_NUMBERS = (NumberKind, EntryKind)


def write_sheet(sheet: Worksheet, content: Sheet, lists: Lists, looks: Looks) -> None:
    """Fill an empty sheet. Raises TooLongError."""
    _heads(sheet, content)
    number = FIRST_ROW
    for row in content.rows:
        _row(sheet, number, content, row, looks)
        number += 1
    last = number - 1
    if content.spare:
        put(sheet, number, CODE_COLUMN, NEW_ROWS, "机读")
        put(sheet, number, FIRST_COLUMN, NEW_HEADING, "小节").alignment = Alignment(vertical="center")
        sheet.row_dimensions[number].height = 26
        last = number + content.spare
        for spare in range(number + 1, last + 1):
            _spare(sheet, spare, content, looks)
    _choices(sheet, content, lists, last)
    set_widths(sheet, {CODE_COLUMN: 0} | {i: c.width for i, c in enumerate(content.columns, start=FIRST_COLUMN)})
    sheet.row_dimensions[ROLE_ROW].hidden = True
    sheet.freeze_panes = f"{get_column_letter(FIRST_COLUMN + content.frozen)}{FIRST_ROW}"
    sheet.auto_filter.ref = f"{get_column_letter(FIRST_COLUMN)}{HEAD_ROW}:{_last_letter(content)}{max(last, HEAD_ROW)}"
    across = math.ceil(sum(column.width for column in content.columns) / PAGE_WIDTH)
    set_page(sheet, content.heading, f"{BAND_ROW}:{HEAD_ROW}", pages=(across, 0))
    if across > 1:
        sheet.print_title_cols = (
            f"{get_column_letter(FIRST_COLUMN)}:{get_column_letter(FIRST_COLUMN + content.frozen - 1)}"
        )


def row_number(content: Sheet, code: str) -> int:
    """The number of the row with a code."""
    return FIRST_ROW + next(i for i, row in enumerate(content.rows) if row.code == code)


def put_value(cell: Cell, kind: Kind, value: Any) -> None:
    """Write a value as its kind shows it: numbers exactly, as numbers where a spreadsheet keeps all of their digits."""
    if isinstance(kind, ItemsKind):
        if value:
            put_items(cell, value)
        return
    shown = kind.show(value)
    if isinstance(shown, Decimal) and len(shown.as_tuple().digits) <= SHOWN_DIGITS:
        cell.value = shown
    elif shown is not None:
        put_text(cell, f"{shown:f}" if isinstance(shown, Decimal) else shown)


def _heads(sheet: Worksheet, content: Sheet) -> None:
    put(sheet, ROLE_ROW, CODE_COLUMN, content.code, "机读")
    put(sheet, TITLE_ROW, FIRST_COLUMN, content.heading, "标题")
    put(sheet, NOTE_ROW, FIRST_COLUMN, content.note, "说明")
    across, width = FIRST_COLUMN, content.columns[0].width
    while width < HEADING_WIDTH and across - 1 < len(content.columns):
        width += content.columns[across - 1].width
        across += 1
    for row in (TITLE_ROW, NOTE_ROW):
        sheet.merge_cells(start_row=row, end_row=row, start_column=FIRST_COLUMN, end_column=across)
    sheet.row_dimensions[TITLE_ROW].height = 30
    sheet.row_dimensions[NOTE_ROW].height = height_for([(width, content.note)])
    columns = list(enumerate(content.columns, start=FIRST_COLUMN))
    for band, group in groupby(columns, key=lambda one: one[1].band):
        numbers = [number for number, _ in group]
        if band:
            for number in numbers:
                put(sheet, BAND_ROW, number, "", "表头")
            put(sheet, BAND_ROW, numbers[0], band, "表头")
            sheet.merge_cells(start_row=BAND_ROW, end_row=BAND_ROW, start_column=numbers[0], end_column=numbers[-1])
    for number, column in columns:
        put(sheet, ROLE_ROW, number, column.role, "机读")
        put(sheet, HEAD_ROW, number, column.head, "表头")
    sheet.row_dimensions[HEAD_ROW].height = 32


def _row(sheet: Worksheet, number: int, content: Sheet, row: Row, looks: Looks) -> None:
    put(sheet, number, CODE_COLUMN, row.code, "机读")
    texts: list[tuple[float, str]] = []
    for at, column in enumerate(content.columns, start=FIRST_COLUMN):
        cell = sheet.cell(number, at)
        assert isinstance(cell, Cell)
        kind = row.kind(column)
        _look(cell, kind, column, looks, column.role in row.open_roles, row.leads)
        value = row.values.get(column.role)
        if value is not None:
            put_value(cell, kind, value)
            if isinstance(cell.value, str):
                texts.append((column.width, cell.value))
    sheet.row_dimensions[number].height = height_for(texts)


def _spare(sheet: Worksheet, number: int, content: Sheet, looks: Looks) -> None:
    for at, column in enumerate(content.columns, start=FIRST_COLUMN):
        cell = sheet.cell(number, at)
        assert isinstance(cell, Cell)
        _look(cell, column.kind, column, looks, False, False)


def _look(cell: Cell, kind: Kind, column: Column, looks: Looks, is_open: bool, leads: bool) -> None:
    if isinstance(kind, NoteKind | FixedKind):
        looks.give(cell, "居中" if column.centred else "选项", is_open, leads, is_text=True)
        return
    style = "填写格" if column.centred else "文字格"
    looks.give(cell, style, is_open, leads, is_text=not isinstance(kind, _FORMAT_OF_NUMBERS) or not column.centred)


def _choices(sheet: Worksheet, content: Sheet, lists: Lists, last: int) -> None:
    if last < FIRST_ROW:
        return
    for at, column in enumerate(content.columns, start=FIRST_COLUMN):
        if column.choices:
            rule = one_of(lists, column.choices, f"“{column.head}”请从下拉列表中选一项，或留空")
        elif column.list_of:
            # What is new may be named before it stands in the list: nothing that is typed is held back here.
            rule = DataValidation(type="list", formula1=column.list_of, allow_blank=True)
            rule.showErrorMessage = False
        else:
            continue
        letter = get_column_letter(at)
        rule.add(f"{letter}{FIRST_ROW}:{letter}{last}")
        sheet.add_data_validation(rule)


def _last_letter(content: Sheet) -> str:
    return get_column_letter(FIRST_COLUMN + len(content.columns) - 1)
