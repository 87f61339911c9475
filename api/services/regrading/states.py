"""The steps that people take with a batch, as a table; and the checks that all of them share."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import select

from api import audit_log
from api.access import MAY, Rule, require
from api.context import Context
from api.problems import Problem, not_found
from api.store import Batch, BatchState
from grading.model.base import Mode

S = BatchState
STATE_NAMES = MappingProxyType(
    {
        S.WAITING: "等待开始",
        S.ASSESSING: "试算中",
        S.CONCLUDING: "逐条复核中",
        S.ASSESSED: "可公布",
        S.PUBLISHED: "已公布",
        S.TAKEN_BACK: "已收回",
        S.STOPPED: "核对不一致，已停止",
        S.FAILED: "失败",
        S.CANCELLED: "已取消",
    }
)
WORKING = frozenset({S.WAITING, S.ASSESSING, S.CONCLUDING})
"""States in which there is something to compute."""
IMPACT_KNOWN = frozenset({S.CONCLUDING, S.ASSESSED, S.PUBLISHED, S.TAKEN_BACK})
"""States in which the first pass is complete."""


class BatchAction(StrEnum):
    """An action on a batch."""

    HOLD = "hold"
    GO_ON = "go_on"
    CANCEL = "cancel"
    RENEW = "renew"
    PUBLISH = "publish"
    RELEASE = "release"
    TAKE_BACK = "take_back"


@dataclass(frozen=True)
class BatchStep:
    """One action: what it is called, its rule, and the states from which it is taken."""

    name: str
    rule: Rule
    sources: frozenset[BatchState]


STEPS = MappingProxyType(
    {
        BatchAction.HOLD: BatchStep("暂停", Rule.MAKE_BATCHES, WORKING),
        BatchAction.GO_ON: BatchStep("继续", Rule.MAKE_BATCHES, WORKING),
        BatchAction.CANCEL: BatchStep("取消", Rule.MAKE_BATCHES, WORKING | {S.ASSESSED, S.STOPPED, S.FAILED}),
        BatchAction.RENEW: BatchStep(
            "重新试算", Rule.MAKE_BATCHES, frozenset({S.ASSESSED, S.STOPPED, S.FAILED, S.CANCELLED})
        ),
        BatchAction.PUBLISH: BatchStep("公布", Rule.PUBLISH_BATCHES, frozenset({S.ASSESSED})),
        BatchAction.RELEASE: BatchStep("放行", Rule.PUBLISH_BATCHES, frozenset({S.ASSESSED})),
        BatchAction.TAKE_BACK: BatchStep("收回", Rule.PUBLISH_BATCHES, frozenset({S.PUBLISHED})),
    }
)


def actions(context: Context, batch: Batch) -> frozenset[BatchAction]:
    """The actions that would not be refused for who the actor is or for where the batch is; for buttons."""
    possible = {
        action for action, step in STEPS.items() if context.actor.role in MAY[step.rule] and batch.state in step.sources
    }
    possible -= {BatchAction.HOLD} if batch.paused else {BatchAction.GO_ON}
    if batch.made_by == context.actor.id or batch.mode is Mode.TRIAL:
        possible -= {BatchAction.PUBLISH, BatchAction.RELEASE}
    return frozenset(possible)


def take(context: Context, batch_id: UUID, action: BatchAction, version: int | None = None) -> Batch:
    """The batch, locked, when the actor may take the step now; raises Problem (403, 404, 409, 412) with the reason."""
    step = STEPS[action]
    require(context.db, step.rule)
    batch = context.db.scalar(select(Batch).where(Batch.id == batch_id).with_for_update())
    if batch is None:
        raise not_found()
    if batch.state not in step.sources:
        allowed = "、".join(f"“{STATE_NAMES[state]}”" for state in BatchState if state in step.sources)
        detail = f"批次当前为“{STATE_NAMES[batch.state]}”，只有{allowed}的批次可以{step.name}。"
        raise Problem("wrong_state", detail, more={"state": batch.state.value, "version": batch.version})
    if version is not None and version != batch.version:
        detail = f"批次已被他人操作（您看到的不是最新的第 {batch.version} 版），请刷新后再操作。"
        raise Problem("stale", detail, status=412, more={"version": batch.version, "state": batch.state.value})
    return batch


def record(context: Context, batch: Batch, action: str, **details: Any) -> None:
    """Give the batch its next version and log what was done with it."""
    batch.version += 1
    context.db.flush()
    logged = {"name": batch.name, "against": batch.against, "state": batch.state.value, "version": batch.version}
    audit_log.append(
        context.db, f"batch.{action}", context.actor, subject=f"batch:{batch.id}", details=logged | details
    )
