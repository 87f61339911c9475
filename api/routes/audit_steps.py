"""The steps of an audit's way. Each is a document that is posted to it: its submission, its confirmation, …"""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.routes.audits import audit_response
from api.routes.idempotency import OnceOnly
from api.routes.responses import (
    VERSIONED,
    IfMatch,
    refusals,
    resource,
    version_in,
)
from api.schemas.audits import AuditOut, ConfirmationIn, OptionalReasonsIn, PublicationIn, ReturnIn, StepIn, WordIn
from api.schemas.base import In
from api.services import workflow
from api.store import Audit

router = resource("the way of an audit")
STEP = VERSIONED | refusals(409, 412)


@router.post(
    "/audits/{audit_id}/submission",
    summary="Submit a draft",
    response_model=AuditOut,
    responses=STEP | refusals(422),
)
def submit_audit(
    audit_id: UUID,
    once: OnceOnly,
    context: Annotated[Context, needs(Rule.DRAFT_AUDITS)],
    body: StepIn | None = None,
    if_match: IfMatch = None,
) -> Response:
    """Checks it (422 with the place of every error), freezes its revision and grades it.

    Where something is missing or unusual it is refused without `reasons` (422 `unusual_audit`, with `findings`).
    """
    given, version = body or StepIn(), version_in(if_match)
    return _step(
        context, once, body, lambda: workflow.submit(context, audit_id, version, _word(given), given.outside_reason)
    )


@router.post(
    "/audits/{audit_id}/confirmation",
    summary="Confirm a submitted audit",
    response_model=AuditOut,
    responses=STEP | refusals(422),
)
def confirm_audit(
    audit_id: UUID,
    once: OnceOnly,
    context: Annotated[Context, needs(Rule.CONFIRM_AUDITS)],
    body: ConfirmationIn | None = None,
    if_match: IfMatch = None,
) -> Response:
    """By a second assessor, who has written nothing of it.

    Where something is missing or unusual it is refused without `reasons` (422 `unusual_audit`, with `findings`).
    """
    given, version = body or ConfirmationIn(), version_in(if_match)
    return _step(
        context,
        once,
        body,
        lambda: workflow.confirm(context, audit_id, version, _word(given), given.outside_reason, given.opinion or ""),
    )


@router.post(
    "/audits/{audit_id}/return",
    summary="Send an audit back to its writers",
    response_model=AuditOut,
    responses=STEP,
)
def return_audit(
    audit_id: UUID,
    body: ReturnIn,
    once: OnceOnly,
    context: Annotated[Context, needs(Rule.RETURN_AUDITS)],
    if_match: IfMatch = None,
) -> Response:
    """A submitted one by a second assessor, a confirmed one by the bureau; with reasons."""
    version = version_in(if_match)
    return _step(
        context, once, body, lambda: workflow.send_back(context, audit_id, body.reasons, version, body.opinion or "")
    )


@router.post(
    "/audits/{audit_id}/publication",
    summary="Publish a confirmed audit",
    response_model=AuditOut,
    responses=STEP,
)
def publish_audit(
    audit_id: UUID,
    body: PublicationIn,
    once: OnceOnly,
    context: Annotated[Context, needs(Rule.PUBLISH_AUDITS)],
    if_match: IfMatch = None,
) -> Response:
    """By the bureau. What was published before of the same enterprise and site is superseded.

    A grade that is not decided needs `reasons` (422 `undecided_grade`), and so does what is missing or unusual (422
    `unusual_audit`, with `findings`). No plant is published as out of the grading while the gates are unanswered (409
    `gates_unanswered`).
    """
    version, word = version_in(if_match), _word(body)
    return _step(
        context,
        once,
        body,
        lambda: workflow.publish(context, audit_id, version, body.grading_id, word, body.outside_reason),
    )


@router.post(
    "/audits/{audit_id}/withdrawal",
    summary="Take an audit back",
    response_model=AuditOut,
    responses=STEP,
)
def withdraw_audit(
    audit_id: UUID,
    body: OptionalReasonsIn,
    once: OnceOnly,
    context: Annotated[Context, needs(Rule.WITHDRAW_AUDITS)],
    if_match: IfMatch = None,
) -> Response:
    """By its writers before it is confirmed, by the bureau once it is published."""
    version = version_in(if_match)
    return _step(context, once, body, lambda: workflow.withdraw(context, audit_id, body.reasons or "", version))


def _word(body: WordIn | PublicationIn | None) -> str:
    return "" if body is None else body.reasons or ""


def _step(context: Context, once: OnceOnly, body: In | None, take: Callable[[], Audit]) -> Response:
    return once.answer(context, body, lambda: audit_response(context, take()))
