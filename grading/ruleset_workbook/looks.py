"""Looks of cells, made once for a workbook and shared by all cells that have them."""

from copy import copy
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from grading.workbook.style import AMBER, FONT, LINE, TEAL, add_styles

OPEN_FILL = "FFDDA8"
TEXT_FORMAT = "@"


class Looks:
    """Gives cells their look; a look is a style's name with what differs from it."""

    def __init__(self, book: Workbook) -> None:
        add_styles(book)
        self._sheet: Worksheet = book.create_sheet("looks")
        self._book = book
        self._known: dict[tuple[str, bool, bool, bool], Any] = {}

    def give(self, cell: Cell, style: str, is_open: bool = False, leads: bool = False, is_text: bool = False) -> None:
        """Give a cell a look: `is_open` stands out, `leads` begins an entry, `is_text` keeps what is typed as text."""
        key = (style, is_open, leads, is_text)
        if key not in self._known:
            self._known[key] = self._made(*key)
        cell._style = self._known[key]  # type: ignore[attr-defined]

    def finish(self) -> None:
        """Take away the sheet on which the looks were made."""
        self._book.remove(self._sheet)

    def _made(self, style: str, is_open: bool, leads: bool, is_text: bool) -> Any:
        cell = self._sheet.cell(len(self._known) + 1, 1)
        assert isinstance(cell, Cell)
        cell.style = style
        if is_open:
            cell.fill = PatternFill("solid", fgColor=OPEN_FILL)
            cell.font = Font(name=FONT, size=cell.font.size, bold=True, color=AMBER)
        if leads:
            thin, top = Side(style="thin", color=LINE), Side(style="medium", color=TEAL)
            cell.border = Border(left=thin, right=thin, top=top, bottom=thin)
        if is_text:
            cell.number_format = TEXT_FORMAT
        return copy(cell._style)  # type: ignore[attr-defined]
