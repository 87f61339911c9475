"""What a plant's gradings come to on any day: steps of its grade in force, its state, its zone."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from grading.campaign.levels import Levels
from grading.campaign.model import Campaign, State, ZoneId
from grading.campaign.plants import Plant, PlantGrading, PlantUnit


class InForce(NamedTuple):
    """What is in force of a plant from a day on: its grade and attainable grade; None while a unit has no grade."""

    since: date
    grade: str | None
    attainable: str | None


@dataclass(frozen=True)
class History:
    """A plant of a campaign with the units that the campaign counts, and the steps of its grade in force."""

    plant: Plant
    units: tuple[PlantUnit, ...]
    steps: tuple[InForce, ...]

    @cached_property
    def _days(self) -> tuple[date, ...]:
        return tuple(step.since for step in self.steps)

    @property
    def permit(self) -> str:
        """The plant's key."""
        return self.plant.permit

    def on(self, day: date) -> InForce:
        """What is in force on a day."""
        at = bisect_right(self._days, day)
        return self.steps[at - 1] if at else InForce(date.min, None, None)

    def between(self, start: date, end: date) -> Iterator[str | None]:
        """Every grade in force on some day from `start` to `end`, both included."""
        if end < start:
            return
        yield self.on(start).grade
        for step in self.steps[bisect_right(self._days, start) : bisect_right(self._days, end)]:
            yield step.grade

    def state(self, day: date) -> State:
        """The plant's state on a day; operating unless something else is stated."""
        since = [entry for entry in self.plant.enterprise.state if entry.since <= day]
        # Of two stated from the same day on, the later in the list holds.
        return max(enumerate(since), key=lambda found: (found[1].since, found[0]))[1].state if since else "operating"

    def is_open(self, day: date) -> bool:
        """Whether the plant is there on a day; one of unknown age is."""
        opened = self.plant.enterprise.opened
        return opened is None or opened <= day


def history(plant: Plant, units: tuple[PlantUnit, ...], levels: Levels) -> History:
    """The steps of a plant's grade: the worst of its units on each day on which one of them changes."""
    by_unit = [_steps(unit.gradings) for unit in units]
    days = sorted({day for steps in by_unit for day, _ in steps})
    steps: list[InForce] = []
    for day in days:
        now = [_at(unit, day) for unit in by_unit]
        rated = [grading for grading in now if grading is not None]
        if len(rated) < len(now):
            found = InForce(day, None, None)
        else:
            worst = levels.worst([grading.grade for grading in rated])
            found = InForce(day, worst, levels.worst([grading.attainable for grading in rated]))
        if not steps or steps[-1][1:] != found[1:]:
            steps.append(found)
    return History(plant, units, tuple(steps))


def _steps(gradings: Sequence[PlantGrading]) -> list[tuple[date, PlantGrading | None]]:
    """The grading of a unit that is in force from each day on: of those published and not ended, the one published last."""
    published = [(g.published, i, g) for i, g in enumerate(gradings) if g.published is not None]
    days = {day for day, _, _ in published} | {g.ended for _, _, g in published if g.ended is not None}
    steps: list[tuple[date, PlantGrading | None]] = []
    for day in sorted(days):
        standing = [(since, i, g) for since, i, g in published if since <= day and (g.ended is None or g.ended > day)]
        steps.append((day, max(standing, key=lambda found: found[:2])[2] if standing else None))
    return steps


def _at(steps: list[tuple[date, PlantGrading | None]], day: date) -> PlantGrading | None:
    at = bisect_right(steps, day, key=lambda step: step[0])
    return steps[at - 1][1] if at else None


def zone_of(plant: Plant, campaign: Campaign) -> ZoneId | None:
    """The zone of a plant; None when neither its distance is known nor that it lies in the urban area."""
    enterprise = plant.enterprise
    if enterprise.in_urban_area:
        return "core"
    if enterprise.distance_km is None:
        return None
    within = campaign.zones.core.within_km
    return "core" if within is not None and enterprise.distance_km <= within else "other"
