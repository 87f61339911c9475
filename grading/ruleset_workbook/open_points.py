"""Open points: each figure to be verified, with its cell and the number of audits whose grades hang on it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from grading.model.base import Basis, Confidence
from grading.ruleset_workbook.sheets import Place
from grading.ruleset_workbook.words import ESTABLISHED_STATE, UNRESOLVED_STATE


@dataclass(frozen=True)
class OpenPoint:
    """A figure that is unresolved, provisional, estimated, recalled or of low confidence."""

    name: str
    """Its place as the engine's conditions are named; of a measure's percentage its code."""
    place: Place
    item: str
    operator: str | None
    shown: str
    state: str
    basis: Basis | None
    confidence: Confidence | None
    title: str = ""
    level: str = ""
    audits: int = 0
    """The number of audited units whose grade hangs on it."""

    def about(self, title: str, level: str) -> "OpenPoint":
        """The point with the indicator and the level that it is about."""
        return replace(self, title=title, level=level)

    @property
    def urgency(self) -> int:
        """The uncertainty of its source: 0 nothing known, 1 an estimate, 2 low confidence, 3 a guess, 4 from memory."""
        if self.state == UNRESOLVED_STATE:
            return 0
        if self.basis == "estimated":
            return 1
        if self.confidence == "low":
            return 2
        return 3 if self.state != ESTABLISHED_STATE else 4


def most_decisive_first(points: Iterable[OpenPoint], audits: Mapping[str, int]) -> tuple[OpenPoint, ...]:
    """The points by how many audits' grades hang on each, then by how little is known, then as they are written."""
    counted = [replace(point, audits=audits.get(point.name, 0)) for point in points]
    return tuple(sorted(counted, key=lambda point: (-point.audits, point.urgency)))
