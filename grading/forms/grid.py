"""A sheet as it comes back: its filled cells, and the codes that say what its rows and columns are."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from openpyxl.utils import get_column_letter

from grading.spreadsheet.entry import BLANK, PICTURE, Entry
from grading.spreadsheet.pictures import drawn_over
from grading.spreadsheet.workbook import Area, SpreadsheetFile
from grading.workbook.cell_text import text_from

UPLOAD = "要作为证据的，请把图片文件作为证据上传，并在证据栏写明名称"
CODE_COLUMN = 1
ROLE_ROW = 1


class Grid:
    """The cells of a sheet that hold something, and the areas that are merged."""

    def __init__(
        self, title: str, rows: Iterable[tuple[int, Mapping[int, Entry]]], merged: Sequence[Area] = ()
    ) -> None:
        self.title = title
        self._areas = {
            (row, column): area
            for area in merged
            for row in range(area[0], area[2] + 1)
            for column in range(area[1], area[3] + 1)
        }
        self.entries: dict[tuple[int, int], Entry] = {
            (row, column): entry for row, cells in rows for column, entry in cells.items() if not entry.blank
        }
        self.last_row = max((row for row, _ in self.entries), default=0)

    def entry(self, row: int, column: int) -> Entry:
        """The entry of a cell."""
        return self.entries.get((row, column), BLANK)

    def area(self, row: int, column: int) -> Area | None:
        """The merged area that a cell is part of."""
        return self._areas.get((row, column))

    def text(self, row: int, column: int) -> str:
        """A cell's text; empty when it holds something else."""
        value = self.entry(row, column).value
        return text_from(value) if isinstance(value, str) else ""

    @property
    def code(self) -> str:
        """The form's code of this sheet; empty for a sheet that is none of the form's."""
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


def read_grids(data: bytes) -> tuple[list[Grid], list[str]]:
    """The worksheets of a workbook, and what is drawn on them that nobody reads. Raises WorkbookError."""
    grids: list[Grid] = []
    unread: list[str] = []
    with SpreadsheetFile(io.BytesIO(data)) as book:
        for sheet in book.sheets:
            if not sheet.is_worksheet:
                continue
            grid = Grid(sheet.title, book.rows(sheet), book.merged(sheet))
            grids.append(grid)
            inside = [address(*at) for at, entry in sorted(grid.entries.items()) if entry.kind == PICTURE]
            unread += [f"{sheet.title}!{cell} 中的图片未读取；{UPLOAD}" for cell in inside]
            for drawn in drawn_over(book, sheet):
                where = f"{sheet.title}!{drawn.cell} 处" if drawn.cell else f"{sheet.title} 上"
                unread.append(f"{where}的{drawn.kind}未读取；{UPLOAD}")
    return grids, unread


def address(row: int, column: int) -> str:
    """`B7` for row 7, column 2."""
    return f"{get_column_letter(column)}{row}"
