"""A cell as text of a staged table: its value, or the reason why it has none after a mark that no file's text begins with."""

import re
from datetime import date, datetime, time

from grading.forms.cell_values import UnreadableError, read_identifier
from grading.spreadsheet.entry import BOOLEAN, DAY, ERROR, FORMULA, PICTURE, TEXT, Entry, decoded, exact
from grading.spreadsheet.injection import restored

MARK = "\x1f"
"""Begins the reason of a cell that can't be read; as a control character it is no text that is ever taken."""
PENDING = "【待改】"
"""Stands in the copy of refused units where a cell could not be read, until somebody writes over it."""
CONFIRM = "【待确认】"
"""Begins what the copy says of a row whose cells could not be told apart, until somebody empties that cell."""
_DATE_LIKE = re.compile(
    r"[0-9]{1,2}月[0-9]{1,2}日"
    r"|[0-9]{1,2}-(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(-[0-9]{2,4})?"
    r"|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-[0-9]{2,4}"
    r"|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}|[0-9]{4}年[0-9]{1,2}月([0-9]{1,2}日)?",
    re.I,
)
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+[0-9]+")
MANGLED = f"{_DATE_LIKE.pattern}|{_SCIENTIFIC.pattern}"
"""The pattern of identifiers that a spreadsheet has mangled, in either case."""
_TEXT_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
NO_RESULT = "公式没有存下计算结果；请用 Excel 或 WPS 打开、保存一次，或改为数值"
PICTURE_INSIDE = "单元格中是图片，读不出内容；请填写文字或数值"


def from_text(text: str, identifier: bool) -> str:
    """A cell of a CSV file."""
    plain = _without_formula_of_text(restored(text)).lstrip(MARK)
    if plain == PENDING:
        return f"{MARK}原表此格不能读，尚未改正"
    if identifier and (mangled := _mangled(plain.strip())):
        return MARK + mangled
    return plain


def _without_formula_of_text(text: str) -> str:
    """`="001"`, by which programmes keep spreadsheets from making a number of a text, as the text."""
    found = _TEXT_FORMULA.fullmatch(text.strip())
    return text if found is None else found[1].replace('""', '"')


def from_entry(entry: Entry, identifier: bool) -> str:
    """A cell of a workbook."""
    value = entry.value
    if entry.kind == TEXT and isinstance(value, str) and not entry.refusal:
        return from_text(decoded(value), identifier)
    refusal = _refusal(entry)
    if refusal:
        return MARK + refusal
    if entry.kind == BOOLEAN:
        return "true" if value else "false"
    if identifier:
        try:
            return read_identifier(Entry(value, entry.kind, entry.percent, digits=entry.digits))
        except UnreadableError as error:
            return MARK + str(error)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if entry.kind == DAY:
        return value.isoformat() if isinstance(value, date) else str(value)
    number = entry.multiplied if entry.percent else exact(value)
    return f"{number.normalize():f}{'%' if entry.percent or entry.percent_text else ''}"


def reason_of(cell: object) -> str | None:
    """The reason why a staged cell has no value; None for one that has."""
    return cell[1:] if isinstance(cell, str) and cell.startswith(MARK) else None


def _refusal(entry: Entry) -> str:
    if entry.kind == FORMULA:
        return NO_RESULT
    if entry.kind == PICTURE:
        return PICTURE_INSIDE
    if entry.kind == ERROR:
        return f"单元格是错误值 {entry.shown}；请清空或重新填写"
    return entry.refusal


def _mangled(text: str) -> str:
    """The way in which a spreadsheet mangled an identifier; empty for a text that is none of that."""
    made = "日期" if _DATE_LIKE.fullmatch(text) else "科学计数的数字" if _SCIENTIFIC.fullmatch(text) else ""
    if not made:
        return ""
    return f"“{text[:40]}”像是编号被电子表格改成的{made}，原来填的已看不出；请把单元格设为文本格式后重新填写"
