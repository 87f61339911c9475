"""Many plants of a roster edited at once: each is checked by itself, and those that can't be changed are told with the reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from api import audit_log
from api.access import unscoped
from api.context import Context
from api.problems import ErrorAt, Problem
from api.services.campaigns.creation import take
from api.services.campaigns.evaluation import CampaignData, campaign_data, is_frozen, vocabulary
from api.services.campaigns.roster import change_of
from api.services.workflow.states import given_reasons
from api.store import Assignment, Campaign, CampaignChangeKind, CampaignPlant, Role, User
from grading import calendar
from grading.campaign.counts import Reached
from reports.campaign.context import STATE

MOST_PLANTS = 20_000
LONGEST, AT_ONCE = 200, 500


@dataclass(frozen=True)
class Edit:
    """New values for plants; None leaves as it is."""

    target: str | None = None
    responsible: str | None = None
    due: date | None = None
    expert: UUID | None = None


@dataclass(frozen=True)
class Refused:
    """A plant that was left as it is, and why."""

    permit: str
    name: str
    reason: str


@dataclass(frozen=True)
class Edited:
    """The outcome of an edit for each plant."""

    changed: tuple[str, ...]
    same: int
    """Plants that had been so already."""
    refused: tuple[Refused, ...]


def experts(context: Context) -> list[tuple[UUID, str]]:
    """The experts that plants can be given to, by name: those of teams assigned to enterprises that the actor sees."""
    teams = set(context.db.scalars(select(Assignment.team_id).where(Assignment.until.is_(None)).distinct()))
    rows = (
        select(User.id, User.name)
        .where(User.role == Role.ASSESSOR, User.active, User.team_id.in_(teams))
        .order_by(User.name)
    )
    with unscoped(context.db) as db:
        return [(row.id, row.name) for row in db.execute(rows)]


def edit_plants(context: Context, campaign_id: UUID, permits: Sequence[str], edit: Edit, reasons: str = "") -> Edited:
    """Give many plants a target, a responsible person, a day, an expert.

    Raises Problem: 403, 404, 409; 422 `invalid_edit` for what no plant could be given, `reasons_missing` after the freeze.
    """
    campaign = take(context, campaign_id)
    data = campaign_data(context, campaign)
    today = calendar.day_of(context.at)
    _refuse_impossible(context, data, permits, edit, today)
    frozen = is_frozen(data.campaign, today)
    why = given_reasons(reasons, "名单冻结后改动的") if frozen else reasons.strip() or None
    known = _rows(context, campaign, permits)
    with unscoped(context.db):
        assigned = _assigned(context, edit.expert, today)
    changed, refused, same = [], [], 0
    for permit in dict.fromkeys(permits):
        reason = _reason(context, data, known.get(permit), permit, edit, assigned)
        if reason is not None:
            plant = data.register.plants.get(permit)
            refused.append(Refused(permit, "" if plant is None else plant.name, reason))
        elif _give(context, campaign, data, known.get(permit), permit, edit, frozen, why):
            changed.append(permit)
        else:
            same += 1
    if changed:
        campaign.version += 1
        context.db.flush()
        entry: dict[str, Any] = {"code": campaign.code, "changes": len(changed), "after_freeze": frozen}
        subject = f"campaign:{campaign.id}"
        details = entry | {"reasons": why or ""}
        audit_log.append(context.db, "campaign.roster_changed", context.actor, subject=subject, details=details)
    return Edited(tuple(changed), same, tuple(refused))


def _refuse_impossible(context: Context, data: CampaignData, permits: Sequence[str], edit: Edit, today: date) -> None:
    levels, errors = vocabulary(context.service).levels, []
    if not permits or len(permits) > MOST_PLANTS:
        errors.append(ErrorAt("permits", f"请先选择企业，最多 {MOST_PLANTS:,} 家。"))
    if edit == Edit():
        errors.append(ErrorAt("edit", "请填写要改的内容：目标、责任人、完成期限或专家。"))
    if edit.target is not None and edit.target not in levels.labels:
        errors.append(ErrorAt("target", f"没有等级 {edit.target[:32]}；可以是 {'、'.join(levels.labels)}。"))
    if edit.responsible is not None and len(edit.responsible) > LONGEST:
        errors.append(ErrorAt("responsible", f"不超过 {LONGEST} 字。"))
    deadline = data.campaign.period.deadline
    if edit.due is not None and not today <= edit.due:
        errors.append(ErrorAt("due", f"完成期限应不早于今天（{today}）。"))
    elif edit.due is not None and today <= deadline < edit.due:
        errors.append(ErrorAt("due", f"完成期限应不晚于行动的截止日期（{deadline}）。"))
    if edit.expert is not None and edit.expert not in {id_ for id_, _ in experts(context)}:
        errors.append(ErrorAt("expert", "没有这位专家，或其账号已停用。"))
    if errors:
        raise Problem("invalid_edit", f"没有改动：有 {len(errors)} 处错误。", status=422, errors=errors)


def _rows(context: Context, campaign: Campaign, permits: Sequence[str]) -> dict[str, CampaignPlant]:
    """The campaign's statements about some plants, by permit, locked."""
    known: dict[str, CampaignPlant] = {}
    listed = sorted(set(permits))
    with unscoped(context.db) as db:
        for start in range(0, len(listed), AT_ONCE):
            mine = CampaignPlant.permit.in_(listed[start : start + AT_ONCE])
            rows = select(CampaignPlant).where(CampaignPlant.campaign_id == campaign.id, mine).with_for_update()
            known |= {row.permit: row for row in db.scalars(rows)}
    return known


