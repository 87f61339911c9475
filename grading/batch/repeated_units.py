"""Units that a file of audits has twice on one day: which of two audits counts, nobody can tell."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

_USCC = re.compile(rb'"uscc"\s*:\s*"([0-9A-Za-z]{18})"')
_DAY = re.compile(rb'"assessed_on"\s*:\s*"([0-9-]{10})"')


@dataclass(frozen=True)
class Repeated:
    """Where a unit stands again."""

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
    try:
        raw: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        return []
    if (
        not isinstance(raw, dict)
        or not isinstance(raw.get("enterprise"), dict)
        or not isinstance(raw.get("units"), list)
    ):
        return []
    enterprise = raw["enterprise"]
    whose = str(enterprise.get("uscc") or enterprise.get("name")).strip().upper()
    ids = (unit.get("id") for unit in raw["units"] if isinstance(unit, dict))
    return [(whose, str(raw.get("assessed_on")), str(unit).strip()) for unit in ids if unit is not None]
