"""A plant's upgrade plan: taken over from its gaps, written by the enterprise and the bureau, every change on record."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from api import audit_log
from api.access import Rule, require, unscoped
from api.context import Context
from api.problems import ErrorAt, Problem, error_at, not_found
from api.services.campaigns.evaluation import document_of, is_frozen
from api.services.campaigns.gap_states import GapState, PlantGaps, plant_gaps
from api.services.campaigns.published import register_of
from api.services.campaigns.stored import measures_of, stored_text
from api.store import Campaign, CampaignChange, CampaignChangeKind, CampaignPlant, CampaignState
from grading import calendar
from grading.campaign.contradictions import measure_contradictions
from grading.campaign.model import PlannedMeasure
from grading.campaign.problems import place_text
from grading.model.gap import GapLine

MOST = 500


@dataclass(frozen=True)
class Plan:
    """A plan with what the published audit says of each measure's gap, and the gaps that no measure is for."""

    plant: CampaignPlant
    campaign: Campaign
    measures: tuple[tuple[PlannedMeasure, GapState | None], ...]
    uncovered: tuple[GapLine, ...]
    gaps_known: bool
    may_write: bool
    gap_states: Mapping[str, GapState]
    """Of every gap of the plan and of the published audit."""
    reached: bool
    """True when the published audit has reached the target."""
    published: datetime | None
    """Since when the grading in force is."""


def plan_of(context: Context, plant_id: UUID) -> Plan:
    """A plant's plan as it stands; raises Problem (404)."""
    plant = context.find(CampaignPlant, plant_id)
    campaign = context.find(Campaign, plant.campaign_id)
    gaps = _gaps(context, plant, campaign)
    measures = measures_of(plant.measures)
    states = tuple((m, None if m.gap is None or gaps is None else gaps.state(context, m.gap)) for m in measures)
    planned = {m.gap for m in measures}
    open_ = () if gaps is None or gaps.lines is None else tuple(gaps.lines.values())
    uncovered = tuple(line for line in open_ if line.id not in planned and line.on_cheapest_way)
    known = gaps is not None and gaps.lines is not None
    writable = is_writable(campaign, plant)
    found = {m.gap: state or GapState.UNKNOWN for m, state in states if m.gap is not None}
    found |= {line.id: GapState.OPEN for line in open_}
    reached = gaps is not None and gaps.reached
    published = None if gaps is None else gaps.published
    return Plan(plant, campaign, states, uncovered, known, writable, found, reached, published)


def is_writable(campaign: Campaign, plant: CampaignPlant) -> bool:
    """True when anything may be written down of a plant: of one on the roster of an active campaign."""
    return campaign.state is CampaignState.ACTIVE and plant.target is not None


def save_plan(
    context: Context, plant_id: UUID, measures: Sequence[PlannedMeasure], version: int | None = None
) -> CampaignPlant:
    """Put a plan in the place of the one before.

    Raises Problem: 403, 404; 409 for a closed campaign or a plant that is not on the roster; 412; 422 `invalid_plan` with the
    place of everything that is wrong, also of a gap that the plant has never had.
    """
    plant, campaign = _take(context, plant_id, version)
    errors = [error_at(place_text(("measures", *at)), reason) for at, reason in measure_contradictions(measures)]
    known = {m.gap for m in measures_of(plant.measures)}
    typed = [(i, m.gap) for i, m in enumerate(measures) if m.gap is not None and m.gap not in known]
    gaps = _gaps(context, plant, campaign) if typed else None
    for i, gap in typed:
        if gaps is None or gaps.state(context, gap) not in (GapState.OPEN, GapState.CLOSED):
            errors.append(ErrorAt(f"measures[{i}].gap", f"已公布的审核中没有编号为 {gap} 的差距。"))
    for i, m in enumerate(measures):
        if m.gap is None and m.text is None:
            errors.append(ErrorAt(f"measures[{i}].text", "应写明措施，或差距编号。"))
    if len(measures) > MOST:
        errors.append(ErrorAt("measures", f"最多 {MOST} 项。"))
    if errors:
        raise Problem("invalid_plan", f"计划没有保存：有 {len(errors)} 处错误。", status=422, errors=errors)
    return _write(context, plant, campaign, stored_text(measures))


