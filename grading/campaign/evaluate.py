"""A campaign on a day: its base, how far each target is, who moved, who is late. Only published gradings count."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from grading.campaign.counts import (
    CountyCount,
    Reached,
    ShareCount,
    county_counts,
    emission_shares,
    grade_counts,
    share_count,
)
from grading.campaign.history import Counted, History, history, zone_of
from grading.campaign.model import ZONES, Campaign, ZoneId
from grading.campaign.moves import Moves, moves
from grading.campaign.overdue import Overdue, overdue
from grading.campaign.plants import Plant
from grading.campaign.vocabulary import Vocabulary
from grading.garbage_collection import gc_paused
from grading.jurisdiction import in_area


@dataclass(frozen=True)
class Evaluation:
    """The answer of `grading campaign evaluate`; every list is of permits, sorted."""

    on: date
    campaign: str
    base: dict[str, int]
    by_grade: dict[str, int]
    undecided: tuple[str, ...]
    shares: tuple[ShareCount, ...]
    new: tuple[CountyCount, ...]
    moves: Moves
    overdue: tuple[Overdue, ...]
    emission_share: dict[str, str | None]

    def as_json(self) -> dict[str, Any]:
        """The document of the contract: decimals of targets as numbers, percents as text."""
        document = asdict(self) | {"on": self.on.isoformat()}
        for share in document["shares"]:
            if isinstance(share["at_least_percent"], Decimal):
                share["at_least_percent"] = _number(share["at_least_percent"])
        return document


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


class Evaluator:
    """A campaign with the histories of its plants, to be asked about any day."""

    def __init__(self, campaign: Campaign, plants: Sequence[Plant], vocabulary: Vocabulary) -> None:
        self.campaign, self.levels = campaign, vocabulary.levels
        self.industries = vocabulary.industries
        self.roster = {entry.permit: entry for entry in campaign.roster}
        self.county_names = {**vocabulary.regions, **campaign.counties}
        register = vocabulary.industries
        wanted = register.ids if campaign.industries == "all" else register.named(campaign.industries)
        self.plants: dict[str, History] = {}
        self.zones: dict[str, ZoneId | None] = {}
        self.before: dict[str, str | None] = {}
        self.elsewhere: dict[str, History] = {}
        """Plants of the roster outside the jurisdiction: counted nowhere, and late by their own grade."""
        with gc_paused():
            for plant in plants:
                units = tuple(unit for unit in plant.units if unit.industry in wanted)
                if not units:
                    continue
                if in_area(plant.enterprise.county, campaign.jurisdiction):
                    found = self.plants[plant.permit] = history(plant, units, self.levels)
                    self.before[plant.permit] = found.on(campaign.period.start).grade
                    self.zones[plant.permit] = zone_of(plant, campaign)
                elif plant.permit in self.roster:
                    self.elsewhere[plant.permit] = history(plant, units, self.levels)

    def plant(self, permit: str) -> History | None:
        """The plant of that permit, of the jurisdiction or of the roster."""
        return self.plants.get(permit) or self.elsewhere.get(permit)

    def counts_on(self, plant: History, day: date) -> bool:
        """True when a plant is there on a day and not in a state that the base leaves out."""
        leave_out = self.campaign.base.leave_out
        if plant.always_operating:
            return "operating" not in leave_out
        return plant.is_open(day) and plant.state(day) not in leave_out

    def on(self, day: date) -> Evaluation:
        """The campaign on a day."""
        with gc_paused():
            return self._on(day)

    def _on(self, day: date) -> Evaluation:
        campaign, levels = self.campaign, self.levels
        by_zone: dict[ZoneId | None, list[Counted]] = {zone: [] for zone in (*ZONES, None)}
        others: list[History] = []
        for permit, plant in self.plants.items():
            if self.counts_on(plant, day):
                _, now, attainable, _ = plant.on(day)
                by_zone[self.zones[permit]].append(Counted(plant, self.before[permit], now, attainable))
            else:
                others.append(plant)
        base = [counted for zone in ZONES for counted in by_zone[zone]]
        reached = Reached(levels, levels.threshold(campaign.reached))
        return Evaluation(
            on=day,
            campaign=campaign.id,
            base={"core": len(by_zone["core"]), "other": len(by_zone["other"]), "zone_unknown": len(by_zone[None])},
            by_grade=grade_counts(base, levels),
            undecided=tuple(sorted(c.plant.permit for c in base if not levels.alike(c.now, c.attainable))),
            shares=tuple(share_count(share, by_zone[share.zone], reached) for share in campaign.shares),
            new=county_counts(campaign, base, reached, day),
            moves=moves(base, [*others, *(c.plant for c in by_zone[None])], levels, campaign.period.start, day),
            overdue=overdue(campaign, {**self.plants, **self.elsewhere}, levels, day),
            emission_share=emission_shares(base, reached),
        )
