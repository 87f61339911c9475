"""Marks what is wrong in a copy of the sender's own workbook; their values stay as they are."""

import io
import math
from collections.abc import Sequence
from copy import copy

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from grading.forms.findings import FormProblem
from grading.forms.layout import ERRORS_TITLE
from grading.spreadsheet.comments import MARK, MARKS_AUTHOR
from grading.spreadsheet.keep_drawings import with_drawings
from grading.workbook.cell_text import shown
from grading.workbook.open_workbook import open_workbook
from grading.workbook.style import (
    ANSWER_FILL,
    BOX,
    MARKED_BOX,
    MARKED_FILL,
    add_styles,
    comment,
    height_for,
    put,
    set_page,
    set_widths,
)

HEADS = ("序号", "位置（点击跳转）", "项目", "所填内容", "问题与改法")
WIDTHS = {1: 6.0, 2: 26.0, 3: 36.0, 4: 28.0, 5: 70.0}
HEAD_ROW = 3
LONGEST_GIVEN = 1_000


def mark_problems(data: bytes, problems: Sequence[FormProblem]) -> bytes:
    """A copy of the workbook in `data` with each problem marked in its cell and listed on a sheet of its own.

    Marks of an earlier reading are taken away first. Raises WorkbookError.
    """
    book = open_workbook(data)
    _unmark(book)
    for sheet in book.worksheets:
        _restore_comments(sheet)
        # What openpyxl knows of drawings is less than what is put back from the original.
        sheet._charts, sheet._images = [], []  # type: ignore[attr-defined]
    by_cell: dict[tuple[str, str], list[str]] = {}
    for problem in problems:
        if problem.spot is not None and problem.spot.cell is not None and problem.spot.sheet in book.sheetnames:
            by_cell.setdefault((problem.spot.sheet, problem.spot.cell), []).append(problem.message)
    for (title, address), messages in by_cell.items():
        _mark(_cell(book[title], address), messages)
    _list(book, problems)
    _keep_digits(book)
    _keep_runs(book, data)
    buffer = io.BytesIO()
    book.save(buffer)
    return with_drawings(data, buffer.getvalue())


def _cell(sheet: Worksheet, address: str) -> Cell:
    """The cell at an address, or the one that it is merged into."""
    cell = sheet[address]
    if not isinstance(cell, Cell):
        around = next(area for area in sheet.merged_cells.ranges if address in area)
        cell = sheet.cell(around.min_row, around.min_col)
    assert isinstance(cell, Cell)
    return cell


def _mark(cell: Cell, messages: Sequence[str]) -> None:
    text = "\n".join(f"{MARK}{message}" for message in dict.fromkeys(messages))
    if cell.comment is not None and cell.comment.author != MARKS_AUTHOR:
        text += f"\n\n{cell.comment.text}"
    cell.comment = comment(shown(text), MARKS_AUTHOR)
    cell.fill = copy(MARKED_FILL)
    cell.border = copy(MARKED_BOX)


def _unmark(book: Workbook) -> None:
    if ERRORS_TITLE in book.sheetnames:
        book.remove(book[ERRORS_TITLE])
    for sheet in book.worksheets:
        for cell in list(sheet._cells.values()):
            if isinstance(cell, Cell) and cell.comment is not None and cell.comment.author == MARKS_AUTHOR:
                own = cell.comment.text.partition("\n\n")[2]
                cell.comment = Comment(own, "") if own else None
                cell.fill = copy(PatternFill() if cell.protection.locked else ANSWER_FILL)
                cell.border = copy(BOX)


def _restore_comments(sheet: Worksheet) -> None:
    """openpyxl forgets how large the comments' boxes were."""
    for cell in list(sheet._cells.values()):
        if isinstance(cell, Cell) and cell.comment is not None:
            cell.comment = comment(cell.comment.text, cell.comment.author)


def _keep_digits(book: Workbook) -> None:
    """openpyxl writes sixteen digits of a number, and 0.30000000000000004 would come back as a right 0.3."""
    for sheet in book.worksheets:
        for cell in sheet._cells.values():
            value = cell.value
            if isinstance(cell, Cell) and isinstance(value, float) and _loses_digits(value):
                cell.value = repr(value)
                cell.data_type = "n"


def _keep_runs(book: Workbook, data: bytes) -> None:
    """What is crossed out, raised or lowered in a text stays so: without it `8¹` would come back as 81."""
    for sheet in open_workbook(data, runs=True).worksheets:
        for (row, column), cell in sheet._cells.items():
            if sheet.title in book.sheetnames and isinstance(cell.value, CellRichText) and _alters(cell.value):
                book[sheet.title].cell(row, column).value = cell.value


def _alters(text: CellRichText) -> bool:
    return any(isinstance(block, TextBlock) and (block.font.strike or block.font.vertAlign) for block in text)


def _loses_digits(number: float) -> bool:
    return math.isfinite(number) and float(f"{number:.16g}") != number


def _list(book: Workbook, problems: Sequence[FormProblem]) -> None:
    sheet: Worksheet = book.create_sheet(ERRORS_TITLE, 0)
    add_styles(book)
    put(sheet, 1, 1, f"错误清单：共 {len(problems)} 处，改正后重新提交本工作簿即可", "标题")
    put(sheet, 2, 1, "出错的单元格在各表中以粉红底色、红色粗框和“✘”批注标出；其余内容未作任何改动。", "说明")
    for row, height in ((1, 32), (2, 22)):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(HEADS))
        sheet.row_dimensions[row].height = height
    for column, head in enumerate(HEADS, start=1):
        put(sheet, HEAD_ROW, column, head, "表头")
    for i, problem in enumerate(problems, start=1):
        row = HEAD_ROW + i
        put(sheet, row, 1, "", "居中").value = i
        spot = problem.spot
        where = "" if spot is None else f"{spot.sheet}!{spot.cell}" if spot.cell else spot.sheet
        link = put(sheet, row, 2, where, "链接" if where else "项目")
        if spot is not None and spot.sheet in book.sheetnames:
            target = f"{quote_sheetname(spot.sheet)}!{spot.cell or 'A1'}"
            link.hyperlink = Hyperlink(ref=link.coordinate, location=target, display=where)
        texts = [(3, spot.label if spot else ""), (4, problem.given[:LONGEST_GIVEN]), (5, problem.message)]
        texts = [(column, shown(text)) for column, text in texts]
        for column, text in texts:
            put(sheet, row, column, text, "项目")
        sheet.row_dimensions[row].height = height_for((WIDTHS[column], text) for column, text in texts)
    set_widths(sheet, WIDTHS)
    sheet.freeze_panes = f"A{HEAD_ROW + 1}"
    set_page(sheet, ERRORS_TITLE, f"{HEAD_ROW}:{HEAD_ROW}")
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet
    book.active = 0
