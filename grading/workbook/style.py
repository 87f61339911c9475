"""The look of a form: fonts, colours, borders, sizes, page set-up, protection."""

import math
import unicodedata
from collections.abc import Iterable, Mapping

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from grading.spreadsheet.comments import AUTHOR
from grading.workbook.cell_text import put_plain

FONT = "微软雅黑"
INK, GREY, TEAL, PALE, CREAM, LINE = "1F2D3D", "5F6B76", "2F6F73", "E3EEEC", "FFF8DF", "B4C1C4"
AMBER, RED, ROSE = "9A6700", "B3261E", "F9D9D4"
LINE_POINTS = 15.5
SMALL_POINTS = 13.0
SMALL_FITS = 1.18
"""The ratio by which more of the small print goes into a column."""
LEAST_POINTS = 27.0
"""A row is never lower than this: a finger must hit it."""
MOST_POINTS = 400.0

_thin = Side(style="thin", color=LINE)
_thick = Side(style="medium", color=RED)
BOX = Border(left=_thin, right=_thin, top=_thin, bottom=_thin)
MARKED_BOX = Border(left=_thick, right=_thick, top=_thick, bottom=_thick)
ANSWER_FILL = PatternFill("solid", fgColor=CREAM)
MARKED_FILL = PatternFill("solid", fgColor=ROSE)


def _style(
    name: str,
    size: float = 10,
    bold: bool = False,
    color: str = INK,
    fill: str | None = None,
    box: bool = True,
    centre: bool = False,
    open_: bool = False,
) -> NamedStyle:
    style = NamedStyle(name=name)
    style.font = Font(name=FONT, size=size, bold=bold, color=color)
    if fill:
        style.fill = PatternFill("solid", fgColor=fill)
    if box:
        style.border = BOX
    style.alignment = Alignment(
        horizontal="center" if centre else "left",
        vertical="center",
        wrap_text=True,
        indent=0 if centre or not box else 1,
    )
    style.protection = Protection(locked=not open_)
    return style


def add_styles(book: Workbook) -> None:
    """Put the form's cell styles into a workbook that lacks them; they show in Excel's gallery under these names."""
    there = set(book.named_styles)
    for style in (
        _style("标题", 16, bold=True, color=TEAL, box=False),
        _style("说明", 10, color=GREY, box=False),
        _style("正文", 10, box=False),
        _style("小节", 12, bold=True, color=TEAL, box=False),
        _style("表头", 10, bold=True, color="FFFFFF", fill=TEAL, centre=True),
        _style("分段", 11, bold=True, color=TEAL, fill=PALE),
        _style("分段列名", 9, color=GREY, fill=PALE, centre=True),
        _style("项目", 10.5),
        _style("选项", 10, color=GREY),
        _style("居中", 10, centre=True),
        _style("参考", 9, color=GREY),
        _style("填写格", 11, fill=CREAM, centre=True, open_=True),
        _style("文字格", 10, fill=CREAM, open_=True),
        _style("状态", 9, centre=True),
        _style("链接", 10, color="1F5FA8"),
        _style("机读", 8, color=GREY, box=False),
    ):
        if style.name not in there:
            book.add_named_style(style)


def width_of(text: str) -> int:
    """The width of a text in column-width units: a Chinese character counts two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def height_for(
    cells: Iterable[tuple[float, str]], small: Iterable[tuple[float, str]] = (), least: float = LEAST_POINTS
) -> float:
    """The height in points of a row of texts, each given with the width of its column; `small` ones in small print."""
    lines = max((_lines(text, width) for width, text in cells), default=1)
    small_lines = max((_lines(text, width * SMALL_FITS) for width, text in small), default=1)
    return min(max(lines * LINE_POINTS + 8, small_lines * SMALL_POINTS + 8, least), MOST_POINTS)


def _lines(text: str, width: float) -> int:
    usable = max(width - 3, 1)
    return sum(max(1, math.ceil(width_of(line) / usable)) for line in text.split("\n"))


def put(sheet: Worksheet, row: int, column: int, text: str, style: str) -> Cell:
    """Style a cell and write a text into it, if there is any. Raises TooLongError."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    cell.style = style
    if text:
        put_plain(cell, text)
    return cell


def comment(text: str, author: str = AUTHOR) -> Comment:
    """A cell comment whose box is large enough for its text."""
    lines = _lines(text, 66)
    return Comment(text, author, height=min(40 + lines * 19, 620), width=460)


def set_widths(sheet: Worksheet, widths: Mapping[int, float]) -> None:
    """Set column widths by column number; 0 hides the column."""
    for column, width in widths.items():
        dimension = sheet.column_dimensions[get_column_letter(column)]
        if width:
            dimension.width = width
        else:
            dimension.hidden = True


def set_page(sheet: Worksheet, footer: str, repeat: str | None, pages: tuple[int, int] | None = (1, 0)) -> None:
    """A4 landscape with page numbers, shrunk to so many pages across and down (0: as many as it takes; None: not).

    `repeat` are the rows (`"2:4"`) that every page begins with.
    """
    sheet.page_setup.paperSize = 9
    sheet.page_setup.orientation = "landscape"
    if pages is not None:
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.header, margins.footer = 0.5, 0.6, 0.3, 0.3
    sheet.print_options.horizontalCentered = True
    sheet.oddFooter = HeaderFooterItem(
        left=_HeaderFooterPart(footer.replace("&", "&&"), size=8),
        right=_HeaderFooterPart("第 &P 页，共 &N 页", size=8),
    )
    if repeat:
        sheet.print_title_rows = repeat
    sheet.sheet_view.showGridLines = False
    sheet.sheet_view.zoomScale = 100


def protect(sheet: Worksheet) -> None:
    """Lock everything but the answer cells, without a password; column widths and row heights stay free."""
    protection = sheet.protection
    protection.sheet = True
    protection.formatColumns = protection.formatRows = False
    protection.selectLockedCells = False
