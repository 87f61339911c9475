"""Days as people and spreadsheets write them: year, month, day in this order, the year with four digits."""

import re
from datetime import date

from grading.problems.codes import ProblemCode
from grading.problems.phrases import Phrase
from grading.problems.reason import ReasonError
from grading.width import ordinary_width

_SEPARATED = re.compile(
    r"([0-9]{4})\s*(?:[-/.]|年)\s*([0-9]{1,2})\s*(?:[-/.]|月)\s*([0-9]{1,2})\s*[日号]?"
    r"(?:[T\s]+0{1,2}:00(?::00(?:\.0+)?)?Z?)?"
)
_RUN_TOGETHER = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_SHORT_YEAR = re.compile(r"[0-9]{1,2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,4}日?")
_SERIAL = re.compile(r"[345][0-9]{4}(\.0+)?")
RIGHT = Phrase.WHOLE_DAY.zh


class DayError(ReasonError):
    """A text is no day; the reason says what would be right."""


def day_from_text(text: str) -> date:
    """The day that a text means; midnight beside it doesn't count. Raises DayError."""
    plain = ordinary_width(text).translate(_DASHES).strip()
    given = text.strip()[:40]
    found = _SEPARATED.fullmatch(plain) or _RUN_TOGETHER.fullmatch(plain)
    if found is not None:
        try:
            return date(*(int(part) for part in found.groups()))
        except ValueError:
            raise DayError(ProblemCode.DAY_NOT_THERE, given=given) from None
    code = ProblemCode.DAY_UNREADABLE
    if _SHORT_YEAR.fullmatch(plain):
        code = ProblemCode.DAY_ORDER_OPEN
    elif _SERIAL.fullmatch(plain):
        code = ProblemCode.DAY_SERIAL
    raise DayError(code, right=Phrase.WHOLE_DAY, given=given)
