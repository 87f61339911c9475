"""One's own notices."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.access import scope_cached
from api.queries.paging import newest_first
from api.store import Notice

_UNREAD = scope_cached(select(func.count(Notice.id)).where(Notice.read_at.is_(None)))


def unread(db: Session) -> int:
    """The number of notices that the session's actor has not read."""
    return db.scalar(_UNREAD) or 0


def own(db: Session, cursor: UUID | None, limit: int, *, unread_only: bool = False) -> tuple[list[Notice], UUID | None]:
    """The actor's notices, the newest first, and the cursor of the next page."""
    rows = select(Notice)
    if unread_only:
        rows = rows.where(Notice.read_at.is_(None))
    return newest_first(db, rows, Notice.id, cursor, limit)
