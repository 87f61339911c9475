"""The plants of a campaign: lists that every number of its page leads to, and one plant with what stands before its target."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.pages.campaign.campaigns import STATES, day_in, may_change, titles
from api.pages.form_data import Posted, Sent
from api.pages.gaps_view import GapView, gap_views
from api.pages.render import page
from api.problems import Problem, not_found
from api.queries import campaigns as queries
from api.queries.gradings import grading
from api.services.campaigns.batch_edit import Edit, Edited, edit_plants, experts
from api.services.campaigns.evaluation import is_frozen
from api.services.campaigns.plant_rows import rows_on, suits
from api.services.campaigns.stored import facts_of, measures_of
from api.services.cases import explained
from api.services.users import names_of
from api.store import Campaign, CampaignPlant
from grading import calendar
from grading.digest import digest
from reports.campaign.context import ZONE

router = APIRouter()
Reader = Annotated[Context, needs(Rule.READ_CAMPAIGNS)]
Runner = Annotated[Context, needs(Rule.RUN_CAMPAIGNS)]
Short = Annotated[str, Query(max_length=64)]
LINES = 50
FILTERS = ("list", "county", "zone", "band", "q")
COUNTED = {
    "base": "计入基数",
    "reached": "已达到",
    "not_reached": "未达到",
    "roster": "名单内",
    "zone_unknown": "区位不明",
    "new": "新增",
    "pending": "公示中（已复核未公布）",
    "opened_since": "新投产达到（不计）",
    "lost": "得而复失",
}
TYPED = ("all", "target", "responsible", "due", "expert", "reasons")
PLACES = {
    "permits": "企业",
    "edit": "改动",
    "target": "目标等级",
    "responsible": "包抓责任人",
    "due": "完成期限",
    "expert": "帮扶专家",
    "reasons": "理由",
}
"""The fields of an edit as the form names them."""
BANDS = {"a": "A、引领性", "b": "B", "c": "C", "d": "D、非引领性", "others": "其他（未评级、不纳入）"}


@router.get("/campaigns/{campaign_id}/plants")
def list_plants(
    campaign_id: UUID,
    request: Request,
    context: Reader,
    on: Short = "",
    listed: Annotated[str, Query(alias="list", max_length=64)] = "",
    county: Short = "",
    zone: Short = "",
    band: Short = "",
    q: Short = "",
    number: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Filtered; the filters stand in the address."""
    filters = {"list": listed, "county": county, "zone": zone, "band": band, "q": q.strip()}
    return _listed(request, context, context.find(Campaign, campaign_id), on, filters, number)


@router.post("/campaigns/{campaign_id}/plants")
def edit_many(campaign_id: UUID, request: Request, context: Runner, sent: Sent) -> Response:
    """Change the plants that are ticked, or all that the filters find; what became of each is told on the page."""
    filters = {name: sent.text(f"f.{name}")[:64] for name in FILTERS}
    page_text = sent.text("f.number")
    number = int(page_text) if page_text.isascii() and page_text.isdigit() and len(page_text) < 6 else 1
    try:
        edit = Edit(
            target=sent.text("target") or None,
            responsible=sent.text("responsible").strip() or None,
            due=sent.day("due"),
            expert=sent.key("expert"),
        )
        done = edit_plants(
            context, campaign_id, _chosen(context, campaign_id, sent, filters), edit, sent.text("reasons")
        )
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        context.undo(problem)
        typed = Typed(frozenset(sent.texts("permit")), {name: sent.text(name) for name in TYPED})
        campaign = context.find(Campaign, campaign_id)
        return _listed(request, context, campaign, "", filters, number, refused=_in_words(problem), typed=typed)
    context.commit()
    return _listed(request, context, context.find(Campaign, campaign_id), "", filters, number, done=done)


@dataclass(frozen=True)
class Typed:
    """The values of a refused form, as they were typed."""

    permits: frozenset[str] = frozenset()
    fields: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(TYPED, ""))


NOTHING_TYPED = Typed()


def _chosen(context: Context, campaign_id: UUID, sent: Posted, filters: dict[str, str]) -> list[str]:
    """The plants that are ticked, or all that the page had found; raises Problem (409) when these are others by now."""
    if sent.text("all") != "1":
        return list(sent.texts("permit"))
    _, _, plants = rows_on(context, context.find(Campaign, campaign_id), calendar.day_of(context.at))
    permits = [row.permit for row in plants.rows if suits(row, filters)]
    if sent.text("f.digest") != digest(permits):
        was = sent.text("f.found")[:6]
        typed = (
            f"没有改动：打开页面后，符合条件的企业有了变化（原 {was} 家，现 {len(permits)} 家）；请核对下表后重新提交。"
        )
        raise Problem("list_changed", typed)
    return permits


