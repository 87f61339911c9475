"""Opinions of admission: tried out, given, looked for, and what became of the projects."""

import hashlib
from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.http.downloads import attachment
from api.media_types import PDF
from api.queries import admission as queries
from api.queries.admission import Filter
from api.routes.bodies import JsonText, json_body, text_of
from api.routes.idempotency import OnceOnly
from api.routes.responses import (
    CREATED,
    UNCHANGED,
    VERSIONED,
    Cursor,
    IfNoneMatch,
    Limit,
    answer,
    download,
    refusals,
    resource,
)
from api.schemas.admission import (
    ADMISSION_EXAMPLE,
    ADMISSION_SCHEMA,
    CompletionIn,
    OpinionBrief,
    OpinionOut,
    PreviewOut,
)
from api.schemas.base import Area, Page
from api.services import admission
from api.services.admission import Regrading
from api.store import AdmissionOpinion, AdmissionOutcome
from grading.model.base import Day
from reports.admission.report import opinion_pdf

router = resource("admission")
Reader = Annotated[Context, needs(Rule.READ_ADMISSION)]
Giver = Annotated[Context, needs(Rule.GIVE_ADMISSION, costly=True)]
BODY = json_body(ADMISSION_SCHEMA, ADMISSION_EXAMPLE)
AcceptedDay = Annotated[Day | None, Query(description="Of acceptance for approval; inclusive.")]


@router.post(
    "/admission-opinions/preview",
    summary="What the opinion about a project would be",
    response_model=PreviewOut,
    responses=refusals(415, 422),
    openapi_extra=BODY,
)
def preview_opinion(body: JsonText, context: Annotated[Context, needs(Rule.TRY_OUT, costly=True)]) -> Response:
    """Bans first, then the level that has to be reached; undecided with what would decide it. Nothing is stored."""
    return answer(PreviewOut.made(admission.preview(context, text_of(body))))


@router.post(
    "/admission-opinions",
    status_code=201,
    summary="Give an opinion about a project",
    response_model=OpinionOut,
    responses=CREATED | refusals(404, 409, 415, 422),
    openapi_extra=BODY,
)
def create_opinion(
    body: JsonText,
    once: OnceOnly,
    context: Giver,
    supersedes: Annotated[UUID | None, Query(description="The opinion whose place it takes.")] = None,
) -> Response:
    """It is never changed afterwards: a new one takes its place. Everything that is wrong is told at once, with its place."""

    def act() -> Response:
        made = admission.give(context, text_of(body), supersedes)
        out = OpinionOut.whole(queries.opinion(context.db, made))
        return answer(out, status=201, location=f"/v1/admission-opinions/{made.id}")

    return once.answer(context, body.content, act)


@router.get("/admission-opinions", summary="Opinions in scope, the newest first")
def list_opinions(
    context: Reader,
    q: Annotated[
        str | None,
        Query(min_length=1, max_length=100, pattern=r"^[^\x00]+$", description="Part of the project's name."),
    ] = None,
    area: Annotated[Area | None, Query(description="GB/T 2260 code of a county, city or province.")] = None,
    industry: Annotated[
        str | None,
        Query(
            max_length=120,
            pattern=r"^[a-z0-9][a-z0-9_-]*$",
            description="An id of the register of key industries, the name of a ruleset, or `others`.",
        ),
    ] = None,
    outcome: Annotated[AdmissionOutcome | None, Query(description="Only those that say so.")] = None,
    since: AcceptedDay = None,
    until: AcceptedDay = None,
    regrading: Annotated[
        Regrading | None, Query(description="`due`: completed, and the grade not confirmed since.")
    ] = None,
    standing: Annotated[
        bool | None, Query(description="Only those that no other has replaced, or only those that one has.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[OpinionBrief]:
    """Those about projects of your area."""
    filters = Filter(q, area, queries.industry_ids(context, industry), outcome, since, until, regrading, standing)
    items, after = queries.opinions(context.db, filters, cursor, limit)
    return Page(items=[OpinionBrief.of(item) for item in items], next=None if after is None else str(after))


@router.get(
    "/admission-opinions/{opinion_id}",
    summary="An opinion with what it rests on",
    response_model=OpinionOut,
    responses=VERSIONED | UNCHANGED,
)
def get_opinion(opinion_id: UUID, context: Reader, known: IfNoneMatch = None) -> Response:
    """The ETag changes when another takes its place, and with what becomes of the project."""
    body = OpinionOut.whole(queries.opinion(context.db, context.find(AdmissionOpinion, opinion_id))).model_dump_json()
    return answer(body, tag=hashlib.sha256(body.encode()).hexdigest()[:32], known=known)


@router.get(
    "/admission-opinions/{opinion_id}/project",
    summary="The project and its design data as they were sent",
    response_class=Response,
    responses={200: {"description": "To the letter.", "content": BODY["requestBody"]["content"]}},
)
def get_opinion_project(opinion_id: UUID, context: Reader) -> Response:
    """The project from which the opinion was made; it can be sent again, changed."""
    return answer(context.find(AdmissionOpinion, opinion_id).content)


@router.get(
    "/admission-opinions/{opinion_id}/report.pdf",
    summary="An opinion as PDF",
    response_class=Response,
    responses=download("The opinion.", PDF) | refusals(409),
)
def get_opinion_pdf(opinion_id: UUID, context: Annotated[Context, needs(Rule.READ_ADMISSION, costly=True)]) -> Response:
    """PDF/A-3 and PDF/UA of one or two pages, with its JSON inside. The same opinion gives the same bytes."""
    row = context.find(AdmissionOpinion, opinion_id)
    made = admission.replayed(context, row)
    return attachment(opinion_pdf(made.opinion, made.policies), PDF, admission.report_name(row))


@router.post(
    "/admission-opinions/{opinion_id}/completion",
    status_code=201,
    summary="Say when a project was accepted as completed",
    response_model=OpinionOut,
    responses=CREATED | refusals(409, 422),
)
def complete_project(
    opinion_id: UUID, body: CompletionIn, once: OnceOnly, context: Annotated[Context, needs(Rule.GIVE_ADMISSION)]
) -> Response:
    """From then on the grade has to be confirmed, until an audit of the enterprise made since is published."""

    def act() -> Response:
        admission.complete(context, opinion_id, body.completed_on, body.reasons, body.uscc)
        out = OpinionOut.whole(queries.opinion(context.db, context.find(AdmissionOpinion, opinion_id)))
        return answer(out, status=201, location=f"/v1/admission-opinions/{opinion_id}")

    return once.answer(context, body, act)
