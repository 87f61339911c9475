"""Everything that has happened to an enterprise's published grade, read from the log: one event a step."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access import unscoped
from api.schemas.decisions import DecisionOut, stored_decision
from api.schemas.grade_history import GradeEventOut, GradeInForce
from api.services.granted_waivers import rests_on_waivers
from api.services.users import names_of
from api.store import AuditKind, Batch, EnterpriseMerger, GradedUnit, Grading, LogEntry
from grading.model.decision import Decision

STEPS = MappingProxyType(
    {
        "audit.published": "公布等级",
        "audit.regraded_in_batch": "批次改动等级",
        "audit.regrading_taken_back": "收回批次改动",
        "audit.superseded": "被新的审核替代",
        "audit.withdrawn": "撤销等级",
        "audit.appealed": "企业申诉",
        "audit.appeal_answered": "答复申诉",
    }
)
"""Actions of the log that belong to the history, as people call them."""
ANSWERS = MappingProxyType({"upheld": "申诉成立", "rejected": "申诉不成立"})


@dataclass(frozen=True)
class GradeEvent:
    """A step: `decision` is what it put in force, `before` what was in force until then."""

    at: datetime
    action: str
    enterprise_id: UUID
    audit_id: UUID
    grading_id: UUID | None
    """The grading that the step put in force."""
    actor_name: str | None
    decision: Decision | None
    before: Decision | None
    rulesets: tuple[str, ...]
    reasons: str
    batch: str | None
    """The name of the batch that it was done in."""
    waived: bool
    """The grade that it put in force rests on a waiver."""

    @property
    def step(self) -> str:
        """The step as people call it."""
        return STEPS[self.action]


@dataclass(frozen=True)
class _Stored:
    """A grading as far as the history tells it."""

    decision: Decision
    rulesets: tuple[str, ...]
    waived: bool


def history(db: Session, enterprise_ids: Sequence[UUID]) -> dict[UUID, tuple[GradeEvent, ...]]:
    """The events of enterprises by id, the newest first, as far as the actor sees the log."""
    into = _merged(db, enterprise_ids)
    listed = [
        (entry, details)
        for entry in _entries(db, [*enterprise_ids, *into])
        if (details := json.loads(entry.details)).get("kind") != AuditKind.SELF.value and _was_public(entry, details)
    ]
    gradings = _gradings(db, {UUID(d["grading"]) for _, d in listed if "grading" in d})
    batches = _batches(db, {UUID(d["batch"]) for _, d in listed if "batch" in d})
    names = names_of(db, [entry.actor_id for entry, _ in listed])
    in_force: dict[UUID, _Stored] = {}
    events: dict[UUID, list[GradeEvent]] = {}
    for entry, details in listed:
        if entry.audit_id is None or entry.enterprise_id is None:
            continue
        before = in_force.get(entry.audit_id)
        made = gradings.get(UUID(details["grading"])) if "grading" in details else None
        if made is not None:
            in_force[entry.audit_id] = made
        known = made or before
        enterprise_id = into.get(entry.enterprise_id, entry.enterprise_id)
        events.setdefault(enterprise_id, []).append(
            GradeEvent(
                at=entry.at,
                action=entry.action,
                enterprise_id=enterprise_id,
                audit_id=entry.audit_id,
                grading_id=UUID(details["grading"]) if made is not None else None,
                actor_name=None if entry.actor_id is None else names.get(entry.actor_id),
                decision=None if made is None else made.decision,
                before=None if before is None else before.decision,
                rulesets=() if known is None else known.rulesets,
                reasons=_reasons(details),
                batch=batches.get(UUID(details["batch"])) if "batch" in details else None,
                waived=made is not None and made.waived,
            )
        )
    return {enterprise_id: tuple(reversed(found)) for enterprise_id, found in events.items()}


def _merged(db: Session, enterprise_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Doubles that were merged into one of some enterprises: what happened to them before happened to that one."""
    merged_ids = set(enterprise_ids)
    rows = db.execute(select(EnterpriseMerger.double_id, EnterpriseMerger.into_id))
    return {double: into for double, into in rows if into in merged_ids}


def _entries(db: Session, enterprise_ids: Sequence[UUID]) -> Iterable[LogEntry]:
    """The entries of the history's steps in their order; asked for in portions, since databases bound parameters."""
    for start in range(0, len(enterprise_ids), 500):
        rows = select(LogEntry).where(
            LogEntry.enterprise_id.in_(enterprise_ids[start : start + 500]), LogEntry.action.in_(STEPS)
        )
        yield from db.scalars(rows.order_by(LogEntry.seq))


def _was_public(entry: LogEntry, details: Mapping[str, Any]) -> bool:
    """True but for an audit that was taken back, or replaced, before it was published."""
    return entry.action not in ("audit.withdrawn", "audit.superseded") or details.get("from") == "published"


def _gradings(db: Session, ids: set[UUID]) -> dict[UUID, _Stored]:
    """Gradings by id. Each was in force once and public, so that an enterprise is told of it too."""
    found: dict[UUID, _Stored] = {}
    grading_ids = sorted(ids)
    with unscoped(db):
        for start in range(0, len(grading_ids), 500):
            portion = grading_ids[start : start + 500]
            rulesets: dict[UUID, list[str]] = {}
            units = select(GradedUnit.grading_id, GradedUnit.ruleset_id).where(GradedUnit.grading_id.in_(portion))
            for grading_id, ruleset_id in db.execute(units.order_by(GradedUnit.position)):
                known = rulesets.setdefault(grading_id, [])
                if ruleset_id not in known:
                    known.append(ruleset_id)
            g = Grading
            with_waivers = select(g).where(g.id.in_(portion), g.waivers.is_not(None))
            waived = {row.id for row in db.scalars(with_waivers) if rests_on_waivers(row)}
            rows = select(g.id, g.grade, g.attainable, g.mode, g.missing, g.open_figures).where(g.id.in_(portion))
            for row in db.execute(rows):
                decision = stored_decision(row.grade, row.attainable, row.mode, row.missing, row.open_figures)
                found[row.id] = _Stored(decision, tuple(rulesets.get(row.id, ())), row.id in waived)
    return found


def _batches(db: Session, ids: set[UUID]) -> dict[UUID, str]:
    """The names of batches by id."""
    if not ids:
        return {}
    with unscoped(db):
        return {row.id: row.name for row in db.execute(select(Batch.id, Batch.name).where(Batch.id.in_(ids)))}


def _reasons(details: Mapping[str, Any]) -> str:
    """The word given with a step."""
    answer = details.get("answer")
    if answer is not None:
        return f"{ANSWERS.get(details.get('state', ''), '')}：{answer}"
    return str(details.get("reasons") or "")


def to_schema(event: GradeEvent) -> GradeEventOut:
    """An event as JSON."""
    return GradeEventOut(
        at=event.at,
        action=event.action,
        step=event.step,
        audit_id=event.audit_id,
        actor_name=event.actor_name,
        before=_in_force(event.before),
        after=_in_force(event.decision),
        rulesets=list(event.rulesets),
        reasons=event.reasons,
        batch=event.batch,
        waived=event.waived,
    )


def _in_force(decision: Decision | None) -> GradeInForce | None:
    if decision is None:
        return None
    return GradeInForce(grade=decision.grade, attainable=decision.attainable, decision=DecisionOut.of(decision))
