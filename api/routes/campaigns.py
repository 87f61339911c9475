"""Campaigns: begun from a document, evaluated for a day, their rosters kept, closed."""

from datetime import date
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Query
from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.http.downloads import attachment
from api.media_types import PDF, XLSX
from api.queries import campaigns as queries
from api.routes.idempotency import OnceOnly
from api.routes.responses import (
    CREATED_VERSIONED,
    KEEP,
    VERSIONED,
    Cursor,
    IfMatch,
    Limit,
    answer,
    download,
    refusals,
    resource,
    version_in,
)
from api.schemas.base import Page
from api.schemas.campaigns import (
    CampaignDetailOut,
    CampaignIn,
    CampaignOut,
    ClosingIn,
    EvaluationOut,
    RosterChangeIn,
    RosterChangeOut,
    RosterEntryOut,
    SnapshotOut,
)
from api.services.campaigns import creation, documents, evaluation, roster
from api.store import Campaign, CampaignState
from grading import calendar
from grading.campaign.roster_lines import roster_lines
from grading.model.base import Day

router = resource("campaigns")
Reader = Annotated[Context, needs(Rule.READ_CAMPAIGNS)]
CostlyReader = Annotated[Context, needs(Rule.READ_CAMPAIGNS, costly=True)]
Runner = Annotated[Context, needs(Rule.RUN_CAMPAIGNS)]
On = Annotated[Day | None, Query(description="The day; today in China if it isn't given.")]


