"""The steps of an audit after it was written: submitted, confirmed, sent back, published, withdrawn."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from api.context import Context
from api.problems import Problem, not_found
from api.services.granted_waivers import have_changed
from api.services.workflow import grading as gradings
from api.services.workflow import review
from api.services.workflow.content import read, revision_of
from api.services.workflow.jurisdiction import allow_outside, graded_by, rulesets_of
from api.services.workflow.signed import digests_in, digests_of, require_in_force
from api.services.workflow.states import Action, given_reasons, move, take
from api.services.workflow.versions import forget_versions
from api.store import Audit, AuditKind, AuditRevision, AuditState, Grading, Publication
from api.store.base import now
from grading import calendar
from grading.digest import digest
from grading.model.base import Mode
from grading.unusual import Finding

S = AuditState


def submit(
    context: Context, audit_id: UUID, version: int | None = None, reasons: str = "", outside_reason: str | None = None
) -> Audit:
    """Check the draft, freeze its revision, and grade it. A self-assessment takes the place of the one before.

    `reasons` has to be given where something is missing or unusual, `outside_reason` where an edition does not apply to the
    plant's county. Raises Problem (403, 404, 409, 412, 422 with the place of every error).
    """
    audit = take(context, audit_id, Action.SUBMIT, version)
    revision = revision_of(context, audit)
    read_audit = read(context, audit, revision.content)
    require_in_force(context, digests_of(context, read_audit), read_audit.assessed_on)
    allowed = allow_outside(context, audit, rulesets_of(context, read_audit), outside_reason)
    if not revision.frozen:
        revision.audit_digest = digest(read_audit)
        revision.frozen = True
        context.db.flush()
    grading, graded, _ = gradings.make(context, audit, revision, read_audit, Mode.OFFICIAL)
    found = review.findings_of(context, audit, grading, (read_audit, graded))
    word = review.word_for("提交", reasons, found)
    audit.assessed_on = read_audit.assessed_on
    # Not when the request came in: files that were attached until the audit was locked are part of the submission.
    audit.submitted_at, audit.submitted_by = now(), context.actor.id
    audit.confirmed_at = audit.confirmed_by = None
    details = {"revision": revision.number, "audit_digest": revision.audit_digest, **_word(word, found), **allowed}
    move(context, audit, S.SUBMITTED, "submitted", **details, **gradings.log_details(grading))
    if audit.kind is AuditKind.SELF:
        _supersede(context, audit, S.SUBMITTED)
    return audit


def confirm(
    context: Context, audit_id: UUID, version: int | None = None, reasons: str = "", outside_reason: str | None = None
) -> Audit:
    """Confirm a submitted audit as its second assessor: somebody who has written nothing of it and didn't submit it.

    `reasons` has to be given where something is missing or unusual. Raises Problem (403, 404, 409, 412, 422).
    """
    audit, details = require_confirmable(context, audit_id, version, reasons, outside_reason)
    audit.confirmed_by, audit.confirmed_at = context.actor.id, context.at
    move(context, audit, S.CONFIRMED, "confirmed", revision=audit.revision, **details)
    return audit


def require_confirmable(
    context: Context, audit_id: UUID, version: int | None = None, reasons: str = "", outside_reason: str | None = None
) -> tuple[Audit, dict[str, Any]]:
    """The audit that the actor may confirm now, with what the log says of it; raises what `confirm` raises."""
    audit = take(context, audit_id, Action.CONFIRM, version)
    if context.actor.id in writers(context, audit):
        detail = "复核须由另一名评审专家进行：您是这份审核的编写人或提交人。"
        raise Problem("own_audit", detail, status=403)
    grading = gradings.latest(context, audit, revision_of(context, audit))
    if grading is not None:
        require_in_force(context, digests_in(context, grading), audit.assessed_on)
    allowed = allow_outside(context, audit, graded_by(context, grading) if grading is not None else (), outside_reason)
    found = review.findings_of(context, audit, grading) if grading is not None else ()
    word = review.word_for("复核", reasons, found)
    return audit, {**_word(word, found), **allowed}


def send_back(context: Context, audit_id: UUID, reasons: str, version: int | None = None) -> Audit:
    """Return an audit to its writers, with reasons; raises Problem (403, 404, 409, 412, 422)."""
    audit = take(context, audit_id, Action.SEND_BACK, version)
    audit.reasons = given_reasons(reasons, "退回")
    audit.confirmed_at = audit.confirmed_by = None
    move(context, audit, S.RETURNED, "returned", revision=audit.revision, reasons=audit.reasons)
    return audit


def publish(
    context: Context,
    audit_id: UUID,
    version: int | None = None,
    grading_id: UUID | None = None,
    reasons: str = "",
    outside_reason: str | None = None,
) -> Audit:
    """Publish a confirmed audit with a grading of it, by default the last official one; the audit published before is superseded.

    `reasons` has to be given for a grade that is not decided, and where something is missing or unusual. Raises Problem (403,
    404, 409, 412, 422): also for a trial grading, for a grading of another revision, for a plant that only unanswered gates
    would put out of the grading, and when a later assessment is published already.
    """
    audit = take(context, audit_id, Action.PUBLISH, version)
    grading = publishable(context, audit, grading_id)
    require_in_force(context, digests_in(context, grading), audit.assessed_on)
    allowed = allow_outside(context, audit, graded_by(context, grading), outside_reason)
    refusal = calendar.not_assessable(audit.assessed_on) if audit.assessed_on is not None else None
    if refusal is not None:
        raise Problem("day_not_assessable", f"{refusal}。请退回修改。")
    before = _others(context, audit, S.PUBLISHED)
    later = [b for b in before if b.assessed_on and audit.assessed_on and b.assessed_on > audit.assessed_on]
    if later:
        detail = f"已公布评定日期更晚（{later[0].assessed_on}）的结论，不能再公布 {audit.assessed_on} 的审核。"
        raise Problem("later_published", detail, more={"audit_id": str(later[0].id)})
    outcomes = review.outcomes_of(context, grading)
    review.require_met_gates(outcomes)
    found, undecided = review.findings_of(context, audit, grading), review.is_open(outcomes)
    word = review.word_for("公布", reasons, found, undecided)
    if word:
        context.db.add(
            Publication(
                audit_id=audit.id,
                grading_id=grading.id,
                published_by=context.actor.id,
                undecided=undecided,
                reasons=word,
                created_at=context.at,
            )
        )
    audit.published_by, audit.published_at, audit.published_grading_id = context.actor.id, context.at, grading.id
    details = {"revision": audit.revision, "grading": str(grading.id), "grade": grading.grade, "inputs": grading.inputs}
    open_ = {"attainable": grading.attainable, "undecided": True} if undecided else {}
    move(context, audit, S.PUBLISHED, "published", **details, **open_, **_word(word, found), **allowed)
    _supersede(context, audit, S.PUBLISHED)
    forget_versions(context, audit)
    return audit


def withdraw(context: Context, audit_id: UUID, reasons: str = "", version: int | None = None) -> Audit:
    """Take an audit back: its writers before it is confirmed, the bureau once it is published. A draft needs no reasons.

    Raises Problem (403, 404, 409, 412, 422).
    """
    audit = take(context, audit_id, Action.WITHDRAW, version)
    if audit.submitted_at is not None or reasons.strip():
        audit.reasons = given_reasons(reasons, "撤回")
    move(context, audit, S.WITHDRAWN, "withdrawn", revision=audit.revision, reasons=audit.reasons or "")
    forget_versions(context, audit)
    return audit


def _word(word: str, found: Sequence[Finding]) -> dict[str, Any]:
    """The log's details of a step that needed a word."""
    details: dict[str, Any] = {"reasons": word} if word else {}
    return details | ({"findings": review.as_json(found)} if found else {})


