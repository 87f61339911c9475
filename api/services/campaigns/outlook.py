"""The outlook of a campaign as far as the actor sees it: what reaches the targets soonest, and the plants to help."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args
from uuid import UUID

from sqlalchemy import select

from api.context import Context
from api.problems import Problem
from api.services.campaigns.evaluation import CampaignData, report_on, stamp
from api.services.campaigns.ways import number_stored, ways_on
from api.store import Campaign, Enterprise, Role
from grading.campaign.candidates import Candidate, candidates
from grading.campaign.shared_gaps import Order, SharedGap, by_effort, shared_gaps
from grading.campaign.soonest import Outlook, outlook
from reports.campaign.context import CampaignReport, grade_label
from reports.campaign.outlook import AreaLine, OutlookWords


@dataclass(frozen=True)
class CampaignOutlook:
    """A campaign on a day with what it would take."""

    data: CampaignData
    report: CampaignReport
    outlook: Outlook
    areas: tuple[AreaLine, ...]
    """The same in words."""
    waiting: int
    """Plants whose ways the workers have not worked out yet."""


@dataclass(frozen=True)
class Help:
    """The plants below their own target, and what they lack alike."""

    data: CampaignData
    report: CampaignReport
    plants: tuple[Candidate, ...]
    by_permit: Mapping[str, Candidate]
    shared: tuple[SharedGap, ...]
    waiting: int


@dataclass(frozen=True)
class Filter:
    """The filters that stand in the address."""

    industry: str
    county: str
    zone: str
    gap: str
    q: str
    sort: Order

    def suits(self, plant: Candidate, name: str) -> bool:
        """True when a plant is asked for."""
        ways = plant.ways
        return (
            (not self.county or plant.county == self.county)
            and (not self.zone or plant.zone == self.zone)
            and (not self.industry or (ways is not None and self.industry in ways.industries))
            and (not self.gap or (ways is not None and any(f"{g.industry}.{g.fact}" == self.gap for g in ways.gaps)))
            and (not self.q or self.q in name or self.q in plant.permit)
        )

    @property
    def query(self) -> dict[str, str]:
        """The parts of the address that differ from the defaults."""
        values = {name: getattr(self, name) for name in ("industry", "county", "zone", "gap", "q")}
        return {name: value for name, value in values.items() if value} | (
            {"sort": self.sort} if self.sort != "cost" else {}
        )


def filter_of(industry: str, county: str, zone: str, gap: str, q: str, sort: str) -> Filter:
    """The filters of an address; raises Problem (422)."""
    if sort not in get_args(Order):
        raise Problem("invalid_order", f"排序应为 {'、'.join(get_args(Order))} 之一。", status=422)
    return Filter(industry, county, zone, gap, q.strip(), sort)  # type: ignore[arg-type]


def chosen(found: Help, filters: Filter) -> list[Candidate]:
    """The plants that are asked for, in the order that is asked for."""
    plants = found.data.evaluator.plants
    there = (p for p in found.plants if filters.suits(p, plants[p.permit].plant.enterprise.name))
    return list(by_effort(there, filters.sort))


def outlook_on(context: Context, campaign: Campaign, day: date) -> CampaignOutlook:
    """The outlook on a day, remembered until anything that it rests on changes; raises Problem (422) for a day to come."""
    data, report = report_on(context, campaign, day)

    def make() -> tuple[Outlook, tuple[AreaLine, ...], int]:
        ways, waiting = ways_on(context.service, context.db, data, day)
        found = outlook(data.evaluator, report.evaluation, ways)
        words = OutlookWords(data.evaluator, lambda grade: grade_label(data.evaluator, grade))
        return found, words.areas(found), waiting

    found, areas, waiting = _remembered(context, "outlook", campaign, data, day, make, _is_whole)
    return CampaignOutlook(data, report, found, areas, waiting)


def help_on(context: Context, campaign: Campaign, day: date) -> Help:
    """The plants to help on a day; of an assessor those of the enterprises that their team is assigned to."""
    data, report = report_on(context, campaign, day)

    def make() -> tuple[tuple[Candidate, ...], int]:
        ways, waiting = ways_on(context.service, context.db, data, day)
        targets = {entry.permit: entry.target for entry in data.campaign.roster}
        return candidates(data.evaluator, day, ways, targets), waiting

    found, waiting = _remembered(context, "help", campaign, data, day, make, _is_whole)
    if context.actor.role is Role.ASSESSOR:
        visible_ids = _visible_ids(context)
        register = data.register.plants
        found = tuple(c for c in found if register[c.permit].enterprise_id in visible_ids)
        shared = shared_gaps(found)
    else:
        shared = _remembered(context, "shared", campaign, data, day, lambda: shared_gaps(found), lambda _: not waiting)
    return Help(data, report, found, {c.permit: c for c in found}, shared, waiting)


def _is_whole(found: Any) -> bool:
    """True when the ways of no plant are still to be worked out."""
    return not found[-1]


def _remembered(
    context: Context,
    name: str,
    campaign: Campaign,
    data: CampaignData,
    day: date,
    make: Callable[[], Any],
    is_whole: Callable[[Any], bool],
) -> Any:
    """A cached value: a complete one until the campaign or its gradings change, another until a worker adds a way."""
    reports = context.service.campaign_reports
    key = (name, campaign.id, data.area, stamp(context.db, campaign), day)
    found = reports.peek(key)
    if found is None:
        made = reports.get((*key, number_stored(context.db)), make)
        found = reports.get(key, lambda: made) if is_whole(made) else made
    return found


def _visible_ids(context: Context) -> frozenset[UUID]:
    return frozenset(context.db.scalars(select(Enterprise.id)))
