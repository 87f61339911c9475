"""Stored gradings by filters and ids."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from api.queries.decisions import of_class
from api.queries.paging import newest_first
from api.schemas.gradings import GradingBrief
from api.store import Audit, GradedUnit, Grading
from grading.model.base import Mode


@dataclass(frozen=True)
class Filter:
    """A filter of gradings; None: no restriction."""

    audit_id: UUID | None = None
    enterprise_id: UUID | None = None
    mode: Mode | None = None
    grade: str | None = None
    ruleset: str | None = None


def grading(db: Session, grading_id: UUID) -> Grading | None:
    """A grading; None where it is not in scope."""
    return db.scalar(select(Grading).where(Grading.id == grading_id))


def gradings(db: Session, filters: Filter, cursor: UUID | None, limit: int) -> tuple[list[GradingBrief], UUID | None]:
    """A page of gradings, the newest first, and the cursor of the next page."""
    # The document is large and not told here.
    rows = select(Grading).options(defer(Grading.document))
    if filters.audit_id is not None:
        rows = rows.where(Grading.audit_id == filters.audit_id)
    if filters.enterprise_id is not None:
        of_enterprise = select(Audit.id).where(Audit.enterprise_id == filters.enterprise_id)
        rows = rows.where(Grading.audit_id.in_(of_enterprise))
    if filters.mode is not None:
        rows = rows.where(Grading.mode == filters.mode)
    if filters.grade is not None:
        rows = rows.where(of_class(Grading.grade, Grading.attainable, filters.grade))
    if filters.ruleset is not None:
        with_ruleset = select(GradedUnit.grading_id).where(GradedUnit.ruleset_id == filters.ruleset)
        rows = rows.where(Grading.id.in_(with_ruleset))
    found, after = newest_first(db, rows, Grading.id, cursor, limit)
    return [GradingBrief.of(row) for row in found], after
