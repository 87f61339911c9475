"""A plant's progress in a campaign: steps taken, visits, photos; each written down once and for good."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, TypeVar
from uuid import UUID

from sqlalchemy import func, select

from api import audit_log
from api.access import Rule, require
from api.context import Context, find
from api.problems import ErrorAt, Problem
from api.services.attachments import take_in
from api.services.campaigns.plan import Plan, is_writable, plan_of
from api.services.campaigns.steps import GAP_NAMES, GAP_WAYS, PLANT_NAMES, PLANT_WAYS, gap_state, offered, plant_state
from api.store import Campaign, CampaignPhoto, CampaignPlant, CampaignStep, CampaignStepState, CampaignVisit
from grading import calendar

R = TypeVar("R", CampaignStep, CampaignVisit, CampaignPhoto)
MOST_PHOTOS = 500
PICTURES = "image/"
LONGEST = 4000


@dataclass(frozen=True)
class GapProgress:
    """A gap of the plan or of the published audit."""

    state: str
    offered: tuple[CampaignStepState, ...]
    steps: tuple[CampaignStep, ...]
    photos: tuple[CampaignPhoto, ...]


@dataclass(frozen=True)
class Progress:
    """A plant's progress, with what the actor may say next."""

    plan: Plan
    state: str
    offered: tuple[CampaignStepState, ...]
    steps: tuple[CampaignStep, ...]
    gaps: Mapping[str, GapProgress]
    visits: tuple[CampaignVisit, ...]
    photos: tuple[CampaignPhoto, ...]


def progress_of(context: Context, plant_id: UUID) -> Progress:
    """Everything that is written down of a plant; raises Problem (404)."""
    plan = plan_of(context, plant_id)
    steps: dict[str | None, list[CampaignStep]] = defaultdict(list)
    for step in _rows(context, CampaignStep, plant_id):
        steps[step.gap].append(step)
    photos = _rows(context, CampaignPhoto, plant_id)
    of_plant = tuple(steps[None])
    state = plant_state(of_plant, planned=bool(plan.measures), reached=plan.reached, published=plan.published)
    role, active = context.actor.role, plan.may_write
    gaps = {}
    for gap, found in plan.gap_states.items():
        now = gap_state(steps[gap], found, plan.published)
        ways = offered(GAP_WAYS, now, role) if active else ()
        mine = tuple(photo for photo in photos if photo.gap == gap)
        gaps[gap] = GapProgress(now, ways, tuple(steps[gap]), mine)
    ways = offered(PLANT_WAYS, state, role) if active else ()
    visits = _rows(context, CampaignVisit, plant_id)
    return Progress(plan, state, ways, of_plant, gaps, tuple(visits), tuple(photos))


def take_step(
    context: Context, plant_id: UUID, state: CampaignStepState, gap: str | None = None, note: str = ""
) -> CampaignStep:
    """Say how far a plant, or one of its gaps, has come.

    Raises Problem: 403, 404; 409 for a closed campaign or a plant off the roster, and `wrong_step` for a state that does not
    follow or is not the role's to say; 422 `note_missing` where a refusal or a reopening has no reason.
    """
    require(context.db, Rule.TAKE_CAMPAIGN_STEPS)
    plant = _open(context, plant_id)
    progress = progress_of(context, plant_id)
    if gap is None:
        now, ways, names = progress.state, progress.offered, PLANT_NAMES
    else:
        _known(progress.plan, gap)
        now, ways, names = progress.gaps[gap].state, progress.gaps[gap].offered, GAP_NAMES
    if state not in ways:
        could = "、".join(names[way] for way in ways) or "没有"
        detail = f"现在是“{names[now]}”，不能由您改为“{names.get(state, state)}”；可以改为：{could}。"
        raise Problem("wrong_step", detail, status=409, more={"state": now, "offered": list(ways)})
    note = _text(note, "note")
    if not note and state in (CampaignStepState.REJECTED, CampaignStepState.REOPENED):
        message = "应写明原因。"
        raise Problem("note_missing", message, status=422, errors=[ErrorAt("note", message)])
    made = CampaignStep(
        campaign_id=plant.campaign_id,
        plant_id=plant.id,
        enterprise_id=plant.enterprise_id,
        gap=gap,
        state=state,
        note=note or None,
        by=context.actor.id,
        at=context.at,
    )
    context.db.add(made)
    context.db.flush()
    _log(context, "campaign.step_taken", plant, {"state": state, "before": now, "gap": gap or ""})
    return made


