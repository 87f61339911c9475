"""Lists in pages: by key, never by offset, so that nothing is missed or told twice while rows are added."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from api.store import Base

M = TypeVar("M", bound=Base)


def newest_first(
    db: Session, rows: Select[M], id_column: Any, cursor: UUID | None, limit: int
) -> tuple[list[M], UUID | None]:
    """One page of rows by id, which begins with the time, the newest first; with the cursor of the next page."""
    if cursor is not None:
        rows = rows.where(id_column < cursor)
    found = list(db.scalars(rows.order_by(id_column.desc()).limit(limit + 1)))
    more = len(found) > limit
    found = found[:limit]
    key = found[-1].__mapper__.primary_key_from_instance(found[-1])[0] if more else None
    return found, key
