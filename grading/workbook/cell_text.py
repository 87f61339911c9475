"""Texts in cells: written so that exactly the same text is read back, whatever stands in it.

A cell's text is read without the spaces around it. A text that would not survive (spaces around it, a carriage return, a
character XML does not have) is written as a JSON string after `json:`. `_x0041_` is OOXML's escape for `A`.
"""

import json
import re
from collections.abc import Iterable

from openpyxl.cell import Cell

from grading.invisible import NOT_IN_XML, SURROGATES
from grading.spreadsheet.entry import decoded
from grading.spreadsheet.injection import harmless

LITERAL = "json:"
"""Begins a text that would not come back from a cell as it is, written as a JSON string."""

MAX_CELL = 32_767
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_IN_XML = re.compile(f"[{NOT_IN_XML}{SURROGATES}]")


class TooLongError(ValueError):
    """A text has more characters than a cell takes, or a form more cells than are read back; says so in Chinese."""


def put_text(cell: Cell, text: str) -> None:
    """Write a text that is read back as it is. Raises TooLongError."""
    put_plain(cell, _protected(text, lines_separate=False))


def put_items(cell: Cell, items: Iterable[str]) -> None:
    """Write a list of texts, one a line. Raises TooLongError."""
    put_plain(cell, "\n".join(_protected(item, lines_separate=True) for item in items))


def put_plain(cell: Cell, text: str) -> None:
    """Write a text as text: never a formula, an error value or a number. Raises TooLongError."""
    escaped = _ESCAPE.sub(r"_x005F\g<0>", text)
    if len(escaped.encode("utf-16-le")) // 2 > MAX_CELL:
        raise TooLongError(f"“{text[:20]}……”有 {len(escaped):,} 个字符，单元格最多容纳 {MAX_CELL:,} 个")
    cell.value = escaped
    cell.data_type = "s"
    if harmless(text) != text:
        cell.quotePrefix = True


def shown(text: str) -> str:
    """A text to show in a cell or a comment: what XML can't hold is replaced, what is too long is cut."""
    return _NOT_IN_XML.sub("\ufffd", text)[: MAX_CELL // 4]


def text_from(value: str) -> str:
    """The text of a cell; empty for a blank one."""
    return _unprotected(decoded(value).strip())


def items_from(value: str) -> tuple[str, ...]:
    """The texts of a cell that has one a line; blank lines do not count."""
    lines = (line.strip() for line in decoded(value).split("\n"))
    return tuple(_unprotected(line) for line in lines if line)


def _protected(text: str, lines_separate: bool) -> str:
    odd = _NOT_IN_XML.search(text)
    if odd or text != text.strip() or "\r" in text or text.startswith(LITERAL) or (lines_separate and "\n" in text):
        return LITERAL + json.dumps(text, ensure_ascii=odd is not None)
    return text


def _unprotected(text: str) -> str:
    if text.startswith(LITERAL):
        try:
            found = json.loads(text[len(LITERAL) :])
        except (ValueError, RecursionError):
            return text
        return found if isinstance(found, str) else text
    return text
