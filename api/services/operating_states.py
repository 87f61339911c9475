"""Operating states of plants and units: recorded with days and proof, never changed; what they mean follows from the last."""

from collections.abc import Sequence
from datetime import date
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api import audit_log
from api.access import Rule, require
from api.context import Context
from api.problems import ErrorAt, Problem
from api.store import Enterprise, OperatingState, OperatingStateKind, Unit
from grading import calendar

K = OperatingStateKind
STATE_NAMES = MappingProxyType({K.OPERATING: "正常生产", K.LONG_IDLE: "长期停产", K.CLOSED: "已关闭"})
MAX_DOCUMENT = 400
MAX_REASON = 4_000


def record(
    context: Context,
    enterprise_id: UUID,
    state: OperatingStateKind,
    since: date,
    *,
    unit_id: UUID | None = None,
    document: str | None = None,
    reason: str | None = None,
) -> OperatingState:
    """Record that a plant, or a unit of it, is in a state from a day on.

    Being long idle needs the document that proves it, being closed the document or a reason. A closed plant is asked for no
    audits and is on no list; a unit that does not operate is in no new audit. Raises Problem (403, 404, 409, 422).
    """
    actor = require(context.db, Rule.KEEP_ENTERPRISES)
    enterprise = context.find(Enterprise, enterprise_id)
    unit = None if unit_id is None else context.find(Unit, unit_id)
    if unit is not None and unit.enterprise_id != enterprise_id:
        raise _invalid([ErrorAt("unit_id", "单元不属于这家企业。")])
    document, reason = (document or "").strip() or None, (reason or "").strip() or None
    _require_proof(context, state, since, document, reason)
    known = history(context.db, enterprise_id, unit_id)
    if known and _holds_on(known, since) is state and any(one.since == since and one.state is state for one in known):
        raise Problem("state_recorded", f"自 {since} 起已登记为“{STATE_NAMES[state]}”。")
    made = OperatingState(
        enterprise_id=enterprise_id,
        unit_id=unit_id,
        state=state,
        since=since,
        document=document,
        reason=reason,
        recorded_by=actor.id,
    )
    context.db.add(made)
    context.db.flush()
    _apply(context, enterprise, unit)
    audit_log.append(
        context.db,
        "enterprise.state_recorded" if unit is None else "unit.state_recorded",
        actor,
        enterprise_id=enterprise_id,
        subject="" if unit is None else f"unit:{unit.id}",
        details={"state": state.value, "since": since.isoformat(), "document": document or "", "reason": reason or ""},
    )
    return made


def history(db: Session, enterprise_id: UUID, unit_id: UUID | None = None) -> list[OperatingState]:
    """The states of a plant or of one of its units by their days, the earliest first; of one day the last recorded holds."""
    rows = select(OperatingState).where(OperatingState.enterprise_id == enterprise_id)
    own = OperatingState.unit_id.is_(None) if unit_id is None else OperatingState.unit_id == unit_id
    return list(db.scalars(rows.where(own).order_by(OperatingState.since, OperatingState.id)))


def all_of(db: Session, enterprise_id: UUID) -> list[OperatingState]:
    """The states of a plant and of all its units, the latest first."""
    rows = select(OperatingState).where(OperatingState.enterprise_id == enterprise_id)
    return list(db.scalars(rows.order_by(OperatingState.since.desc(), OperatingState.id.desc())))


def refuse_closed(enterprise: Enterprise) -> None:
    """Refuse what nobody does with a plant that is closed; raises Problem (409)."""
    if not enterprise.active:
        raise Problem("plant_closed", f"{enterprise.name}已登记为“{STATE_NAMES[K.CLOSED]}”，不再核查。")


def standing(known: Sequence[OperatingState], day: date) -> OperatingState | None:
    """The entry that holds on a day; None where nothing was recorded."""
    begun = [one for one in known if one.since <= day]
    return begun[-1] if begun else None


def state_today(context: Context, enterprise: Enterprise, unit: Unit | None = None) -> OperatingStateKind:
    """The state of a plant, or of a unit of it, today."""
    if unit is None:
        return enterprise.state
    return state_of_unit(unit, standing(history(context.db, enterprise.id, unit.id), calendar.day_of(context.at)))


def state_of_unit(unit: Unit, recorded: OperatingState | None) -> OperatingStateKind:
    """The state of a unit by the entry that holds; of one without any whether it is active tells."""
    if recorded is not None:
        return recorded.state
    return K.OPERATING if unit.active else K.CLOSED


def _holds_on(known: Sequence[OperatingState], day: date) -> OperatingStateKind:
    found = standing(known, day)
    return K.OPERATING if found is None else found.state


def _apply(context: Context, enterprise: Enterprise, unit: Unit | None) -> None:
    """Put into the register what holds today."""
    today = calendar.day_of(context.at)
    now = standing(history(context.db, enterprise.id, None if unit is None else unit.id), today)
    if unit is not None:
        unit.active = now is None or now.state is K.OPERATING
    else:
        enterprise.active = now is None or now.state is not K.CLOSED
        enterprise.idle_since = now.since if now is not None and now.state is K.LONG_IDLE else None
        enterprise.version += 1
    context.db.flush()


def _require_proof(
    context: Context, state: OperatingStateKind, since: date, document: str | None, reason: str | None
) -> None:
    errors: list[ErrorAt] = []
    today = calendar.day_of(context.at)
    if not calendar.EARLIEST <= since <= today:
        errors.append(ErrorAt("since", f"起始日应为 {calendar.EARLIEST} 至今天（{today}）。"))
    if state is K.LONG_IDLE and document is None:
        errors.append(ErrorAt("document", "登记长期停产须写明证明文件（名称、文号或日期）。"))
    if state is K.CLOSED and document is None and reason is None:
        errors.append(ErrorAt("reason", "登记关闭须写明证明文件或原因。"))
    if document is not None and len(document) > MAX_DOCUMENT:
        errors.append(ErrorAt("document", f"证明文件不超过 {MAX_DOCUMENT} 字。"))
    if reason is not None and len(reason) > MAX_REASON:
        errors.append(ErrorAt("reason", f"原因不超过 {MAX_REASON} 字。"))
    if errors:
        raise _invalid(errors)


def _invalid(errors: list[ErrorAt]) -> Problem:
    return Problem("invalid_state", f"经营状态有 {len(errors)} 处问题。", status=422, errors=errors)
