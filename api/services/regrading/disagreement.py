"""Columns and engine say different things of a unit: the batch stops, with everything needed to find out why."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from api.service import Service
from api.services.granted_waivers import content_with
from api.services.regrading.batch_waivers import used
from api.store import AuditRevision, Batch, BatchAudit, BatchState, Grading
from grading.engine.revision import ENGINE


@dataclass(frozen=True)
class Disagreement:
    """A disagreement: each difference is a place, the columns' conclusion, the engine's conclusion (or the one in force)."""

    audit_id: UUID
    unit: str
    ruleset_digest: str
    differences: tuple[tuple[str, Any, Any], ...]
    of_before: bool = False
    """True when it is about the grading in force, which has its own waivers."""


def stop(service: Service, batch_id: UUID, found: Disagreement) -> None:
    """Stop a batch; the first disagreement counts."""
    with service.database.writing() as db:
        batch = db.get_one(Batch, batch_id, with_for_update=True)
        if batch.state not in (BatchState.ASSESSING, BatchState.CONCLUDING):
            return
        row, content, before = db.execute(
            select(BatchAudit, AuditRevision.content, Grading.waivers)
            .join(AuditRevision, AuditRevision.id == BatchAudit.revision_id)
            .join(Grading, Grading.id == BatchAudit.before_id)
            .where(BatchAudit.batch_id == batch_id, BatchAudit.audit_id == found.audit_id)
        ).one()
        waivers = before if found.of_before else used(row, before)
        batch.state = BatchState.STOPPED
        batch.problem = json.dumps(
            {
                "message": "列式计算与推理引擎的结论不一致，批次已停止，未改动任何结论。",
                "audit_id": str(found.audit_id),
                "unit": found.unit,
                "ruleset_digest": found.ruleset_digest,
                "engine": ENGINE,
                "mode": batch.mode.value,
                "differences": [
                    {"place": place, "columns": columns, "engine": engine}
                    for place, columns, engine in found.differences
                ],
                "audit": json.loads(content_with(content, waivers)),
            },
            ensure_ascii=False,
        )


def fail(service: Service, batch_id: UUID, message: str, detail: str) -> None:
    """End a batch that can't go on."""
    with service.database.writing() as db:
        batch = db.get_one(Batch, batch_id, with_for_update=True)
        if batch.state in (BatchState.WAITING, BatchState.ASSESSING, BatchState.CONCLUDING):
            batch.state = BatchState.FAILED
            batch.problem = json.dumps({"message": message, "detail": detail}, ensure_ascii=False)
