"""Appeals against published audits, and their answers."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.files.evidence import ENDINGS
from api.http.appeal_files import RECEIPT, file_response
from api.http.downloads import attachment
from api.media_types import PDF
from api.queries import audits as queries
from api.routes.bodies import Upload
from api.routes.idempotency import OnceOnly
from api.routes.responses import (
    CREATED,
    Cursor,
    Limit,
    answer,
    download,
    refusals,
    resource,
)
from api.schemas.audits import AnswerIn, AppealFileOut, AppealIn, AppealOut
from api.schemas.base import Page
from api.services import appeals, workflow
from api.services.workflow.appeals import Point
from api.store import Appeal, AppealState
from reports.appeal.receipt import receipt_pdf

router = resource("appeals")
Reader = Annotated[Context, needs(Rule.READ)]


@router.get("/appeals", summary="Appeals in scope, the newest first")
def list_appeals(
    context: Reader,
    audit_id: Annotated[UUID | None, Query(description="Against this audit.")] = None,
    state: Annotated[AppealState | None, Query(description="Only the open ones, or those answered so.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[AppealOut]:
    """With their answers."""
    items, after = queries.appeals(context, audit_id, state, cursor, limit)
    return Page(items=items, next=None if after is None else str(after))


@router.get("/appeals/{appeal_id}", summary="An appeal")
def get_appeal(appeal_id: UUID, context: Reader) -> AppealOut:
    """With its answer."""
    return queries.appeal(context, context.find(Appeal, appeal_id))


@router.post(
    "/audits/{audit_id}/appeals",
    status_code=201,
    summary="Appeal against a published audit",
    response_model=AppealOut,
    responses=CREATED | refusals(409, 422),
)
def create_appeal(
    audit_id: UUID, body: AppealIn, once: OnceOnly, context: Annotated[Context, needs(Rule.APPEAL)]
) -> Response:
    """By the enterprise; one at a time. After the last day it needs `late_reason` (422 `appeal_late`)."""

    def act() -> Response:
        points = [Point(point.unit, point.indicator, point.reason) for point in body.points]
        made = workflow.appeal(context, audit_id, body.reasons, points, body.late_reason or "")
        return answer(queries.appeal(context, made), status=201, location=f"/v1/appeals/{made.id}")

    return once.answer(context, body, act)


@router.post(
    "/appeals/{appeal_id}/answer",
    summary="Answer an appeal",
    response_model=AppealOut,
    responses=refusals(409),
)
def answer_appeal(
    appeal_id: UUID, body: AnswerIn, once: OnceOnly, context: Annotated[Context, needs(Rule.ANSWER_APPEALS)]
) -> Response:
    """An upheld appeal changes nothing by itself: the audit is withdrawn, or corrected by another."""

    def act() -> Response:
        found = workflow.answer_appeal(context, appeal_id, upheld=body.upheld, answer=body.answer)
        return answer(queries.appeal(context, found))

    return once.answer(context, body, act)


@router.post(
    "/appeals/{appeal_id}/files",
    status_code=201,
    summary="Hand in a file for an appeal",
    response_model=AppealFileOut,
    responses=CREATED | refusals(409, 413, 415, 422),
)
def create_appeal_file(
    appeal_id: UUID, file: Upload, context: Annotated[Context, needs(Rule.APPEAL, costly=True)]
) -> Response:
    """By the enterprise, until it is answered; the same kinds of files as evidence."""
    made = appeals.add_file(context, appeal_id, file.file, file.filename or "")
    number = len(appeals.files_of(context, context.find(Appeal, appeal_id)))
    location = f"/v1/appeals/{appeal_id}/files/{number}"
    return answer(AppealFileOut.model_validate(made), status=201, location=location)


@router.get(
    "/appeals/{appeal_id}/files/{number}",
    summary="Download a file of an appeal",
    response_class=Response,
    responses=download("The file.", *ENDINGS),
)
def get_appeal_file(appeal_id: UUID, number: Annotated[int, Path(ge=1)], context: Reader) -> Response:
    """By its number in `files`, beginning with 1. Always as a download, never shown inside a page."""
    return file_response(context, appeal_id, number)


@router.get(
    "/appeals/{appeal_id}/receipt",
    summary="The receipt of an appeal",
    response_class=Response,
    responses=download("The receipt.", PDF),
)
def get_receipt(appeal_id: UUID, context: Annotated[Context, needs(Rule.READ, costly=True)]) -> Response:
    """The receipt of an appeal as PDF: its content and day, the day by which it must be answered, and its state."""
    return attachment(receipt_pdf(appeals.receipt(context, context.find(Appeal, appeal_id))), PDF, RECEIPT)
