"""Units that a file of audits has twice on one day: which of two audits counts, nobody can tell."""

from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True)
class Repeated:
    """Where a unit stands again."""

    line: int
    unit: str


class RepeatedUnits:
    """Remembers enterprise, unit and day of every audit by a hash, and the lines on which they stand again."""

    def __init__(self) -> None:
        self.first: dict[int, int] = {}
        self.repeated: dict[int, Repeated] = {}

    def add(self, line: int, text: bytes) -> None:
        """Take in an audit; what is no audit is left to whoever reads it."""
        try:
            raw = orjson.loads(text)
        except orjson.JSONDecodeError:
            return
        for key in _keys(raw):
            hashed = hash(key)
            other = self.first.setdefault(hashed, line)
            if other != line:
                self.repeated.setdefault(line, Repeated(other, key[-1]))
                self.repeated.setdefault(other, Repeated(line, key[-1]))

    def other(self, line: int) -> Repeated | None:
        """The line that audits the same unit on the same day; None when there is none."""
        return self.repeated.get(line)


def _keys(raw: Any) -> list[tuple[str, str, str]]:
    """Whose audit it is, the day, and each unit."""
    if (
        not isinstance(raw, dict)
        or not isinstance(raw.get("enterprise"), dict)
        or not isinstance(raw.get("units"), list)
    ):
        return []
    enterprise = raw["enterprise"]
    whose = enterprise.get("uscc") or enterprise.get("name")
    ids = (unit.get("id") for unit in raw["units"] if isinstance(unit, dict))
    return [(str(whose), str(raw.get("assessed_on")), str(unit).strip()) for unit in ids if unit is not None]
