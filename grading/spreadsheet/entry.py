"""Content of a cell: its value as its number format shows it, the one reading for forms and batches."""

import math
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from grading.spreadsheet.number_format import Section, number_format

SHOWN_DIGITS = 15
"""A spreadsheet shows, and keeps of what is typed, so many digits of a number."""
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ZERO_WORDS = ("-", "–", "—", "－", "0")
TEXT, NUMBER, BOOLEAN, DAY, ERROR, FORMULA, PICTURE = "s", "n", "b", "d", "e", "f", "p"
"""Kinds of entries."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The content of a cell: its value, its kind, and the number of percent signs that have multiplied the number it shows."""

    value: Any = None
    kind: str = NUMBER
    percent: bool = False
    percent_text: bool = False
    """Shows a percent sign that multiplies nothing."""
    refusal: str = ""
    """The reason why the value can't be taken although it is there, in Chinese."""
    digits: int = 0
    """The number is shown filled up with zeros to so many digits."""
    formula: bool = False
    """The value is the stored result of a formula."""

    @property
    def blank(self) -> bool:
        """True when nothing is filled in."""
        return not self.formula and (self.value is None or (isinstance(self.value, str) and not self.value.strip()))

    @property
    def shown(self) -> str:
        """The value as a message quotes it."""
        value = self.value
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, Decimal | float) and self.percent:
            return f"{value:.2%}"
        if isinstance(value, datetime) and value.time() == time():
            return value.date().isoformat()
        if isinstance(value, Decimal) and value.is_finite():
            return f"{value:f}" if abs(value.adjusted()) < SHOWN_DIGITS + 6 else f"{value:E}"
        return str(value)[:80]

    @property
    def shows_percent(self) -> bool:
        """True when a percent sign stands in the cell."""
        return (
            self.percent
            or self.percent_text
            or (isinstance(self.value, str) and self.value.rstrip()[-1:] in ("%", "％"))
        )

    @property
    def multiplied(self) -> Decimal:
        """A number as it is shown: of a percentage the number before the sign."""
        number = exact(self.value)
        return number * 100 if self.percent else number


BLANK = Entry()


def exact(value: Any) -> Decimal:
    """A number of a cell as an exact decimal."""
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def number_entry(raw: str, code: str, epoch: datetime) -> Entry:
    """A number as a file holds it, read through its number format."""
    try:
        number = as_shown(raw)
    except (ArithmeticError, ValueError):
        return Entry(raw, ERROR)
    found = number_format(code)
    if found.is_plain:
        return Entry(number)
    section = found.section(number)
    if section.blank or (section.hides_zero and not number):
        return Entry(number, refusal="单元格的数字格式使其中的内容不显示；请改为常规格式后核对")
    if section.words:
        return Entry(number) if not number and section.words in _ZERO_WORDS else Entry(section.words, TEXT)
    if section.is_date:
        return _day(number, section, epoch)
    if section.thousands:
        return Entry(number, refusal=f"单元格的数字格式以千为单位显示（{code}）；请改为常规格式后核对")
    if section.alters or section.percents > 1 or found.hides_minus(number):
        return Entry(number, refusal=f"单元格的数字格式给数字另加了含义（{code}）；请改为常规格式后重填")
    return Entry(number, percent=section.percents == 1, percent_text=section.percent_text, digits=section.zeros)


def as_shown(raw: str) -> Decimal:
    """A stored number with the digits that a spreadsheet shows; one of more digits before the point stays as it is."""
    number = Decimal(raw.strip())
    if not number.is_finite():
        raise ValueError(raw)
    if len(number.as_tuple().digits) <= SHOWN_DIGITS:
        return number
    value = float(number)
    if not math.isfinite(value) or abs(value) >= 10**SHOWN_DIGITS:
        return number
    return Decimal(f"{value:.{SHOWN_DIGITS - 1}e}")


def decoded(text: str) -> str:
    """A cell's text: `_x0041_` is OOXML's escape for `A`; every end of a line is a line feed."""
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text).replace("\r\n", "\n").replace("\r", "\n")


def _day(number: Decimal, section: Section, epoch: datetime) -> Entry:
    try:
        value = from_excel(float(number), epoch, timedelta=section.elapsed)
    except (OverflowError, ValueError):
        return Entry(
            number, refusal=f"单元格是日期格式，其中的 {number:f} 不是日期；请填 2023-09-10 这样的日期，或改为常规格式"
        )
    if isinstance(value, timedelta | time) or not (section.year or section.month or section.day or section.weekday):
        return Entry(value, DAY)
    if section.year and section.month and section.day:
        return Entry(value, DAY)
    missing = "、".join(
        name for name, there in (("年", section.year), ("月", section.month), ("日", section.day)) if not there
    )
    shown = value.date().isoformat() if isinstance(value, datetime) else value.isoformat()
    refusal = f"单元格的格式没有显示{missing}，存的是 {shown}；请改为“年-月-日”格式后核对"
    return Entry(value, DAY, refusal=refusal)


def iso_entry(raw: str) -> Entry:
    """A day that the file holds as ISO text (`t="d"`)."""
    try:
        return Entry(datetime.fromisoformat(raw.strip()), DAY)
    except ValueError:
        return Entry(raw, TEXT)


EPOCHS = {False: WINDOWS_EPOCH, True: MAC_EPOCH}
"""Day 0 of a workbook, by whether it counts from 1904."""