def record_visit(
    context: Context,
    plant_id: UUID,
    day: date,
    findings: str,
    advice: str,
    *,
    gap: str | None = None,
    next_day: date | None = None,
) -> CampaignVisit:
    """Write down a visit; raises Problem (403, 404, 409, 422 with everything that is wrong)."""
    require(context.db, Rule.RECORD_VISITS)
    plant = _open(context, plant_id)
    today = calendar.day_of(context.at)
    found, advised = _text(findings, "findings"), _text(advice, "advice")
    errors = []
    if not calendar.EARLIEST <= day <= today:
        errors.append(ErrorAt("day", f"日期应为 {calendar.EARLIEST} 至今天（{today}）。"))
    if next_day is not None and next_day <= day:
        errors.append(ErrorAt("next_day", "下次帮扶应在本次之后。"))
    if not found:
        errors.append(ErrorAt("findings", "应写明发现的问题；没有问题也应写明。"))
    if not advised:
        errors.append(ErrorAt("advice", "应写明建议；没有建议也应写明。"))
    if errors:
        raise Problem("invalid_visit", f"帮扶没有登记：有 {len(errors)} 处错误。", status=422, errors=errors)
    if gap is not None:
        _known(plan_of(context, plant_id), gap)
    made = CampaignVisit(
        campaign_id=plant.campaign_id,
        plant_id=plant.id,
        enterprise_id=plant.enterprise_id,
        day=day,
        gap=gap,
        findings=found,
        advice=advised,
        next_day=next_day,
        by=context.actor.id,
        at=context.at,
    )
    context.db.add(made)
    context.db.flush()
    _log(context, "campaign.visited", plant, {"day": day.isoformat(), "gap": gap or ""})
    return made


def add_photo(context: Context, plant_id: UUID, content: BinaryIO, name: str, gap: str | None = None) -> CampaignPhoto:
    """Keep a picture of what was done; the same picture of the same gap is kept once.

    Raises Problem (403, 404, 409, 413, 415, 422).
    """
    require(context.db, Rule.KEEP_PLANS)
    plant = _open(context, plant_id)
    if gap is not None:
        _known(plan_of(context, plant_id), gap)
    mine = CampaignPhoto.plant_id == plant.id
    if (context.db.scalar(select(func.count(CampaignPhoto.id)).where(mine)) or 0) >= MOST_PHOTOS:
        raise Problem("too_many_files", f"一家企业最多 {MOST_PHOTOS} 张照片。")
    stored = take_in(context, content, name)
    if not stored.media_type.startswith(PICTURES):
        raise Problem("not_a_picture", "这里只接收图片。", status=415)
    same = select(CampaignPhoto).where(mine, CampaignPhoto.sha256 == stored.sha256)
    known = context.db.scalar(same.where(CampaignPhoto.gap == gap if gap else CampaignPhoto.gap.is_(None)))
    if known is not None:
        return known
    made = CampaignPhoto(
        campaign_id=plant.campaign_id,
        plant_id=plant.id,
        enterprise_id=plant.enterprise_id,
        gap=gap,
        sha256=stored.sha256,
        name=stored.name,
        media_type=stored.media_type,
        size=stored.size,
        by=context.actor.id,
        at=context.at,
    )
    context.db.add(made)
    context.db.flush()
    _log(context, "campaign.photo_added", plant, {"sha256": stored.sha256, "gap": gap or ""})
    return made


def _open(context: Context, plant_id: UUID) -> CampaignPlant:
    """A plant of the roster of an active campaign, locked: nobody takes a step at the same time."""
    find(context.db, CampaignPlant, plant_id)
    plant = context.db.scalars(select(CampaignPlant).where(CampaignPlant.id == plant_id).with_for_update()).one()
    if not is_writable(context.find(Campaign, plant.campaign_id), plant):
        raise Problem("campaign_closed", "行动已结束，或这家企业不在名单上，只能查看。")
    return plant


def _known(plan: Plan, gap: str) -> None:
    if gap not in plan.gap_states:
        message = f"计划和已公布的审核中没有编号为 {gap} 的差距。"
        raise Problem("unknown_gap", message, status=422, errors=[ErrorAt("gap", message)])


def _text(raw: str, place: str) -> str:
    text = raw.strip()
    if len(text) > LONGEST:
        message = f"不超过 {LONGEST} 字。"
        raise Problem("too_long", message, status=422, errors=[ErrorAt(place, message)])
    return text


def _rows(context: Context, kind: type[R], plant_id: UUID) -> Sequence[R]:
    return context.db.scalars(select(kind).where(kind.plant_id == plant_id).order_by(kind.id)).all()


def _log(context: Context, action: str, plant: CampaignPlant, details: dict[str, str]) -> None:
    about = {"enterprise_id": plant.enterprise_id, "subject": f"campaign:{plant.campaign_id}"}
    audit_log.append(context.db, action, context.actor, **about, details={"permit": plant.permit, **details})  # type: ignore[arg-type]
