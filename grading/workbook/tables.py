"""Sheets that hold a table: columns, heads, filters, lines of a summary."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from grading.vocabulary import STATUS
from grading.vocabulary import UNGRADED as UNGRADED_WORD
from grading.workbook.cell_text import put_plain
from grading.workbook.style import AMBER, BOX, FONT, INK, PALE, RED, TEAL


@dataclass(frozen=True)
class Column:
    """A column: its head, its width in characters, and how its cells are worked out."""

    head: str
    width: float
    cells: pl.Expr
    centred: bool = False
    day: bool = False


def dress(sheet: Worksheet, columns: Sequence[Column], size: int, frozen: int) -> None:
    """Heads, widths, filter, frozen panes, and the row whose styles the body takes."""
    body = Font(name=FONT, size=10, color=INK)
    for i, column in enumerate(columns, start=1):
        letter = get_column_letter(i)
        head = sheet.cell(1, i)
        put_plain(head, column.head)  # type: ignore[arg-type]
        head.font = Font(name=FONT, size=10, bold=True, color="FFFFFF")
        head.fill = PatternFill("solid", fgColor=TEAL)
        head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        head.border = BOX
        sample = sheet.cell(2, i)
        sample.value = "-"
        sample.font = body
        sample.border = BOX
        sample.alignment = Alignment(horizontal="center" if column.centred else "left", vertical="center")
        sample.number_format = "yyyy-mm-dd" if column.day else "General"
        sheet.column_dimensions[letter].width = column.width
    sheet.row_dimensions[1].height = 48
    sheet.freeze_panes = f"{get_column_letter(frozen + 1)}2"
    last = get_column_letter(len(columns))
    sheet.auto_filter.ref = f"A1:{last}{size + 1}"
    cells = f"A2:{last}{max(2, size + 1)}"
    for word, colour in ((STATUS["unmet"], RED), (UNGRADED_WORD, RED), (STATUS["unknown"], AMBER)):
        rule = Rule(
            type="expression", dxf=DifferentialStyle(font=Font(color=colour, bold=True)), formula=[f'A2="{word}"']
        )
        sheet.conditional_formatting.add(cells, rule)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = "9"
    sheet.print_title_rows = "1:1"


class Lines:
    """Writes a sheet from top to bottom."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet, self.row = sheet, 0

    def line(self, text: str, size: float = 10, bold: bool = False, colour: str = INK) -> None:
        """A line of text."""
        self.row += 1
        cell = self.sheet.cell(self.row, 1)
        put_plain(cell, text)  # type: ignore[arg-type]
        cell.font = Font(name=FONT, size=size, bold=bold, color=colour)

    def table(self, values: Sequence[str | int], head: bool = True) -> None:
        """A line of a table."""
        self.row += 1
        for i, value in enumerate(values, start=1):
            cell = self.sheet.cell(self.row, i)
            if isinstance(value, str):
                put_plain(cell, value)  # type: ignore[arg-type]
            else:
                cell.value = value
            cell.font = Font(name=FONT, size=10, bold=head, color=INK)
            cell.border = BOX
            cell.alignment = Alignment(horizontal="left" if i == 1 else "right")
            if head:
                cell.fill = PatternFill("solid", fgColor=PALE)
            elif isinstance(value, int):
                cell.number_format = "#,##0"
