"""One's own notices: what is unread, and that something was read."""

from uuid import UUID

from sqlalchemy import select

from api import audit_log
from api.access import Rule, require
from api.context import Context, find
from api.store import Notice

MOST = 200


def read(context: Context, notice_id: UUID) -> Notice:
    """Say that a notice was read; said again nothing changes. Raises Problem (404)."""
    require(context.db, Rule.OWN_ACCOUNT)
    notice = find(context.db, Notice, notice_id)
    if notice.read_at is None:
        notice.read_at = context.at
        context.db.flush()
        audit_log.append(context.db, "notice.read", context.actor, details={"number": 1})
    return notice


def read_all(context: Context) -> int:
    """Say that all were read; how many there were."""
    require(context.db, Rule.OWN_ACCOUNT)
    unread = context.db.scalars(select(Notice).where(Notice.read_at.is_(None)).order_by(Notice.id)).all()
    for notice in unread:
        notice.read_at = context.at
    if unread:
        context.db.flush()
        audit_log.append(context.db, "notice.read", context.actor, details={"number": len(unread)})
    return len(unread)
