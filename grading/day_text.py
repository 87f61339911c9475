"""Days as people and spreadsheets write them: year, month, day in this order, the year with four digits."""

import re
from datetime import date

from grading.width import ordinary_width

_SEPARATED = re.compile(
    r"([0-9]{4})\s*(?:[-/.]|年)\s*([0-9]{1,2})\s*(?:[-/.]|月)\s*([0-9]{1,2})\s*[日号]?"
    r"(?:[T\s]+0{1,2}:00(?::00(?:\.0+)?)?Z?)?"
)
_RUN_TOGETHER = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_SHORT_YEAR = re.compile(r"[0-9]{1,2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,4}日?")
_SERIAL = re.compile(r"[345][0-9]{4}(\.0+)?")
RIGHT = "应填日期，如 2023-09-10（年、月、日齐全）"


class DayError(ValueError):
    """A text is no day; the message says what would be right, in Chinese."""


def day_from_text(text: str) -> date:
    """The day that a text means; midnight beside it doesn't count. Raises DayError."""
    plain = ordinary_width(text).translate(_DASHES).strip()
    found = _SEPARATED.fullmatch(plain) or _RUN_TOGETHER.fullmatch(plain)
    if found is not None:
        try:
            return date(*(int(part) for part in found.groups()))
        except ValueError:
            raise DayError(f"没有这一天：“{text.strip()[:40]}”；应填日期，如 2023-09-10") from None
    hint = ""
    if _SHORT_YEAR.fullmatch(plain):
        hint = "；年、月、日的先后不能确定，请写四位年份并按年-月-日填写"
    elif _SERIAL.fullmatch(plain):
        hint = "；这像是电子表格的日期序号，请把单元格改为日期格式"
    raise DayError(f"{RIGHT}；所填：“{text.strip()[:40]}”{hint}")
