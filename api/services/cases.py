"""Stored gradings as cases: made again, for everything that follows from them."""

from uuid import UUID

from sqlalchemy import select

from api.audit_log.heads import line_of_grading
from api.context import Context
from api.problems import Problem
from api.queries.gradings import OTHER_REVISION, _other_grades
from api.services.analysis import Case
from api.services.replay import Likeness, replay
from api.store import Grading, Publication
from grading.model.base import Mode


def case_of(context: Context, grading_id: UUID) -> Case:
    """A stored grading made again, for everything that follows from it.

    Raises Problem: 404, 409 `not_replayable`, 409 `other_revision` when another revision of the engine gave other grades.
    """
    said = select(Publication.reasons).where(Publication.grading_id == grading_id).order_by(Publication.id.desc())
    stored = context.find(Grading, grading_id)
    try:
        made = replay(context, stored)
    except (LookupError, ValueError) as error:
        raise Problem("not_replayable", "这次评级所用的规则集未完整保存，不能重现。") from error
    if made.stored.engine != made.grading.engine and made.likeness is Likeness.OTHER_GRADES:
        raise Problem(OTHER_REVISION, _other_grades(made))
    source = line_of_grading(context.db, context.service.settings.key, stored.audit_id, stored.id)
    return Case(made.audit, made.grading, made.engine, context.db.scalar(said.limit(1)), source)


def in_trial(context: Context, case: Case) -> Case:
    """The same audit graded with provisional figures counted; nothing of it is kept."""
    return Case(case.audit, context.service.grader.grade(case.audit, Mode.TRIAL, case.engine), case.engine)
