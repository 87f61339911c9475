"""Sheets of a workbook by table, and sheets that hold something that is not read."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

from grading.batch.heads import plain_head, table_names
from grading.batch.layout import EVIDENCE_TITLES, WAIVER_TITLES, LayoutError, Reject
from grading.forms.layout import COVER_TITLE, ERRORS_TITLE, LISTS_TITLE
from grading.model.ruleset import Ruleset
from grading.spreadsheet.comments import comments_on
from grading.spreadsheet.hidden import hidden_remarks
from grading.spreadsheet.pictures import drawn_over
from grading.spreadsheet.workbook import SheetPart, SpreadsheetFile, WorkbookError

UNITS_TITLES = ("units", "单元")
IN_A_CELL = "批注中若有改正或说明，请改在单元格中"
QUOTED = 60
"""The number of characters of a comment that a message quotes."""
OWN_TITLES = (COVER_TITLE, LISTS_TITLE, ERRORS_TITLE)
"""Sheets that this programme adds to a workbook of tables; they hold no data."""


@dataclass(frozen=True)
class Sheets:
    """The sheets of the tables (None: of the units), and why others that hold something are not read, by their titles."""

    tables: Mapping[str | None, SheetPart]
    unread: Mapping[str, str]
    hidden: tuple[str, ...]
    """The hidden ones of those that are tables of the layout: leaving them out is never intended."""
    remarks: tuple[Reject, ...]
    """Things in the tables besides cells that are not read: pictures, comments; and what is read though it is hidden."""


def sheets_of(book: SpreadsheetFile, ruleset: Ruleset, file: str) -> Sheets:
    """Look through the sheets. Raises LayoutError when it is not clear which sheets are the tables."""
    names = {**{plain_head(title): None for title in UNITS_TITLES}, **table_names(ruleset)}
    tables: dict[str | None, SheetPart] = {}
    problems: list[str] = []
    rest: list[SheetPart] = []
    hidden: list[str] = []
    for sheet in book.sheets:
        known = plain_head(sheet.title) in names
        group = names.get(plain_head(sheet.title))
        if plain_head(sheet.title) in WAIVER_TITLES and sheet.is_worksheet and not sheet.visible:
            hidden += [sheet.title] if _holds_something(book, sheet, file) else []
        elif not sheet.is_worksheet or not known:
            rest.append(sheet)
        elif not sheet.visible:
            hidden += [sheet.title] if _holds_something(book, sheet, file) else []
        elif group in tables:
            problems.append(f"{file}：工作表“{tables[group].title}”和“{sheet.title}”是同一张表；请只保留一份")
        else:
            tables[group] = sheet
    if None not in tables:
        first = next(
            (sheet for sheet in rest if sheet.visible and sheet.is_worksheet and not _is_no_table(sheet)), None
        )
        if first is None:
            problems.append(f"{file}：没有单元表；请把它放在名为“{UNITS_TITLES[1]}”的工作表中")
        else:
            tables[None] = first
            rest.remove(first)
    if problems:
        raise LayoutError(problems)
    unread = {title: f"工作表“{title}”是隐藏的，没有读取；请取消隐藏，或删除" for title in hidden}
    for sheet in rest:
        if _is_no_table(sheet) or (sheet.is_worksheet and not _holds_something(book, sheet, file)):
            continue
        unread[sheet.title] = f"不知道工作表“{sheet.title}”是什么，没有读取" + ("" if sheet.visible else "（隐藏的表）")
    return Sheets(tables, unread, tuple(hidden), tuple(_remarks(book, tables.values(), file)))


def _remarks(book: SpreadsheetFile, sheets: Iterable[SheetPart], file: str) -> Iterator[Reject]:
    """What is to be said of the tables' sheets besides their cells. Raises LayoutError."""
    try:
        for sheet in sheets:
            name = f"{file}[{sheet.title}]"
            for drawn in drawn_over(book, sheet):
                where = f"{sheet.title}!{drawn.cell} 处" if drawn.cell else f"{sheet.title} 上"
                yield Reject(file, 0, None, "", f"{where}的{drawn.kind}未读取")
            # Some programmes drop the author of the template's comments, which stand on its heads.
            for remark in (one for one in comments_on(book, sheet) if one.author or one.row > 1):
                yield Reject(
                    name, remark.row, None, "", f"{remark.cell} 的批注未读取：“{remark.text[:QUOTED]}”；{IN_A_CELL}"
                )
            yield from (Reject(name, row, None, "", said) for row, said in hidden_remarks(book, sheet))
    except WorkbookError as error:
        raise LayoutError([f"{file}：{error}"]) from None


def _is_no_table(sheet: SheetPart) -> bool:
    return sheet.title in OWN_TITLES or plain_head(sheet.title) in (*EVIDENCE_TITLES, *WAIVER_TITLES)


def _holds_something(book: SpreadsheetFile, sheet: SheetPart, file: str) -> bool:
    try:
        with closing(book.rows(sheet)) as rows:
            return sheet.is_worksheet and any(not entry.blank for _, row in rows for entry in row.values())
    except WorkbookError as error:
        raise LayoutError([f"{file}：{error}"]) from None
