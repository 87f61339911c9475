"""The way of an edition as data: who takes which step from which state to which; and the checks that all steps share."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import select

from api import audit_log
from api.access import Rule, require
from api.context import Context
from api.problems import Problem, not_found
from api.services.draft_rulesets import in_charge
from api.store import EditionProposal, ProposalState

S = ProposalState
DRAFT = "draft"
STATE_NAMES = MappingProxyType(
    {S.PROPOSED: "已报审", S.RETURNED: "已退回", S.SIGNED: "已签署", S.WITHDRAWN: "已撤销", DRAFT: "草稿"}
)
"""`draft`: a working edition that is not proposed."""


class EditionAction(StrEnum):
    """A step on a proposal."""

    REVIEW = "review"
    RETURN = "return"
    SIGN = "sign"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Step:
    """A step: what it is called, who takes it, from where to where; `second_person`: not by who proposed the edition."""

    name: str
    rule: Rule
    source: ProposalState
    target: ProposalState
    second_person: bool


STEPS = MappingProxyType(
    {
        EditionAction.REVIEW: Step("核对数值", Rule.SIGN_OFF_RULESETS, S.PROPOSED, S.PROPOSED, True),
        EditionAction.RETURN: Step("退回", Rule.SIGN_OFF_RULESETS, S.PROPOSED, S.RETURNED, True),
        EditionAction.SIGN: Step("签署", Rule.SIGN_OFF_RULESETS, S.PROPOSED, S.SIGNED, True),
        EditionAction.WITHDRAW: Step("撤销", Rule.SIGN_OFF_RULESETS, S.SIGNED, S.WITHDRAWN, False),
    }
)


def take(context: Context, proposal_id: UUID, action: EditionAction, version: int | None = None) -> EditionProposal:
    """The proposal, locked, when the actor may take the step now; raises Problem (403, 404, 409, 412) with the reason."""
    step = STEPS[action]
    actor = require(context.db, step.rule)
    found = context.db.scalar(select(EditionProposal).where(EditionProposal.id == proposal_id).with_for_update())
    if found is None:
        raise not_found()
    why = _why_not(context, found, step)
    if why is not None:
        raise why
    if version is not None and version != found.version:
        message = "这份报审稿已有新的变动，请刷新后再操作。"
        raise Problem("stale", message, status=412, more={"version": found.version, "state": found.state.value})
    assert actor.may_review
    return found


def actions(context: Context, proposal: EditionProposal) -> frozenset[EditionAction]:
    """The steps that the actor may take now."""
    return frozenset(action for action, step in STEPS.items() if _why_not(context, proposal, step) is None)


def _why_not(context: Context, proposal: EditionProposal, step: Step) -> Problem | None:
    actor = context.actor
    if not actor.may_review:
        return Problem("not_reviewer", "您没有规则集审定权限，请联系管理员。", status=403)
    if not in_charge(actor.area or "", proposal.jurisdiction):
        message = f"这部规则集适用于 {proposal.jurisdiction}，不在您的辖区（{actor.area}）。"
        return Problem("not_in_charge", message, status=403)
    if step.second_person and actor.id == proposal.proposed_by:
        return Problem("own_proposal", f"这一版由您报审，须由另一人{step.name}。", status=403)
    if proposal.state is not step.source:
        message = (
            f"这份报审稿当前为“{STATE_NAMES[proposal.state]}”，只有“{STATE_NAMES[step.source]}”的可以{step.name}。"
        )
        return Problem("wrong_state", message, more={"state": proposal.state.value, "version": proposal.version})
    return None


def state_text(proposal: EditionProposal | None, today: date) -> str:
    """The state in words; of a signed edition whether it is in force yet."""
    if proposal is None:
        return STATE_NAMES[DRAFT]
    if proposal.state is S.SIGNED and proposal.effective is not None:
        return "施行中" if proposal.effective <= today else f"已签署，{proposal.effective.isoformat()} 起施行"
    return STATE_NAMES[proposal.state]


def record(context: Context, action: str, subject: str, **details: Any) -> None:
    """Log what was done with an edition."""
    context.db.flush()
    audit_log.append(context.db, f"edition.{action}", context.actor, subject=subject, details=details)
