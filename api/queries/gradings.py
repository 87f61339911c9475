"""Stored gradings as they are looked for, and made again."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from api.conclusions import Case
from api.desk import Desk
from api.log.heads import line_of_grading
from api.problems import Problem
from api.queries.decisions import of_class
from api.queries.paging import newest_first
from api.results import Likeness, Replayed, replay
from api.shapes.gradings import GradingBrief
from api.store import Audit, GradedUnit, Grading, Publication
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


def case_of(desk: Desk, grading_id: UUID) -> Case:
    """A stored grading made again, for everything that follows from it.

    Raises Problem: 404, 409 `not_replayable`, 409 `other_revision` when another revision of the engine gave other grades.
    """
    said = select(Publication.reasons).where(Publication.grading_id == grading_id).order_by(Publication.id.desc())
    stored = desk.find(Grading, grading_id)
    try:
        made = replay(desk, stored)
    except (LookupError, ValueError) as error:
        raise Problem("not_replayable", "这次评级所用的规则集未完整保存，不能重现。") from error
    if made.stored.engine != made.grading.engine and made.likeness is Likeness.OTHER_GRADES:
        raise Problem(OTHER_REVISION, _other_grades(made))
    source = line_of_grading(desk.db, desk.service.settings.key, stored.audit_id, stored.id)
    return Case(made.audit, made.grading, made.engine, desk.db.scalar(said.limit(1)), source)


def explained(desk: Desk, stored: Grading) -> tuple[Case | None, str | None]:
    """A stored grading made again for a page, or the reason why this revision of the engine can't explain it."""
    try:
        return case_of(desk, stored.id), None
    except Problem as problem:
        if problem.code != OTHER_REVISION:
            raise
        return None, problem.detail


def _other_grades(made: Replayed) -> str:
    return (
        f"这次评级由引擎的其他修订（{made.stored.engine}）作出，等级以所存的为准；现行引擎（{made.grading.engine}）"
        "按同样的审核得出不同的等级，不能说明它的依据。请重新评级，再看新的结论和依据。"
    )


def in_trial(desk: Desk, case: Case) -> Case:
    """The same audit graded with provisional figures counted; nothing of it is kept."""
    return Case(case.audit, desk.service.grader.grade(case.audit, Mode.TRIAL, case.engine), case.engine)
