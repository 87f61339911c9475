"""A sheet as it comes back → its rows with their values; what the structure lacks is told, nothing is guessed."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from grading.forms.findings import Spot
from grading.forms.grid import CODE_COLUMN, Grid, address
from grading.problems.workbook_codes import RulesetWorkbookCode
from grading.ruleset_workbook.findings import Findings
from grading.ruleset_workbook.kinds import (
    EntryKind,
    FixedKind,
    ItemsKind,
    Kind,
    NoteKind,
    UnreadableError,
    YesKind,
)
from grading.ruleset_workbook.sheets import HEAD_ROW, NEW_ROWS, ROLE_ROW, Column, Row, Sheet
from grading.spreadsheet.entry import BLANK, FORMULA, Entry, exact
from grading.spreadsheet.workbook import Area
from grading.workbook.cell_text import items_from, text_from

FEWEST_PARTED = 3
"""So many rows with the content of others were not changed one by one."""


@dataclass(frozen=True)
class ReturnedSheet:
    """A sheet of the workbook that came back, with its merged areas."""

    grid: Grid
    merged: Sequence[Area] = ()


@dataclass
class ReadRow:
    """A row: of the layout, or a new one; `values` by role, of what can't be read or has not changed as it was."""

    sheet: Sheet
    title: str
    number: int
    row: Row | None
    values: dict[str, Any]
    entries: dict[str, Entry]
    columns: dict[str, int]
    changed: set[str] = field(default_factory=set)
    bad: set[str] = field(default_factory=set)

    @classmethod
    def unchanged(cls, sheet: Sheet, row: Row) -> "ReadRow":
        """A row as it was written, of a sheet that is not there."""
        values = {column.role: _filled(row.kind(column), row.values.get(column.role)) for column in sheet.columns}
        return cls(sheet, sheet.title, 0, row, values, {}, {})

    def get(self, role: str) -> Any:
        """The value of a role."""
        return self.values.get(role)

    def entry(self, role: str) -> Entry:
        """The content of a role's cell."""
        return self.entries.get(role, Entry())

    def spot(self, role: str) -> Spot:
        """The cell of a role, and what it is about."""
        at = self.columns.get(role)
        label = self.row.label if self.row is not None else "新增"
        where = f"{label}（{self.sheet.name_of(role)}）"
        return Spot(self.title, None if at is None else address(self.number, at), where)


def read_rows(sheet: ReturnedSheet, content: Sheet, found: Findings) -> list[ReadRow]:
    """The rows of the layout in their order, then the new ones from the top; one that is gone, which is told, as it was."""
    grid = sheet.grid
    columns = _columns(grid, content, found)
    _tell_merged(sheet, content, found)
    _tell_unread(grid, content, columns, found)
    by_code = _by_code(grid, content, found)
    rows = [
        _known(grid, content, row, by_code[row.code], columns, found)
        if row.code in by_code
        else ReadRow.unchanged(content, row)
        for row in content.rows
    ]
    _tell_parted(grid, content, rows, found)
    return [*rows, *_new_rows(grid, content, columns, found)]


def _tell_parted(grid: Grid, content: Sheet, rows: Iterable[ReadRow], found: Findings) -> None:
    """Rows that were sorted without the hidden column of their codes: fixed cells hold what belongs to other rows."""
    written = {
        column.role: {text for row in content.rows if isinstance(text := row.values.get(column.role), str)}
        for column in content.columns
    }
    moved = [read for read in rows if any(_is_anothers(read, role, written[role]) for role in read.bad)]
    if len(moved) >= FEWEST_PARTED:
        found.wrong(Spot(grid.title, None, "整表"), "", RulesetWorkbookCode.ROWS_PARTED, rows=len(moved))


def _is_anothers(read: ReadRow, role: str, written: Container[str]) -> bool:
    value = read.entry(role).value
    return isinstance(value, str) and text_from(value) in written


def _columns(grid: Grid, content: Sheet, found: Findings) -> dict[str, int]:
    roles = [grid.text(ROLE_ROW, column) for row, column in grid.entries if row == ROLE_ROW and column != CODE_COLUMN]
    counts = Counter(roles)
    at = grid.roles()
    whole = Spot(grid.title, None, "整表")
    for column in content.columns:
        head = f"{column.band} {column.head}".strip()
        if column.role not in at:
            if not isinstance(column.kind, NoteKind):
                found.wrong(whole, "", RulesetWorkbookCode.COLUMN_GONE, head=head)
        elif counts[column.role] > 1:
            found.wrong(whole, "", RulesetWorkbookCode.COLUMN_TWICE, head=head)
    return {column.role: at[column.role] for column in content.columns if column.role in at}


def _tell_merged(sheet: ReturnedSheet, content: Sheet, found: Findings) -> None:
    for top, left, bottom, right in sheet.merged:
        if bottom > HEAD_ROW:
            cells = f"{address(top, left)}:{address(bottom, right)}"
            spot = Spot(sheet.grid.title, address(max(top, HEAD_ROW + 1), left), content.title)
            found.wrong(spot, "", RulesetWorkbookCode.CELLS_MERGED, cells=cells)


