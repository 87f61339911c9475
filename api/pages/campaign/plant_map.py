"""The map of a campaign's plants, with the same as a table, and the outlines of counties that a bureau gives for it."""

from collections import Counter
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from api.access import Rule
from api.context import Context, needs
from api.pages.campaign.campaigns import day_in, may_change, text_of, titles
from api.pages.campaign.map_view import LISTED, SHAPES, map_view
from api.pages.campaign.plants import BANDS, COUNTED
from api.pages.form_data import Sent
from api.pages.render import page
from api.problems import Problem
from api.services.campaigns.outlines import give_outlines, outlines_of
from api.services.campaigns.plant_rows import rows_on, suits
from api.store import Campaign
from grading import calendar

router = APIRouter()
Reader = Annotated[Context, needs(Rule.READ_CAMPAIGNS)]
Runner = Annotated[Context, needs(Rule.RUN_CAMPAIGNS)]
Short = Annotated[str, Query(max_length=64)]


@router.get("/campaigns/{campaign_id}/map")
def show_map(
    campaign_id: UUID,
    request: Request,
    context: Reader,
    on: Short = "",
    listed: Annotated[str, Query(alias="list", max_length=64)] = "base",
    county: Short = "",
    band: Short = "",
) -> Response:
    """Plants where they lie, by grade; the filters stand in the address."""
    filters = {"list": listed, "county": county, "zone": "", "band": band, "q": ""}
    return _shown(request, context, context.find(Campaign, campaign_id), on, filters)


@router.post("/campaigns/{campaign_id}/outlines")
def take_outlines(campaign_id: UUID, request: Request, context: Runner, sent: Sent) -> Response:
    """Take the outlines of counties; what is wrong with them is told on the page."""
    try:
        give_outlines(context, campaign_id, text_of(sent, "outlines"))
    except Problem as problem:
        context.undo(problem)
        filters = {"list": "base", "county": "", "zone": "", "band": "", "q": ""}
        return _shown(request, context, context.find(Campaign, campaign_id), "", filters, problem)
    return RedirectResponse(f"/campaigns/{campaign_id}/map", status_code=303)


def _shown(
    request: Request,
    context: Context,
    campaign: Campaign,
    on: str,
    filters: dict[str, str],
    refused: Problem | None = None,
) -> Response:
    day = day_in(on)
    data, _, plants = rows_on(context, campaign, day)
    found = [row for row in plants.rows if suits(row, filters)]
    counties = sorted({(row.county, row.county_name) for row in plants.rows})
    names = dict(data.evaluator.county_names) | dict(counties)
    outlines = tuple(
        o for o in outlines_of(context, campaign) if not filters["county"] or o.county == filters["county"]
    )
    on_ = {} if day == calendar.day_of(context.at) else {"on": day.isoformat()}
    return page(
        request,
        context,
        "campaign_map.html.j2",
        status=200 if refused is None else refused.status,
        campaign=campaign,
        day=day,
        found=found,
        view=map_view(found, outlines, names),
        wanted=filters,
        lists=COUNTED | titles(data.campaign),
        counties=counties,
        bands=BANDS,
        shapes=SHAPES,
        listed=LISTED,
        numbers=Counter((row.county, row.band) for row in found),
        query=urlencode({**{key: value for key, value in filters.items() if value}, **on_}),
        day_query=urlencode(on_),
        has_outlines=bool(outlines),
        may_change=may_change(context, campaign),
        refused=refused,
    )