def _assigned(context: Context, expert: UUID | None, today: date) -> frozenset[UUID] | None:
    """The enterprises that the expert's team is assigned to; None: nobody is to be given any."""
    if expert is None:
        return None
    a = Assignment
    open_ = (a.since <= today, or_(a.until.is_(None), a.until >= today))
    rows = select(a.enterprise_id).join(User, User.team_id == a.team_id).where(User.id == expert, *open_)
    return frozenset(context.db.scalars(rows))


def _reason(
    context: Context,
    data: CampaignData,
    row: CampaignPlant | None,
    permit: str,
    edit: Edit,
    assigned: frozenset[UUID] | None,
) -> str | None:
    """The reason why a plant can't be changed so; None when it can."""
    plant, history = data.register.plants.get(permit), data.evaluator.plants.get(permit)
    if plant is None or history is None:
        return "本次行动的范围内没有这家企业"
    today, levels = calendar.day_of(context.at), data.evaluator.levels
    state = history.state(today)
    if state in data.campaign.base.leave_out:
        return f"{STATE[state]}，不计入行动"
    if edit.target is None and (row is None or row.target is None):
        return "不在名单上，应同时选择目标等级"
    if edit.target is not None and Reached(levels, levels.threshold(edit.target)).by(history.on(today).grade):
        return f"现等级已达到 {levels.labels[edit.target]}"
    if assigned is not None and plant.enterprise_id not in assigned:
        return "所选专家的团队未被指派到这家企业"
    return None


def _give(
    context: Context,
    campaign: Campaign,
    data: CampaignData,
    row: CampaignPlant | None,
    permit: str,
    edit: Edit,
    frozen: bool,
    why: str | None,
) -> bool:
    """Change a plant; whether anything is different."""
    kind = CampaignChangeKind.CHANGED
    if row is None:
        enterprise_id = data.register.plants[permit].enterprise_id
        row = CampaignPlant(campaign_id=campaign.id, enterprise_id=enterprise_id, permit=permit, changed_at=context.at)
        context.db.add(row)
        context.db.flush()
    if row.target is None and edit.target is not None:
        kind = CampaignChangeKind.ADDED
    details = {name: [_text(before), _text(after)] for name, before, after in _differences(row, edit)}
    if not details:
        return False
    for name, _, after in _differences(row, edit):
        setattr(row, name, after)
    row.version += 1
    row.changed_at = context.at
    change = change_of(context, campaign, row, kind, details)
    change.after_freeze, change.reasons = frozen, why
    context.db.add(change)
    return True


def _differences(row: CampaignPlant, edit: Edit) -> list[tuple[str, Any, Any]]:
    values: Mapping[str, Any] = {
        "target": edit.target,
        "responsible": edit.responsible,
        "due": edit.due,
        "expert": edit.expert,
    }
    return [
        (name, getattr(row, name), after)
        for name, after in values.items()
        if after is not None and getattr(row, name) != after
    ]


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
