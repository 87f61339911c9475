"""Pages of a campaign's outlook: what reaches the targets soonest, and the plants to help with what they lack alike."""

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.access import MAY, Rule
from api.context import Context, needs
from api.http.downloads import attachment
from api.media_types import XLSX
from api.pages.campaign.campaigns import day_in
from api.pages.render import page
from api.queries import campaigns as queries
from api.services.campaigns.outlook import Filter, Help, chosen, filter_of, help_on, outlook_on
from api.store import Campaign
from grading import calendar
from grading.campaign.candidates import Candidate
from grading.campaign.shared_gaps import Order
from reports.campaign.context import ZONE, grade_label
from reports.campaign.help_workbook import help_workbook
from reports.campaign.outlook import HelpLine, OutlookWords, SharedLine, shared_lines

router = APIRouter()
Reader = Annotated[Context, needs(Rule.READ_CAMPAIGNS)]
Helper = Annotated[Context, needs(Rule.READ_PLANTS_TO_HELP)]
CostlyHelper = Annotated[Context, needs(Rule.READ_PLANTS_TO_HELP, costly=True)]
Short = Annotated[str, Query(max_length=160)]
LINES, SHARED, PICKS = 50, 12, 30
ORDERS: dict[Order, str] = {"cost": "投资", "weeks": "时间", "changes": "改动项数"}


def _filters(
    industry: Short = "", county: Short = "", zone: Short = "", gap: Short = "", q: Short = "", sort: Short = "cost"
) -> Filter:
    """The filters of the address; raises Problem (422)."""
    return filter_of(industry, county, zone, gap, q, sort)


Filters = Annotated[Filter, Depends(_filters)]


@router.get("/campaigns/{campaign_id}/outlook")
def show_outlook(campaign_id: UUID, request: Request, context: Reader, on: Short = "") -> Response:
    """County by county and zone by zone: the cheapest plants that close what is missing, and those that can in time."""
    campaign = context.find(Campaign, campaign_id)
    day = day_in(on)
    found = outlook_on(context, campaign, day)
    return page(
        request,
        context,
        "campaign_outlook.html.j2",
        campaign=campaign,
        day=day,
        report=found.report,
        outlook=found.outlook,
        waiting=found.waiting,
        areas=found.areas,
        most=PICKS,
        document=found.data.campaign,
        zones=ZONE,
        day_query=_day_query(context, day),
        part="" if found.data.area == campaign.jurisdiction else found.data.area,
    )


@router.get("/campaigns/{campaign_id}/help")
def show_help(
    campaign_id: UUID,
    request: Request,
    context: Helper,
    filters: Filters,
    on: Short = "",
    number: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Shared gaps by industry, and plants by what it takes them; the filters stand in the address."""
    campaign = context.find(Campaign, campaign_id)
    day = day_in(on)
    found = help_on(context, campaign, day)
    listed = chosen(found, filters)
    pages = max(-(-len(listed) // LINES), 1)
    number = min(number, pages)
    shared = _shared(found, filters)
    titles = {name: title for p in found.plants if p.ways is not None for name, title in p.ways.industries.items()}
    on_ = {} if day == calendar.day_of(context.at) else {"on": day.isoformat()}
    words = _words(found)
    shown = listed[(number - 1) * LINES : number * LINES]
    entries = queries.entries(context.db, campaign.id, [plant.permit for plant in shown])
    may_read = context.actor.role in MAY[Rule.READ_CAMPAIGNS]
    return page(
        request,
        context,
        "campaign_help.html.j2",
        campaign=campaign,
        day=day,
        found=listed,
        shown=[_line(found, words, plant, day) for plant in shown],
        number=number,
        pages=pages,
        wanted=filters,
        shared=shared,
        most=SHARED,
        orders=ORDERS,
        industries=sorted(titles.items(), key=lambda one: one[1]),
        counties=sorted({(p.county, words.county(p.county)) for p in found.plants}),
        zones=ZONE,
        gap_title=next((line for line in shared_lines(found.shared) if line.key == filters.gap), None),
        query=urlencode({**filters.query, **on_}),
        gap_query=urlencode({**{k: v for k, v in filters.query.items() if k not in ("gap",)}, **on_}),
        day_query=urlencode(on_),
        waiting=found.waiting,
        plan_ids={permit: row.id for permit, row in entries.items() if row.target is not None},
        enterprises={p.permit: found.data.register.plants[p.permit].enterprise_id for p in shown},
        may_read_campaign=may_read,
    )


@router.get("/campaigns/{campaign_id}/help.xlsx")
def download_help(
    campaign_id: UUID,
    context: CostlyHelper,
    filters: Filters,
    on: Short = "",
) -> Response:
    """The same as a workbook: the plants that are asked for, and the shared gaps."""
    campaign = context.find(Campaign, campaign_id)
    day = day_in(on)
    found = help_on(context, campaign, day)
    words = _words(found)
    lines = [_line(found, words, plant, day) for plant in chosen(found, filters)]
    content = help_workbook(campaign.title, day, lines, _shared(found, filters))
    return attachment(content, XLSX, f"{campaign.code}-帮扶名单-{day.isoformat()}.xlsx")


def _shared(found: Help, filters: Filter) -> tuple[SharedLine, ...]:
    return shared_lines(gap for gap in found.shared if not filters.industry or gap.industry == filters.industry)


def _words(found: Help) -> OutlookWords:
    evaluator = found.data.evaluator
    return OutlookWords(evaluator, lambda grade: grade_label(evaluator, grade))


def _line(found: Help, words: OutlookWords, plant: Candidate, day: date) -> HelpLine:
    evaluator = found.data.evaluator
    return words.help_line(plant, grade_label(evaluator, evaluator.plants[plant.permit].on(day).grade), day)


def _day_query(context: Context, day: date) -> Any:
    return "" if day == calendar.day_of(context.at) else urlencode({"on": day.isoformat()})
