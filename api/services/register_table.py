"""The register as a table of Excel, one line a unit: written, and read with a place for every mistake."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from grading.forms.findings import FormError, FormProblem, Spot
from grading.invisible import without_invisible
from grading.spreadsheet.runs import CROSSED_OUT
from grading.spreadsheet.workbook import WorkbookError
from grading.workbook.open_workbook import open_workbook
from grading.workbook.style import add_styles
from reports.workbook_sheets import fill

SHEET = "企业名录"
MOST_LINES = 2_000
"""Lines of one file: they are registered in one transaction."""
HEAD_WITHIN = 10
"""The row of heads is looked for in this many rows."""


@dataclass(frozen=True)
class Column:
    """A column: its key, its head, its width and how long its texts may be."""

    key: str
    head: str
    width: float
    longest: int


COLUMNS = (
    Column("name", "企业名称", 34, 200),
    Column("uscc", "统一社会信用代码", 22, 18),
    Column("county", "区县代码", 12, 6),
    Column("permit", "排污许可证编号", 26, 40),
    Column("site", "厂区名称", 20, 200),
    Column("site_county", "厂区区县代码", 14, 6),
    Column("site_permit", "厂区许可证编号", 26, 40),
    Column("address", "厂区地址", 36, 400),
    Column("unit", "单元编号", 16, 200),
    Column("unit_name", "单元名称", 22, 200),
    Column("industry", "行业或规则集", 26, 120),
    Column("state", "经营状态", 12, 10),
    Column("state_since", "状态起始日", 14, 20),
    Column("state_document", "状态证明文件", 28, 400),
    Column("unit_state", "单元状态", 12, 10),
    Column("unit_state_since", "单元状态起始日", 14, 20),
    Column("unit_state_document", "单元状态证明文件", 28, 400),
    Column("contact", "企业联系人及电话", 24, 200),
    Column("coordinates", "厂区经纬度", 20, 40),
    Column("products", "主要产品", 24, 200),
    Column("capacity", "生产能力", 18, 200),
)
REQUIRED = ("name", "uscc", "county")
HEADS = {column.key: column.head for column in COLUMNS}
LETTERS = {column.key: get_column_letter(place) for place, column in enumerate(COLUMNS, start=1)}


@dataclass(frozen=True)
class Line:
    """A line of the table: its texts by column (empty: nothing is said), and where each stands."""

    texts: Mapping[str, str]
    cells: Mapping[str, str]
    sheet: str = SHEET

    def text(self, column: str) -> str:
        """A text; empty where nothing is said."""
        return self.texts.get(column, "")

    def problem(self, column: str, message: str) -> FormProblem:
        """A problem of a cell."""
        spot = Spot(self.sheet, self.cells.get(column), HEADS[column])
        return FormProblem("", spot, self.text(column), message)


def written(lines: Iterable[Mapping[str, str]]) -> bytes:
    """The table with these lines, ready to print and to be filled in further; texts are never read as formulas."""
    book = Workbook()
    add_styles(book)
    sheet = book.worksheets[0]
    sheet.title = SHEET
    rows = [[line.get(column.key, "") or None for column in COLUMNS] for line in lines]
    fill(sheet, "企业、厂区和生产单元名录：一行一个单元", [(column.head, column.width) for column in COLUMNS], rows)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def read(data: bytes) -> list[Line]:
    """The lines of a table; raises FormError with everything that is wrong with its cells."""
    try:
        book = open_workbook(data)
    except WorkbookError as error:
        raise FormError([FormProblem("", None, "", str(error))], can_mark=False) from None
    tables = [table for sheet in book.worksheets if (table := _table(sheet)) is not None]
    if len(tables) > 1:
        titles = "、".join(f"“{table.title}”" for table in tables)
        message = f"工作表 {titles} 都是名录，不知以哪一张为准；请合为一张，或删去其余各张"
        raise FormError([FormProblem("", Spot(tables[-1].title, None, ""), "", message)], can_mark=True)
    if tables:
        return _lines(tables[0])
    required = "、".join(HEADS[key] for key in REQUIRED)
    message = f"没有找到表头：前 {HEAD_WITHIN} 行内应有一行列出 {required}；请用下载的名录表填写"
    raise FormError([FormProblem("", None, "", message)], can_mark=False)


@dataclass(frozen=True)
class _Table:
    """A sheet of the register: its heads by column, and the rows below them."""

    title: str
    heads: Mapping[int, str]
    rows: Sequence[Sequence[Any]]


def _table(sheet: Worksheet) -> _Table | None:
    """The register on a sheet; None where its heads are not there."""
    rows = list(sheet.iter_rows())
    for number, row in enumerate(rows[:HEAD_WITHIN]):
        heads = {cell.column: str(cell.value).strip() for cell in row if cell.value is not None}
        if {HEADS[key] for key in REQUIRED} <= set(heads.values()):
            return _Table(sheet.title, heads, rows[number + 1 :])
    return None


def _lines(table: _Table) -> list[Line]:
    title, rows = table.title, table.rows
    problems: list[FormProblem] = []
    known = set(HEADS.values())
    heads = list(table.heads.values())
    places = {column.key: _column(table.heads, column.head) for column in COLUMNS if column.head in heads}
    for head in dict.fromkeys(heads):
        if heads.count(head) > 1:
            message = f"“{head}”有 {heads.count(head)} 列，不知以哪一列为准；请只留一列"
            problems.append(FormProblem("", Spot(title, None, head), head, message))
        if head not in known:
            message = f"没有“{head}”这一列，可用的列是 {'、'.join(HEADS.values())}；请删去或改名"
            problems.append(FormProblem("", Spot(title, None, head), head, message))
    found: list[Line] = []
    longest = {column.key: column.longest for column in COLUMNS}
    for row in rows:
        by_column = {cell.column: cell for cell in row if cell.value is not None}
        cells = {key: by_column[place] for key, place in places.items() if place in by_column}
        for column, cell in by_column.items():
            if column not in table.heads and str(cell.value).strip():
                spot = Spot(title, cell.coordinate, "没有列名")
                problems.append(
                    FormProblem("", spot, str(cell.value)[:80], "这一列没有列名，其内容没有读取；请加上列名，或删去")
                )
        if not cells:
            continue
        texts: dict[str, str] = {}
        coordinates = {key: cell.coordinate for key, cell in cells.items()}
        number = next(iter(cells.values())).row
        coordinates |= {key: f"{get_column_letter(places[key])}{number}" for key in places if key not in coordinates}
        line = Line(texts, coordinates, title)
        for key, cell in cells.items():
            text, wrong = _text(cell, longest[key])
            texts[key] = text
            if wrong:
                problems.append(line.problem(key, wrong))
        found.append(line)
    if len(found) > MOST_LINES:
        message = f"有 {len(found)} 行，一次最多 {MOST_LINES} 行；请分成几个文件"
        problems.append(FormProblem("", Spot(title, None, ""), "", message))
    if not found and not problems:
        problems.append(FormProblem("", Spot(title, None, ""), "", "表头下面没有内容"))
    if problems:
        raise FormError(problems, can_mark=True)
    return found


def _column(heads: Mapping[int, str], head: str) -> int:
    return next(column for column, name in heads.items() if name == head)


def _text(cell: Any, longest: int) -> tuple[str, str]:
    """A cell's text, and its problem."""
    value = cell.value
    if isinstance(value, datetime) and value.time() == time():
        value = value.date().isoformat()
    if cell.font is not None and cell.font.strike:
        return str(value), CROSSED_OUT
    if cell.data_type == "f":
        return str(value), "是公式；请粘贴为数值或文本"
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return str(value), "应为文本；请把单元格设为文本格式后重填"
    if isinstance(value, float) and not value.is_integer():
        return str(value), "应为文本，不是小数"
    if not isinstance(value, str) and abs(value) >= 10**15:
        return str(value), "数字超过 15 位，Excel 已改动末尾；请把单元格设为文本格式后重填"
    text = value if isinstance(value, str) else str(int(value))
    text = without_invisible(text).strip()
    if len(text) > longest:
        return text, f"不超过 {longest} 字，现有 {len(text)} 字"
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        return text, "应为一行文字"
    return text, ""
