"""A plant's history on any day: steps of its grade in force, its state, its zone."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from operator import itemgetter
from typing import NamedTuple

from grading.campaign.levels import Levels
from grading.campaign.model import Campaign, State, ZoneId
from grading.campaign.plants import POLLUTANTS, Emissions, Plant, PlantGrading, PlantUnit


class InForce(NamedTuple):
    """The grades of a plant from a day on: grade and attainable grade; None while a unit has no grade."""

    since: date
    grade: str | None
    attainable: str | None
    standing: int | None
    """The standing of the grade."""


NOTHING = InForce(date.min, None, None, None)
"""The grades before anything was published."""


@dataclass(frozen=True, eq=False)
class History:
    """A plant of a campaign with the units that the campaign counts, and the steps of its grade in force."""

    plant: Plant
    units: tuple[PlantUnit, ...]
    steps: tuple[InForce, ...]

    @cached_property
    def _days(self) -> tuple[date, ...]:
        return tuple(step.since for step in self.steps)

    @cached_property
    def permit(self) -> str:
        """The plant's key."""
        return self.plant.permit

    @cached_property
    def county(self) -> str:
        """The county in which the plant lies."""
        return self.plant.enterprise.county

    def on(self, day: date) -> InForce:
        """The grades in force on a day."""
        at = bisect_right(self._days, day)
        return self.steps[at - 1] if at else NOTHING

    def best(self, first: date, last: date) -> int | None:
        """The best standing in force on any day from `first` to `last`, both included; None when there was none."""
        start, bests = self._bests(first)
        return bests[bisect_right(self._days, last) - start] if last >= first else None

    @cache  # noqa: B019  a history lives as long as its evaluator, and is asked about one or two days
    def _bests(self, first: date) -> tuple[int, list[int | None]]:
        """The steps that `first` comes after, and the best standing from then to each later step."""
        start = bisect_right(self._days, first)
        bests = [self.on(first).standing]
        for step in self.steps[start:]:
            known = [standing for standing in (bests[-1], step.standing) if standing is not None]
            bests.append(min(known, default=None))
        return start, bests

    @cached_property
    def waiting(self) -> tuple[tuple[date, date, str], ...]:
        """Gradings that were confirmed before they were published, or never were: from when, until when, the grade."""
        gradings = (grading for unit in self.units for grading in unit.gradings)
        spans = ((g.confirmed, g.published or date.max, g.grade) for g in gradings)
        return tuple((since, until, grade) for since, until, grade in spans if since is not None and since < until)

    @cached_property
    def emissions(self) -> tuple[Decimal | None, ...]:
        """The plant's emissions, in the order of POLLUTANTS."""
        emitted = self.plant.enterprise.emissions_t_a or Emissions()
        return tuple(getattr(emitted, pollutant) for pollutant in POLLUTANTS)

    def grading_on(self, unit: PlantUnit, day: date) -> PlantGrading | None:
        """The grading of one of the plant's units that is in force on a day."""
        found = None
        for since, grading in _steps(unit.gradings):
            if since > day:
                break
            found = grading
        return found

    def deciding(self, day: date, levels: Levels) -> PlantGrading | None:
        """The grading that decides the plant's grade on a day: that of its worst unit, the first of several alike."""
        found = [grading for unit in self.units if (grading := self.grading_on(unit, day)) is not None]
        if len(found) < len(self.units):
            return None
        return max(found, key=lambda grading: levels.standings[grading.grade])

    def state(self, day: date) -> State:
        """The plant's state on a day; operating unless something else is stated."""
        stated = self.plant.enterprise.state
        if not stated:
            return "operating"
        since = [entry for entry in stated if entry.since <= day]
        # Of two stated from the same day on, the later in the list holds.
        return max(enumerate(since), key=lambda found: (found[1].since, found[0]))[1].state if since else "operating"

    @cached_property
    def always_operating(self) -> bool:
        """True when nothing is stated about the plant's time of operation, so that it is there on every day."""
        return self.plant.enterprise.opened is None and not self.plant.enterprise.state

    def is_open(self, day: date) -> bool:
        """True when the plant is there on a day; one of unknown age is."""
        opened = self.plant.enterprise.opened
        return opened is None or opened <= day


class Counted(NamedTuple):
    """A plant on a day, with its grade at the start of the campaign and on the day."""

    plant: History
    before: str | None
    now: str | None
    attainable: str | None


def history(plant: Plant, units: tuple[PlantUnit, ...], levels: Levels) -> History:
    """The steps of a plant's grade: the worst of its units on each day on which one of them changes."""
    changes = sorted(
        ((day, i, grading) for i, unit in enumerate(units) for day, grading in _steps(unit.gradings)), key=_BY_DAY
    )
    now: list[PlantGrading | None] = [None] * len(units)
    steps: list[InForce] = []
    for at, (day, i, grading) in enumerate(changes):
        now[i] = grading
        if at + 1 < len(changes) and changes[at + 1][0] == day:
            continue
        found = _in_force(day, now, levels)
        if not steps or steps[-1][1:] != found[1:]:
            steps.append(found)
    return History(plant, units, tuple(steps))


_BY_DAY = itemgetter(0)


def _in_force(day: date, now: Sequence[PlantGrading | None], levels: Levels) -> InForce:
    rated = [grading for grading in now if grading is not None]
    if len(rated) < len(now):
        return InForce(day, None, None, None)
    worst = levels.worst([grading.grade for grading in rated])
    return InForce(day, worst, levels.worst([grading.attainable for grading in rated]), levels.standings[worst])


def _steps(gradings: Sequence[PlantGrading]) -> list[tuple[date, PlantGrading | None]]:
    """The grading of a unit that is in force from each day on: of those published and not ended, the one published last."""
    # The later published last; of those of one day, the later in the list.
    published = sorted(((g.published, g.ended, g) for g in gradings if g.published is not None), key=_BY_DAY)
    days = {since for since, _, _ in published} | {ended for _, ended, _ in published if ended is not None}
    steps: list[tuple[date, PlantGrading | None]] = []
    for day in sorted(days):
        standing: PlantGrading | None = None
        for since, ended, grading in published:
            if since > day:
                break
            if ended is None or ended > day:
                standing = grading
        steps.append((day, standing))
    return steps


def zone_of(plant: Plant, campaign: Campaign) -> ZoneId | None:
    """The zone of a plant; None when neither its distance is known nor that it lies in the urban area."""
    enterprise = plant.enterprise
    if enterprise.in_urban_area:
        return "core"
    if enterprise.distance_km is None:
        return None
    within = campaign.zones.core.within_km
    return "core" if within is not None and enterprise.distance_km <= within else "other"
