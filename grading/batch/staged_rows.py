"""Rows of a table as they are staged: every cell as text, with its line and, of few, the reason why the row can't be read."""

import sys
from collections.abc import Mapping, Sequence

import polars as pl
from openpyxl.utils import get_column_letter

from grading.batch.heads import PROBLEM, HeadNames, plain_head
from grading.batch.staged_cells import CONFIRM, MANGLED, PENDING, from_entry, from_text
from grading.spreadsheet.entry import Entry

SOURCE_LINE = ".line"
"""The line of the file that a staged row stood on."""
BROKEN = ".broken"
"""The reason why a staged row can't be read at all; null for most."""
_MAY_BE_MARKED = rf"^['\x1f]|^\s*=\"|^{PENDING}$"
_MANGLED = rf"(?i){_MAY_BE_MARKED}|^\s*(?:{MANGLED})\s*$"
"""A pattern of cells that `from_text` may read otherwise than they stand."""
_UNCONFIRMED = f"本行的问题尚未确认；改好后请清空“{PROBLEM}”一格"
Row = Sequence[str] | Mapping[int, Entry]
"""A row as it is read: the cells of a CSV's row, or a worksheet's entries by column."""


class StagedRows:
    """Rows of a table that wait to be written, and what their cells are read by."""

    def __init__(self, heads: Mapping[int, str], names: HeadNames, raw: bool | None) -> None:
        """`raw`: of a CSV file, whether its cells may begin with a mark; None where they are read one by one."""
        self.raw = raw
        self.width = max(heads)
        self.columns = {
            column: heads.get(column, f"（{get_column_letter(column)} 列没有列名）")
            for column in range(1, self.width + 1)
        }
        self.unnamed = [column for column in self.columns if column not in heads]
        self.identifiers = {column for column, head in heads.items() if names.column(head) in names.identifiers}
        self.problem_head = next((head for head in heads.values() if plain_head(head) == PROBLEM), None)
        at = (column - 1 for column, head in heads.items() if head == self.problem_head)
        self.problem_at = next(at, sys.maxsize)
        self._column_of = {head: column for column, head in self.columns.items()}
        self.used: set[int] = set()
        """Columns without a head in which something stands."""
        self._clear()

    @property
    def empty_columns(self) -> list[str]:
        """The columns without a head in which nothing stands: they are not read, and not named."""
        return [self.columns[column] for column in self.unnamed if column not in self.used]

    def _clear(self) -> None:
        self.lines: list[int] = []
        self.broken: list[str | None] = []
        self.cells: list[list[str | None]] = [[] for _ in self.columns]

    @property
    def height(self) -> int:
        return len(self.lines)

    def add(self, line: int, row: Row, broken: str | None) -> None:
        """A row, unless it is empty; one that has more cells than there are heads is broken, and says so."""
        cells = self._entries(row) if isinstance(row, Mapping) else row
        if not any(cell and not cell.isspace() for cell in cells):
            return
        count = len(cells)
        if count > self.width and any(cell and not cell.isspace() for cell in cells[self.width :]):
            broken = broken or f"本行有 {count} 格，列名只有 {self.width} 个"
        if self.problem_at < count and cells[self.problem_at].startswith(CONFIRM):
            broken = broken or _UNCONFIRMED
        self.lines.append(line)
        self.broken.append(broken)
        for i, values in enumerate(self.cells):
            values.append((cells[i] or None) if i < count else None)

    def _entries(self, row: Mapping[int, Entry]) -> list[str]:
        texts = [""] * max(row)
        for column, entry in row.items():
            texts[column - 1] = from_entry(entry, column in self.identifiers)
        return texts

    def as_staged(self, cells: pl.DataFrame) -> pl.DataFrame:
        """Columns of texts of a CSV file, whose cells are not looked at one by one, as `from_text` reads them."""
        return pl.DataFrame([self._column(self._column_of[column.name], column) for column in cells])

    def unconfirmed(self, cells: pl.DataFrame) -> pl.Series:
        """The reason why each row can't be read before somebody has confirmed it; null for most."""
        if self.problem_head is None:
            return pl.Series([None], dtype=pl.String).new_from_index(0, cells.height)
        asks = pl.col(self.problem_head).str.starts_with(CONFIRM)
        return cells.select(pl.when(asks).then(pl.lit(_UNCONFIRMED)).otherwise(None)).to_series()

    def _column(self, column: int, made: pl.Series) -> pl.Series:
        identifier = column in self.identifiers
        if self.raw is not None and (identifier or self.raw):
            odd = _MANGLED if identifier else _MAY_BE_MARKED
            values = made.filter(made.str.contains(odd)).unique().drop_nulls()
            read = [from_text(value, identifier) for value in values]
            changed = {old: new for old, new in zip(values, read, strict=True) if old != new}
            made = made.replace(changed) if changed else made
        if column in self.unnamed and made.null_count() < len(made):
            self.used.add(column)
        return made

    def taken(self) -> pl.DataFrame:
        """The rows that wait, as a frame; begins again."""
        columns = [pl.Series(SOURCE_LINE, self.lines, dtype=pl.UInt32), pl.Series(BROKEN, self.broken, dtype=pl.String)]
        columns += [
            self._column(column, pl.Series(head, cells, dtype=pl.String))
            for (column, head), cells in zip(self.columns.items(), self.cells, strict=True)
        ]
        self._clear()
        return pl.DataFrame(columns)
