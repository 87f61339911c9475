"""Rows and columns that hold something and that nobody sees: hidden by hand, or left out by a filter."""

from collections.abc import Iterator
from contextlib import closing

from openpyxl.utils import get_column_letter

from grading.spreadsheet.workbook import SheetPart, SpreadsheetFile

_NAMED = 20


def hidden_remarks(book: SpreadsheetFile, sheet: SheetPart) -> Iterator[tuple[int, str]]:
    """What is said of hidden rows and columns that hold something, each with its first row. Raises WorkbookError."""
    rows, columns = book.hidden_rows(sheet), book.hidden_columns(sheet)
    if not rows and not columns:
        return
    filled_rows: list[int] = []
    filled_columns: set[int] = set()
    with closing(book.rows(sheet)) as listed:
        for number, row in listed:
            filled = {column for column, entry in row.items() if not entry.blank}
            filled_rows += [number] if filled and number in rows else []
            filled_columns |= filled & columns
    if filled_rows:
        yield (
            filled_rows[0],
            f"第 {_list(map(str, filled_rows))} 行是隐藏的（或被筛选掉的），其内容已照读；不要的请删除",
        )
    if filled_columns:
        letters = map(get_column_letter, sorted(filled_columns))
        yield 0, f"{_list(letters)} 列是隐藏的，其内容已照读；不要的请删除"


def _list(names: Iterator[str]) -> str:
    listed = list(names)
    return "、".join(listed[:_NAMED]) + (f" 等共 {len(listed):,}" if len(listed) > _NAMED else "")
