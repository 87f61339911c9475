"""Work on many enterprises or audits at once: each is checked by itself, those refused are told, the others are done."""

from typing import Annotated

from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.files.exports import RETENTION
from api.routes.idempotency import OnceOnly
from api.routes.responses import ACCEPTED, CREATED, answer, refusals, resource
from api.schemas.bulk import (
    BulkAnnouncementIn,
    BulkAnnouncementOut,
    BulkAssignmentIn,
    BulkConfirmationIn,
    BulkOut,
    BulkReportsIn,
    BulkReportsOut,
)
from api.schemas.exports import ExportOut
from api.services import bulk

router = resource("work in bulk")


@router.post(
    "/bulk/assignments",
    summary="Assign many enterprises to a team",
    response_model=BulkOut,
    responses=refusals(404, 409, 422),
)
def assign_many(
    body: BulkAssignmentIn, once: OnceOnly, context: Annotated[Context, needs(Rule.ASSIGN_TEAMS)]
) -> Response:
    """409 with every reason when nothing could be done."""

    def act() -> Response:
        found = bulk.assign(context, body.team_id, body.enterprise_ids, body.since, body.until, dry_run=body.dry_run)
        return answer(BulkOut.of(found.require_some("enterprise_ids")))

    return once.answer(context, body, act)


@router.post(
    "/bulk/confirmations",
    summary="Confirm many audits",
    response_model=BulkOut,
    responses=refusals(409, 422),
)
def confirm_many(
    body: BulkConfirmationIn, once: OnceOnly, context: Annotated[Context, needs(Rule.CONFIRM_AUDITS)]
) -> Response:
    """409 with every reason when nothing could be done."""

    def act() -> Response:
        found = bulk.confirm(context, body.audit_ids, body.reasons, dry_run=body.dry_run)
        return answer(BulkOut.of(found.require_some("audit_ids")))

    return once.answer(context, body, act)


@router.post(
    "/bulk/announcements",
    status_code=201,
    summary="Begin an announcement with the confirmed audits of enterprises",
    response_model=BulkAnnouncementOut,
    responses=CREATED | refusals(409, 422),
)
def announce_many(
    body: BulkAnnouncementIn, once: OnceOnly, context: Annotated[Context, needs(Rule.PUBLISH_AUDITS)]
) -> Response:
    """Those that can't be announced are left out and told; they are published through the announcement."""

    def act() -> Response:
        made, found = bulk.announce(context, body.title, body.enterprise_ids)
        out = BulkAnnouncementOut(announcement_id=made.id, **dict(BulkOut.of(found)))
        return answer(out, status=201, location=f"/v1/announcements/{made.id}")

    return once.answer(context, body, act)


@router.post(
    "/bulk/reports",
    status_code=202,
    summary="Have the reports of enterprises' published grades made",
    response_model=BulkReportsOut,
    responses=ACCEPTED | refusals(409, 422),
)
def report_on_many(
    body: BulkReportsIn, once: OnceOnly, context: Annotated[Context, needs(Rule.MAKE_EXPORTS, costly=True)]
) -> Response:
    """One archive, made by a worker; poll the export at `Location`."""

    def act() -> Response:
        made, found = bulk.order_reports(context, body.enterprise_ids, body.format)
        out = BulkReportsOut(export=ExportOut.of(made, RETENTION), **dict(BulkOut.of(found)))
        return answer(out, status=202, location=f"/v1/exports/{made.id}")

    return once.answer(context, body, act)
