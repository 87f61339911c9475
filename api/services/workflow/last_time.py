"""Audits that begin with the answers of the last one, shown beside each question until confirmed or changed."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from api.context import Context
from api.problems import Problem
from api.services.replay import read_as
from api.services.workflow.content import parsed
from api.services.workflow.draft import written
from api.services.workflow.states import record
from api.store import Audit, AuditKind, AuditRevision, AuditState, EvidenceFile, GradedUnit, Grading, Role
from grading.audit_json import last_json
from grading.intake import AuditError
from grading.language.problems import LanguageError
from grading.last_time import last_of

COUNTED = (AuditState.PUBLISHED, AuditState.SUPERSEDED)


def last_audit(context: Context, audit: Audit) -> Audit | None:
    """The audit of the same kind and place that counted before this one."""
    rows = (
        select(Audit)
        .where(Audit.enterprise_id == audit.enterprise_id, Audit.kind == audit.kind, Audit.id < audit.id)
        .where(Audit.state.in_(COUNTED if audit.kind is AuditKind.EXPERT else (*COUNTED, AuditState.SUBMITTED)))
        .where(Audit.site_id == audit.site_id if audit.site_id else Audit.site_id.is_(None))
        .order_by(Audit.id.desc())
        .limit(1)
    )
    return context.db.scalar(rows)


def last_of_kind(context: Context, enterprise_id: UUID) -> Audit | None:
    """The audit that the actor's next one of an enterprise would begin from."""
    kind = AuditKind.EXPERT if context.actor.role is Role.ASSESSOR else AuditKind.SELF
    return last_audit(context, Audit(enterprise_id=enterprise_id, kind=kind, author_id=context.actor.id))


def with_last_time(context: Context, audit: Audit, content: str) -> tuple[UUID, str]:
    """The audit begun from, and the content with its answers beside; raises Problem (409) where there is none to begin from."""
    last = last_audit(context, audit)
    grading = None if last is None else _last_grading(context, last)
    if last is None or grading is None:
        raise Problem("no_last_audit", "没有可以沿用的上次审核，请空白开始。")
    units = context.db.scalars(select(GradedUnit).where(GradedUnit.grading_id == grading.id)).all()
    stated = context.find(AuditRevision, grading.revision_id).content
    try:
        engine = context.service.grader.of_digests(context.db, {u.ruleset_id: u.ruleset_digest for u in units})
        read = read_as(stated, {unit.unit: unit.ruleset_id for unit in units}, engine.library)
    except (LookupError, ValueError, AuditError, LanguageError) as error:
        raise Problem("no_last_audit", "上次的审核已不能按当时的规则读出，请空白开始。") from error
    raw: dict[str, Any] = parsed(content)
    if not raw.get("units"):
        raw["units"] = [{"id": unit.id, "ruleset": unit.ruleset} for unit in read.units]
    rulesets = {unit.id: engine.library.ruleset(unit.ruleset) for unit in read.units}
    return last.id, written(raw | {"last": last_json(last_of(read), rulesets)})


def take_evidence(context: Context, audit: Audit, place: str, names: tuple[str, ...]) -> None:
    """Let the files of a confirmed answer prove it in this audit too."""
    if audit.begun_from_id is None or not names:
        return
    there = select(EvidenceFile).where(
        EvidenceFile.audit_id == audit.begun_from_id, EvidenceFile.place == place, EvidenceFile.removed_at.is_(None)
    )
    known = select(EvidenceFile.sha256).where(
        EvidenceFile.audit_id == audit.id, EvidenceFile.place == place, EvidenceFile.removed_at.is_(None)
    )
    attached = set(context.db.scalars(known))
    for file in context.db.scalars(there.order_by(EvidenceFile.id)):
        if file.name in names and file.sha256 not in attached:
            attached.add(file.sha256)
            made = EvidenceFile(
                audit_id=audit.id,
                sha256=file.sha256,
                name=file.name,
                media_type=file.media_type,
                size=file.size,
                uploaded_by=context.actor.id,
                place=place,
            )
            context.db.add(made)
            record(context, audit, "evidence_attached", evidence=str(made.id), sha256=file.sha256, place=place)


def _last_grading(context: Context, audit: Audit) -> Grading | None:
    made = select(Grading).where(Grading.audit_id == audit.id).order_by(Grading.id.desc()).limit(1)
    return context.db.scalars(made).one_or_none()