def writers(context: Context, audit: Audit) -> set[UUID]:
    """Everybody who wrote on an audit, also in vain, began it or submitted it."""
    authors = context.db.scalars(select(AuditRevision.author_id).where(AuditRevision.audit_id == audit.id))
    return {audit.author_id, *authors} | ({audit.submitted_by} if audit.submitted_by else set())


def publishable(context: Context, audit: Audit, grading_id: UUID | None = None) -> Grading:
    """The grading that an audit may be published with, by default the last official one; raises Problem (404, 409)."""
    revision = revision_of(context, audit)
    if grading_id is None:
        grading = gradings.latest(context, audit, revision)
    else:
        grading = context.db.scalar(select(Grading).where(Grading.id == grading_id, Grading.audit_id == audit.id))
        if grading is None:
            raise not_found()
    if grading is None:
        raise Problem("not_graded", "这次修订还没有正式评级，不能公布。")
    if grading.mode is Mode.TRIAL:
        raise Problem("trial_grading", "试算结果把暂定数值视同已核实，不得公布；请用正式评级。")
    if grading.revision_id != revision.id:
        raise Problem("other_revision", "所选评级出自较早的修订，请用当前修订的评级。")
    if have_changed(context, audit, grading):
        raise Problem("waivers_changed", "评级之后豁免有变化（新准予、终止或到期），请先重新评级。")
    if context.service.settings.production:
        review.require_reviewed_editions(context, grading)
    return grading


def _others(context: Context, audit: Audit, state: AuditState) -> list[Audit]:
    """The audits of the same kind and place that are in a state."""
    same = (
        select(Audit)
        .where(Audit.enterprise_id == audit.enterprise_id, Audit.kind == audit.kind, Audit.state == state)
        .where(Audit.site_id == audit.site_id if audit.site_id else Audit.site_id.is_(None))
        .where(Audit.id != audit.id)
        .with_for_update()
    )
    return list(context.db.scalars(same))


def _supersede(context: Context, audit: Audit, state: AuditState) -> None:
    for other in _others(context, audit, state):
        supersede(context, other, audit)


def supersede(context: Context, audit: Audit, by: Audit) -> None:
    """Let another audit take the place of one."""
    audit.superseded_by = by.id
    move(context, audit, S.SUPERSEDED, "superseded", by=str(by.id))
    forget_versions(context, audit)
