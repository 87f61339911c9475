"""Closing of planned gaps: by what the published audit now meets, never by anybody's word."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from api.context import Context
from api.problems import Problem
from api.services.analysis import Case
from api.services.campaigns.evaluation import vocabulary
from api.services.campaigns.published import Period, RegisteredPlant
from api.services.cases import explained
from api.store import Audit, Grading
from grading import calendar
from grading.campaign.levels import Levels
from grading.campaign.ways import goal_of
from grading.gaps import ReachedError, unit_gaps
from grading.model.gap import GapLine

EARLIER = 4
"""So many gradings before the one in force are looked at for a gap that is not open any more."""


class GapState(StrEnum):
    """The state of a gap in the published audit."""

    OPEN = "open"
    CLOSED = "closed"
    """An earlier published audit had it, the one in force does not."""
    FOREIGN = "foreign"
    """No published audit of the plant has had it."""
    UNKNOWN = "unknown"
    """No audit is in force, or it can't be explained."""


@dataclass(frozen=True)
class PlantGaps:
    """The gap lines between a plant's published audit and its target, by id; None where they can't be said."""

    lines: Mapping[str, GapLine] | None
    earlier: tuple[UUID, ...]
    """Gradings that were published before."""
    target: str
    published: datetime | None = None
    """Since when the grading in force is."""

    @property
    def reached(self) -> bool:
        """True when the published audit has no gap to the target."""
        return self.lines is not None and not self.lines

    def state(self, context: Context, gap: str) -> GapState:
        """The state of a gap in the published audit."""
        if self.lines is None:
            return GapState.UNKNOWN
        if gap in self.lines:
            return GapState.OPEN
        for grading_id in self.earlier[:EARLIER]:
            lines = lines_of_grading(context, grading_id, self.target)
            if lines is not None and gap in lines:
                return GapState.CLOSED
        return GapState.FOREIGN


def plant_gaps(context: Context, plant: RegisteredPlant, target: str, day: date) -> PlantGaps:
    """The gaps of a plant on a day."""
    now = plant.last_in_force(day)
    published = sorted(_published(plant), key=lambda period: period.published or date.min, reverse=True)
    earlier = tuple(dict.fromkeys(p.grading_id for p in published if now is None or p.grading_id != now.grading_id))
    lines = None if now is None else lines_of_grading(context, now.grading_id, target)
    return PlantGaps(lines, earlier, target, None if now is None else _moment(context, now))


def lines_of_grading(context: Context, grading_id: UUID, target: str) -> Mapping[str, GapLine] | None:
    """All gap lines between a grading and a level; None when the grading can't be explained, or not of every unit."""
    stored = context.db.scalar(select(Grading).where(Grading.id == grading_id))
    if stored is None:
        return None
    try:
        # Gaps follow from gradings, which never change. A refusal is of this actor and is not remembered.
        found: Mapping[str, GapLine] | None = context.service.gap_lines.get(
            (grading_id, target), lambda: _lines_of(context, stored, target)
        )
    except Problem:
        return None
    return found


def _lines_of(context: Context, stored: Grading, target: str) -> Mapping[str, GapLine] | None:
    case, _ = explained(context, stored)
    return None if case is None else _lines(case, target, vocabulary(context.service).levels)


def _moment(context: Context, period: Period) -> datetime | None:
    """The moment at which a grading came into force: as its audit was published, or by a batch on a later day."""
    at = context.db.scalar(select(Audit.published_at).where(Audit.id == period.audit_id))
    if at is None or period.published is None or calendar.day_of(at) == period.published:
        return at
    return calendar.start_of(period.published)


def _published(plant: RegisteredPlant) -> Iterable[Period]:
    return [p for periods in plant.periods.values() for p in periods if p.published is not None]


def _lines(case: Case, target: str, levels: Levels) -> dict[str, GapLine] | None:
    found: dict[str, GapLine] = {}
    for i, unit in enumerate(case.grading.units):
        goal = goal_of(case.engine.library.ruleset(unit.ruleset).scale.graded, target, levels)
        if goal is None:
            return None
        try:
            gaps = unit_gaps(case.engine, case.audit, case.grading, i, goal)
        except ReachedError:
            # Nothing is open.
            continue
        found |= {line.id: line for line in gaps.lines}
    return found
