"""A batch that another revision of the engine left half done: graded again from its first pass on, with the same selection."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from api.store import AuditOutcome, Batch, BatchAudit, BatchChunk, BatchFrame, BatchPhase, BatchState, BatchUnit
from grading.engine.revision import ENGINE

NOT_CONCLUDED = {
    "checked": False,
    "after_id": None,
    "inputs": None,
    "audit_digest": None,
    "engine": None,
    "grade": None,
    "attainable": None,
    "document": None,
    "result": None,
    "missing": None,
    "open_figures": None,
}
"""The columns of an audit in a batch before the engine has concluded it."""


def is_of_another_revision(db: Session, batch: Batch) -> bool:
    """True when another revision of the engine did any chunk of a batch: this one can't be held against what it found."""
    done = select(BatchChunk.number).where(BatchChunk.batch_id == batch.id, BatchChunk.done_at.is_not(None))
    return db.scalar(done.where(BatchChunk.engine.is_distinct_from(ENGINE)).limit(1)) is not None


def restart(db: Session, batch: Batch) -> None:
    """Go back to the beginning of the first pass, if another revision of the engine left the batch half done."""
    if batch.state not in (BatchState.ASSESSING, BatchState.CONCLUDING) or not is_of_another_revision(db, batch):
        return
    mine = BatchChunk.batch_id == batch.id
    for model in (BatchFrame, BatchUnit):
        db.execute(delete(model).where(model.batch_id == batch.id))
    db.execute(delete(BatchChunk).where(mine, BatchChunk.phase == BatchPhase.ENGINE))
    db.execute(update(BatchChunk).where(mine).values(done_at=None, seconds=0.0, engine=None))
    waiting = {"outcome": AuditOutcome.WAITING, "problems": "[]", "engine_chunk": None} | NOT_CONCLUDED
    db.execute(update(BatchAudit).where(BatchAudit.batch_id == batch.id).values(**waiting))
    batch.state, batch.impact_at = BatchState.ASSESSING, None
