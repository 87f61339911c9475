"""The plan of a plant: what it is to reach, by which measures, and which gaps the published audit has closed."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.access import MAY, Rule
from api.context import Context, needs
from api.pages.form_data import Posted, Sent
from api.pages.labels import level_labels
from api.pages.render import page
from api.problems import ErrorAt, Problem
from api.queries import campaigns as queries
from api.services.campaigns import plan as plans
from api.services.campaigns.gap_states import GapState
from api.services.campaigns.progress import Progress, progress_of
from api.services.campaigns.steps import GAP_NAMES, PLANT_NAMES
from api.services.users import names_of
from api.store import Enterprise
from grading import calendar
from grading.campaign.model import PlannedMeasure

router = APIRouter()
Reader = Annotated[Context, needs(Rule.READ)]
Writer = Annotated[Context, needs(Rule.KEEP_PLANS)]
FIELDS = ("gap", "text", "start", "finish", "done_percent", "cost_wan", "responsible", "obstacle")
GAP_STATES = {
    GapState.OPEN: "未关闭",
    GapState.CLOSED: "已由评级关闭",
    GapState.FOREIGN: "公布的审核中没有这项差距",
    GapState.UNKNOWN: "尚不能判断",
}
BLANKS = 1


@router.get("/campaign-plants/{campaign_plant_id}")
def show_plan(campaign_plant_id: UUID, request: Request, context: Reader) -> Response:
    """The plan; those who may write it get it as a form."""
    return shown(request, context, campaign_plant_id)


@router.post("/campaign-plants/{campaign_plant_id}/plan")
def save_plan(campaign_plant_id: UUID, request: Request, context: Writer, sent: Sent) -> Response:
    """Save it; what is wrong is told on the form, and what was typed stays there."""
    typed = [_typed(sent, i) for i in range(_rows(sent))]
    rows = [row for row in typed if any(row.values()) and not row.get("remove")]
    try:
        measures, errors = _measures(rows)
        if errors:
            raise Problem("invalid_plan", f"计划没有保存：有 {len(errors)} 处错误。", status=422, errors=errors)
        plans.save_plan(context, campaign_plant_id, measures, sent.version)
    except Problem as problem:
        if problem.status not in (412, 422):
            raise
        context.undo(problem)
        return shown(request, context, campaign_plant_id, rows, problem)
    return RedirectResponse(f"/campaign-plants/{campaign_plant_id}", status_code=303)


@router.post("/campaign-plants/{campaign_plant_id}/from-gaps")
def take_over_gaps(campaign_plant_id: UUID, context: Writer, sent: Sent) -> Response:
    """Add a measure for every gap that has none."""
    plans.take_over_gaps(context, campaign_plant_id, sent.version)
    return RedirectResponse(f"/campaign-plants/{campaign_plant_id}#plan", status_code=303)


def shown(
    request: Request,
    context: Context,
    plant_id: UUID,
    typed: list[dict[str, str]] | None = None,
    refused: Problem | None = None,
) -> Response:
    """The page of a plan, with what was refused of what was sent."""
    progress = progress_of(context, plant_id)
    plan = progress.plan
    states = {measure.gap: state for measure, state in plan.measures}
    stored = [{name: _text(getattr(measure, name)) for name in FIELDS} for measure, _ in plan.measures]
    may_write = plan.may_write and context.actor.role in MAY[Rule.KEEP_PLANS]
    rows = typed if typed is not None else stored
    changes = queries.changes(context.db, plan.campaign.id, plant_id=plan.plant.id)
    return page(
        request,
        context,
        "campaign_plan.html.j2",
        status=200 if refused is None else refused.status,
        plan=plan,
        enterprise=context.find(Enterprise, plan.plant.enterprise_id),
        rows=[*rows, *([dict.fromkeys(FIELDS, "")] * BLANKS if may_write else [])],
        states={gap: GAP_STATES[state] for gap, state in states.items() if gap and state is not None},
        claimed={m.gap for m, state in plan.measures if m.done_percent == 100 and state is GapState.OPEN},
        today=calendar.day_of(context.at).isoformat(),
        labels=level_labels(context),
        may_write=may_write,
        may_read_campaign=context.actor.role in MAY[Rule.READ_CAMPAIGNS],
        refused=refused,
        changes=changes,
        people=names_of(context.db, [*(change.by for change in changes), *_people(progress)]),
        progress=progress,
        plant_names=PLANT_NAMES,
        gap_names=GAP_NAMES,
        may_visit=plan.may_write and context.actor.role in MAY[Rule.RECORD_VISITS],
    )


def _people(progress: Progress) -> list[UUID]:
    of_gaps = [step.by for gap in progress.gaps.values() for step in gap.steps]
    return [*of_gaps, *(row.by for rows in (progress.steps, progress.visits) for row in rows)]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _rows(sent: Posted) -> int:
    text = sent.text("rows")
    return min(int(text), plans.MOST) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _typed(sent: Posted, i: int) -> dict[str, str]:
    return {name: sent.text(f"m{i}.{name}").strip() for name in (*FIELDS, "remove")}


def _measures(rows: list[dict[str, str]]) -> tuple[list[PlannedMeasure], list[ErrorAt]]:
    made: list[PlannedMeasure] = []
    errors: list[ErrorAt] = []
    for i, row in enumerate(rows):
        wrong: list[str] = []
        start, finish = _day(row["start"], "开始日期", wrong), _day(row["finish"], "完成期限", wrong)
        done = _number(row["done_percent"] or "0", "完成比例", Decimal(100), wrong)
        cost = _number(row["cost_wan"], "投资", Decimal(10_000_000), wrong) if row["cost_wan"] else None
        if not row["finish"]:
            wrong.append("缺少完成期限")
        wrong += [f"{title}超过 200 字" for name, title in _LONG.items() if len(row[name]) > 200]
        errors += [ErrorAt(f"第 {i + 1} 项", f"{message}。") for message in wrong]
        if not wrong and finish is not None and done is not None:
            texts = {name: row[name] or None for name in ("gap", *_LONG)}
            numbers = {"start": start, "finish": finish, "done_percent": done, "cost_wan": cost}
            made.append(PlannedMeasure.model_validate(numbers | texts))
    return made, errors


_LONG = {"text": "措施", "responsible": "责任人", "obstacle": "困难"}


def _day(text: str, what: str, wrong: list[str]) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        wrong.append(f"{what}应为 2026-01-31 的格式")
        return None


def _number(text: str, what: str, most: Decimal, wrong: list[str]) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if value.is_finite() and 0 <= value <= most and len(text) <= 20:
        return value
    wrong.append(f"{what}应为 0 至 {most:,} 的数")
    return None
