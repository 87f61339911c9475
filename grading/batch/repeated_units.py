"""Units that a file of audits has twice on one day: nothing says which of the two audits counts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from grading import uscc
from grading.batch.layout import Reject
from grading.identifiers import IdentifierError, normalise_id
from grading.intake import AuditError, parse_json
from grading.invisible import without_invisible
from grading.width import ordinary_width

_USCC = re.compile(rb'"uscc"\s*:\s*"([0-9A-Za-z]{18})"')
_DAY = re.compile(rb'"assessed_on"\s*:\s*"([0-9-]{10})"')


@dataclass(frozen=True)
class Repeated:
    """Another line that audits a unit on the same day."""

    line: int
    unit: str

    def reject(self, file: str, line: int) -> Reject:
        """The refusal of the audit on `line`."""
        reason = f"与第 {self.line} 行是同一企业、同一单元、同一评估日期的审核，不能都算；请只保留一份"
        return Reject(file, line, self.unit, "", reason)


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
    """A hash of the plant and day of an audit without parsing it; None when a search for them fails."""
    code, day = _USCC.search(text), _DAY.search(text)
    return hash((code[1].upper(), day[1])) if code and day else None


def _keys(text: bytes) -> list[tuple[str, str, str]]:
    """The plant, the day and each unit of an audit; empty for what is no audit, which the reader refuses."""
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
    """The plant of an audit, in one spelling."""
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
