"""Stored gradings as they are looked for, and made again."""

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
class Wanted:
    """A filter of gradings; None: no restriction."""

    audit_id: UUID | None = None
    enterprise_id: UUID | None = None
    mode: Mode | None = None
    grade: str | None = None
    ruleset: str | None = None


def gradings(db: Session, wanted: Wanted, cursor: UUID | None, limit: int) -> tuple[list[GradingBrief], UUID | None]:
    """A page of gradings, the newest first, and the cursor of the next page."""
    # The document is large and not told here.
    rows = select(Grading).options(defer(Grading.document))
    if wanted.audit_id is not None:
        rows = rows.where(Grading.audit_id == wanted.audit_id)
    if wanted.enterprise_id is not None:
        of_enterprise = select(Audit.id).where(Audit.enterprise_id == wanted.enterprise_id)
        rows = rows.where(Grading.audit_id.in_(of_enterprise))
    if wanted.mode is not None:
        rows = rows.where(Grading.mode == wanted.mode)
    if wanted.grade is not None:
        rows = rows.where(of_class(Grading.grade, Grading.attainable, wanted.grade))
    if wanted.ruleset is not None:
        with_ruleset = select(GradedUnit.grading_id).where(GradedUnit.ruleset_id == wanted.ruleset)
        rows = rows.where(Grading.id.in_(with_ruleset))
    found, after = newest_first(db, rows, Grading.id, cursor, limit)
    return [GradingBrief.of(row) for row in found], after