def _in_words(problem: Problem) -> Problem:
    """The problem with the places of the form as the page names them."""
    errors = [replace(error, place=PLACES.get(error.place, error.place)) for error in problem.errors]
    return Problem(problem.code, problem.detail, status=problem.status, errors=errors, more=problem.more)


def _listed(
    request: Request,
    context: Context,
    campaign: Campaign,
    on: str,
    filters: dict[str, str],
    number: int,
    *,
    refused: Problem | None = None,
    typed: Typed = NOTHING_TYPED,
    done: Edited | None = None,
) -> Response:
    day = day_in(on)
    data, _, plants = rows_on(context, campaign, day)
    found = [row for row in plants.rows if suits(row, filters)]
    pages = max(-(-len(found) // LINES), 1)
    number = min(number, pages)
    shown = found[(number - 1) * LINES : number * LINES]
    entries = queries.entries(context.db, campaign.id, [row.permit for row in shown])
    on_ = {} if day == calendar.day_of(context.at) else {"on": day.isoformat()}
    return page(
        request,
        context,
        "campaign_plants.html.j2",
        campaign=campaign,
        day=day,
        found=found,
        shown=shown,
        number=number,
        pages=pages,
        wanted=filters,
        lists=COUNTED | titles(data.campaign),
        counties=sorted({(row.county, row.county_name) for row in plants.rows}),
        zones={**ZONE, "unknown": "区位不明"},
        bands=BANDS,
        query=urlencode({**{key: value for key, value in filters.items() if value}, **on_}),
        day_query=urlencode(on_),
        status=200 if refused is None else refused.status,
        refused=refused,
        typed=typed,
        done=done,
        digest=digest([row.permit for row in found]) if not on_ and may_change(context, campaign) else "",
        may_edit=may_change(context, campaign) and not on_,
        levels=data.evaluator.levels.labels,
        experts=experts(context) if may_change(context, campaign) else (),
        frozen=is_frozen(data.campaign, calendar.day_of(context.at)),
        deadline=data.campaign.period.deadline,
        entries=entries,
        people=names_of(context.db, [row.expert for row in entries.values() if row.expert is not None]),
    )


@router.get("/campaigns/{campaign_id}/plant")
def show_plant(campaign_id: UUID, request: Request, context: Reader, permit: Short = "", on: Short = "") -> Response:
    """A plant: its target, what stands before it, its plan, what became of its grade."""
    campaign = context.find(Campaign, campaign_id)
    day = day_in(on)
    data, _, plants = rows_on(context, campaign, day)
    row, registered = plants.by_permit.get(permit), data.register.plants.get(permit)
    if row is None or registered is None:
        if permit:
            raise not_found()
        return list_plants(campaign_id, request, context)
    entry = queries.plant(context.db, campaign_id, permit)
    target = entry.target if entry is not None else None
    period = registered.last_in_force(day)
    stored = grading(context.db, period.grading_id) if period is not None else None
    case, unexplained = explained(context, stored) if stored is not None else (None, None)
    gaps: tuple[GapView, ...] = gap_views(case, target) if case is not None else ()
    changes = queries.changes(context.db, campaign_id, plant_id=entry.id) if entry is not None else ()
    return page(
        request,
        context,
        "campaign_plant.html.j2",
        campaign=campaign,
        state=STATES[campaign.state],
        day=day,
        row=row,
        entry=entry,
        facts=facts_of(entry.facts) if entry is not None else None,
        measures=measures_of(entry.measures) if entry is not None else (),
        gaps=gaps,
        unexplained=unexplained,
        audit_id=period.audit_id if period is not None else None,
        steps=data.evaluator.plants[permit].steps,
        labels=data.evaluator.levels.labels,
        start=data.campaign.period.start,
        lists=[(COUNTED | titles(data.campaign)).get(name) for name in sorted(row.lists)],
        zones={**ZONE, "unknown": "区位不明"},
        changes=changes,
        people=names_of(context.db, [change.by for change in changes]),
        expert=_expert(context, entry),
    )


def _expert(context: Context, entry: CampaignPlant | None) -> str | None:
    """The name of the expert who helps a plant."""
    if entry is None or entry.expert is None:
        return None
    return names_of(context.db, [entry.expert]).get(entry.expert)
