"""A batch put in force by a second person, and taken back: each time everything, in one transaction, or nothing."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, RowMapping, and_, exists, insert, literal, select, update
from sqlalchemy.orm import Session, aliased

from api import audit_log
from api.access import unscoped
from api.context import Context
from api.grader import keep_ruleset, stored_ruleset
from api.problems import Problem
from api.services.regrading.batch_waivers import otherwise_now, used_in_sql
from api.services.regrading.holding import held_back, is_published
from api.services.regrading.selection import rulesets_of
from api.services.regrading.states import BatchAction, record, take
from api.services.workflow.signed import require_in_force
from api.services.workflow.states import given_reasons
from api.store import (
    Audit,
    AuditOutcome,
    AuditState,
    Base,
    Batch,
    BatchAudit,
    BatchState,
    BatchUnit,
    GradedUnit,
    Grading,
    Publication,
    changes,
)
from api.store.recorded import RECORDED, key_of
from grading import calendar
from grading.model.base import Mode

MAX_NAMED = 100
"""The most audits that a refusal names."""


def publish(context: Context, batch_id: UUID, version: int | None = None) -> Batch:
    """Put the new gradings of the changed audits in force, but for those that are held back (`api.services.regrading.holding`).

    Raises Problem: 403 `own_batch` for who made it; 409 for a batch on trial, `overtaken` when an audit of it has changed
    since, or `waivers_changed` when its waivers have (begin the batch anew then); 404, 409, 412 as for every step.
    """
    batch = take(context, batch_id, BatchAction.PUBLISH, version)
    if batch.made_by == context.actor.id:
        raise Problem("own_batch", "公布须由另一人进行：这一批次是您发起的。", status=403)
    if batch.mode is Mode.TRIAL:
        raise Problem("trial_grading", "试算批次把暂定数值视同已核实，不得公布；请发起正式批次。")
    with unscoped(context.db) as db:
        existing = _reuse_known(db, batch)
        changed, held = _changed(db, batch), held_back(db, batch)
        changed_since = [
            row for row in changed if (row.state, row.published_grading_id) != (AuditState.PUBLISHED, row.before_id)
        ]
        if changed_since:
            raise _overtaken(changed_since)
        by = {row.audit_id: row.waivers for row in changed}
        other = otherwise_now(db, batch, by, calendar.day_of(context.at))
        if other:
            raise _waived_otherwise(other)
        require_in_force(context, [rule.digest for rule in rulesets_of(db, batch)], calendar.day_of(context.at))
        for rule in rulesets_of(db, batch):
            keep_ruleset(db, stored_ruleset(db, rule.digest), rule.digest)
        _write_gradings(context, db, batch)
        _switch(context, db, [(row, row.after_id) for row in changed])
        _give_reasons(context, db, changed)
        units = _note_gradings(db, batch, existing)
    entries = []
    for row in changed:
        details = {
            "batch": str(batch.id),
            "before": str(row.before_id),
            "grading": str(row.after_id),
            "grade": row.grade,
        }
        if row.after_id not in existing:
            details |= {"inputs": row.inputs, "result": row.result}
        if row.release_reasons is not None:
            details |= {"attainable": row.attainable, "undecided": True, "reasons": row.release_reasons}
        rows = [("audits", str(row.audit_id)), ("batch_audits", f"{batch.id}/{row.audit_id}")]
        rows += [("gradings", str(row.after_id)), *(("graded_units", key) for key in units.get(row.after_id, ()))]
        entries.append(audit_log.About(row.audit_id, row.enterprise_id, details, tuple(rows)))
    audit_log.append_many(context.db, "audit.regraded_in_batch", context.actor, entries)
    batch.state, batch.published_by, batch.published_at = BatchState.PUBLISHED, context.actor.id, context.at
    record(context, batch, "published", audits=len(changed), held_back=held)
    return batch


def take_back(context: Context, batch_id: UUID, reasons: str, version: int | None = None) -> Batch:
    """Put the gradings in force again that were so before the batch; what it graded stays stored, but not in force.

    Audits that were superseded or withdrawn since have no grading in force and are left alone. Raises Problem: 409
    `published_over` when a later batch is in force for some of them (take that one back first); 404, 409, 412, 422.
    """
    batch = take(context, batch_id, BatchAction.TAKE_BACK, version)
    batch.reasons = given_reasons(reasons, "收回")
    with unscoped(context.db) as db:
        changed = [row for row in _changed(db, batch) if row.state is AuditState.PUBLISHED]
        later = _published_over(db, batch)
        if later:
            named = "、".join(f"“{other.name}”" for other in later)
            detail = f"之后公布的批次{named}对其中一些审核有效，请先收回该批次。"
            raise Problem("published_over", detail, more={"batches": [str(other.id) for other in later]})
        mine = [row for row in changed if row.published_grading_id == row.after_id]
        _switch(context, db, [(row, row.before_id) for row in mine])
    entries = []
    for row in mine:
        details = {"batch": str(batch.id), "before": str(row.after_id), "grading": str(row.before_id)}
        rows = (("audits", str(row.audit_id)),)
        entries.append(audit_log.About(row.audit_id, row.enterprise_id, details, rows))
    audit_log.append_many(context.db, "audit.regrading_taken_back", context.actor, entries)
    batch.state, batch.taken_back_by, batch.taken_back_at = BatchState.TAKEN_BACK, context.actor.id, context.at
    record(context, batch, "taken_back", audits=len(mine), reasons=batch.reasons)
    return batch


def _changed(db: Session, batch: Batch) -> list[Row[Any]]:
    """The audits of a batch that go out with it, with what is in force for them, locked."""
    found = (
        select(
            BatchAudit.audit_id,
            BatchAudit.enterprise_id,
            BatchAudit.before_id,
            BatchAudit.after_id,
            BatchAudit.inputs,
            BatchAudit.result,
            BatchAudit.grade,
            BatchAudit.attainable,
            BatchAudit.release_reasons,
            BatchAudit.released_by,
            Audit.state,
            Audit.version,
            Audit.published_grading_id,
            used_in_sql(Grading.waivers).label("waivers"),
        )
        .join(Audit, Audit.id == BatchAudit.audit_id)
        .join(Grading, Grading.id == BatchAudit.before_id)
        .where(BatchAudit.batch_id == batch.id, is_published())
        .order_by(BatchAudit.audit_id)
        .with_for_update(of=Audit)
    )
    return [*db.execute(found)]


def _overtaken(rows: list[Row[Any]]) -> Problem:
    detail = f"有 {len(rows)} 份审核在试算之后已有变动（被替代、撤回或另行公布），请重新试算。"
    return Problem("overtaken", detail, more={"audits": [str(row.audit_id) for row in rows[:MAX_NAMED]]})


def _waived_otherwise(audits: list[UUID]) -> Problem:
    detail = f"有 {len(audits)} 份审核的豁免在试算之后有变化（新准予、终止或到期），请重新试算。"
    return Problem("waivers_changed", detail, more={"audits": [str(audit_id) for audit_id in audits[:MAX_NAMED]]})


def _reuse_known(db: Session, batch: Batch) -> set[UUID]:
    """An audit that was graded from the same inputs before has that grading: the same inputs give the same row.

    Returns the gradings that were there.
    """
    existing = (
        select(BatchAudit.audit_id, Grading.id)
        .join(Grading, and_(Grading.revision_id == BatchAudit.revision_id, Grading.inputs == BatchAudit.inputs))
        .where(BatchAudit.batch_id == batch.id, BatchAudit.outcome == AuditOutcome.CHANGED)
    )
    rows = [
        {"batch_id": batch.id, "audit_id": audit_id, "after_id": grading_id}
        for audit_id, grading_id in db.execute(existing)
    ]
    if rows:
        db.execute(update(BatchAudit), rows)
    return {row["after_id"] for row in rows}


def _write_gradings(context: Context, db: Session, batch: Batch) -> None:
    """Write the gradings that are new, from what the engine concluded."""
    a, u = BatchAudit, BatchUnit
    mine = (a.batch_id == batch.id, is_published())
    known, known_units, before = aliased(Grading), aliased(GradedUnit), aliased(Grading)
    gradings: dict[Any, Any] = {
        Grading.id: a.after_id,
        Grading.audit_id: a.audit_id,
        Grading.revision_id: a.revision_id,
        Grading.audit_digest: a.audit_digest,
        Grading.engine: a.engine,
        Grading.mode: literal(batch.mode, Grading.mode.type),
        Grading.inputs: a.inputs,
        Grading.grade: a.grade,
        Grading.attainable: a.attainable,
        Grading.document: a.document,
        Grading.missing: a.missing,
        Grading.open_figures: a.open_figures,
        Grading.waivers: select(used_in_sql(before.waivers)).where(before.id == a.before_id).scalar_subquery(),
        Grading.made_by: literal(batch.made_by, Grading.made_by.type),
        Grading.created_at: literal(context.at, Grading.created_at.type),
    }
    new = select(*gradings.values()).where(*mine, ~exists().where(known.id == a.after_id))
    db.execute(insert(Grading).from_select(list(gradings), new))
    units: dict[Any, Any] = {
        GradedUnit.grading_id: a.after_id,
        GradedUnit.position: u.position,
        GradedUnit.unit: u.unit,
        GradedUnit.ruleset_id: u.after_ruleset,
        GradedUnit.ruleset_digest: u.after_digest,
        GradedUnit.grade: u.after,
        GradedUnit.attainable: u.after_attainable,
        GradedUnit.missing: u.missing,
        GradedUnit.open_figures: u.open_figures,
    }
    theirs = select(*units.values()).join(a, and_(a.batch_id == u.batch_id, a.audit_id == u.audit_id))
    theirs = theirs.where(*mine, ~exists().where(known_units.grading_id == a.after_id))
    db.execute(insert(GradedUnit).from_select(list(units), theirs))


def _switch(context: Context, db: Session, in_force: list[tuple[Row[Any], UUID]]) -> None:
    """Put gradings in force, each for its audit."""
    rows = [
        {"id": row.audit_id, "published_grading_id": grading_id, "version": row.version + 1, "changed_at": context.at}
        for row, grading_id in in_force
    ]
    if rows:
        db.execute(update(Audit), rows)
    changes.note(db, Audit, rows)


def _note_gradings(db: Session, batch: Batch, existing: set[UUID]) -> dict[UUID, list[str]]:
    """Tell the log's recorder of the gradings that were written, and of what they follow from.

    Returns the keys of the graded units by grading.
    """
    mine = (BatchAudit.batch_id == batch.id, BatchAudit.outcome == AuditOutcome.CHANGED)
    changes.note(db, BatchAudit, _rows(db, BatchAudit, *mine), whole=True)
    written = select(BatchAudit.after_id).where(*mine)
    new = [row for row in _rows(db, Grading, Grading.id.in_(written)) if row["id"] not in existing]
    changes.note(db, Grading, new, whole=True)
    units = [
        row for row in _rows(db, GradedUnit, GradedUnit.grading_id.in_(written)) if row["grading_id"] not in existing
    ]
    changes.note(db, GradedUnit, units, whole=True)
    keys: dict[UUID, list[str]] = {}
    for row in units:
        keys.setdefault(row["grading_id"], []).append(key_of(RECORDED["graded_units"].table, row))
    return keys


def _rows(db: Session, model: type[Base], *where: Any) -> list[RowMapping]:
    """The recorded columns of rows."""
    columns = [getattr(model, column.name) for column in RECORDED[model.__tablename__].columns]
    return [*db.execute(select(*columns).where(*where)).mappings()]


def _give_reasons(context: Context, db: Session, published: list[Row[Any]]) -> None:
    """Keep with each grading that is not decided why it is published all the same."""
    db.add_all(
        Publication(
            audit_id=row.audit_id,
            grading_id=row.after_id,
            published_by=row.released_by,
            undecided=True,
            reasons=row.release_reasons,
            created_at=context.at,
        )
        for row in published
        if row.release_reasons is not None
    )
    db.flush()


def _published_over(db: Session, batch: Batch) -> list[Batch]:
    """Batches that are in force for an audit that this one has put in force before."""
    mine, theirs = aliased(BatchAudit), aliased(BatchAudit)
    found = (
        select(Batch)
        .join(theirs, theirs.batch_id == Batch.id)
        .join(mine, and_(mine.audit_id == theirs.audit_id, mine.batch_id == batch.id))
        .join(Audit, Audit.id == theirs.audit_id)
        .where(
            Batch.state == BatchState.PUBLISHED,
            Batch.id != batch.id,
            mine.outcome == AuditOutcome.CHANGED,
            theirs.outcome == AuditOutcome.CHANGED,
            theirs.before_id == mine.after_id,
            Audit.published_grading_id == theirs.after_id,
        )
        .distinct()
    )
    return list(db.scalars(found))
