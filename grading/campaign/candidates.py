"""Plants that could reach a campaign's level, each with what it takes and by when: what choices and forecasts are made of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from typing import Literal

from grading.campaign.counts import Reached
from grading.campaign.evaluate import Evaluator
from grading.campaign.history import History
from grading.campaign.model import ZoneId
from grading.campaign.plants import POLLUTANTS
from grading.campaign.ways import PlantWays, Way

DAYS_A_WEEK = 7
PlanState = Literal["in_time", "uncovered", "late", "none"]


@dataclass(frozen=True)
class Option:
    """A way of a plant with the day from which on its grade could be published; None: how long it takes is not known."""

    name: Literal["publication", "cheapest", "quickest", "plan"]
    way: Way | None
    ready_on: date | None

    @property
    def middle(self) -> Decimal:
        """The cost, by the middle of its range."""
        return Decimal(0) if self.way is None else sum(self.way.cost_wan, Decimal(0)) / 2

    @property
    def effort(self) -> tuple[bool, bool, Decimal, Decimal, Decimal, int, bool]:
        """By cost, time and number of changes; what nobody has priced or timed comes last."""
        way, zero = self.way, Decimal(0)
        if way is None:
            return (False, False, zero, zero, zero, 0, False)
        numbers = (self.middle, way.cost_wan[1], way.weeks[1], way.changes + way.evidence)
        return (way.unpriced > 0, way.untimed > 0, *numbers, self.name != "plan")


@dataclass(frozen=True)
class Candidate:
    """A plant below the level on a day, with the ways there."""

    permit: str
    county: str
    zone: ZoneId
    target: str
    """The level that it is to reach."""
    counts_as_new: bool
    """True when it would be new in its county: it was there at the start, and not at the level."""
    preferred: bool
    ways: PlantWays | None
    """None: no audit in force says what stands in the way."""
    options: tuple[Option, ...]
    plan: PlanState
    planned_for: date | None
    """The day on which the last measure of its plan is due."""

    @property
    def best(self) -> Option | None:
        """The cheapest way to the level; None: no way is known."""
        return min(self.options, key=lambda option: option.effort, default=None)

    @property
    def on_publication(self) -> bool:
        """True when a confirmed grading lifts it as soon as it is published."""
        return any(option.name == "publication" for option in self.options)

    @property
    def is_provisional(self) -> bool:
        """True when its way holds only if provisional figures do."""
        return not self.on_publication and self.ways is not None and self.ways.is_provisional


Ways = Mapping[tuple[str, str], PlantWays]
"""The ways of plants by permit and level."""


def candidates(
    evaluator: Evaluator, day: date, ways: Ways, targets: Mapping[str, str] | None = None
) -> tuple[Candidate, ...]:
    """The plants of the base below the campaign's level on a day, by permit; with `targets` those below a level of their own."""
    campaign, levels = evaluator.campaign, evaluator.levels
    own = targets or {}
    level = Reached(levels, levels.threshold(campaign.reached))
    found = []
    for permit, plant in sorted(evaluator.plants.items()):
        zone = evaluator.zones[permit]
        target = own.get(permit, campaign.reached)
        reached = level if target == campaign.reached else Reached(levels, levels.threshold(target))
        if zone is None or not evaluator.counts_on(plant, day) or reached.by(plant.on(day).grade):
            continue
        there = ways.get((permit, target))
        state, due = _plan(evaluator, permit, there, day, reached)
        was_there = plant.is_open(campaign.period.start)
        found.append(
            Candidate(
                permit=permit,
                county=plant.county,
                zone=zone,
                target=target,
                counts_as_new=was_there and not reached.by(evaluator.before[permit]),
                preferred=_is_preferred(evaluator, plant),
                ways=there,
                options=tuple(_options(evaluator, plant, there, day, state, due, reached)),
                plan=state,
                planned_for=due,
            )
        )
    return tuple(found)


