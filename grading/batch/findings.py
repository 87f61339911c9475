"""Reasons as the reading of a chunk finds them, with the file, line, unit and place of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from grading.batch.layout import LEFT_UNKNOWN, LINE, Reject
from grading.columns.layout import UNIT
from grading.model.audit import Waiver


@dataclass
class Findings:
    """Reasons of a chunk, and the units they are about."""

    rejects: list[Reject] = field(default_factory=list)
    units: set[int] = field(default_factory=set)
    """The positions of units that can't be graded."""
    notices: list[Reject] = field(default_factory=list)
    unknown: dict[int, list[str]] = field(default_factory=dict)
    """The places of values that were left unknown, by unit."""
    waivers: dict[str, tuple[Waiver, ...]] = field(default_factory=dict)
    """The waivers of units, by their ids."""


@dataclass(frozen=True)
class TablePart:
    """The rows of one table that belong to a chunk."""

    file: str
    group: str | None
    raw: pl.DataFrame
    unit_ids: pl.Series
    findings: Findings
    keys: pl.Series | None = None
    """The keys of the rows; None in the units' table."""

    def unit(self, position: int) -> int:
        """The position of the unit to which a row belongs."""
        return position if self.group is None else int(self.raw[UNIT][position])

    def place(self, position: int, column: str) -> str:
        """The place of a cell in the audit."""
        return column if self.keys is None else f"{self.group}[{self.keys[position]}].{column}"

    def reject(self, position: int, place: str, reason: str) -> None:
        """Refuse the unit of a row."""
        self.findings.rejects.append(self._entry(position, place, reason))
        self.findings.units.add(self.unit(position))

    def note(self, position: int, place: str, text: str) -> None:
        """Say what was read otherwise than it stands there."""
        self.findings.notices.append(self._entry(position, place, text))

    def note_column(self, column: str, text: str) -> None:
        """Say something of a whole column."""
        self.findings.notices.append(Reject(self.file, 0, None, column, text))

    def leave_unknown(self, position: int, place: str, reason: str) -> None:
        """Mark a value as unknown that can't be read."""
        self.note(position, place, f"按未知处理：{reason}")
        places = self.findings.unknown.setdefault(self.unit(position), [])
        if place not in places:
            places.append(place)

    def _entry(self, position: int, place: str, text: str) -> Reject:
        return Reject(self.file, self.raw[LINE][position], self.unit_ids[self.unit(position)], place, text)


def left_unknown(height: int, places: Mapping[int, Sequence[str]]) -> pl.Series:
    """The column that marks units of which values were left unknown, with their places."""
    listed = [";".join(places[position]) if position in places else None for position in range(height)]
    return pl.Series(LEFT_UNKNOWN, listed, dtype=pl.String)