@router.get("/campaigns", summary="Campaigns, the newest first")
def list_campaigns(
    context: Reader,
    state: Annotated[CampaignState | None, Query(description="Only those in this state.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[CampaignOut]:
    """Those of your area, of the areas in it and around it."""
    items, after = queries.campaigns(context.db, state, cursor, limit)
    listed = [CampaignOut.model_validate(item) for item in items]
    return Page(items=listed, next=None if after is None else str(after))


@router.post(
    "/campaigns",
    status_code=201,
    summary="Begin a campaign",
    response_model=CampaignDetailOut,
    responses=CREATED_VERSIONED,
)
def create_campaign(body: CampaignIn, once: OnceOnly, context: Runner) -> Response:
    """From its document. Every error of document and roster comes at once, with its line and place; nothing is made by half."""

    def act() -> Response:
        made = creation.create(context, body.document, body.roster, below_reached=body.below_reached)
        return _respond(made, status=201, location=f"/v1/campaigns/{made.id}")

    return once.answer(context, body, act)


@router.get("/campaigns/{campaign_id}", summary="A campaign", response_model=CampaignDetailOut, responses=VERSIONED)
def get_campaign(campaign_id: UUID, context: Reader) -> Response:
    """With its document to the letter."""
    return _respond(context.find(Campaign, campaign_id))


@router.post(
    "/campaigns/{campaign_id}/closing",
    summary="Close a campaign",
    response_model=CampaignDetailOut,
    responses=VERSIONED | refusals(409, 412),
)
def close_campaign(
    campaign_id: UUID, body: ClosingIn, once: OnceOnly, context: Runner, if_match: IfMatch = None
) -> Response:
    """From then on it is read-only."""

    def act() -> Response:
        return _respond(creation.close(context, campaign_id, body.reasons, version_in(if_match)))

    return once.answer(context, body, act)


@router.get("/campaigns/{campaign_id}/roster", summary="What a campaign states of its plants")
def get_roster(campaign_id: UUID, context: Reader) -> list[RosterEntryOut]:
    """By permit; those with a `target` are on the roster."""
    return [RosterEntryOut.of(row) for row in queries.roster(context.db, campaign_id)]


@router.post(
    "/campaigns/{campaign_id}/roster",
    summary="Change a roster",
    responses=refusals(409, 412),
)
def change_roster(
    campaign_id: UUID, body: RosterChangeIn, context: Runner, if_match: IfMatch = None
) -> list[RosterChangeOut]:
    """All of it or nothing. After the freeze date with `reasons`, which stay visible."""
    lines, wrong = roster_lines(body.roster.encode(), evaluation.vocabulary(context.service))
    made = roster.change_roster(
        context, campaign_id, lines, wrong, body.reasons, remove=body.remove, version=version_in(if_match)
    )
    return [RosterChangeOut.of(change) for change in made]


@router.get("/campaigns/{campaign_id}/changes", summary="Changes of a roster, the newest first")
def list_roster_changes(
    campaign_id: UUID,
    context: Reader,
    after_freeze: Annotated[bool, Query(description="Only those after the freeze date.")] = False,
    limit: Limit = 200,
) -> list[RosterChangeOut]:
    """Changes of the roster: by whom, when and why."""
    found = queries.changes(context.db, campaign_id, frozen_only=after_freeze, most=limit)
    return [RosterChangeOut.of(change) for change in found]


@router.get("/campaigns/{campaign_id}/evaluation", summary="A campaign on a day", response_model=EvaluationOut)
def get_evaluation(campaign_id: UUID, context: Reader, on: On = None) -> Response:
    """Counted from published official gradings alone, as `grading campaign evaluate` counts."""
    _, report = evaluation.report_on(context, context.find(Campaign, campaign_id), on or calendar.today())
    body = orjson.dumps(report.evaluation.as_json())
    return Response(body, headers={"Cache-Control": KEEP}, media_type="application/json")


@router.get("/campaigns/{campaign_id}/snapshots", summary="The month ends of a campaign as they were fixed")
def list_snapshots(campaign_id: UUID, context: Reader) -> list[SnapshotOut]:
    """The earliest first; taken by the service once the last day of a month is over in China."""
    return [SnapshotOut.of(row) for row in queries.snapshots(context.db, campaign_id)]


@router.get(
    "/campaigns/{campaign_id}/report.pdf",
    summary="The report of a campaign as PDF",
    response_class=Response,
    responses=download("The report.", PDF),
)
def get_campaign_report_pdf(campaign_id: UUID, context: CostlyReader, on: On = None) -> Response:
    """PDF/A-3 with the evaluation's JSON inside. The same data and day give the same bytes."""
    return _document(context, campaign_id, on, documents.PDF)


@router.get(
    "/campaigns/{campaign_id}/report.html",
    summary="The report of a campaign as HTML",
    response_class=Response,
    responses=download("The report.", "text/html"),
)
def get_campaign_report_html(campaign_id: UUID, context: CostlyReader, on: On = None) -> Response:
    """One file that needs nothing else; offered as a download."""
    return _document(context, campaign_id, on, documents.HTML)


@router.get(
    "/campaigns/{campaign_id}/weekly.pdf",
    summary="The weekly bulletin of a campaign as PDF",
    response_class=Response,
    responses=download("The document.", PDF),
)
def get_campaign_weekly_pdf(campaign_id: UUID, context: CostlyReader, on: On = None) -> Response:
    """The week of the day up to the day. The same data and day give the same bytes."""
    return _document(context, campaign_id, on, documents.WEEKLY_PDF)


@router.get(
    "/campaigns/{campaign_id}/weekly.html",
    summary="The weekly bulletin of a campaign as HTML",
    response_class=Response,
    responses=download("The document.", "text/html"),
)
def get_campaign_weekly_html(campaign_id: UUID, context: CostlyReader, on: On = None) -> Response:
    """The week of the day up to the day. The same data and day give the same bytes."""
    return _document(context, campaign_id, on, documents.WEEKLY_HTML)


@router.get(
    "/campaigns/{campaign_id}/quarterly.pdf",
    summary="The quarterly assessment of a campaign as PDF",
    response_class=Response,
    responses=download("The document.", PDF),
)
def get_campaign_quarterly_pdf(campaign_id: UUID, context: CostlyReader, on: On = None) -> Response:
    """The quarter of the day up to the day, county by county. The same data and day give the same bytes."""
    return _document(context, campaign_id, on, documents.QUARTERLY_PDF)


@router.get(
    "/campaigns/{campaign_id}/quarterly.html",
    summary="The quarterly assessment of a campaign as HTML",
    response_class=Response,
    responses=download("The document.", "text/html"),
)
def get_campaign_quarterly_html(campaign_id: UUID, context: CostlyReader, on: On = None) -> Response:
    """The quarter of the day up to the day, county by county. The same data and day give the same bytes."""
    return _document(context, campaign_id, on, documents.QUARTERLY_HTML)


@router.get(
    "/campaigns/{campaign_id}/ledger.xlsx",
    summary="The ledger of a campaign as a workbook",
    response_class=Response,
    responses=download("The ledger.", XLSX),
)
def get_ledger(campaign_id: UUID, context: CostlyReader, on: On = None) -> Response:
    """A line for each planned measure, and the lists of the evaluation; prints on A3."""
    return _document(context, campaign_id, on, documents.LEDGER)


def _document(context: Context, campaign_id: UUID, on: date | None, kind: documents.Kind) -> Response:
    name, content = documents.made(context, context.find(Campaign, campaign_id), on or calendar.today(), kind)
    return attachment(content, kind.media_type, name)


def _respond(row: Campaign, status: int = 200, location: str | None = None) -> Response:
    return answer(CampaignDetailOut.model_validate(row), status=status, tag=row.version, location=location)
