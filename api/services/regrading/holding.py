"""Changed audits whose new grade is not decided: held back from a batch's publication, unless taken one by one with a reason."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from api.access import unscoped
from api.context import Context
from api.problems import Problem, not_found
from api.services.regrading.states import BatchAction, record, take
from api.services.workflow.review import require_met_gates
from api.services.workflow.states import given_reasons
from api.store import AuditOutcome, Batch, BatchAudit, BatchUnit
from grading.model.decision import is_undecided
from grading.model.result import Outcome


def is_open() -> ColumnElement[bool]:
    """True when an audit of a batch has a unit that changes and is not decided afterwards."""
    unit = aliased(BatchUnit)
    mine = (unit.batch_id == BatchAudit.batch_id, unit.audit_id == BatchAudit.audit_id)
    return exists().where(*mine, unit.changed, is_undecided(unit.after, unit.after_attainable)).correlate(BatchAudit)


def is_published() -> ColumnElement[bool]:
    """True when an audit is published with its batch: it changes, and is decided or released."""
    changes: ColumnElement[bool] = BatchAudit.outcome == AuditOutcome.CHANGED
    return changes & (~is_open() | BatchAudit.released_by.is_not(None))


def held_back(db: Session, batch: Batch) -> int:
    """The number of changed audits of a batch that are held back."""
    held = (BatchAudit.outcome == AuditOutcome.CHANGED, is_open(), BatchAudit.released_by.is_(None))
    found = select(func.count()).select_from(BatchAudit).where(BatchAudit.batch_id == batch.id, *held)
    return db.scalar(found) or 0


def release(context: Context, batch_id: UUID, audit_id: UUID, reasons: str, version: int | None = None) -> Batch:
    """Have an audit published with its batch though its new grade is not decided.

    Raises Problem: 403 `own_batch` for who made the batch; 409 `not_held` for an audit that is not held back,
    `gates_unanswered` for one that only unanswered gates would put out of the grading; 404, 409, 412, 422 as for every step.
    """
    batch = take(context, batch_id, BatchAction.RELEASE, version)
    if batch.made_by == context.actor.id:
        raise Problem("own_batch", "放行须由另一人进行：这一批次是您发起的。", status=403)
    word = given_reasons(reasons, "放行")
    with unscoped(context.db) as db:
        found = db.get(BatchAudit, (batch.id, audit_id), with_for_update=True)
        if found is None:
            raise not_found()
        mine = (BatchUnit.batch_id == batch.id, BatchUnit.audit_id == audit_id)
        units = db.scalars(select(BatchUnit).where(*mine).order_by(BatchUnit.position)).all()
        outcomes = [Outcome(u.after, u.after_attainable) for u in units if u.changed and u.after and u.after_attainable]
        if not any(is_undecided(*outcome) for outcome in outcomes):
            raise Problem("not_held", "这份审核没有待定的变化，会随批次公布，无须单独放行。")
        require_met_gates(outcomes)
        found.released_by, found.released_at, found.release_reasons = context.actor.id, context.at, word
        db.flush()
    record(context, batch, "released", audit=str(audit_id), reasons=word)
    return batch
