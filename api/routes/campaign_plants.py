"""Plants of a campaign: the map, an edit of many of them, the emergency list."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.http.downloads import attachment
from api.media_types import XLSX
from api.routes.idempotency import OnceOnly
from api.routes.responses import answer, download, refusals, resource
from api.schemas.campaign_plants import (
    EmergencyListOut,
    MapOut,
    MapPlantOut,
    OutlineOut,
    OutlinesIn,
    OutlinesOut,
    PlantsEditIn,
    PlantsEditOut,
)
from api.services.campaigns.batch_edit import Edit, edit_plants
from api.services.campaigns.emergency import emergency_list, emergency_units
from api.services.campaigns.outlines import give_outlines, outlines_of
from api.services.campaigns.plant_rows import rows_on, suits
from api.store import Campaign
from grading import calendar
from grading.campaign.outlines import read_outlines
from grading.model.base import Day

router = resource("campaigns")
Reader = Annotated[Context, needs(Rule.READ_CAMPAIGNS)]
CostlyReader = Annotated[Context, needs(Rule.READ_CAMPAIGNS, costly=True)]
Runner = Annotated[Context, needs(Rule.RUN_CAMPAIGNS)]
On = Annotated[Day | None, Query(description="The day; today in China if it isn't given.")]
Text = Annotated[str, Query(max_length=64)]


@router.get("/campaigns/{campaign_id}/map", summary="The plants of a campaign where they lie")
def get_campaign_map(
    campaign_id: UUID,
    context: Reader,
    on: On = None,
    listed: Annotated[
        str, Query(alias="list", max_length=64, description="`base`, `reached`, `overdue`, …; empty: all.")
    ] = "base",
    county: Text = "",
    band: Annotated[str, Query(max_length=8, description="`a`, `b`, `c`, `d` or `others`.")] = "",
) -> MapOut:
    """By grade, with the outlines of counties that were last given."""
    day, campaign = on or calendar.today(), context.find(Campaign, campaign_id)
    _, _, plants = rows_on(context, campaign, day)
    filters = {"list": listed, "county": county, "zone": "", "band": band, "q": ""}
    found = [row for row in plants.rows if suits(row, filters)]
    outlines = [o for o in outlines_of(context, campaign) if county in ("", o.county)]
    return MapOut(
        on=day,
        plants=[MapPlantOut.of(row) for row in found],
        without_point=sum(row.point is None for row in found),
        outlines=[OutlineOut.of(outline) for outline in outlines],
    )


@router.post(
    "/campaigns/{campaign_id}/outlines",
    status_code=201,
    summary="Give the outlines of a campaign's counties",
    response_model=OutlinesOut,
    responses=refusals(409),
)
def give_campaign_outlines(campaign_id: UUID, body: OutlinesIn, once: OnceOnly, context: Runner) -> Response:
    """The last ones count; none is ever changed. Every error comes at once, with its place."""

    def act() -> Response:
        made = give_outlines(context, campaign_id, body.outlines)
        campaign = context.find(Campaign, campaign_id)
        found, _ = read_outlines(made.document.encode(), campaign.jurisdiction)
        return answer(OutlinesOut(digest=made.digest, counties=len(found)), status=201)

    return once.answer(context, body, act)


@router.post(
    "/campaigns/{campaign_id}/plant-edits",
    summary="Edit many plants of a campaign",
    response_model=PlantsEditOut,
    responses=refusals(409),
)
def edit_campaign_plants(campaign_id: UUID, body: PlantsEditIn, once: OnceOnly, context: Runner) -> Response:
    """Each plant is checked by itself: one that can't be changed is left as it is and told with the reason. What no plant could
    be given is refused whole."""

    def act() -> Response:
        edit = Edit(target=body.target, responsible=body.responsible, due=body.due, expert=body.expert)
        done = edit_plants(context, campaign_id, body.permits, edit, body.reasons)
        return answer(PlantsEditOut.model_validate(done))

    return once.answer(context, body, act)


@router.get("/campaigns/{campaign_id}/emergency-list", summary="The emergency list of a campaign's plants")
def get_emergency_list(campaign_id: UUID, context: Reader, on: On = None) -> EmergencyListOut:
    """The measures of each unit at each alert, by its published grade; those whose source is not verified are marked."""
    day = on or calendar.today()
    return EmergencyListOut.of(day, emergency_units(context, context.find(Campaign, campaign_id), day))


@router.get(
    "/campaigns/{campaign_id}/emergency-list.xlsx",
    summary="The emergency list of a campaign's plants as a workbook",
    response_class=Response,
    responses=download("The list.", XLSX),
)
def get_emergency_workbook(campaign_id: UUID, context: CostlyReader, on: On = None) -> Response:
    """The same as a sheet that prints on A3."""
    day, campaign = on or calendar.today(), context.find(Campaign, campaign_id)
    name = f"{campaign.code}-应急减排清单-{day.isoformat()}.xlsx"
    return attachment(emergency_list(context, campaign, day), XLSX, name)
