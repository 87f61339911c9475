"""The first page of each role: what waits."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.access import Rule
from api.context import Context, needs
from api.pages.labels import level_labels
from api.pages.render import page
from api.queries import campaigns, overview
from api.queries.waiting import waiting
from api.store import CampaignState, OperatingStateKind, Role

router = APIRouter()
FIRST, CAMPAIGNS = 12, 5
"""The enterprises offered at once to begin an audit of; the others are found by their names."""
Reader = Annotated[Context, needs(Rule.READ)]


@router.get("/")
def home(request: Request, context: Reader) -> Response:
    """Show an assessor's waiting work; enterprises and bureaus have pages of their own to start from."""
    if context.actor.role is Role.ENTERPRISE and context.actor.enterprise_id is not None:
        return RedirectResponse(f"/enterprises/{context.actor.enterprise_id}", status_code=303)
    if context.actor.role in (Role.BUREAU, Role.ADMINISTRATOR):
        return RedirectResponse("/overview", status_code=303)
    listed = overview.lines(context.db, overview.Filter())
    found = waiting(context)
    open_ = {audit.enterprise_id for audit in found.to_write}
    active, _ = campaigns.campaigns(context.db, CampaignState.ACTIVE, None, CAMPAIGNS)
    startable = [line for line in listed if line.id not in open_ and line.state is OperatingStateKind.OPERATING]
    return page(
        request,
        context,
        "home.html.j2",
        waiting=found,
        enterprises=startable,
        campaigns=active,
        labels=level_labels(context),
        FIRST=FIRST,
    )


@router.get("/enterprises")
def enterprises(request: Request, context: Reader, q: str = "", county: str = "") -> Response:
    """The enterprises in scope."""
    filters = overview.Filter(text=q.strip()[:100], county=county[:6])
    listed = overview.lines(context.db, filters)
    return page(request, context, "enterprises.html.j2", listed=listed, wanted=filters, labels=level_labels(context))
