"""Grading an audit: made by the engine, stored once, never changed."""

import json
from uuid import UUID

import orjson
from sqlalchemy import select

from api.access import require
from api.access.rules import Rule
from api.context import Context, find
from api.grader import keep_ruleset
from api.metrics import GRADINGS
from api.problems import Problem
from api.services.granted_waivers import have_changed, with_granted
from api.services.replay import comparable, inputs_of, result_of
from api.services.workflow.content import read, revision_of
from api.services.workflow.states import STATE_NAMES, record
from api.store import Audit, AuditKind, AuditRevision, GradedUnit, Grading, Role
from grading.gaps.causes import decision_of, unit_decisions
from grading.model import audit as domain
from grading.model.base import Mode
from grading.model.decision import Decision
from grading.model.result import Grading as Graded


def preview(context: Context, content: str, mode: Mode = Mode.OFFICIAL) -> tuple[domain.Audit, Graded]:
    """Grade an audit without storing anything. Raises Problem (422) with the place of every error."""
    grader = context.service.grader
    audit = grader.read(content)
    return audit, grader.grade(audit, mode)


def regrade(context: Context, audit_id: UUID, mode: Mode = Mode.OFFICIAL) -> Grading:
    """Grade a submitted audit again, with the rulesets of today; adds a grading, or finds the same one.

    Raises Problem (403, 404, 409 for a draft, 422 when today's rulesets can't read the audit).
    """
    require(context.db, Rule.REGRADE)
    audit = find(context.db, Audit, audit_id)
    if context.actor.role is Role.ENTERPRISE and audit.kind is not AuditKind.SELF:
        raise Problem("not_yours", "企业只能对自评重新评级；对公布的结论有异议请申诉。", status=403)
    revision = revision_of(context, audit)
    if not revision.frozen:
        detail = f"审核当前为“{STATE_NAMES[audit.state]}”，提交后才能评级；填写时请用试评。"
        raise Problem("wrong_state", detail, more={"state": audit.state.value})
    read_audit = read(context, audit, revision.content)
    grading, _, new = make(context, audit, revision, read_audit, mode)
    if new:
        record(context, audit, "graded", mode=mode.value, **log_details(grading))
    return grading


def make(
    context: Context, audit: Audit, revision: AuditRevision, read_audit: domain.Audit, mode: Mode
) -> tuple[Grading, Graded, bool]:
    """The grading of a frozen revision as it is stored and as it was made, and whether it is new.

    Waivers of its units that are in force count. The rulesets that it was made with are kept whole.

    Raises Problem (500 `not_reproducible`) when the same inputs have led to another result before.
    """
    read_audit, waivers = with_granted(context, audit, read_audit)
    graded = context.service.grader.grade(read_audit, mode)
    GRADINGS.labels(mode.value).inc()
    inputs = inputs_of(graded)
    document = graded.as_json()
    known = context.db.scalar(select(Grading).where(Grading.revision_id == revision.id, Grading.inputs == inputs))
    if known is not None:
        if comparable(json.loads(known.document)) != comparable(orjson.loads(orjson.dumps(document))):
            raise Problem("not_reproducible", "同样的输入得出了不同的评级结果，请联系管理员。", status=500)
        return known, graded, False
    for ruleset_id, ruleset_digest in {unit.ruleset: unit.ruleset_digest for unit in graded.units}.items():
        keep_ruleset(context.db, context.service.grader.library.ruleset(ruleset_id), ruleset_digest)
    rulesets = {unit.ruleset: context.service.grader.library.ruleset(unit.ruleset) for unit in graded.units}
    causes = counted(decision_of(rulesets, read_audit, graded))
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
        made_by=context.actor.id,
        missing=causes["missing"],
        open_figures=causes["open_figures"],
        waivers=waivers,
    )
    context.db.add(grading)
    context.db.flush()
    decisions = unit_decisions(rulesets, read_audit, graded)
    for position, (unit, of_unit) in enumerate(zip(graded.units, decisions, strict=True)):
        context.db.add(
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
    context.db.flush()
    return grading, graded, True


def counted(decision: Decision) -> dict[str, int | None]:
    """The reasons why a grade is not decided, as the store holds them."""
    causes = decision.causes
    return {
        "missing": None if causes is None else causes.missing,
        "open_figures": None if causes is None else causes.open_figures,
    }


def log_details(grading: Grading) -> dict[str, str]:
    """The log's details of a new grading, so that neither its inputs nor its document can be changed unnoticed."""
    return {"grading": str(grading.id), "inputs": grading.inputs, "result": result_of(grading)}


def latest(context: Context, audit: Audit, revision: AuditRevision, mode: Mode = Mode.OFFICIAL) -> Grading | None:
    """The last grading of a revision in a mode, as far as the actor sees it.

    One by the waivers that are in force now goes before a later one by others.
    """
    made = select(Grading).where(Grading.revision_id == revision.id, Grading.audit_id == audit.id, Grading.mode == mode)
    newest = context.db.scalars(made.order_by(Grading.id.desc()).limit(1)).one_or_none()
    if newest is None or not have_changed(context, audit, newest):
        return newest
    others = context.db.scalars(made.where(Grading.id != newest.id).order_by(Grading.id.desc()))
    return next((one for one in others if not have_changed(context, audit, one)), newest)
