"""Appeals against published audits, and their answers."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.queries import audits as queries
from api.routes.idempotency import OnceOnly
from api.routes.responses import (
    CREATED,
    Cursor,
    Limit,
    answer,
    refusals,
    resource,
)
from api.schemas.audits import AnswerIn, AppealOut, ReasonsIn
from api.schemas.base import Page
from api.services import workflow
from api.store import Appeal, AppealState

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
    responses=CREATED | refusals(409),
)
def create_appeal(
    audit_id: UUID, body: ReasonsIn, once: OnceOnly, context: Annotated[Context, needs(Rule.APPEAL)]
) -> Response:
    """By the enterprise; one at a time."""

    def act() -> Response:
        made = workflow.appeal(context, audit_id, body.reasons)
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