def levels_wanted(evaluator: Evaluator, day: date) -> dict[str, tuple[str, ...]]:
    """By permit of the base the levels that a plant is still to reach: the campaign's, and that of the roster."""
    campaign, levels = evaluator.campaign, evaluator.levels
    own = {entry.permit: entry.target for entry in campaign.roster}
    wanted = {}
    for permit, plant in evaluator.plants.items():
        if evaluator.zones[permit] is None or not evaluator.counts_on(plant, day):
            continue
        grade = plant.on(day).grade
        targets = dict.fromkeys((campaign.reached, own.get(permit, campaign.reached)))
        open_ = tuple(t for t in targets if not Reached(levels, levels.threshold(t)).by(grade))
        if open_:
            wanted[permit] = open_
    return wanted


def latest_finish(evaluator: Evaluator) -> date:
    """The day by which works must be done for a grade that is published by the deadline."""
    return evaluator.campaign.period.deadline - timedelta(days=evaluator.campaign.days_to_publish)


def _options(
    evaluator: Evaluator,
    plant: History,
    ways: PlantWays | None,
    day: date,
    state: PlanState,
    due: date | None,
    reached: Reached,
) -> Iterator[Option]:
    if _lifted_by_publication(evaluator, plant, day, reached):
        yield Option("publication", None, day)
        return
    if ways is None or ways.cheapest is None:
        return
    publishing = timedelta(days=evaluator.campaign.days_to_publish)
    if state == "in_time" and due is not None:
        yield Option("plan", ways.cheapest, max(day, due) + publishing)
    yield Option("cheapest", ways.cheapest, _ready(ways.cheapest, day, publishing))
    if ways.quickest is not None and ways.quickest != ways.cheapest:
        yield Option("quickest", ways.quickest, _ready(ways.quickest, day, publishing))


def _ready(way: Way, day: date, publishing: timedelta) -> date | None:
    """By the high ends of the works' times; None where a work's time is not known."""
    if way.untimed:
        return None
    if way.waits_until is not None and len(way.waits) == way.changes and not way.works:
        # Nothing is to be done, and the weeks of a wait count from the day of the audit.
        return max(day, way.waits_until) + publishing
    done = day + timedelta(days=ceil(way.weeks[1] * DAYS_A_WEEK))
    return max(done, way.waits_until or done) + publishing


def _lifted_by_publication(evaluator: Evaluator, plant: History, day: date, reached: Reached) -> bool:
    """True when the plant stands at the level once all that is confirmed by a day is published."""
    grades = []
    for unit in plant.units:
        waiting = [
            g.grade
            for g in unit.gradings
            if g.confirmed is not None and g.confirmed <= day and (g.published is None or g.published > day)
        ]
        in_force = plant.grading_on(unit, day)
        if not waiting and in_force is None:
            return False
        grades.append(waiting[-1] if waiting else in_force.grade if in_force is not None else "")
    return reached.by(evaluator.levels.worst(grades))


def _plan(
    evaluator: Evaluator, permit: str, ways: PlantWays | None, day: date, reached: Reached
) -> tuple[PlanState, date | None]:
    """A plant's plan to a level beside the deadline, and its end.

    It is `uncovered` when measures are in time and not all open gaps of a proven way have one, or nobody knows.
    """
    entry = evaluator.roster.get(permit)
    if entry is None or not entry.measures or evaluator.levels.threshold(entry.target) > reached.threshold:
        return "none", None
    due = max(measure.finish for measure in entry.measures)
    open_ = [measure.finish for measure in entry.measures if measure.done_percent < 100]
    if any(finish < day or finish > latest_finish(evaluator) for finish in open_):
        return "late", due
    planned = {measure.gap for measure in entry.measures if measure.gap is not None}
    covered = ways is not None and ways.cheapest is not None and {gap.id for gap in ways.gaps} <= planned
    return ("in_time" if covered else "uncovered"), due


def _is_preferred(evaluator: Evaluator, plant: History) -> bool:
    preferred = evaluator.campaign.preferred
    if preferred.head and plant.plant.enterprise.head:
        return True
    bounds = (getattr(preferred.emissions_at_least_t_a, pollutant) for pollutant in POLLUTANTS)
    amounts = zip(bounds, plant.emissions, strict=True)
    return any(bound is not None and emitted is not None and emitted >= bound for bound, emitted in amounts)
