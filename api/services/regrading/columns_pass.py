"""The first pass: a chunk of audits graded in columns, before and after; what differs is what the engine concludes next."""

import json
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from api.grader import Grader
from api.problems import ErrorAt, error_json
from api.service import Service
from api.services.granted_waivers import content_with
from api.services.regrading.batch_waivers import used
from api.services.regrading.chunk_audits import Pair, Subject, read_pair
from api.services.regrading.disagreement import Disagreement, stop
from api.services.regrading.frames import AUDIT, POSITION, packed
from api.services.regrading.selection import is_regraded, rulesets_of
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
    GradedUnit,
    Grading,
)
from api.store.base import now
from grading.columns.grade import ColumnGrader
from grading.engine.grade import Engine
from grading.engine.revision import ENGINE
from grading.gaps.column_figures import FigureColumns
from grading.model.base import Mode
from grading.ruleset_id import industry_of


@dataclass(frozen=True)
class _Graded:
    """The frames of a pair of rulesets."""

    before_digest: str
    after_digest: str
    before: pl.DataFrame
    after: pl.DataFrame


def assess(service: Service, batch_id: UUID, number: int) -> bool:
    """Grade a chunk in columns, and write what came of it in one transaction; False when the batch is held or over.

    Done twice it is done once. One grade in force that the columns don't find again stops the batch.
    """
    began = time.process_time()
    with service.database.reading() as db:
        batch = db.get_one(Batch, batch_id)
        chunk = db.get_one(BatchChunk, (batch_id, BatchPhase.COLUMNS, number))
        if batch.paused or batch.state is not BatchState.ASSESSING:
            return False
        if chunk.done_at is not None:
            return True
        subjects, engines = _subjects(db, batch, number)
        digests = {rule.ruleset_id: rule.digest for rule in rulesets_of(db, batch)}
        graded, unreadable = _grade(db, service.grader, batch, digests, subjects)
    units = {
        (str(subject.audit_id), unit.position): _unit_row(batch, digests, subject, unit)
        for subject in subjects
        for unit in subject.units
    }
    wrong = _note_grades(batch, units, graded, engines)
    if wrong is not None:
        stop(service, batch_id, wrong)
        return False
    # Everything is ready before the database is locked: others write meanwhile.
    frames = [_chunk_row(batch_id, number, part) for part in graded]
    changed = {unit["audit_id"] for unit in units.values() if unit["changed"]}
    outcomes = [_outcome(batch_id, subject.audit_id, changed, unreadable) for subject in subjects]
    with service.database.writing() as db:
        chunk = db.get_one(BatchChunk, (batch_id, BatchPhase.COLUMNS, number), with_for_update=True)
        batch = db.get_one(Batch, batch_id)
        if chunk.done_at is not None or batch.state is not BatchState.ASSESSING:
            return chunk.done_at is not None
        if units:
            db.execute(insert(BatchUnit), list(units.values()))
        if frames:
            db.execute(insert(BatchFrame), frames)
        if outcomes:
            db.execute(update(BatchAudit), outcomes)
        chunk.done_at, chunk.seconds, chunk.engine = now(), time.process_time() - began, ENGINE
    return True


def _subjects(db: Session, batch: Batch, number: int) -> tuple[list[Subject], dict[UUID, str]]:
    """The audits of a chunk; and the engine of each one's grading in force."""
    industries = {rule.industry: rule.ruleset_id for rule in rulesets_of(db, batch)}
    units: dict[UUID, list[GradedUnit]] = defaultdict(list)
    here = select(BatchAudit.before_id).where(BatchAudit.batch_id == batch.id, BatchAudit.chunk == number)
    for unit in db.scalars(select(GradedUnit).where(GradedUnit.grading_id.in_(here)).order_by(GradedUnit.position)):
        units[unit.grading_id].append(unit)
    found = (
        select(BatchAudit, AuditRevision.content, Grading.waivers, Grading.engine)
        .join(AuditRevision, AuditRevision.id == BatchAudit.revision_id)
        .join(Grading, Grading.id == BatchAudit.before_id)
        .where(BatchAudit.batch_id == batch.id, BatchAudit.chunk == number)
        .order_by(BatchAudit.audit_id)
    )
    subjects: list[Subject] = []
    engines: dict[UUID, str] = {}
    for row, stated, waivers, engine in db.execute(found):
        mine = units[row.before_id]
        after = {
            unit.unit: industries[industry_of(unit.ruleset_id)]
            for unit in mine
            if is_regraded(batch, set(industries), unit)
        }
        content, again = content_with(stated, waivers), content_with(stated, used(row, waivers))
        subjects.append(Subject(row.audit_id, row.enterprise_id, row.county, content, again, mine, after))
        engines[row.audit_id] = engine
    return subjects, engines


