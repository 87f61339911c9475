"""What would reach a campaign's targets soonest, and the plants to help, as far as the actor sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from api.context import Context
from api.services.campaigns.evaluation import CampaignData, report_on, stamp
from api.services.campaigns.ways import number_stored, ways_on
from api.store import Campaign, Enterprise, Role
from grading.campaign.candidates import Candidate, candidates
from grading.campaign.shared_gaps import SharedGap, shared_gaps
from grading.campaign.soonest import Outlook, outlook
from reports.campaign.context import CampaignReport


@dataclass(frozen=True)
class CampaignOutlook:
    """A campaign on a day with what it would take."""

    data: CampaignData
    report: CampaignReport
    outlook: Outlook
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


def outlook_on(context: Context, campaign: Campaign, day: date) -> CampaignOutlook:
    """The outlook on a day, remembered until anything that it rests on changes; raises Problem (422) for a day to come."""
    data, report = report_on(context, campaign, day)

    def make() -> tuple[Outlook, int]:
        ways, waiting = ways_on(context.service, context.db, data, day)
        return outlook(data.evaluator, report.evaluation, ways), waiting

    found, waiting = _remembered(context, "outlook", campaign, data, day, make)
    return CampaignOutlook(data, report, found, waiting)


def help_on(context: Context, campaign: Campaign, day: date) -> Help:
    """The plants to help on a day; of an assessor those of the enterprises that their team is assigned to."""
    data, report = report_on(context, campaign, day)

    def make() -> tuple[tuple[Candidate, ...], int]:
        ways, waiting = ways_on(context.service, context.db, data, day)
        targets = {entry.permit: entry.target for entry in data.campaign.roster}
        return candidates(data.evaluator, day, ways, targets), waiting

    found, waiting = _remembered(context, "help", campaign, data, day, make)
    if context.actor.role is Role.ASSESSOR:
        seen = _seen(context)
        register = data.register.plants
        found = tuple(c for c in found if register[c.permit].enterprise_id in seen)
        shared = shared_gaps(found)
    else:
        shared = _remembered(context, "shared", campaign, data, day, lambda: shared_gaps(found))
    return Help(data, report, found, {c.permit: c for c in found}, shared, waiting)


def _remembered(context: Context, name: str, campaign: Campaign, data: CampaignData, day: date, make: Any) -> Any:
    key = (name, campaign.id, data.area, stamp(context.db, campaign), day, number_stored(context.db))
    return context.service.campaign_reports.get(key, make)


def _seen(context: Context) -> frozenset[UUID]:
    return frozenset(context.db.scalars(select(Enterprise.id)))
