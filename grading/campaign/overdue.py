"""Overdue parts of a campaign: plans, measures, targets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from grading.campaign.counts import Reached
from grading.campaign.history import History
from grading.campaign.levels import Levels
from grading.campaign.model import Campaign, RosterEntry


class Why(StrEnum):
    """The reason why a plant of the roster is late."""

    MEASURE = "measure_overdue"
    PLAN = "plan_missing"
    TARGET = "target_not_reached"


@dataclass(frozen=True, order=True)
class Overdue:
    """A plant that is late, and why."""

    permit: str
    why: Why


def overdue(campaign: Campaign, plants: Mapping[str, History], levels: Levels, day: date) -> tuple[Overdue, ...]:
    """Every plant of the roster that is late on a day, once for each reason."""
    return tuple(
        sorted(Overdue(e.permit, why) for e in campaign.roster for why in _reasons(e, campaign, plants, levels, day))
    )


def _reasons(
    entry: RosterEntry, campaign: Campaign, plants: Mapping[str, History], levels: Levels, day: date
) -> Iterator[Why]:
    if any(measure.finish < day and measure.done_percent < 100 for measure in entry.measures):
        yield Why.MEASURE
    due = campaign.period.plans_due
    if not entry.measures and due is not None and day > due:
        yield Why.PLAN
    if day > (entry.due or campaign.period.deadline):
        target = Reached(levels, levels.threshold(entry.target))
        plant = plants.get(entry.permit)
        if plant is None or not target.by(plant.on(day).grade):
            yield Why.TARGET
