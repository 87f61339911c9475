"""Grading an audit: made by the engine, stored once, never changed."""

import json
from uuid import UUID

import orjson
from sqlalchemy import select

from api.access import require
from api.access.rules import Rule
from api.desk import Desk, find
from api.grader import keep_ruleset
from api.metrics import GRADINGS
from api.problems import Problem
from api.results import comparable, inputs_of, result_of
from api.store import Audit, AuditKind, AuditRevision, Enterprise, GradedUnit, Grading, Role
from api.workflow.content import read, revision_of
from api.workflow.states import STATE_NAMES, record
from grading.gaps.causes import decision_of, unit_decisions
from grading.model import audit as domain
from grading.model.base import Mode
from grading.model.decision import Decision
from grading.model.result import Grading as Graded


def preview(desk: Desk, content: str, mode: Mode = Mode.OFFICIAL) -> tuple[domain.Audit, Graded]:
    """What an audit would be graded; nothing is stored. Raises Problem (422) with the place of every error."""
    grader = desk.service.grader
    audit = grader.read(content)
    return audit, grader.grade(audit, mode)


def regrade(desk: Desk, audit_id: UUID, mode: Mode = Mode.OFFICIAL) -> Grading:
    """Grade a submitted audit again, with the rulesets of today; adds a grading, or finds the same one.

    Raises Problem (403, 404, 409 for a draft, 422 when today's rulesets can't read the audit).
    """
    require(desk.db, Rule.REGRADE)
    audit = find(desk.db, Audit, audit_id)
    if desk.actor.role is Role.ENTERPRISE and audit.kind is not AuditKind.SELF:
        raise Problem("not_yours", "企业只能对自评重新评级；对公布的结论有异议请申诉。", status=403)
    revision = revision_of(desk, audit)
    if not revision.frozen:
        said = f"审核当前为“{STATE_NAMES[audit.state]}”，提交后才能评级；填写时请用试评。"
        raise Problem("wrong_state", said, more={"state": audit.state.value})
    read_audit = read(revision.content, find(desk.db, Enterprise, audit.enterprise_id), desk.service.grader.library)
    grading, new = make(desk, audit, revision, read_audit, mode)
    if new:
        record(desk, audit, "graded", mode=mode.value, **told(grading))
    return grading


def make(
    desk: Desk, audit: Audit, revision: AuditRevision, read_audit: domain.Audit, mode: Mode
) -> tuple[Grading, bool]:
    """The grading of a frozen revision, and whether it is new; the rulesets it was made with are kept whole.

    Raises Problem (500 `not_reproducible`) when the same inputs have led to another result before.
    """
    graded = desk.service.grader.grade(read_audit, mode)
    GRADINGS.labels(mode.value).inc()
    inputs = inputs_of(graded)
    document = graded.as_json()
    known = desk.db.scalar(select(Grading).where(Grading.revision_id == revision.id, Grading.inputs == inputs))
    if known is not None:
        if comparable(json.loads(known.document)) != comparable(orjson.loads(orjson.dumps(document))):
            raise Problem("not_reproducible", "同样的输入得出了不同的评级结果，请联系管理员。", status=500)
        return known, False
    for ruleset_id, ruleset_digest in {unit.ruleset: unit.ruleset_digest for unit in graded.units}.items():
        keep_ruleset(desk.db, desk.service.grader.library.ruleset(ruleset_id), ruleset_digest)
    rulesets = {unit.ruleset: desk.service.grader.library.ruleset(unit.ruleset) for unit in graded.units}
    causes = decision_of(rulesets, read_audit, graded).causes
    grading = Grading(
        audit_id=audit.id,
        revision_id=revision.id,
        audit_digest=graded.audit_digest,
        engine=graded.engine,
        mode=mode,
        inputs=inputs,
        grade=graded.outcome.grade,
        attainable=graded.outcome.attainable,
        document=orjson.dumps(document).decode(),
        made_by=desk.actor.id,
        missing=causes.missing if causes is not None else None,
        open_figures=causes.open_figures if causes is not None else None,
    )
    desk.db.add(grading)
    desk.db.flush()
    decisions = unit_decisions(rulesets, read_audit, graded)
    for position, (unit, of_unit) in enumerate(zip(graded.units, decisions, strict=True)):
        desk.db.add(
            GradedUnit(
                grading_id=grading.id,
                position=position,
                unit=unit.id,
                ruleset_id=unit.ruleset,
                ruleset_digest=unit.ruleset_digest,
                grade=unit.outcome.grade,
                attainable=unit.outcome.attainable,
                **counted(of_unit),
            )
        )
    desk.db.flush()
    return grading, True


def counted(decision: Decision) -> dict[str, int | None]:
    """Why a grade is not decided, as the store keeps it."""
    causes = decision.causes
    return {
        "missing": None if causes is None else causes.missing,
        "open_figures": None if causes is None else causes.open_figures,
    }


def told(grading: Grading) -> dict[str, str]:
    """What the log says of a grading when it is made, so that neither its inputs nor its document can be changed unnoticed."""
    return {"grading": str(grading.id), "inputs": grading.inputs, "result": result_of(grading)}


def latest(desk: Desk, audit: Audit, revision: AuditRevision, mode: Mode = Mode.OFFICIAL) -> Grading | None:
    """The last grading of a revision in a mode, as far as the actor sees it."""
    made = select(Grading).where(Grading.revision_id == revision.id, Grading.audit_id == audit.id, Grading.mode == mode)
    return desk.db.scalars(made.order_by(Grading.id.desc()).limit(1)).one_or_none()
