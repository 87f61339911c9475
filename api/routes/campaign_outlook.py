"""Outlook of a campaign: what reaches its targets soonest, and the plants to help."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from api.access import Rule
from api.context import Context, needs
from api.routes.responses import resource
from api.schemas.campaign_outlook import (
    AreaOutlookOut,
    OutlookOut,
    PlantsToHelpOut,
    PlantToHelpOut,
    SharedGapOut,
)
from api.services.campaigns.outlook import chosen, filter_of, help_on, outlook_on
from api.store import Campaign
from grading import calendar
from grading.model.base import Day

router = resource("campaigns")
On = Annotated[Day | None, Query(description="The day; today in China if it isn't given.")]
Text = Annotated[str, Query(max_length=160)]


@router.get("/campaigns/{campaign_id}/outlook", summary="What would reach the targets of a campaign soonest")
def get_outlook(
    campaign_id: UUID, context: Annotated[Context, needs(Rule.READ_CAMPAIGNS)], on: On = None
) -> OutlookOut:
    """For each county and zone with a target: the cheapest plants that close what is missing, those that can by the deadline,
    and what plans come to. Every way is proven by grading the changed audit."""
    found = outlook_on(context, context.find(Campaign, campaign_id), on or calendar.today())
    return OutlookOut(
        on=found.outlook.on,
        deadline=found.outlook.deadline,
        waiting=found.waiting,
        areas=[AreaOutlookOut.of(area) for area in found.outlook.areas],
    )


@router.get("/campaigns/{campaign_id}/plants-to-help", summary="The plants of a campaign to help")
def list_plants_to_help(
    campaign_id: UUID,
    context: Annotated[Context, needs(Rule.READ_PLANTS_TO_HELP)],
    on: On = None,
    industry: Text = "",
    county: Text = "",
    zone: Text = "",
    gap: Annotated[str, Query(max_length=160, description="The `key` of a shared gap.")] = "",
    q: Annotated[str, Query(max_length=160, description="Part of a name or a permit.")] = "",
    sort: Annotated[str, Query(max_length=16, description="`cost`, `weeks` or `changes`.")] = "cost",
) -> PlantsToHelpOut:
    """Those below their level, the least effort first, with what the plants of an industry lack alike."""
    day = on or calendar.today()
    found = help_on(context, context.find(Campaign, campaign_id), day)
    filters = filter_of(industry, county, zone, gap, q, sort)
    return PlantsToHelpOut(
        on=day,
        waiting=found.waiting,
        shared=[SharedGapOut.of_gap(g) for g in found.shared if not industry or g.industry == industry],
        plants=[PlantToHelpOut.of(plant) for plant in chosen(found, filters)],
    )
