"""The plants of a campaign on a day, each with everything that it is counted for: what every number of its page leads to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from urllib.parse import quote
from uuid import UUID

from api.context import Context
from api.services.campaigns.evaluation import CampaignData, report_on, stamp
from api.store import Campaign
from grading.campaign.counts import Reached
from grading.campaign.evaluate import Evaluator
from grading.campaign.history import History
from reports.campaign.context import WHY, CampaignReport

Band = Literal["a", "b", "c", "d", "others"]
MOVES = ("created_a", "increased_b", "reduced_c", "cleared_d", "closed_since", "backslid")
COUNTS = ("new", "pending", "opened_since", "lost")


@dataclass(frozen=True)
class PlantRow:
    """A plant in a list."""

    permit: str
    enterprise_id: UUID
    name: str
    county: str
    county_name: str
    zone: str
    """`core`, `other`, or `unknown`."""
    band: Band
    before: str
    now: str
    since: str
    target: str
    """The label of the level it is to reach; empty: it is not on the roster."""
    lists: frozenset[str]
    """Lists that hold the plant: `base`, `reached`, `not_reached`, `roster`, `undecided`, `overdue`, the evaluation's lists."""
    why: tuple[str, ...]
    """The reason why the plant is overdue."""
    point: tuple[float, float] | None = None
    """Longitude and latitude."""

    def link(self, campaign_id: UUID, query: str) -> str:
        """The address of the plant's page."""
        return f"/campaigns/{campaign_id}/plant?permit={quote(self.permit, safe='')}{'&' if query else ''}{query}"


@dataclass(frozen=True)
class PlantRows:
    """All plants of a campaign on a day, by county and permit."""

    rows: tuple[PlantRow, ...]
    by_permit: Mapping[str, PlantRow]

    def of(self, listed: str) -> tuple[PlantRow, ...]:
        """The plants of one list."""
        return tuple(row for row in self.rows if listed in row.lists)


def rows_on(context: Context, campaign: Campaign, day: date) -> tuple[CampaignData, CampaignReport, PlantRows]:
    """The campaign on a day with the rows of its plants; raises Problem (422) for a day to come."""
    data, report = report_on(context, campaign, day)
    key = ("rows", campaign.id, data.area, stamp(context.db, campaign), day)
    found: PlantRows = context.service.campaign_reports.get(key, lambda: _rows(data, report, day))
    return data, report, found


def _rows(data: CampaignData, report: CampaignReport, day: date) -> PlantRows:
    evaluator, found = data.evaluator, report.evaluation
    lists: dict[str, set[str]] = defaultdict(set)
    for county in found.new:
        for name in COUNTS:
            _mark(lists, name, getattr(county, name))
    for name in MOVES:
        _mark(lists, name, getattr(found.moves, name))
    _mark(lists, "undecided", found.undecided)
    _mark(lists, "overdue", (entry.permit for entry in found.overdue))
    _mark(lists, "base", report.base)
    _mark(lists, "reached", report.reached_by)
    _mark(lists, "not_reached", report.base - report.reached_by)
    why: dict[str, list[str]] = defaultdict(list)
    for entry in found.overdue:
        why[entry.permit].append(WHY[entry.why])
    targets = {entry.permit: evaluator.levels.labels[entry.target] for entry in data.campaign.roster}
    _mark(lists, "roster", targets)
    rows = []
    for line in report.plants:
        plant = evaluator.plants[line.permit]
        zone = evaluator.zones[line.permit]
        if zone is None and evaluator.counts_on(plant, day):
            lists[line.permit].add("zone_unknown")
        rows.append(
            PlantRow(
                permit=line.permit,
                enterprise_id=data.register.plants[line.permit].enterprise_id,
                name=line.name,
                county=plant.county,
                county_name=line.county,
                zone=zone or "unknown",
                band=_band(evaluator, plant.on(day).grade),
                before=line.before,
                now=line.now,
                since=line.since,
                target=targets.get(line.permit, ""),
                lists=frozenset(lists[line.permit]),
                why=tuple(why[line.permit]),
                point=_point(plant),
            )
        )
    rows.sort(key=lambda row: (row.county, row.permit))
    return PlantRows(tuple(rows), {row.permit: row for row in rows})


def _point(plant: History) -> tuple[float, float] | None:
    at = plant.plant.enterprise.point
    return None if at is None else (float(at.lon), float(at.lat))


def _mark(lists: dict[str, set[str]], name: str, permits: Iterable[str]) -> None:
    for permit in permits:
        lists[permit].add(name)


def _band(evaluator: Evaluator, grade: str | None) -> Band:
    """The column of the county table that a grade stands in."""
    of = evaluator.levels.standings
    if grade is None or of[grade] > of["D"]:
        return "others"
    bounds: tuple[tuple[str, Band], ...] = (("A", "a"), ("B-", "b"), ("C", "c"))
    return next((band for level, band in bounds if of[grade] <= of[level]), "d")


def suits(row: PlantRow, filters: Mapping[str, str]) -> bool:
    """True when a plant is among those that the filters ask for."""
    return (
        (not filters["list"] or filters["list"] in row.lists)
        and (not filters["county"] or row.county == filters["county"])
        and (not filters["zone"] or row.zone == filters["zone"])
        and (not filters["band"] or row.band == filters["band"])
        and (not filters["q"] or filters["q"] in row.name or filters["q"] in row.permit)
    )


@dataclass(frozen=True)
class MonthEnd:
    """The number of plants that had reached the level on a day, and of all plants."""

    day: date
    base: int
    reached: int


def month_ends(
    context: Context, campaign: Campaign, data: CampaignData, days: tuple[date, ...]
) -> tuple[MonthEnd, ...]:
    """The course of a campaign: the base and those that had reached the level on each day."""
    key = ("months", campaign.id, data.area, stamp(context.db, campaign), days)
    found: tuple[MonthEnd, ...] = context.service.campaign_reports.get(key, lambda: _month_ends(data, days))
    return found


def _month_ends(data: CampaignData, days: Iterable[date]) -> tuple[MonthEnd, ...]:
    evaluator = data.evaluator
    reached = Reached(evaluator.levels, evaluator.levels.threshold(data.campaign.reached))
    zoned = [plant for permit, plant in evaluator.plants.items() if evaluator.zones[permit] is not None]
    found = []
    for day in days:
        base = [plant for plant in zoned if evaluator.counts_on(plant, day)]
        found.append(MonthEnd(day, len(base), sum(reached.by(plant.on(day).grade) for plant in base)))
    return tuple(found)
