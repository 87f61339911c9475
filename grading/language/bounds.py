"""Upper bounds in words: `<20`, `20L` and 未检出 as laboratories write them, and intervals as they are shown."""

import re
import unicodedata
from decimal import Decimal

from grading.digest import plain
from grading.language.prose import unit_text
from grading.model.audit import Below
from grading.model.interval import Interval
from grading.width import ordinary_width

_NUMBER = r"([+-]?[0-9]+(?:\.[0-9]+)?)"
_LIMIT = re.compile(rf"(?:[<﹤]|小于|低于)\s*{_NUMBER}\s*(.*)")
_L = re.compile(rf"{_NUMBER}\s*[Ll]()")
"""HJ 630: the limit of detection with an L behind it."""
_NOT_FOUND = re.compile(r"(?:未检出|未检测出|(?:低于|小于|<)\s*(?:方法)?检出限|n\.?\s?d\.?(?![a-z]))\s*(.*)", re.I)
_DETECTION_LIMIT = re.compile(
    r"[(\[,;:、]?\s*(?:(?:方法)?(?:最低)?(?:检出限|检出浓度|检出下限)|mdl|lod|dl)?\s*(?:值|为|是)?\s*[:=<﹤]?\s*"
    rf"{_NUMBER}\s*(.*?)\s*[)\]]?",
    re.I,
)
ASKS_FOR_LIMIT = "“未检出”须写明检出限（见监测报告），如“未检出（检出限0.07）”或“<0.07”"


class NoLimitError(ValueError):
    """A value is said to be below a limit of detection, but not which."""


def bound_from_text(typed: str, unit: str | None) -> Decimal | None:
    """The upper bound that a text states, alone or with the unit of its fact behind it; None for a text that states none.

    Raises NoLimitError.
    """
    text = ordinary_width(typed).replace("\u2212", "-").strip()
    is_volume = unit is not None and _narrow(unit).lower() == "l"
    found = _LIMIT.fullmatch(text) or (None if is_volume else _L.fullmatch(text))
    if found is None:
        not_found = _NOT_FOUND.fullmatch(text)
        if not_found is None:
            return None
        found = _DETECTION_LIMIT.fullmatch(not_found[1])
        if found is None:
            raise NoLimitError(ASKS_FOR_LIMIT)
    units = {"", _narrow(unit), _narrow(unit_text(unit))} if unit else {""}
    return Decimal(found[1]) if _narrow(found[2]) in units else None


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def bound_text(value: Below | Interval) -> str:
    """An upper bound as it is stated, `<20`; an interval that is worked out by its ends: `[0, 5)`."""
    if isinstance(value, Below):
        return f"<{plain(value.below)}"
    low, high = (None if end is None else plain(end) for end in (value.low, value.high))
    if high is not None and (value.stated or low is None):
        return f"{'<' if value.high_open else '≤'}{high}"
    if high is None:
        return f"{'>' if value.low_open else '≥'}{low}"
    return f"{'(' if value.low_open else '['}{low}, {high}{')' if value.high_open else ']'}"
