"""One's own notices, and where they are mailed."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field, StringConstraints

from api.access import Rule
from api.context import Context, needs
from api.queries import notices as queries
from api.routes.responses import Cursor, Limit, resource
from api.schemas.base import In, Out, Page
from api.services import notices, users
from api.store import MailState, NoticeKind

router = resource("notices")
Owner = Annotated[Context, needs(Rule.OWN_ACCOUNT)]


class NoticeOut(Out):
    """A notice; the same is told to nobody twice."""

    id: UUID
    kind: NoticeKind
    text: str
    link: str = Field(description="The page on which to act.")
    due: date | None
    made_at: datetime
    read_at: datetime | None
    mail: MailState


class EmailIn(In):
    """The address to which notices are mailed."""

    email: Annotated[str, StringConstraints(max_length=254, pattern=users.EMAIL)] | None = Field(
        description="Null: nowhere.", examples=["hbk@example.com"]
    )


@router.get("/notices", summary="Your notices, the newest first")
def list_notices(
    context: Owner,
    cursor: Cursor = None,
    limit: Limit = 50,
    unread: Annotated[bool, Query(description="Only those that you have not read.")] = False,
) -> Page[NoticeOut]:
    """Notices of what you must do, or should know."""
    found, after = queries.own(context.db, cursor, limit, unread_only=unread)
    return Page(items=[NoticeOut.model_validate(row) for row in found], next=None if after is None else str(after))


@router.put("/notices/{notice_id}/reading", summary="Say that you have read a notice")
def read_notice(notice_id: UUID, context: Owner) -> NoticeOut:
    """Note the first time at which you read a notice."""
    return NoticeOut.model_validate(notices.read(context, notice_id))


@router.put("/me/email", status_code=204, summary="Say where your notices are mailed")
def set_email(body: EmailIn, context: Owner) -> None:
    """Only where the service has a mail server."""
    users.set_own_email(context, body.email or "")
