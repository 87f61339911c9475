"""The steps of an audit's way as data: who takes them, from where to where; and the checks that all of them share."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import select

from api import audit_log
from api.access import Rule, require
from api.context import Context
from api.metrics import TRANSITIONS
from api.problems import ErrorAt, Problem, not_found
from api.store import Audit, AuditKind, AuditState, Role

S, K = AuditState, AuditKind
STATE_NAMES = MappingProxyType(
    {
        S.DRAFT: "草稿",
        S.SUBMITTED: "已提交",
        S.RETURNED: "已退回",
        S.CONFIRMED: "已复核",
        S.PUBLISHED: "已公布",
        S.SUPERSEDED: "已被替代",
        S.WITHDRAWN: "已撤回",
    }
)
KIND_NAMES = MappingProxyType({K.EXPERT: "专家评审", K.SELF: "企业自评"})
MAX_REASONS = 4000


class Action(StrEnum):
    """An action on an audit."""

    SAVE = "save"
    SUBMIT = "submit"
    CONFIRM = "confirm"
    SEND_BACK = "send_back"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    APPEAL = "appeal"
    CORRECT = "correct"


@dataclass(frozen=True)
class Step:
    """One action: its rule, and for each role the states from which that role takes it, by kind of audit."""

    name: str
    rule: Rule
    sources: MappingProxyType[tuple[Role, AuditKind], frozenset[AuditState]]


def _step(name: str, rule: Rule, sources: dict[tuple[Role, AuditKind], set[AuditState]]) -> Step:
    return Step(name, rule, MappingProxyType({key: frozenset(states) for key, states in sources.items()}))


A, E, B = Role.ASSESSOR, Role.ENTERPRISE, Role.BUREAU
WRITING = {S.DRAFT, S.RETURNED}
STEPS = MappingProxyType(
    {
        Action.SAVE: _step("修改", Rule.DRAFT_AUDITS, {(A, K.EXPERT): WRITING, (E, K.SELF): WRITING}),
        Action.SUBMIT: _step("提交", Rule.DRAFT_AUDITS, {(A, K.EXPERT): WRITING, (E, K.SELF): WRITING}),
        Action.CONFIRM: _step("复核", Rule.CONFIRM_AUDITS, {(A, K.EXPERT): {S.SUBMITTED}}),
        Action.SEND_BACK: _step(
            "退回", Rule.RETURN_AUDITS, {(A, K.EXPERT): {S.SUBMITTED}, (B, K.EXPERT): {S.CONFIRMED}}
        ),
        Action.PUBLISH: _step("公布", Rule.PUBLISH_AUDITS, {(B, K.EXPERT): {S.CONFIRMED}}),
        Action.WITHDRAW: _step(
            "撤回",
            Rule.WITHDRAW_AUDITS,
            {
                (A, K.EXPERT): {*WRITING, S.SUBMITTED},
                (E, K.SELF): {*WRITING, S.SUBMITTED},
                (B, K.EXPERT): {S.PUBLISHED},
            },
        ),
        Action.APPEAL: _step("申诉", Rule.APPEAL, {(E, K.EXPERT): {S.PUBLISHED}}),
        Action.CORRECT: _step("更正", Rule.DRAFT_AUDITS, {(A, K.EXPERT): {S.PUBLISHED}, (E, K.SELF): {S.SUBMITTED}}),
    }
)


def take(context: Context, audit_id: UUID, action: Action, version: int | None = None) -> Audit:
    """The audit, locked, when the actor may take the step now; raises Problem (403, 404, 409, 412) with the reason."""
    step = STEPS[action]
    actor = require(context.db, step.rule)
    audit = context.db.scalar(select(Audit).where(Audit.id == audit_id).with_for_update())
    if audit is None:
        raise not_found()
    sources = step.sources.get((actor.role, audit.kind))
    if sources is None:
        detail = f"不能{step.name}这份{KIND_NAMES[audit.kind]}：它由{_whose(audit.kind)}办理。"
        raise Problem("not_yours", detail, status=403)
    if audit.state not in sources:
        allowed = "、".join(f"“{STATE_NAMES[state]}”" for state in AuditState if state in sources)
        detail = f"审核当前为“{STATE_NAMES[audit.state]}”，只有{allowed}的审核可以{step.name}。"
        raise Problem("wrong_state", detail, more={"state": audit.state.value, "version": audit.version})
    if version is not None and version != audit.version:
        raise _stale(audit)
    return audit


def _stale(audit: Audit) -> Problem:
    """Somebody was faster: the version that was seen is not the present one."""
    detail = f"审核已被他人修改（您看到的不是最新的第 {audit.version} 版），请刷新后再操作。"
    return Problem("stale", detail, status=412, more={"version": audit.version, "state": audit.state.value})


def move(context: Context, audit: Audit, state: AuditState, action: str, **details: Any) -> None:
    """Put an audit into a state and log it."""
    before = audit.state
    audit.state = state
    touch(context, audit)
    record(context, audit, action, **({"from": before.value, "to": state.value, "version": audit.version} | details))


def touch(context: Context, audit: Audit) -> None:
    """Give the audit its next version."""
    audit.version += 1
    audit.changed_at = context.at


def record(context: Context, audit: Audit, action: str, **details: Any) -> None:
    """Log what was done with an audit."""
    context.db.flush()
    audit_log.append(
        context.db,
        f"audit.{action}",
        context.actor,
        audit_id=audit.id,
        enterprise_id=audit.enterprise_id,
        details={"kind": audit.kind.value, **details},
    )
    TRANSITIONS.labels(action).inc()


def given_reasons(reasons: str, what: str, place: str = "reasons") -> str:
    """Reasons that say something; raises Problem (422) with the field that they were expected in."""
    reasons = reasons.strip()
    if not reasons or len(reasons) > MAX_REASONS:
        message = f"请说明{what}理由（不超过 {MAX_REASONS} 字）。"
        raise Problem("reasons_missing", message, status=422, errors=[ErrorAt(place, message)])
    return reasons


def _whose(kind: AuditKind) -> str:
    return "评审专家和生态环境部门" if kind is AuditKind.EXPERT else "企业自己"
