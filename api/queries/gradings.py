"""Stored gradings as they are looked for, and made again."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from api.context import Context
from api.problems import Problem
from api.queries.decisions import of_class
from api.queries.paging import newest_first
from api.schemas.gradings import GradingBrief
from api.services.analysis import Case
from api.services.cases import case_of
from api.services.replay import Replayed
from api.store import Audit, GradedUnit, Grading
from grading.model.base import Mode

OTHER_REVISION = "other_revision"


@dataclass(frozen=True)
class Wanted:
    """Which gradings; None: no matter."""

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
    return [GradingBrief.told(row) for row in found], after


def explained(context: Context, stored: Grading) -> tuple[Case | None, str | None]:
    """A stored grading made again for a page, or the reason why this revision of the engine can't explain it."""
    try:
        return case_of(context, stored.id), None
    except Problem as problem:
        if problem.code != OTHER_REVISION:
            raise
        return None, problem.detail


def _other_grades(made: Replayed) -> str:
    return (
        f"这次评级由引擎的其他修订（{made.stored.engine}）作出，等级以所存的为准；现行引擎（{made.grading.engine}）"
        "按同样的审核得出不同的等级，不能说明它的依据。请重新评级，再看新的结论和依据。"
    )
