"""An enterprise objects to a published audit; the bureau answers."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from api.access import Rule, require
from api.context import Context
from api.problems import ErrorAt, Problem, not_found
from api.services.workflow.states import MAX_REASONS, Action, given_reasons, record, take
from api.settings import Settings
from api.store import Appeal, AppealState, Audit, GradedUnit
from grading import calendar

MOST_POINTS = 200


@dataclass(frozen=True)
class Point:
    """The reason for which a plant objects to what was concluded of one indicator."""

    unit: str
    indicator: str
    reason: str


def last_day(settings: Settings, audit: Audit) -> date | None:
    """The last day on which an audit may be appealed against without a reason for being late; None where none is set."""
    if settings.appeal_days is None or audit.published_at is None:
        return None
    return calendar.day_of(audit.published_at) + timedelta(days=settings.appeal_days)


def appeal(
    context: Context, audit_id: UUID, reasons: str, points: Sequence[Point] = (), late_reason: str = ""
) -> Appeal:
    """Object to a published audit, as a whole and indicator by indicator.

    After the last day it is taken only with the reason why it is late, and marked. Raises Problem (403, 404, 409 also while an
    earlier appeal is open, 422).
    """
    audit = take(context, audit_id, Action.APPEAL)
    reasons = given_reasons(reasons, "申诉")
    pending = select(Appeal.id).where(Appeal.audit_id == audit.id, Appeal.state == AppealState.OPEN)
    if context.db.scalar(pending) is not None:
        raise Problem("appeal_open", "对这份审核的申诉正在处理中，答复后才能再次申诉。")
    _refuse_points(context, audit, points)
    settings, today = context.service.settings, calendar.day_of(context.at)
    until = last_day(settings, audit)
    is_late = until is not None and today > until
    if is_late and not late_reason.strip():
        message = f"申诉期限为 {until}（依据：{settings.appeal_source}），已过；确有理由的，请说明逾期的理由。"
        raise Problem("appeal_late", message, status=422, errors=[ErrorAt("late_reason", message)])
    days = settings.appeal_answer_days
    stated = [asdict(point) for point in points]
    made = Appeal(
        audit_id=audit.id,
        by=context.actor.id,
        reasons=reasons,
        points=json.dumps(stated, ensure_ascii=False) if stated else None,
        late_reason=given_reasons(late_reason, "逾期", "late_reason") if is_late else None,
        answer_due=None if days is None else today + timedelta(days=days),
        created_at=context.at,
    )
    context.db.add(made)
    more = ({"points": stated} if stated else {}) | ({"late_reason": made.late_reason} if is_late else {})
    record(context, audit, "appealed", appeal=str(made.id), reasons=reasons, **more)
    return made


def _refuse_points(context: Context, audit: Audit, points: Sequence[Point]) -> None:
    """Raise Problem (422) with every reason that is about no indicator of what was published, or says nothing."""
    if len(points) > MOST_POINTS:
        raise Problem("too_many_points", f"按指标说明的理由最多 {MOST_POINTS} 条。", status=422)
    units = select(GradedUnit.unit, GradedUnit.ruleset_digest).where(
        GradedUnit.grading_id == audit.published_grading_id
    )
    known = {
        (row.unit, indicator.id)
        for row in context.db.execute(units)
        for indicator in context.service.grader.ruleset(context.db, row.ruleset_digest).indicators
    }
    errors = []
    for i, point in enumerate(points):
        if (point.unit, point.indicator) not in known:
            message = f"公布的结论没有单元“{point.unit}”的指标“{point.indicator}”。"
            errors.append(ErrorAt(f"points[{i}].indicator", message))
        if not point.reason.strip() or len(point.reason) > MAX_REASONS:
            errors.append(ErrorAt(f"points[{i}].reason", f"请说明理由（不超过 {MAX_REASONS} 字）。"))
    if errors:
        raise Problem("invalid_points", f"按指标的理由有 {len(errors)} 处问题。", status=422, errors=errors)


def answer_appeal(context: Context, appeal_id: UUID, *, upheld: bool, answer: str) -> Appeal:
    """Answer an appeal. An upheld one changes nothing by itself: the bureau withdraws the audit, or a correction follows.

    Raises Problem (403, 404, 409, 422).
    """
    require(context.db, Rule.ANSWER_APPEALS)
    found = context.db.scalar(select(Appeal).where(Appeal.id == appeal_id).with_for_update())
    if found is None:
        raise not_found()
    if found.state is not AppealState.OPEN:
        raise Problem("wrong_state", "这份申诉已经答复。", more={"state": found.state.value})
    answer = answer.strip()
    if not answer or len(answer) > 4000:
        message = "请填写答复（不超过 4000 字）。"
        raise Problem("answer_missing", message, status=422, errors=[ErrorAt("answer", message)])
    found.state = AppealState.UPHELD if upheld else AppealState.REJECTED
    found.answer, found.answered_by, found.answered_at = answer, context.actor.id, context.at
    audit = context.db.scalars(select(Audit).where(Audit.id == found.audit_id)).one()
    record(context, audit, "appeal_answered", appeal=str(found.id), state=found.state.value, answer=answer)
    return found
