"""A sheet as it comes back: its filled cells, and the codes that say what its rows and columns are."""

from collections.abc import Iterator

from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from grading.forms.cell_text import text_from
from grading.forms.cell_values import BLANK, Entry, entry_of

CODE_COLUMN = 1
ROLE_ROW = 1


class Grid:
    """The cells of a sheet that hold something."""

    def __init__(self, sheet: Worksheet) -> None:
        self.title: str = sheet.title
        # Walking over rows and columns would create every cell in between.
        cells = (cell for cell in sheet._cells.values() if isinstance(cell, Cell))
        found = ((cell.row, cell.column, entry_of(cell)) for cell in cells)
        self.entries: dict[tuple[int, int], Entry] = {(r, c): entry for r, c, entry in found if not entry.blank}
        self.last_row = max((row for row, _ in self.entries), default=0)

    def entry(self, row: int, column: int) -> Entry:
        """What stands in a cell."""
        return self.entries.get((row, column), BLANK)

    def text(self, row: int, column: int) -> str:
        """A cell's text; empty when it holds something else."""
        value = self.entry(row, column).value
        return text_from(value) if isinstance(value, str) else ""

    @property
    def code(self) -> str:
        """What sheet of the form this is; empty for a sheet that is none of the form's."""
        return self.text(ROLE_ROW, CODE_COLUMN)

    def roles(self) -> dict[str, int]:
        """The columns by role; of a role that stands there twice, the first."""
        columns = sorted(column for row, column in self.entries if row == ROLE_ROW and column != CODE_COLUMN)
        return {self.text(ROLE_ROW, column): column for column in reversed(columns)}

    def coded_rows(self) -> dict[str, list[int]]:
        """The rows by code."""
        found: dict[str, list[int]] = {}
        for row, column in sorted(self.entries):
            if column == CODE_COLUMN and row != ROLE_ROW:
                found.setdefault(self.text(row, column), []).append(row)
        return found

    def rows_with(self, columns: frozenset[int], after: int) -> Iterator[int]:
        """The rows below `after` that hold something in one of the columns, from the top."""
        yield from sorted({row for row, column in self.entries if row > after and column in columns})


def address(row: int, column: int) -> str:
    """`B7` for row 7, column 2."""
    return f"{get_column_letter(column)}{row}"
