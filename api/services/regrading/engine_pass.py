"""The engine's part: every changed audit concluded again with its trace, and of the unchanged a random sample."""

import random
import time
from collections import defaultdict
from typing import Any
from uuid import UUID

import orjson
import polars as pl
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from api.service import Service
from api.services.granted_waivers import content_with
from api.services.regrading.batch_waivers import differ, used
from api.services.regrading.disagreement import Disagreement, stop
from api.services.regrading.frames import AUDIT, POSITION, unpacked
from api.services.regrading.restart import NOT_CONCLUDED, is_of_another_revision
from api.services.replay import inputs_of, read_as, result_digest
from api.services.workflow.grading import counted
from api.store import (
    AuditOutcome,
    AuditRevision,
    Batch,
    BatchAudit,
    BatchChunk,
    BatchFrame,
    BatchPhase,
    BatchState,
    BatchUnit,
)
from api.store import Grading as GradingRow
from api.store.base import new_id, now
from grading.batch.spot_check import differences
from grading.engine.grade import Engine
from grading.engine.revision import ENGINE
from grading.gaps.causes import decision_of, unit_decisions
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.model.decision import Decision
from grading.model.result import Grading

CHECKED = 200
SHARE = 100
"""Of the unchanged so many audits are checked, or one of so many, whichever is more."""


