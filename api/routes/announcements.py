"""Announcements: begun with confirmed audits, put to the public, objected to, published or given up."""

from typing import Annotated
from uuid import UUID

from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.queries import announcements as queries
from api.routes.idempotency import OnceOnly
from api.routes.responses import (
    CREATED_VERSIONED,
    VERSIONED,
    Cursor,
    IfMatch,
    Limit,
    answer,
    refusals,
    resource,
    version_in,
)
from api.schemas.announcements import (
    AnnouncedAuditOut,
    AnnouncementIn,
    AnnouncementOut,
    AnswerIn,
    CancelIn,
    LeaveOutIn,
    ObjectionIn,
    ObjectionOut,
    PublicationIn,
    PublicityIn,
)
from api.schemas.base import Page
from api.services.announcements import objections, steps
from api.store import Announcement

router = resource("announcements")
Reader = Annotated[Context, needs(Rule.READ_STATISTICS)]
Publisher = Annotated[Context, needs(Rule.PUBLISH_AUDITS)]
STEP = VERSIONED | refusals(404, 409, 412, 422)


@router.get("/announcements", summary="Announcements of one's area, the newest first")
def list_announcements(context: Reader, cursor: Cursor = None, limit: Limit = 50) -> Page[AnnouncementOut]:
    """Those of the bureaus of one's area and below."""
    found, after = queries.announcements(context, cursor, limit)
    return Page(
        items=[AnnouncementOut.model_validate(brief.row) for brief in found], next=None if after is None else str(after)
    )


@router.post(
    "/announcements",
    status_code=201,
    summary="Begin an announcement with confirmed audits",
    response_model=AnnouncementOut,
    responses=CREATED_VERSIONED | refusals(409, 422),
)
def begin_announcement(body: AnnouncementIn, once: OnceOnly, context: Publisher) -> Response:
    """Every audit is checked as if it were published by itself: 409 with the reason of each that can't be."""

    def act() -> Response:
        made = steps.begin(context, body.title, body.audit_ids)
        return _respond(made, status=201, location=f"/v1/announcements/{made.id}")

    return once.answer(context, body, act)


@router.get(
    "/announcements/{announcement_id}",
    summary="An announcement",
    response_model=AnnouncementOut,
    responses=VERSIONED,
)
def get_announcement(announcement_id: UUID, context: Reader) -> Response:
    """Its state, publicity period, number and day."""
    return _respond(context.find(Announcement, announcement_id))


@router.get("/announcements/{announcement_id}/audits", summary="The audits of an announcement")
def list_announced_audits(announcement_id: UUID, context: Reader) -> list[AnnouncedAuditOut]:
    """Those left out and those refused too, with the reasons."""
    return [AnnouncedAuditOut.model_validate(row) for row in queries.announced_audits(context, announcement_id)]


@router.get("/announcements/{announcement_id}/objections", summary="The objections to an announcement")
def list_objections(announcement_id: UUID, context: Reader) -> list[ObjectionOut]:
    """In the order they were received, with their answers."""
    return [ObjectionOut.model_validate(found.row) for found in queries.objections(context, announcement_id)]


@router.put(
    "/announcements/{announcement_id}/publicity",
    summary="Begin the publicity period, or move its end",
    response_model=AnnouncementOut,
    responses=STEP,
)
def put_to_public(announcement_id: UUID, body: PublicityIn, context: Publisher, if_match: IfMatch = None) -> Response:
    """From today or a later day on."""
    return _respond(steps.put_to_public(context, announcement_id, body.since, body.until, version_in(if_match)))


@router.post(
    "/announcements/{announcement_id}/omissions",
    summary="Leave an audit out",
    response_model=AnnouncementOut,
    responses=STEP,
)
def leave_out(announcement_id: UUID, body: LeaveOutIn, context: Publisher, if_match: IfMatch = None) -> Response:
    """The audit stays confirmed and can be announced another time."""
    return _respond(steps.leave_out(context, announcement_id, body.audit_id, body.reasons, version_in(if_match)))


@router.post(
    "/announcements/{announcement_id}/objections",
    status_code=201,
    summary="Register an objection",
    response_model=ObjectionOut,
    responses=refusals(404, 409, 422),
)
def receive_objection(announcement_id: UUID, body: ObjectionIn, once: OnceOnly, context: Publisher) -> Response:
    """In the publicity period and after it, until the grades are published."""

    def act() -> Response:
        made = objections.receive(context, announcement_id, **body.model_dump())
        return answer(ObjectionOut.model_validate(made), status=201)

    return once.answer(context, body, act)


@router.post(
    "/announcements/{announcement_id}/objections/{objection_id}/answer",
    summary="Answer an objection",
    response_model=ObjectionOut,
    responses=refusals(404, 409, 422),
)
def answer_objection(announcement_id: UUID, objection_id: UUID, body: AnswerIn, context: Publisher) -> Response:
    """Nothing is published before all are answered."""
    return answer(ObjectionOut.model_validate(objections.answer(context, announcement_id, objection_id, body.answer)))


@router.post(
    "/announcements/{announcement_id}/publication",
    summary="Publish the grades of an announcement",
    response_model=AnnouncementOut,
    responses=STEP,
)
def publish_announcement(
    announcement_id: UUID, body: PublicationIn, once: OnceOnly, context: Publisher, if_match: IfMatch = None
) -> Response:
    """Once the publicity period is over. Each grade is checked by itself; one that is refused says why, the others go out."""
    version = version_in(if_match)
    return once.answer(
        context, body, lambda: _respond(steps.publish(context, announcement_id, **body.model_dump(), version=version))
    )


@router.post(
    "/announcements/{announcement_id}/cancellation",
    summary="Give an announcement up",
    response_model=AnnouncementOut,
    responses=STEP,
)
def cancel_announcement(
    announcement_id: UUID, body: CancelIn, context: Publisher, if_match: IfMatch = None
) -> Response:
    """Its audits stay confirmed."""
    return _respond(steps.cancel(context, announcement_id, body.reasons, version_in(if_match)))


def _respond(row: Announcement, status: int = 200, location: str | None = None) -> Response:
    return answer(AnnouncementOut.model_validate(row), status=status, tag=row.version, location=location)
