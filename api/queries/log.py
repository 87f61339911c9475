"""The log as far as the actor sees it."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from api.context import Context
from api.schemas.log import FindingOut, LogEntryOut, VerifiedOut
from api.services.users import names_of
from api.services.verification import Finding, verify_records
from api.store import EnterpriseMerger, LogEntry
from grading import calendar


@dataclass(frozen=True)
class Filter:
    """A filter of entries; None: no restriction."""

    audit_id: UUID | None = None
    enterprise_id: UUID | None = None
    action: str | None = None
    actor_id: UUID | None = None
    since: date | None = None
    until: date | None = None
    """Days as they are in China, both inclusive."""


def entries(context: Context, filters: Filter, before: int | None, limit: int) -> tuple[list[LogEntryOut], int | None]:
    """A page of entries, the newest first, and the cursor of the next page."""
    rows = select(LogEntry)
    if filters.audit_id is not None:
        rows = rows.where(LogEntry.audit_id == filters.audit_id)
    if filters.enterprise_id is not None:
        merged = select(EnterpriseMerger.double_id).where(EnterpriseMerger.into_id == filters.enterprise_id)
        own = LogEntry.enterprise_id == filters.enterprise_id
        rows = rows.where(or_(own, LogEntry.enterprise_id.in_(merged)))
    if filters.action is not None:
        rows = rows.where(LogEntry.action == filters.action)
    if filters.actor_id is not None:
        rows = rows.where(LogEntry.actor_id == filters.actor_id)
    if filters.since is not None:
        rows = rows.where(LogEntry.at >= _begin(filters.since))
    if filters.until is not None:
        rows = rows.where(LogEntry.at < _begin(filters.until) + timedelta(days=1))
    if before is not None:
        rows = rows.where(LogEntry.seq < before)
    found = list(context.db.scalars(rows.order_by(LogEntry.seq.desc()).limit(limit + 1)))
    after = found[limit - 1].seq if len(found) > limit else None
    found = found[:limit]
    names = names_of(context.db, [entry.actor_id for entry in found])
    return [_to_schema(entry, names) for entry in found], after


def _begin(day: date) -> datetime:
    """The moment at which a day begins in China; days long before or after any entry are as good as others of their kind."""
    return calendar.start_of(min(max(day, date(2000, 1, 1)), date(2999, 1, 1)))


def verified(context: Context, expected_head: str | None) -> VerifiedOut:
    """Verify that log and recorded rows are as they were written; everything is read, whatever the actor may see."""
    found = verify_records(context.db, expected_head)
    return VerifiedOut(
        intact=not found.findings,
        entries=found.log_entries,
        head=found.log_head,
        findings=[_finding(finding) for finding in found.findings],
        notes=[_finding(note) for note in found.notes],
    )


def _finding(finding: Finding) -> FindingOut:
    kind, _, name = finding.subject.partition(":")
    return FindingOut(subject=finding.subject, seq=int(name) if kind == "log" else None, message=finding.message)


def _to_schema(entry: LogEntry, names: dict[UUID, str]) -> LogEntryOut:
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
