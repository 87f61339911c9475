"""Objections received in the publicity period of an announcement, and their answers."""

from datetime import date
from uuid import UUID

from api.context import Context
from api.problems import ErrorAt, Problem
from api.services.announcements.steps import announced, record, take
from api.services.workflow.states import given_reasons
from api.store import AnnouncementObjection, AnnouncementState
from grading import calendar


def receive(
    context: Context,
    announcement_id: UUID,
    *,
    objector: str,
    text: str,
    received_on: date,
    audit_id: UUID | None = None,
) -> AnnouncementObjection:
    """Register an objection, also one that came in late; raises Problem (403, 404, 409 before the publicity period, 422)."""
    row = take(context, announcement_id, (AnnouncementState.PUBLICITY,), None)
    errors, today, objector = [], calendar.day_of(context.at), objector.strip()
    if not objector or len(objector) > 200:
        errors.append(ErrorAt("objector", "请填写异议人（不超过 200 字）。"))
    if received_on > today:
        errors.append(ErrorAt("received_on", f"收到日期不能晚于今天（{today}）。"))
    if row.publicity_from is not None and received_on < row.publicity_from:
        errors.append(ErrorAt("received_on", f"公示自 {row.publicity_from} 开始，收到日期不能早于它。"))
    if audit_id is not None and all(item.audit_id != audit_id for item in announced(context, row.id)):
        errors.append(ErrorAt("audit_id", "这份审核不在公告之列。"))
    if errors:
        raise Problem("invalid_announcement", f"异议有 {len(errors)} 处问题。", status=422, errors=errors)
    made = AnnouncementObjection(
        announcement_id=row.id,
        audit_id=audit_id,
        objector=objector,
        received_on=received_on,
        text=given_reasons(text, "异议的", "text"),
        recorded_by=context.actor.id,
    )
    context.db.add(made)
    about = {} if audit_id is None else {"audit": str(audit_id)}
    record(context, row, "objection_received", objection=str(made.id), **about)
    return made


def answer(context: Context, announcement_id: UUID, objection_id: UUID, text: str) -> AnnouncementObjection:
    """Answer an objection. An audit that it is about is left out by a step of its own, if it is right.

    Raises Problem (403, 404, 409, 422).
    """
    row = take(context, announcement_id, (AnnouncementState.PUBLICITY,), None)
    found = context.db.get(AnnouncementObjection, objection_id, with_for_update=True)
    if found is None or found.announcement_id != row.id:
        raise Problem("not_found", "没有这件异议。", status=404)
    if found.answer is not None:
        raise Problem("wrong_state", "这件异议已经答复。")
    found.answer, found.answered_on = given_reasons(text, "答复的", "answer"), calendar.day_of(context.at)
    record(context, row, "objection_answered", objection=str(found.id), answer=found.answer)
    return found