def take_over_gaps(context: Context, plant_id: UUID, version: int | None = None) -> CampaignPlant:
    """Add a measure for every gap on the cheapest way to the target that the plan has none for yet.

    Raises Problem (403, 404, 409, 412; 409 `no_gaps` when nothing is published that gaps follow from).
    """
    plant, campaign = _take(context, plant_id, version)
    gaps = _gaps(context, plant, campaign)
    if gaps is None or gaps.lines is None:
        raise Problem("no_gaps", "没有可带入的差距：还没有公布的评级，或目标不适用于这家企业的评级。")
    measures = measures_of(plant.measures)
    planned = {m.gap for m in measures}
    deadline, today = document_of(context.service, campaign).period.deadline, calendar.day_of(context.at)
    added = [
        _measure(line, deadline, today)
        for line in gaps.lines.values()
        if line.id not in planned and line.on_cheapest_way
    ]
    return _write(context, plant, campaign, stored_text((*measures, *added)))


def _measure(line: GapLine, deadline: date, today: date) -> PlannedMeasure:
    """A gap as a planned measure: its remedy, due at the campaign's deadline, or after the remedy's time if that has passed."""
    remedy = line.remedy
    weeks = remedy.weeks[1] if remedy is not None and remedy.weeks is not None else Decimal(0)
    finish = deadline if deadline >= today else today + timedelta(weeks=float(weeks))
    cost = remedy.cost_wan_cny[1] if remedy is not None and remedy.cost_wan_cny is not None else None
    text = remedy.text if remedy is not None else f"{line.title}：{line.required}"
    return PlannedMeasure(gap=line.id, text=text, finish=finish, cost_wan=cost)


def _take(context: Context, plant_id: UUID, version: int | None) -> tuple[CampaignPlant, Campaign]:
    require(context.db, Rule.KEEP_PLANS)
    plant = context.db.scalar(select(CampaignPlant).where(CampaignPlant.id == plant_id).with_for_update())
    if plant is None:
        raise not_found()
    campaign = context.find(Campaign, plant.campaign_id)
    if campaign.state is CampaignState.CLOSED:
        raise Problem("campaign_closed", "行动已结束，只能查看。")
    if plant.target is None:
        raise Problem("not_on_roster", "这家企业不在行动的名单上，没有改造计划。")
    if version is not None and version != plant.version:
        raise Problem("stale", "计划已被他人修改，请刷新后再操作。", status=412, more={"version": plant.version})
    return plant, campaign


def _write(context: Context, plant: CampaignPlant, campaign: Campaign, measures: str) -> CampaignPlant:
    if measures == plant.measures:
        return plant
    before, plant.measures = plant.measures, measures
    plant.version += 1
    plant.changed_at = context.at
    change = CampaignChange(
        campaign_id=plant.campaign_id,
        plant_id=plant.id,
        enterprise_id=plant.enterprise_id,
        kind=CampaignChangeKind.PLANNED,
        after_freeze=is_frozen(document_of(context.service, campaign), calendar.day_of(context.at)),
        details=json.dumps({"measures": [before, measures]}, ensure_ascii=False),
        by=context.actor.id,
        at=context.at,
    )
    context.db.add(change)
    context.db.flush()
    about = {"enterprise_id": plant.enterprise_id, "subject": f"campaign:{plant.campaign_id}"}
    details = {"permit": plant.permit, "version": plant.version}
    audit_log.append(context.db, "campaign.plan_changed", context.actor, **about, details=details)  # type: ignore[arg-type]
    return plant


def _gaps(context: Context, plant: CampaignPlant, campaign: Campaign) -> PlantGaps | None:
    """The gaps of a plant on the roster; None when it is no longer registered."""
    if plant.target is None:
        return None
    with unscoped(context.db) as db:
        register = register_of(db, campaign.jurisdiction, plant.enterprise_id)
    found = register.plants.get(plant.permit)
    return None if found is None else plant_gaps(context, found, plant.target, calendar.day_of(context.at))
