"""Stored gradings as cases: made again, for everything that follows from them."""

from uuid import UUID

from sqlalchemy import select

from api.audit_log.heads import line_of_grading
from api.context import Context
from api.problems import Problem
from api.services.analysis import Case
from api.services.replay import Likeness, Replayed, replay
from api.store import Grading, Publication
from grading.model.base import Mode

OTHER_REVISION = "other_revision"


def case_of(context: Context, grading_id: UUID) -> Case:
    """A stored grading made again, for everything that follows from it.

    Raises Problem: 404, 409 `not_replayable`, 409 `other_revision` when another revision of the engine gave other grades.
    """
    newest = select(Publication.reasons).where(Publication.grading_id == grading_id).order_by(Publication.id.desc())
    stored = context.find(Grading, grading_id)
    try:
        made = replay(context, stored)
    except (LookupError, ValueError) as error:
        raise Problem("not_replayable", "这次评级所用的规则集未完整保存，不能重现。") from error
    if made.stored.engine != made.grading.engine and made.likeness is Likeness.OTHER_GRADES:
        raise Problem(OTHER_REVISION, _other_grades(made))
    source = line_of_grading(context.db, context.service.settings.key, stored.audit_id, stored.id)
    note, settings = context.db.scalar(newest.limit(1)), context.service.settings
    is_shown = settings.public_list and settings.public_url is not None and stored.mode is Mode.OFFICIAL
    address = f"{settings.public_url}/public/reports/{stored.id}" if is_shown else None
    return Case(made.audit, made.grading, made.engine, note, source, address)


def in_trial(context: Context, case: Case) -> Case:
    """The same audit graded with provisional figures counted; nothing of it is kept."""
    return Case(case.audit, context.service.grader.grade(case.audit, Mode.TRIAL, case.engine), case.engine)


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