def _grade(
    db: Session, grader: Grader, batch: Batch, digests: Mapping[str, str], subjects: Sequence[Subject]
) -> tuple[list[_Graded], dict[UUID, list[ErrorAt]]]:
    """The frames of each pair of rulesets that meets in a chunk, and why audits can't be read."""
    pairs: dict[tuple[str, str], dict[UUID, Subject]] = defaultdict(dict)
    for subject in subjects:
        for unit in subject.units:
            if unit.unit in subject.after:
                pairs[unit.ruleset_digest, digests[subject.after[unit.unit]]][subject.audit_id] = subject

    def engines(subject: Subject) -> tuple[Engine, Engine]:
        old = {unit.ruleset_id: unit.ruleset_digest for unit in subject.units}
        new = {unit.ruleset_id: unit.ruleset_digest for unit in subject.units if unit.unit not in subject.after}
        new |= {ruleset_id: digests[ruleset_id] for ruleset_id in subject.after.values()}
        return grader.of_digests(db, old), grader.of_digests(db, new)

    read: dict[tuple[str, str], Pair] = {}
    unreadable: dict[UUID, list[ErrorAt]] = {}
    rulesets = {digest: grader.ruleset(db, digest) for pair in pairs for digest in pair}
    for (old, new), concerned in pairs.items():
        read[old, new], why = read_pair(list(concerned.values()), rulesets[old], rulesets[new], engines)
        unreadable |= why
    graded: list[_Graded] = []
    unreadable_ids = pl.Series([str(audit_id) for audit_id in unreadable], dtype=pl.String)
    for (old, new), pair in read.items():
        there = ~pair.keys[AUDIT].is_in(unreadable_ids.implode())
        if not there.any():
            continue
        keys = pair.keys.filter(there)
        frames = [
            _frame(keys, grader.columns(db, digest, batch.mode), columns.only(there))
            for digest, columns in ((old, pair.before), (new, pair.after))
        ]
        graded.append(_Graded(old, new, *frames))
    return graded, unreadable


def _chunk_row(batch_id: UUID, number: int, part: _Graded) -> dict[str, Any]:
    return {
        "batch_id": batch_id,
        "chunk": number,
        "before_digest": part.before_digest,
        "after_digest": part.after_digest,
        "units": part.after.height,
        "before": packed(part.before),
        "after": packed(part.after),
    }


def _frame(keys: pl.DataFrame, grader: ColumnGrader, columns: Any) -> pl.DataFrame:
    grades = grader.grade(columns)
    figures = FigureColumns(grader).of(columns, grades.units["grade"])
    return keys.hstack(grades.units).hstack(figures).hstack(grades.indicators)


def _unit_row(batch: Batch, digests: Mapping[str, str], subject: Subject, unit: GradedUnit) -> dict[str, Any]:
    """A unit as it is in force; what it is graded again comes from the frames."""
    again = subject.after.get(unit.unit)
    return {
        "batch_id": batch.id,
        "audit_id": subject.audit_id,
        "position": unit.position,
        "unit": unit.unit,
        "enterprise_id": subject.enterprise_id,
        "county": subject.county,
        "industry": industry_of(unit.ruleset_id),
        "regraded": again is not None,
        "before_ruleset": unit.ruleset_id,
        "before_digest": unit.ruleset_digest,
        "after_ruleset": again or unit.ruleset_id,
        "after_digest": digests[again] if again else unit.ruleset_digest,
        "before": unit.grade,
        "before_attainable": unit.attainable,
        "after": None if again else unit.grade,
        "after_attainable": None if again else unit.attainable,
        "changed": False,
        "checked": False,
    }


def _note_grades(
    batch: Batch, units: dict[tuple[str, int], dict[str, Any]], graded: Iterable[_Graded], engines: Mapping[UUID, str]
) -> Disagreement | None:
    """Write the grades of the frames into the rows; the first grade in force that the columns don't find again, if any."""
    names = [AUDIT, POSITION, "grade", "attainable"]
    for part in graded:
        rows = zip(
            part.before.select(names).iter_rows(), part.after.select("grade", "attainable").iter_rows(), strict=True
        )
        for (audit_id, position, grade, attainable), (after, after_attainable) in rows:
            unit = units[audit_id, position]
            if batch.mode is Mode.TRIAL:
                unit["before"], unit["before_attainable"] = grade, attainable
            elif engines[unit["audit_id"]] == ENGINE:
                grades_of = {"grade": (grade, unit["before"]), "attainable": (attainable, unit["before_attainable"])}
                differences = tuple((place, found, held) for place, (found, held) in grades_of.items() if found != held)
                if differences:
                    return Disagreement(unit["audit_id"], unit["unit"], part.before_digest, differences, of_before=True)
            unit["after"], unit["after_attainable"] = after, after_attainable
            unit["changed"] = (after, after_attainable) != (unit["before"], unit["before_attainable"])
    return None


def _outcome(
    batch_id: UUID, audit_id: UUID, changed: set[UUID], unreadable: Mapping[UUID, list[ErrorAt]]
) -> dict[str, Any]:
    why = unreadable.get(audit_id, [])
    outcome = AuditOutcome.CHANGED if audit_id in changed else AuditOutcome.UNCHANGED
    return {
        "batch_id": batch_id,
        "audit_id": audit_id,
        "outcome": AuditOutcome.UNREADABLE if audit_id in unreadable else outcome,
        "problems": json.dumps([error_json(e, "invalid_audit") for e in why], ensure_ascii=False),
    }
