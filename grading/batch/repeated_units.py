"""Units that a file of audits has twice on one day: which of two audits counts, nobody can tell."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from grading import uscc
from grading.identifiers import IdentifierError, normalise_id
from grading.intake import AuditError, parse_json
from grading.invisible import without_invisible
from grading.width import ordinary_width

_USCC = re.compile(rb'"uscc"\s*:\s*"([0-9A-Za-z]{18})"')
_DAY = re.compile(rb'"assessed_on"\s*:\s*"([0-9-]{10})"')


@dataclass(frozen=True)
class Repeated:
    """The second place of a unit."""

    line: int
    unit: str


def repeated_units(lines: Iterable[tuple[int, bytes]]) -> dict[int, Repeated]:
    """The lines that audit a unit that another line audits on the same day, with that other line."""
    first: dict[int, int] = {}
    found: dict[int, Repeated] = {}
    for line, text in lines:
        for key in _keys(text):
            other = first.setdefault(hash(key), line)
            if other != line:
                found.setdefault(line, Repeated(other, key[-1]))
                found.setdefault(other, Repeated(line, key[-1]))
    return found


def plant_and_day(text: bytes) -> int | None:
    """A hash of whose audit it is and of which day, without reading it whole; None when that can't be told."""
    code, day = _USCC.search(text), _DAY.search(text)
    return hash((code[1].upper(), day[1])) if code and day else None


def _keys(text: bytes) -> list[tuple[str, str, str]]:
    """Whose audit it is, the day, and each unit; nothing of what is no audit, which is left to whoever reads it."""
    raw = _parsed(text)
    if (
        not isinstance(raw, dict)
        or not isinstance(raw.get("enterprise"), dict)
        or not isinstance(raw.get("units"), list)
    ):
        return []
    plant = _plant(raw["enterprise"])
    ids = (unit.get("id") for unit in raw["units"] if isinstance(unit, dict))
    return [(plant, str(raw.get("assessed_on")), _unit(str(unit))) for unit in ids if unit is not None]


def _parsed(text: bytes) -> Any:
    """The JSON of a line as the intake reads it, which takes a byte order mark too; None when it is none."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            return parse_json(text)
        except AuditError:
            return None


def _plant(enterprise: dict[str, Any]) -> str:
    """Whose audit it is, in one spelling."""
    code = without_invisible(str(enterprise.get("uscc") or ""))
    if code.strip():
        try:
            return uscc.normalised(code)
        except ValueError:
            return code.strip().upper()
    return ordinary_width(without_invisible(str(enterprise.get("name")))).strip().upper()


def _unit(given: str) -> str:
    """The unit in its one spelling; one that has none as it stands there."""
    try:
        return normalise_id(given)[0]
    except IdentifierError:
        return given.strip()
