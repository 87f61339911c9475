"""A sheet as it comes back: its filled cells, and the codes that say what its rows and columns are."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from openpyxl.utils import get_column_letter

from grading.spreadsheet.comments import comments_on
from grading.spreadsheet.entry import BLANK, PICTURE, Entry
from grading.spreadsheet.pictures import drawn_over
from grading.spreadsheet.workbook import Area, SpreadsheetFile
from grading.workbook.cell_text import text_from

UPLOAD = "要作为证据的，请把图片文件作为证据上传，并在证据栏写明名称"
WRITE = "要改的请改在填写格，要作为证据或说明的请写在证据栏、备注栏"
QUOTED = 60
"""The number of characters of a comment that a warning quotes."""
CODE_COLUMN = 1
HEAD = "#head"
"""The code of the row under the heads of a table."""
ROLE_ROW = 1


class Grid:
    """The cells of a sheet that hold something, and the areas that are merged."""

    def __init__(
        self,
        title: str,
        rows: Iterable[tuple[int, Mapping[int, Entry]]],
        merged: Sequence[Area] = (),
        hidden_rows: frozenset[int] = frozenset(),
        hidden_columns: frozenset[int] = frozenset(),
    ) -> None:
        self.title, self.hidden_rows, self.hidden_columns = title, hidden_rows, hidden_columns
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

    def is_hidden(self, row: int, column: int) -> bool:
        """True of a cell that nobody sees, or that a filter leaves out."""
        return row in self.hidden_rows or column in self.hidden_columns

    def explains(self, row: int, column: int) -> bool:
        """True of a cell whose comment is the form's own: of a question, or of a head over a table."""
        heads = self.coded_rows().get(HEAD, [])
        return column == self.roles().get("label") or (bool(heads) and row <= heads[0])

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

    def doubled_roles(self) -> dict[str, list[int]]:
        """The columns of each role that stands there twice."""
        found: dict[str, list[int]] = {}
        for row, column in sorted(self.entries):
            if row == ROLE_ROW and column != CODE_COLUMN:
                found.setdefault(self.text(row, column), []).append(column)
        return {role: columns for role, columns in found.items() if len(columns) > 1}

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
            hidden = book.hidden_rows(sheet), book.hidden_columns(sheet)
            grid = Grid(sheet.title, book.rows(sheet), book.merged(sheet), *hidden)
            grids.append(grid)
            inside = [address(*at) for at, entry in sorted(grid.entries.items()) if entry.kind == PICTURE]
            unread += [f"{sheet.title}!{cell} 中的图片未读取；{UPLOAD}" for cell in inside]
            for drawn in drawn_over(book, sheet):
                where = f"{sheet.title}!{drawn.cell} 处" if drawn.cell else f"{sheet.title} 上"
                unread.append(f"{where}的{drawn.kind}未读取；{UPLOAD}")
            for remark in comments_on(book, sheet):
                if not remark.author and grid.explains(remark.row, remark.column):
                    continue
                unread.append(f"{sheet.title}!{remark.cell} 的批注未读取（“{remark.text[:QUOTED]}”）；{WRITE}")
    return grids, unread


def address(row: int, column: int) -> str:
    """`B7` for row 7, column 2."""
    return f"{get_column_letter(column)}{row}"
