"""A batch's progress, worked out from its chunks, so that nothing has to be counted up while it runs."""

from dataclasses import dataclass

from sqlalchemy import Integer, func, select
from sqlalchemy.orm import Session

from api.services.regrading.holding import is_open
from api.services.regrading.states import WORKING
from api.store import AuditOutcome, Batch, BatchAudit, BatchChunk, BatchPhase, BatchState

RECENT = 20
"""The rate is that of so many of the last chunks."""


@dataclass(frozen=True)
class Progress:
    """Counts are of audits. `rate` (audits a second) and `seconds_left` are of the phase that is at work; None while unknown."""

    phase: BatchPhase | None
    done: int
    total: int
    rate: float | None
    seconds_left: float | None


@dataclass(frozen=True)
class Counts:
    """The number of audits of a batch, and their outcomes."""

    selected: int
    changed: int
    unchanged: int
    unreadable: int
    undecided: int
    """Of the changed: with a new grade that is not decided; held back from publication unless released."""
    released: int
    checked: int
    """Concluded by the engine as well."""


def progress_of(db: Session, batch: Batch) -> Progress:
    """The progress of a batch in its present phase; of one that is over, in the last that it came to."""
    chunks = db.scalars(select(BatchChunk).where(BatchChunk.batch_id == batch.id)).all()
    engine = batch.impact_at is not None
    phase = BatchPhase.ENGINE if engine else BatchPhase.COLUMNS
    mine = [chunk for chunk in chunks if chunk.phase is phase]
    total, done = sum(chunk.audits for chunk in mine), sum(chunk.audits for chunk in mine if chunk.done_at)
    ends = sorted((chunk.done_at, chunk.audits) for chunk in mine if chunk.done_at)[-RECENT:]
    rate = None
    if len(ends) > 1:
        seconds = (ends[-1][0] - ends[0][0]).total_seconds()
        rate = sum(audits for _, audits in ends[1:]) / seconds if seconds else None
    at_work = batch.state in WORKING and batch.state is not BatchState.WAITING and not batch.paused
    if not at_work:
        return Progress(phase if mine else None, done, total, None, None)
    return Progress(phase, done, total, rate, (total - done) / rate if rate else None)


def counts_of(db: Session, batch: Batch) -> Counts:
    """The outcomes of a batch's audits so far."""
    rows = db.execute(
        select(BatchAudit.outcome, func.count(), func.sum(BatchAudit.checked.cast(Integer)))
        .where(BatchAudit.batch_id == batch.id)
        .group_by(BatchAudit.outcome)
    ).all()
    mine = select(func.count()).select_from(BatchAudit).where(BatchAudit.batch_id == batch.id)
    open_ = mine.where(BatchAudit.outcome == AuditOutcome.CHANGED, is_open())
    number: dict[AuditOutcome, int] = {outcome: count for outcome, count, _ in rows}
    return Counts(
        selected=sum(number.values()),
        changed=number.get(AuditOutcome.CHANGED, 0),
        unchanged=number.get(AuditOutcome.UNCHANGED, 0),
        unreadable=number.get(AuditOutcome.UNREADABLE, 0),
        undecided=db.scalar(open_) or 0,
        released=db.scalar(mine.where(BatchAudit.released_by.is_not(None))) or 0,
        checked=sum(checked or 0 for _, _, checked in rows),
    )
