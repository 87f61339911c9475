"""One's own notices: what waits, what was read; and where they are mailed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.access import Rule
from api.context import Context, needs
from api.pages.form_data import Sent
from api.pages.render import page
from api.problems import Problem
from api.queries import notices as queries
from api.queries.waiting import waiting
from api.services import notices, users
from api.store import MailState, User

router = APIRouter()
Owner = Annotated[Context, needs(Rule.OWN_ACCOUNT)]
AT_ONCE = 100
MAIL = {
    MailState.NONE: "",
    MailState.WAITING: "邮件待发",
    MailState.SENDING: "邮件已交邮件服务器",
    MailState.SENT: "邮件已发",
    MailState.FAILED: "邮件未能送出",
}


@router.get("/notices")
def show_notices(request: Request, context: Owner) -> Response:
    """The newest first, those that are unread apart."""
    return _shown(request, context)


@router.post("/notices/{notice_id}/reading")
def read_notice(notice_id: UUID, context: Owner) -> Response:
    """Note that it was read, and go where there is something to do."""
    return RedirectResponse(notices.read(context, notice_id).link, status_code=303)


@router.post("/notices/reading")
def read_all(context: Owner) -> Response:
    """Note that all were read."""
    notices.read_all(context)
    return RedirectResponse("/notices", status_code=303)


@router.post("/notices/email")
def set_email(request: Request, context: Owner, sent: Sent) -> Response:
    """Say where they are mailed."""
    try:
        users.set_own_email(context, sent.text("email"))
    except Problem as problem:
        context.undo(problem)
        return _shown(request, context, problem)
    return RedirectResponse("/notices#mail", status_code=303)


def _shown(request: Request, context: Context, refused: Problem | None = None) -> Response:
    unread, _ = queries.own(context.db, None, AT_ONCE, unread_only=True)
    newest, _ = queries.own(context.db, None, AT_ONCE)
    return page(
        request,
        context,
        "notices.html.j2",
        status=200 if refused is None else refused.status,
        waiting=waiting(context),
        to_read=unread,
        were_read=[row for row in newest if row.read_at is not None],
        email=context.find(User, context.actor.id).email or "",
        mails=context.service.settings.smtp_host is not None,
        mail_words=MAIL,
        refused=refused,
    )
