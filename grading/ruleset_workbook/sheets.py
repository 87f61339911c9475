"""Sheets of the workbook before a cell is written: columns, rows, and the values that stand in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from grading.ruleset_workbook.kinds import Kind

ROLE_ROW, TITLE_ROW, NOTE_ROW, BAND_ROW, HEAD_ROW = 1, 2, 3, 4, 5
FIRST_ROW = HEAD_ROW + 1
NEW_ROWS = "#new"
"""The code of the row below which new entries are written."""
LIST_SHEET_COLUMN = 2


@dataclass(frozen=True)
class Column:
    """A column: its role for the reader, its head, how its cells are read and chosen."""

    role: str
    head: str
    width: float
    kind: Kind
    band: str = ""
    choices: tuple[str, ...] = ()
    """The entries of its drop-down."""
    list_of: str = ""
    """The named list that its drop-down takes its entries from, where they are cells of the workbook."""
    centred: bool = False


@dataclass(frozen=True)
class Row:
    """A row that is there: its code, and a value for each role that it fills."""

    code: str
    label: str
    values: Mapping[str, Any]
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    """The kinds of cells that differ from their column's."""
    open_roles: frozenset[str] = frozenset()
    """The cells that stand out: what is still to be verified."""
    leads: bool = True
    """False for a row that continues the one above it."""

    def kind(self, column: Column) -> Kind:
        """The kind of the row's cell in a column."""
        return self.kinds.get(column.role, column.kind)


@dataclass(frozen=True)
class Sheet:
    """A sheet of the workbook."""

    code: str
    title: str
    heading: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    spare: int = 0
    """The empty rows for new entries; none where nothing can be added."""
    frozen: int = 2
    """The columns that stay in sight."""

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return {column.role: f"{column.band} {column.head}".strip() for column in self.columns}

    def name_of(self, role: str) -> str:
        """A column's name for people: its band and its head."""
        return self._names.get(role, role)

    def column_of(self, role: str) -> int:
        """The number of a role's column; the first column holds the codes."""
        return next(i for i, column in enumerate(self.columns, start=2) if column.role == role)


@dataclass(frozen=True)
class Place:
    """A cell of the workbook as the layout knows it."""

    sheet: str
    row: str
    role: str
