"""Limits of the parts of a workbook: counted in their text before any library builds objects of it.

A part is what its relationships say, not what it is called: every part that is XML is looked at.
"""

import re
from collections.abc import Iterator
from html import unescape

MAX_ELEMENTS = 1_500_000
"""Elements of all parts together; a form of 20 units with 500 rows in each table has a third of them."""
MAX_CELLS = 300_000
"""Cells and rows of the workbook; also what merged cells and hyperlinks may cover, which openpyxl creates one by one."""
MAX_COMPARED = 4_000_000
"""Of a list of areas, each is compared with all before it: so many comparisons in all."""
MAX_FORMAT = 255
"""Characters of a number format, as in Excel."""
LIMITS: tuple[tuple[str, int, str], ...] = (
    ("conditionalFormatting", 2_000, "条件格式"),
    ("cfRule", 5_000, "条件格式规则"),
    ("dataValidation", 5_000, "数据验证"),
    ("definedName", 5_000, "定义的名称"),
    ("xf", 10_000, "单元格格式"),
    ("cellStyle", 10_000, "单元格样式"),
    ("dxf", 5_000, "差异格式"),
    ("font", 5_000, "字体"),
    ("fill", 5_000, "填充"),
    ("border", 5_000, "边框"),
    ("numFmt", 2_000, "数字格式"),
    ("comment", 20_000, "批注"),
    ("hyperlink", 20_000, "超链接"),
    ("mergeCell", 20_000, "合并单元格"),
    ("col", 20_000, "列宽设置"),
    ("sheet", 300, "工作表"),
    ("Relationship", 10_000, "部件关系"),
    ("Override", 5_000, "部件类型"),
    ("si", 300_000, "共享字符串"),
    ("r", 500_000, "文字片段"),
    ("drawing", 2_000, "图形"),
    ("anchor", 5_000, "图形"),
    ("twoCellAnchor", 5_000, "图形"),
    ("oneCellAnchor", 5_000, "图形"),
    ("absoluteAnchor", 5_000, "图形"),
    ("filterColumn", 5_000, "筛选"),
    ("customFilter", 5_000, "筛选"),
    ("brk", 10_000, "分页符"),
    ("pivotField", 2_000, "数据透视表"),
    ("tableColumn", 20_000, "表格列"),
    ("property", 2_000, "文档属性"),
)
"""Elements by local name: how many there may be in all parts together, and what they are called."""
_TAG = re.compile(rb"<([A-Za-z_][^\s/><]*)")
_ELEMENT = re.compile(rb"<(?![/?!])")
_SPANS = re.compile(rb"<(?:[\w.-]+:)?(?:mergeCell|hyperlink)\s[^>]*>")
_REF = re.compile(rb"\sref\s*=\s*[\"']([A-Za-z]{1,3}[0-9]{1,7}(?::[A-Za-z]{1,3}[0-9]{1,7})?)[\"']")
_SQREF = re.compile(rb"\ssqref\s*=\s*(\"[^\"]*\"|'[^']*')|<(?:[\w.-]+:)?sqref[\s>]([^<]*)<")
_FORMAT = re.compile(rb"\sformatCode\s*=\s*(\"[^\"]*\"|'[^']*')")
_ENCODING = re.compile(rb"^<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"']*)[\"']")
_UTF8 = b"\xef\xbb\xbf"
_STRANGE = "工作簿的内部结构不正常"


class PartCounter:
    """Counts what is in the parts of one workbook; `add` gives the reason once there is too much of anything."""

    def __init__(self, max_cells: int = MAX_CELLS) -> None:
        self.max_cells = max_cells
        self.elements = self.cells = self.compared = 0
        self.counted: dict[str, int] = {}

    def add(self, text: bytes) -> str | None:
        """Count a part; returns why the workbook is not read, for people, or None."""
        text = text.removeprefix(_UTF8).lstrip()
        if not text.startswith(b"<"):
            return f"{_STRANGE}（部件的文字编码不是 UTF-8）" if _is_wide(text) else None
        encoding = _ENCODING.match(text)
        if b"\0" in text or (encoding and encoding[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii")):
            return f"{_STRANGE}（部件的文字编码不是 UTF-8）"
        return next(self._problems(text), None)

    def _problems(self, text: bytes) -> Iterator[str]:
        self.elements += len(_ELEMENT.findall(text))
        if self.elements > MAX_ELEMENTS:
            yield f"工作簿的内容超过 {MAX_ELEMENTS:,} 项，不像是核查表；请清除多余的行列和格式后再交"
            return
        for tag in _TAG.findall(text):
            name = tag.rpartition(b":")[2]
            if name in _COUNTED:
                self.counted[_COUNTED[name]] = self.counted.get(_COUNTED[name], 0) + 1
        self.cells += self.counted.pop("c", 0) + self.counted.pop("row", 0)
        for tag in _SPANS.findall(text):
            area = _area(tag)
            if area is None:
                yield f"{_STRANGE}（合并单元格或链接的范围读不出来）"
                return
            self.cells += area
        if self.cells > self.max_cells:
            yield f"工作簿的单元格超过 {self.max_cells:,} 个，不像是核查表；请清除多余的行列后再交"
        for local, most, what in LIMITS:
            if self.counted.get(local, 0) > most:
                yield f"工作簿的{what}超过 {most:,} 个，不像是核查表；请清除多余的{what}后再交"
        for quoted, plain in _SQREF.findall(text):
            self.compared += len((quoted or plain).split()) ** 2
        if self.compared > MAX_COMPARED:
            yield "条件格式或数据验证分成了过多的区域，不像是核查表；请清除多余的条件格式后再交"
        for quoted in _FORMAT.findall(text):
            if len(unescape(quoted.decode("utf-8", "replace"))) - 2 > MAX_FORMAT:
                yield f"工作簿中有超过 {MAX_FORMAT} 个字符的数字格式；请改为常规格式后再交"


_COUNTED = {name.encode(): name for name in ("c", "row", *(local for local, _, _ in LIMITS))}


def _is_wide(text: bytes) -> bool:
    """True when a text may be XML of two or four bytes a character."""
    return text[:4].startswith((b"\xff\xfe", b"\xfe\xff")) or text[:2] == b"\0<" or text[:4] == b"\0\0\0<"


def _area(tag: bytes) -> int | None:
    """The number of cells that a tag covers; None when that can't be read."""
    ref = _REF.search(tag)
    if ref is None:
        return None
    corners = [_corner(part) for part in ref[1].split(b":")]
    (left, top), (right, bottom) = corners[0], corners[-1]
    return (abs(right - left) + 1) * (abs(bottom - top) + 1)


def _corner(cell: bytes) -> tuple[int, int]:
    column = 0
    letters = cell.rstrip(b"0123456789").upper()
    for letter in letters:
        column = column * 26 + letter - ord("A") + 1
    return column, int(cell[len(letters) :])