def close_first_pass(db: Session, batch: Batch, chunk: int) -> None:
    """Queue what the engine must conclude, `chunk` audits at once; does nothing before the first pass is complete."""
    if batch.state is not BatchState.ASSESSING or open_chunks(db, batch.id, BatchPhase.COLUMNS):
        return
    of_batch = select(BatchAudit.audit_id).where(BatchAudit.batch_id == batch.id).order_by(BatchAudit.audit_id)
    changed = db.scalars(of_batch.where(BatchAudit.outcome == AuditOutcome.CHANGED)).all()
    unchanged = db.scalars(of_batch.where(BatchAudit.outcome == AuditOutcome.UNCHANGED)).all()
    sample = random.Random(str(batch.id)).sample(unchanged, sample_size(len(unchanged)))
    # In the order of the first pass, so that a chunk needs few of its frames.
    audit_ids = sorted([*changed, *sample], key=lambda audit_id: audit_id.bytes)
    rows = [
        {"batch_id": batch.id, "audit_id": audit_id, "engine_chunk": place // chunk}
        for place, audit_id in enumerate(audit_ids)
    ]
    if rows:
        db.execute(update(BatchAudit), rows)
        chunks = [
            {
                "batch_id": batch.id,
                "phase": BatchPhase.ENGINE,
                "number": number,
                "audits": min(chunk, len(audit_ids) - number * chunk),
                "seconds": 0.0,
            }
            for number in range(-(-len(audit_ids) // chunk))
        ]
        db.execute(insert(BatchChunk), chunks)
    batch.state, batch.impact_at = BatchState.CONCLUDING, now()


def close_conclusion(db: Session, batch: Batch) -> None:
    """Say that everything is concluded; does nothing unless it is."""
    if batch.state is BatchState.CONCLUDING and not open_chunks(db, batch.id, BatchPhase.ENGINE):
        batch.state, batch.assessed_at = BatchState.ASSESSED, now()


def sample_size(unchanged: int) -> int:
    """The number of unchanged audits to check, out of so many."""
    return min(unchanged, max(CHECKED, -(-unchanged // SHARE)))


def open_chunks(db: Session, batch_id: UUID, phase: BatchPhase) -> list[int]:
    """The chunks of a phase that are not done."""
    found = select(BatchChunk.number).where(
        BatchChunk.batch_id == batch_id, BatchChunk.phase == phase, BatchChunk.done_at.is_(None)
    )
    return list(db.scalars(found.order_by(BatchChunk.number)))


def conclude(service: Service, batch_id: UUID, number: int) -> bool:
    """Conclude a chunk with the engine, and write it in one transaction; False when the batch is held or over, or has to be
    restarted.

    Done twice it is done once. One difference from what the columns found stops the batch.
    """
    began = time.process_time()
    with service.database.reading() as db:
        batch = db.get_one(Batch, batch_id)
        chunk = db.get_one(BatchChunk, (batch_id, BatchPhase.ENGINE, number))
        if batch.paused or batch.state is not BatchState.CONCLUDING:
            return False
        if chunk.done_at is not None:
            return True
        if is_of_another_revision(db, batch):
            return False
        work = _Work(db, service, batch, number)
        rows: list[dict[str, Any]] = []
        units: list[dict[str, Any]] = []
        revised: list[dict[str, Any]] = []
        for audit in work.audits:
            read, engine = work.read(audit)
            graded = work.grade(read, engine)
            wrong = work.disagreement(audit, graded)
            if wrong is not None:
                stop(service, batch_id, wrong)
                return False
            decided, of_units = _decisions(read, engine, graded)
            rows.append(_row(audit, graded, decided))
            revised += work.revised(audit, graded)
            units += [
                {"batch_id": batch_id, "audit_id": audit.audit_id, "position": unit.position, "checked": unit.regraded}
                | counted(of_units[unit.position])
                for unit in work.units[audit.audit_id]
                if unit.regraded or work.is_written(audit)
            ]
    with service.database.writing() as db:
        chunk = db.get_one(BatchChunk, (batch_id, BatchPhase.ENGINE, number), with_for_update=True)
        batch = db.get_one(Batch, batch_id)
        if chunk.done_at is not None or batch.state is not BatchState.CONCLUDING:
            return chunk.done_at is not None
        db.execute(update(BatchAudit), rows)
        for changed in (revised, units):
            if changed:
                db.execute(update(BatchUnit), changed)
        chunk.done_at, chunk.seconds, chunk.engine = now(), time.process_time() - began, ENGINE
    return True


class _Work:
    """The engine's conclusions of one chunk, beside the columns' findings."""

    def __init__(self, db: Session, service: Service, batch: Batch, number: int) -> None:
        self.db, self.grader, self.batch = db, service.grader, batch
        here = (BatchAudit.batch_id == batch.id, BatchAudit.engine_chunk == number)
        self.audits = list(db.scalars(select(BatchAudit).where(*here).order_by(BatchAudit.audit_id)))
        ids = [audit.audit_id for audit in self.audits]
        contents = (
            select(BatchAudit, AuditRevision.content, GradingRow.waivers)
            .join(AuditRevision, AuditRevision.id == BatchAudit.revision_id)
            .join(GradingRow, GradingRow.id == BatchAudit.before_id)
            .where(*here)
        )
        self.contents: dict[UUID, str] = {}
        self.waivers: dict[UUID, tuple[str | None, str | None]] = {}
        for row, content, before in db.execute(contents):
            after = used(row, before)
            self.contents[row.audit_id] = content_with(content, after)
            self.waivers[row.audit_id] = before, after
        self.units: dict[UUID, list[BatchUnit]] = defaultdict(list)
        units = select(BatchUnit).where(BatchUnit.batch_id == batch.id, BatchUnit.audit_id.in_(ids))
        for unit in db.scalars(units.order_by(BatchUnit.position)):
            self.units[unit.audit_id].append(unit)
        self.found = self._found()
        self.engines = dict(
            db.execute(
                select(BatchAudit.audit_id, GradingRow.engine)
                .join(GradingRow, GradingRow.id == BatchAudit.before_id)
                .where(*here)
            ).all()
        )

    def read(self, audit: BatchAudit) -> tuple[Audit, Engine]:
        """The audit as the rulesets after read it, and their engine."""
        units = self.units[audit.audit_id]
        engine = self.grader.of_digests(self.db, {unit.after_ruleset: unit.after_digest for unit in units})
        named = {unit.unit: unit.after_ruleset for unit in units}
        return read_as(self.contents[audit.audit_id], named, engine.library), engine

    def grade(self, read: Audit, engine: Engine) -> Grading:
        """The audit as the engine grades it."""
        return self.grader.grade(read, self.batch.mode, engine)

    def disagreement(self, audit: BatchAudit, graded: Grading) -> Disagreement | None:
        """The first unit of which the engine says otherwise than the columns, or than what stays in force.

        What another revision of the engine has put in force is no measure of this one, nor what was graded by other waivers,
        and nothing in force was made on trial.
        """
        for unit in self.units[audit.audit_id]:
            concluded = graded.units[unit.position]
            if unit.regraded:
                different = differences(self.found[unit.audit_id, unit.position], concluded)
            elif self._is_no_measure(audit, unit):
                continue
            else:
                grades_of = {"grade": (unit.after, concluded.outcome.grade)}
                grades_of["attainable"] = (unit.after_attainable, concluded.outcome.attainable)
                different = tuple((place, held, new) for place, (held, new) in grades_of.items() if held != new)
            if different:
                return Disagreement(unit.audit_id, unit.unit, unit.after_digest, different)
        return None

    def _is_no_measure(self, audit: BatchAudit, unit: BatchUnit) -> bool:
        """True when what is in force of a unit that is not graded again need not be what the engine concludes."""
        if self.batch.mode is Mode.TRIAL or self.engines[audit.audit_id] != ENGINE:
            return True
        return differ(*self.waivers[audit.audit_id], unit.unit)

    def is_written(self, audit: BatchAudit) -> bool:
        """True when the whole conclusion becomes a grading, its units that the batch is not about as well."""
        return audit.outcome is AuditOutcome.CHANGED and self.batch.mode is Mode.OFFICIAL

    def revised(self, audit: BatchAudit, graded: Grading) -> list[dict[str, Any]]:
        """The units that the batch is not about, of a changed audit, which this revision, or other waivers, grade otherwise."""
        if not self.is_written(audit):
            return []
        others = [
            (unit, graded.units[unit.position].outcome) for unit in self.units[audit.audit_id] if not unit.regraded
        ]
        return [
            {
                "batch_id": unit.batch_id,
                "audit_id": unit.audit_id,
                "position": unit.position,
                "after": outcome.grade,
                "after_attainable": outcome.attainable,
                "changed": True,
            }
            for unit, outcome in others
            if (unit.before, unit.before_attainable) != outcome
        ]

    def _found(self) -> dict[tuple[UUID, int], dict[str, Any]]:
        """The columns' rows of the units that are graded again."""
        audit_ids = pl.Series([str(audit.audit_id) for audit in self.audits], dtype=pl.String)
        frames = select(BatchFrame.after).where(
            BatchFrame.batch_id == self.batch.id, BatchFrame.chunk.in_({audit.chunk for audit in self.audits})
        )
        rows: dict[tuple[UUID, int], dict[str, Any]] = {}
        for content in self.db.scalars(frames):
            frame = unpacked(content)
            for row in frame.filter(frame[AUDIT].is_in(audit_ids.implode())).iter_rows(named=True):
                rows[UUID(row[AUDIT]), row[POSITION]] = row
        return rows


def _decisions(read: Audit, engine: Engine, graded: Grading) -> tuple[Decision, tuple[Decision, ...]]:
    """The decision of the enterprise, and of each unit."""
    rulesets = {unit.ruleset: engine.library.ruleset(unit.ruleset) for unit in graded.units}
    return decision_of(rulesets, read, graded), unit_decisions(rulesets, read, graded)


def _row(audit: BatchAudit, graded: Grading, decided: Decision) -> dict[str, Any]:
    """The stored row of a conclusion: of a changed audit the whole grading, with its trace."""
    if audit.outcome is not AuditOutcome.CHANGED:
        return NOT_CONCLUDED | {"batch_id": audit.batch_id, "audit_id": audit.audit_id, "checked": True}
    document = orjson.dumps(graded.as_json()).decode()
    return {
        "batch_id": audit.batch_id,
        "audit_id": audit.audit_id,
        "checked": True,
        "after_id": new_id(),
        "inputs": inputs_of(graded),
        "audit_digest": graded.audit_digest,
        "engine": graded.engine,
        "grade": graded.outcome.grade,
        "attainable": graded.outcome.attainable,
        "document": document,
        "result": result_digest(document),
        **counted(decided),
    }
