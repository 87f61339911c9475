"""Forms of a plan's page beside the plan: steps, visits, photos."""

from collections.abc import Callable
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from api.access import Rule
from api.context import Context, needs
from api.pages.campaign.plan import shown
from api.pages.form_data import Posted, Sent
from api.problems import ErrorAt, Problem, not_found
from api.services.campaigns import progress
from api.store import CampaignPhoto, CampaignStepState

router = APIRouter()
Stepper = Annotated[Context, needs(Rule.TAKE_CAMPAIGN_STEPS)]
Visitor = Annotated[Context, needs(Rule.RECORD_VISITS)]
Writer = Annotated[Context, needs(Rule.KEEP_PLANS, costly=True)]
Reader = Annotated[Context, needs(Rule.READ)]


@router.post("/campaign-plants/{campaign_plant_id}/steps")
def take_step(campaign_plant_id: UUID, request: Request, context: Stepper, sent: Sent) -> Response:
    """Say how far the plant or a gap has come."""
    try:
        state = CampaignStepState(sent.text("state"))
    except ValueError:
        raise Problem("bad_request", "页面不完整，请刷新后重试。", status=422) from None
    return _done(
        request,
        context,
        campaign_plant_id,
        lambda: progress.take_step(context, campaign_plant_id, state, _gap(sent), sent.text("note")),
    )


@router.post("/campaign-plants/{campaign_plant_id}/visits")
def record_visit(campaign_plant_id: UUID, request: Request, context: Visitor, sent: Sent) -> Response:
    """Write down a visit."""

    def act() -> object:
        return progress.record_visit(
            context,
            campaign_plant_id,
            _day(sent),
            sent.text("findings"),
            sent.text("advice"),
            gap=_gap(sent),
            next_day=sent.day("next_day"),
        )

    return _done(request, context, campaign_plant_id, act)


@router.post("/campaign-plants/{campaign_plant_id}/photos")
def add_photo(campaign_plant_id: UUID, request: Request, context: Writer, sent: Sent) -> Response:
    """Add a picture."""

    def act() -> object:
        file = sent.file()
        return progress.add_photo(context, campaign_plant_id, file.file, file.filename or "", _gap(sent))

    return _done(request, context, campaign_plant_id, act)


@router.get("/campaign-photos/{campaign_photo_id}")
def show_photo(campaign_photo_id: UUID, context: Reader) -> Response:
    """A picture, as a download."""
    row = context.find(CampaignPhoto, campaign_photo_id)
    path = context.service.evidence.path(row.sha256)
    if not path.is_file():
        raise not_found()
    return FileResponse(path, media_type=row.media_type, filename=row.name)


def _done(request: Request, context: Context, plant_id: UUID, act: Callable[[], object]) -> Response:
    """Do it and go back to the page; what is refused is told there."""
    try:
        act()
    except Problem as problem:
        if problem.status not in (409, 413, 415, 422):
            raise
        context.undo(problem)
        return shown(request, context, plant_id, refused=problem)
    return RedirectResponse(f"/campaign-plants/{plant_id}#progress", status_code=303)


def _gap(sent: Posted) -> str | None:
    return sent.text("gap").strip()[:64] or None


def _day(sent: Posted) -> date:
    day = sent.day("day")
    if day is None:
        message = "请填写日期。"
        raise Problem("invalid_date", message, status=422, errors=[ErrorAt("day", message)])
    return day
