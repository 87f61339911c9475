"""The audits of an enterprise one after the other, and the grading that an audit is known by."""

from uuid import UUID

from sqlalchemy import select

from api import workflow
from api.desk import Desk
from api.store import Audit, AuditKind, AuditState, Grading

COUNTED = (AuditState.PUBLISHED, AuditState.SUPERSEDED)


def audits_of(desk: Desk, enterprise_id: UUID) -> list[Audit]:
    """All audits in scope, the newest first."""
    rows = select(Audit).where(Audit.enterprise_id == enterprise_id)
    return list(desk.db.scalars(rows.order_by(Audit.id.desc())))


def grading_of(desk: Desk, audit: Audit) -> Grading | None:
    """The grading that was published; before that the last official one, as far as the actor sees it."""
    if audit.published_grading_id is not None:
        return desk.db.scalar(select(Grading).where(Grading.id == audit.published_grading_id))
    return workflow.latest(desk, audit, workflow.revision_of(desk, audit))


def before(desk: Desk, audit: Audit) -> Audit | None:
    """The audit of the same kind and place that counted before this one."""
    rows = (
        select(Audit)
        .where(Audit.enterprise_id == audit.enterprise_id, Audit.kind == audit.kind, Audit.id < audit.id)
        .where(Audit.state.in_(COUNTED if audit.kind is AuditKind.EXPERT else (*COUNTED, AuditState.SUBMITTED)))
        .where(Audit.site_id == audit.site_id if audit.site_id else Audit.site_id.is_(None))
        .order_by(Audit.id.desc())
        .limit(1)
    )
    return desk.db.scalar(rows)
