"""Queries about batches and drafts for routes and pages; everything as far as the actor sees it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from api.context import Context
from api.problems import not_found
from api.queries.decisions import of_class
from api.store import AuditOutcome, AuditRevision, Batch, BatchAudit, BatchState, BatchUnit, DraftRuleset, Enterprise


@dataclass(frozen=True)
class UnitFilter:
    """A filter of a batch's units; None leaves a restriction out."""

    changed: bool | None = None
    before: str | None = None
    after: str | None = None
    county: str | None = None
    industry: str | None = None


def batches(
    context: Context, state: BatchState | None, cursor: UUID | None, limit: int
) -> tuple[list[Batch], UUID | None]:
    """The batches, the newest first, and where the page after them begins."""
    rows = select(Batch).order_by(Batch.id.desc()).limit(limit + 1)
    if state is not None:
        rows = rows.where(Batch.state == state)
    if cursor is not None:
        rows = rows.where(Batch.id < cursor)
    found = list(context.db.scalars(rows))
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def drafts(context: Context) -> list[DraftRuleset]:
    """The uploaded editions, the newest first."""
    return list(context.db.scalars(select(DraftRuleset).order_by(DraftRuleset.id.desc()).limit(200)))


def units(
    context: Context, batch_id: UUID, filters: UnitFilter, cursor: tuple[UUID, int] | None, limit: int
) -> tuple[list[tuple[BatchUnit, str]], tuple[UUID, int] | None]:
    """The units that a batch grades again, each with its enterprise's name, in the order of their audits."""
    unit = BatchUnit
    rows = (
        select(unit, Enterprise.name)
        .join(Enterprise, Enterprise.id == unit.enterprise_id)
        .where(unit.batch_id == batch_id, unit.regraded)
        .order_by(unit.audit_id, unit.position)
        .limit(limit + 1)
    )
    for column, value in (
        (unit.changed, filters.changed),
        (unit.county, filters.county),
        (unit.industry, filters.industry),
    ):
        if value is not None:
            rows = rows.where(column == value)
    sides = ((unit.before, unit.before_attainable, filters.before), (unit.after, unit.after_attainable, filters.after))
    for grade, attainable, value in sides:
        if value is not None:
            rows = rows.where(of_class(grade, attainable, value))
    if cursor is not None:
        audit_id, position = cursor
        rows = rows.where((unit.audit_id > audit_id) | ((unit.audit_id == audit_id) & (unit.position > position)))
    found = [(row, name) for row, name in context.db.execute(rows)]
    last = found[limit - 1][0] if len(found) > limit else None
    return found[:limit], None if last is None else (last.audit_id, last.position)


def audit(context: Context, batch_id: UUID, audit_id: UUID) -> tuple[BatchAudit, list[BatchUnit]]:
    """An audit of a batch with its units; raises Problem (404)."""
    found = context.db.scalar(
        select(BatchAudit).where(BatchAudit.batch_id == batch_id, BatchAudit.audit_id == audit_id)
    )
    if found is None:
        raise not_found()
    theirs = select(BatchUnit).where(BatchUnit.batch_id == batch_id, BatchUnit.audit_id == audit_id)
    return found, list(context.db.scalars(theirs.order_by(BatchUnit.position)))


@dataclass(frozen=True)
class Unread:
    """An audit that the new ruleset can't read: whose it is, its first unit there, what it says, and what is wrong with it."""

    audit_id: UUID
    enterprise: str
    county: str
    position: int
    content: str
    problems: str


def unreadable(context: Context, batch_id: UUID, limit: int) -> list[Unread]:
    """The first of a batch's audits that the new ruleset can't read, by enterprise."""
    audit, unit = BatchAudit, BatchUnit
    first = (
        select(func.min(unit.position))
        .where(unit.batch_id == batch_id, unit.audit_id == audit.audit_id, unit.regraded)
        .scalar_subquery()
    )
    rows = (
        select(audit.audit_id, Enterprise.name, audit.county, first, AuditRevision.content, audit.problems)
        .join(Enterprise, Enterprise.id == audit.enterprise_id)
        .join(AuditRevision, AuditRevision.id == audit.revision_id)
        .where(audit.batch_id == batch_id, audit.outcome == AuditOutcome.UNREADABLE)
        .order_by(Enterprise.name, audit.audit_id)
        .limit(limit)
    )
    return [Unread(*row) for row in context.db.execute(rows)]
