"""An enterprise objects to a published audit; the bureau answers."""

from uuid import UUID

from sqlalchemy import select

from api.access import Rule, require
from api.context import Context
from api.problems import ErrorAt, Problem, not_found
from api.services.workflow.states import Action, given_reasons, record, take
from api.store import Appeal, AppealState, Audit


def appeal(context: Context, audit_id: UUID, reasons: str) -> Appeal:
    """Object to a published audit; raises Problem (403, 404, 409 also while an earlier appeal is open, 422)."""
    audit = take(context, audit_id, Action.APPEAL)
    reasons = given_reasons(reasons, "申诉")
    pending = select(Appeal.id).where(Appeal.audit_id == audit.id, Appeal.state == AppealState.OPEN)
    if context.db.scalar(pending) is not None:
        raise Problem("appeal_open", "对这份审核的申诉正在处理中，答复后才能再次申诉。")
    made = Appeal(audit_id=audit.id, by=context.actor.id, reasons=reasons)
    context.db.add(made)
    record(context, audit, "appealed", appeal=str(made.id), reasons=reasons)
    return made


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
