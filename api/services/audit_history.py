"""The audits of an enterprise one after the other, and the grading that an audit is known by."""

from uuid import UUID

from sqlalchemy import select

from api.context import Context
from api.services import workflow
from api.store import Audit, Grading


def audits_of(context: Context, enterprise_id: UUID) -> list[Audit]:
    """All audits in scope, the newest first."""
    rows = select(Audit).where(Audit.enterprise_id == enterprise_id)
    return list(context.db.scalars(rows.order_by(Audit.id.desc())))


def grading_of(context: Context, audit: Audit) -> Grading | None:
    """The grading that was published; before that the last official one, as far as the actor sees it."""
    if audit.published_grading_id is not None:
        return context.db.scalar(select(Grading).where(Grading.id == audit.published_grading_id))
    return workflow.latest(context, audit, workflow.revision_of(context, audit))
