"""Upper bounds in words: `<20`, `20L` and 未检出 as laboratories write them, and intervals as they are shown."""

import re
import unicodedata
from decimal import Decimal

from grading.digest import plain
from grading.language.prose import unit_text
from grading.model.audit import Below
from grading.model.interval import Interval
from grading.width import ordinary_width

_LESS = r"(?:<|﹤|小于|低于)"
_LIMIT = r"(?:方法|仪器|最低|的)*(?:检出限|检测限|检出下限|检测下限|检出浓度|mdl|lod|dl)(?:值|为|是|以下)*"
_NOT_FOUND = r"(?:未检出|未检测出|n\.?\s?d\.?(?![a-z])|bdl)"
_APART = r"[\s()\[\]【】〔〕,;、]*"
_IS = rf"{_APART}[:=]?{_APART}"
_BOUND = re.compile(
    rf"(?P<not_found>{_NOT_FOUND}{_IS})?(?P<less>{_LESS}{_APART})?(?:{_LIMIT}{_IS}(?P<again>{_LESS}{_APART})?)?"
    r"(?P<number>[+-]?[0-9]+(?:\.[0-9]+)?)\s*(?P<mark>[Ll](?![a-z]))?"
    rf"{_APART}(?:单位{_IS})?(?P<unit>.*?){_APART}(?:{_NOT_FOUND}|{_LIMIT})?{_APART}",
    re.I | re.S,
)
"""HJ 630 writes the limit of detection with an L (`mark`) behind it; others say that nothing was found, or less than a limit."""
_BELOW_DETECTION = re.compile(rf"{_NOT_FOUND}|(?<!不){_LESS}{_LIMIT}|{_LIMIT}以下", re.I)
_MARKED = re.compile(r"[kmnuµμ]?g/.*|%|pp[mb]", re.I)
"""Units of what is detected: of others, `20L` may be litres."""
ASKS_FOR_LIMIT = "“未检出”须写明检出限（见监测报告），如“未检出（检出限0.07）”或“<0.07”"


class NoLimitError(ValueError):
    """A value is said to be below a limit of detection, but not which."""


def bound_from_text(typed: str, unit: str | None) -> Decimal | None:
    """The upper bound that a text states, alone or with the unit of its fact behind it; None for a text that states none.

    Raises NoLimitError.
    """
    text = ordinary_width(typed).replace("\u2212", "-").strip()
    found = _BOUND.fullmatch(text)
    if found is None or not _is_bound(found, unit):
        if _BELOW_DETECTION.search(re.sub(r"\s", "", text)):
            # Also of `0.06 (ND)`, which may be the limit or, as some reports have it, half of it.
            raise NoLimitError(ASKS_FOR_LIMIT)
        return None
    units = {"", _narrow(unit), _narrow(unit_text(unit))} if unit else {""}
    return Decimal(found["number"]) if _narrow(found["unit"]) in units else None


def _is_bound(found: re.Match[str], unit: str | None) -> bool:
    if found["less"] or found["again"]:
        return True
    is_marked = found["mark"] and (unit is None or _MARKED.fullmatch(unit))
    return found["number"][0] not in "+-" and bool(found["not_found"] or is_marked)


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
