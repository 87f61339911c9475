"""The log as far as the actor sees it."""

import json
from uuid import UUID

from sqlalchemy import select

from api import log
from api.access import unscoped
from api.desk import Desk
from api.people import names_of
from api.shapes.log import FindingOut, LogEntryOut, VerifiedOut
from api.store import LogEntry


def entries(
    desk: Desk, audit_id: UUID | None, enterprise_id: UUID | None, action: str | None, before: int | None, limit: int
) -> tuple[list[LogEntryOut], int | None]:
    """A page of entries, the newest first, and the cursor of the next page."""
    rows = select(LogEntry)
    if audit_id is not None:
        rows = rows.where(LogEntry.audit_id == audit_id)
    if enterprise_id is not None:
        rows = rows.where(LogEntry.enterprise_id == enterprise_id)
    if action is not None:
        rows = rows.where(LogEntry.action == action)
    if before is not None:
        rows = rows.where(LogEntry.seq < before)
    found = list(desk.db.scalars(rows.order_by(LogEntry.seq.desc()).limit(limit + 1)))
    after = found[limit - 1].seq if len(found) > limit else None
    found = found[:limit]
    names = names_of(desk.db, [entry.actor_id for entry in found])
    return [_told(entry, names) for entry in found], after


def verified(desk: Desk, expected_head: str | None) -> VerifiedOut:
    """Whether the whole log is as it was written; every entry is read, whoever may see it."""
    with unscoped(desk.db):
        found = log.verify(desk.db, expected_head)
    findings = [FindingOut(seq=finding.seq, message=finding.message) for finding in found.findings]
    return VerifiedOut(intact=not findings, entries=found.entries, head=found.head, findings=findings)


def _told(entry: LogEntry, names: dict[UUID, str]) -> LogEntryOut:
    return LogEntryOut(
        seq=entry.seq,
        at=entry.at,
        action=entry.action,
        actor_id=entry.actor_id,
        actor_name=None if entry.actor_id is None else names.get(entry.actor_id),
        audit_id=entry.audit_id,
        enterprise_id=entry.enterprise_id,
        subject=entry.subject,
        details=json.loads(entry.details),
        hash=entry.hash,
        previous=entry.previous,
    )
