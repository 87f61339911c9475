"""Versions of a draft: so that a page that was opened earlier overwrites nothing that it never showed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from api.access import unscoped
from api.context import Context
from api.problems import Problem
from api.services.users import names_of
from api.services.workflow.content import revision_of
from api.store import Audit, DraftVersion

MOST_VERSIONS = 1000
"""So many versions of a draft are kept while it is written."""


@dataclass(frozen=True)
class Change:
    """The last change of a part: user, moment, and the opened page it came from."""

    by: str
    at: datetime
    page: str | None


def keep_version(context: Context, audit: Audit, content: str, page: str | None) -> None:
    """Keep what the draft says in its present version, which is about to be replaced."""
    last = context.db.scalar(select(func.max(DraftVersion.version)).where(DraftVersion.audit_id == audit.id))
    since = audit.version if last is None else last + 1
    context.db.add(
        DraftVersion(
            audit_id=audit.id,
            since=since,
            version=audit.version,
            content=content,
            replaced_by=context.actor.id,
            replaced_at=context.at,
            page=page,
        )
    )
    old = DraftVersion.version < audit.version - MOST_VERSIONS
    context.db.execute(delete(DraftVersion).where(DraftVersion.audit_id == audit.id, old))


def forget_versions(context: Context, audit: Audit) -> None:
    """Let the versions of an audit go that nobody writes on any more."""
    with unscoped(context.db):
        context.db.execute(delete(DraftVersion).where(DraftVersion.audit_id == audit.id))


def content_at(context: Context, audit: Audit, version: int) -> str:
    """The content of a draft in one of its versions; raises Problem (412) when that isn't known any more."""
    rows = select(DraftVersion).where(DraftVersion.audit_id == audit.id)
    row = context.db.scalar(rows.where(DraftVersion.version >= version).order_by(DraftVersion.version).limit(1))
    if row is not None and row.since <= version:
        return row.content
    last = context.db.scalar(select(func.max(DraftVersion.version)).where(DraftVersion.audit_id == audit.id))
    if version == audit.version or (row is None and last is not None and last < version < audit.version):
        return revision_of(context, audit).content
    detail = "页面打开得太久，已不能与现在的内容合并；请刷新页面后再填。"
    raise Problem("stale", detail, status=412, more={"version": audit.version, "state": audit.state.value})


def last_change(
    context: Context, audit: Audit, version: int, part: Callable[[str], Any], page: str | None
) -> Change | None:
    """The last change of a part of a draft since a version; None when it was changed on the same opened page alone."""
    rows = select(DraftVersion).where(DraftVersion.audit_id == audit.id, DraftVersion.version >= version)
    versions = list(context.db.scalars(rows.order_by(DraftVersion.version)))
    contents = [row.content for row in versions] + [revision_of(context, audit).content]
    parts = [part(content) for content in contents]
    changed = [row for row, before, after in zip(versions, parts, parts[1:], strict=False) if before != after]
    if not changed or (page and all(row.page == page for row in changed)):
        return None
    last = next(row for row in reversed(changed) if not page or row.page != page)
    return Change(_name(context, last.replaced_by), last.replaced_at, last.page)


def _name(context: Context, user_id: UUID) -> str:
    return names_of(context.db, [user_id]).get(user_id, "")
