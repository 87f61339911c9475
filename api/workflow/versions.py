"""What a draft said in each of its versions: so that a page that was opened earlier overwrites nothing that it never showed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from api.access import unscoped
from api.desk import Desk
from api.people import names_of
from api.problems import Problem
from api.store import Audit, DraftVersion
from api.workflow.content import revision_of

KEPT = 1000
"""So many versions of a draft are kept while it is written."""


@dataclass(frozen=True)
class Change:
    """Who changed something last, when, and on which opened page."""

    by: str
    at: datetime
    page: str | None


def keep_version(desk: Desk, audit: Audit, content: str, page: str | None) -> None:
    """Keep what the draft says in its present version, which is about to be replaced."""
    last = desk.db.scalar(select(func.max(DraftVersion.version)).where(DraftVersion.audit_id == audit.id))
    since = audit.version if last is None else last + 1
    desk.db.add(
        DraftVersion(
            audit_id=audit.id,
            since=since,
            version=audit.version,
            content=content,
            replaced_by=desk.actor.id,
            replaced_at=desk.at,
            page=page,
        )
    )
    old = DraftVersion.version < audit.version - KEPT
    desk.db.execute(delete(DraftVersion).where(DraftVersion.audit_id == audit.id, old))


def forget_versions(desk: Desk, audit: Audit) -> None:
    """Let the versions of an audit go that nobody writes on any more."""
    with unscoped(desk.db):
        desk.db.execute(delete(DraftVersion).where(DraftVersion.audit_id == audit.id))


def content_at(desk: Desk, audit: Audit, version: int) -> str:
    """What a draft said in one of its versions; raises Problem (412) when that isn't known any more."""
    rows = select(DraftVersion).where(DraftVersion.audit_id == audit.id)
    row = desk.db.scalar(rows.where(DraftVersion.version >= version).order_by(DraftVersion.version).limit(1))
    if row is not None and row.since <= version:
        return row.content
    last = desk.db.scalar(select(func.max(DraftVersion.version)).where(DraftVersion.audit_id == audit.id))
    if version == audit.version or (row is None and last is not None and last < version < audit.version):
        return revision_of(desk, audit).content
    said = "页面打开得太久，已不能与现在的内容合并；请刷新页面后再填。"
    raise Problem("stale", said, status=412, more={"version": audit.version, "state": audit.state.value})


def last_change(desk: Desk, audit: Audit, version: int, part: Callable[[str], Any], page: str | None) -> Change | None:
    """Who changed a part of a draft last since a version; None when it was changed on the same opened page alone."""
    rows = select(DraftVersion).where(DraftVersion.audit_id == audit.id, DraftVersion.version >= version)
    kept = list(desk.db.scalars(rows.order_by(DraftVersion.version)))
    contents = [row.content for row in kept] + [revision_of(desk, audit).content]
    said = [part(content) for content in contents]
    changed = [row for row, before, after in zip(kept, said, said[1:], strict=False) if before != after]
    if not changed or (page and all(row.page == page for row in changed)):
        return None
    last = next(row for row in reversed(changed) if not page or row.page != page)
    return Change(_name(desk, last.replaced_by), last.replaced_at, last.page)


def _name(desk: Desk, user_id: UUID) -> str:
    return names_of(desk.db, [user_id]).get(user_id, "")