def _tell_unread(grid: Grid, content: Sheet, columns: dict[str, int], found: Findings) -> None:
    """Columns that somebody has added, and what was written into cells that are for reading only."""
    known = {row.code: row for row in content.rows}
    by_column = {columns[column.role]: column for column in content.columns if column.role in columns}
    foreign: set[int] = set()
    for (number, at), entry in sorted(grid.entries.items(), key=lambda item: item[0]):
        code = grid.text(number, CODE_COLUMN)
        if number <= HEAD_ROW or at <= CODE_COLUMN or entry.blank or (code and code not in known):
            continue
        column, row = by_column.get(at), known.get(code)
        if column is None:
            foreign.add(at)
            continue
        kind = column.kind if row is None else row.kind(column)
        written = None if row is None else row.values.get(column.role)
        if isinstance(kind, NoteKind) and not is_same(kind, written, entry):
            spot = Spot(grid.title, address(number, at), "新增" if row is None else row.label)
            head = f"{column.band} {column.head}".strip()
            found.notice(spot, RulesetWorkbookCode.NOTE_UNREAD, head=head, given=str(entry.shown)[:60])
    for at in sorted(foreign):
        letters = address(1, at).rstrip("1")
        found.notice(Spot(grid.title, None, ""), RulesetWorkbookCode.COLUMN_FOREIGN, column=letters)


def _by_code(grid: Grid, content: Sheet, found: Findings) -> dict[str, int]:
    """The number of each row of the layout."""
    known = {row.code for row in content.rows} | {NEW_ROWS}
    at: dict[str, int] = {}
    for code, numbers in grid.coded_rows().items():
        listed = [number for number in numbers if number > HEAD_ROW]
        for number in listed if code not in known else listed[1:]:
            spot = Spot(grid.title, address(number, CODE_COLUMN + 1), "整行")
            if code not in known:
                found.wrong(spot, code, RulesetWorkbookCode.ROW_CODE_STRANGE, code=code)
            else:
                found.wrong(spot, code, RulesetWorkbookCode.ROW_TWICE, first=listed[0])
        if code in known and listed:
            at[code] = listed[0]
    removed: dict[str, list[Row]] = {}
    for row in content.rows:
        if row.code not in at:
            removed.setdefault(row.label, []).append(row)
    for label, rows in removed.items():
        whole = Spot(grid.title, None, label)
        found.wrong(whole, "", RulesetWorkbookCode.ROW_GONE, label=label, rows=len(rows))
    return at


def _known(grid: Grid, content: Sheet, row: Row, number: int, columns: dict[str, int], found: Findings) -> ReadRow:
    values = {column.role: _filled(column.kind, None) for column in content.columns}
    read = ReadRow(content, grid.title, number, row, values, {}, columns)
    for column in content.columns:
        role, at = column.role, columns.get(column.role)
        written, entry = row.values.get(role), BLANK if at is None else grid.entry(number, at)
        if written is None and entry is BLANK:
            continue
        kind = row.kind(column)
        before = read.values[role] = _filled(kind, written)
        if at is None or isinstance(kind, NoteKind) or grid.area(number, at) is not None:
            continue
        read.entries[role] = entry
        if is_same(kind, before, entry):
            continue
        if isinstance(kind, FixedKind):
            _tell_fixed(read, column, before, entry, found)
            continue
        _read(read, role, kind, entry, found)
        if role not in read.bad and read.values[role] != before:
            read.changed.add(role)
    return read


def is_same(kind: Kind, before: Any, entry: Entry) -> bool:
    """True when a cell still holds what was written, and it is not crossed out."""
    if entry.formula or entry.kind == FORMULA or entry.refusal:
        return False
    if isinstance(kind, ItemsKind):
        return isinstance(entry.value, str) and items_from(entry.value) == before if before else entry.blank
    shown = kind.show(before)
    if shown is None or shown == "":
        return entry.blank
    if isinstance(entry.value, str):
        return text_from(entry.value) == (f"{shown:f}" if isinstance(shown, Decimal) else shown.strip())
    is_number = isinstance(entry.value, Decimal | int | float) and not isinstance(entry.value, bool)
    if isinstance(shown, Decimal) and is_number and not entry.percent and not entry.refusal:
        return exact(entry.value) == shown
    return False


def _filled(kind: Kind, value: Any) -> Any:
    if value is None:
        return () if isinstance(kind, ItemsKind) else False if isinstance(kind, YesKind) else None
    return value


def _tell_fixed(read: ReadRow, column: Column, before: Any, entry: Entry, found: Findings) -> None:
    head = f"{column.band} {column.head}".strip()
    read.bad.add(column.role)
    if before is None:
        found.wrong(read.spot(column.role), entry.shown, RulesetWorkbookCode.FIXED_FILLED, head=head)
    else:
        was = str(before)
        found.wrong(read.spot(column.role), entry.shown, RulesetWorkbookCode.FIXED_CHANGED, head=head, was=was)


def _read(read: ReadRow, role: str, kind: Kind, entry: Entry, found: Findings) -> None:
    try:
        read.values[role] = kind.read(entry)
    except UnreadableError as error:
        read.bad.add(role)
        found.unreadable(read.spot(role), entry.shown, error)


def _new_rows(grid: Grid, content: Sheet, columns: dict[str, int], found: Findings) -> Iterator[ReadRow]:
    read_roles = [column for column in content.columns if not isinstance(column.kind, NoteKind)]
    listed = frozenset(columns[column.role] for column in read_roles if column.role in columns)
    for number in grid.rows_with(listed, HEAD_ROW):
        if grid.text(number, CODE_COLUMN):
            continue
        read = ReadRow(content, grid.title, number, None, {}, {}, columns)
        if not content.spare:
            found.wrong(read.spot(content.columns[0].role), "", RulesetWorkbookCode.NEW_ROWS_UNKNOWN)
            continue
        for column in read_roles:
            at = columns.get(column.role)
            if at is None:
                continue
            entry = grid.entry(number, at)
            read.entries[column.role] = entry
            read.values[column.role] = _filled(column.kind, None)
            if not entry.blank:
                _read(read, column.role, column.kind, entry, found)
            elif isinstance(column.kind, EntryKind):
                read.values[column.role] = entry
            if not entry.blank:
                read.changed.add(column.role)
        yield read
