"""The rows of the appendix about a unit's trace: conclusions, levels, gates, indicators and values, in plain words."""

from dataclasses import dataclass

from grading.model.base import Status


@dataclass(frozen=True)
class ValueRow:
    """A fact that some conclusion leans on, with its value, or its values row by row."""

    number: int
    label: str
    place: str
    text: str
    evidence: tuple[str, ...]
    formula: str
    """Of a computed value, what it is computed from and how; empty for others."""


@dataclass(frozen=True)
class Verdict:
    """An indicator at some levels with its grounds: deciding values in words, the others by number."""

    levels: str
    status: Status
    seqs: tuple[int, ...]
    decided_by: tuple[str, ...]
    values: tuple[int, ...]


@dataclass(frozen=True)
class IndicatorRow:
    """An indicator with its status at each level, best level first."""

    number: int
    title: str
    dimension: str
    applicable: bool | None
    statuses: tuple[Status, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def is_settled(self) -> bool:
        """True when there is nothing to tell apart by level: met at each, or not applicable and not waived."""
        if Status.WAIVED in self.statuses:
            return False
        return self.applicable is False or all(status is Status.MET for status in self.statuses)


@dataclass(frozen=True)
class NotApplicable:
    """Indicators that do not apply, for the same reason."""

    titles: tuple[str, ...]
    because: tuple[str, ...]


@dataclass(frozen=True)
class LevelRow:
    """A level with its status and the numbers of the indicators that decide it."""

    label: str
    status: Status
    seq: int
    deciding: tuple[int, ...]
    waived: tuple[int, ...] = ()
    """The numbers of the indicators that count there by a waiver."""


@dataclass(frozen=True)
class GateRow:
    """A gate with its condition's status, its effect and the values it reads."""

    title: str
    text: str
    effect: str
    status: Status
    seq: int | None
    values: tuple[str, ...]


@dataclass(frozen=True)
class Conclusion:
    """The grade or the attainable level, and the entries it was concluded from."""

    label: str
    seq: int
    because: tuple[int, ...]


@dataclass(frozen=True)
class Trace:
    """The appendix of one unit."""

    grade: Conclusion
    attainable: Conclusion
    levels: tuple[LevelRow, ...]
    gates: tuple[GateRow, ...]
    indicators: tuple[IndicatorRow, ...]
    always_met: tuple[IndicatorRow, ...]
    not_applicable: tuple[NotApplicable, ...]
    values: tuple[ValueRow, ...]
    entries: int
