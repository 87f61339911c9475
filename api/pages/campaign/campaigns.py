"""Campaigns of a bureau: their list, a new one, and the page on which one is run."""

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from api.access import MAY, Rule, in_area
from api.context import Context, needs
from api.http.downloads import attachment
from api.media_types import XLSX
from api.pages.campaign.month_chart import chart_days, month_chart
from api.pages.form_data import Posted, Sent
from api.pages.render import page
from api.problems import ErrorAt, Problem
from api.queries import campaigns as queries
from api.services.campaigns import creation, documents, evaluation, roster
from api.services.campaigns.emergency import emergency_list
from api.services.campaigns.plant_rows import month_ends, rows_on
from api.services.campaigns.snapshots import FIGURES, SUNDAY, Compared, SnapshotLine, compared, is_month_end, line_of
from api.services.users import names_of
from api.store import Campaign, CampaignState
from grading import calendar
from grading.campaign.roster_lines import roster_lines
from reports.campaign.context import ZONE

router = APIRouter()
Reader = Annotated[Context, needs(Rule.READ_CAMPAIGNS)]
CostlyReader = Annotated[Context, needs(Rule.READ_CAMPAIGNS, costly=True)]
Runner = Annotated[Context, needs(Rule.RUN_CAMPAIGNS)]
On = Annotated[str, Query(max_length=10)]
STATES = {CampaignState.ACTIVE: "进行中", CampaignState.CLOSED: "已结束"}
SHOWN, CHANGES, WEEKS = 8, 20, 8
MOST_BYTES = 12_000_000
LISTS = {
    "created_a": "升为 A 级或引领性",
    "increased_b": "升为 B 级",
    "reduced_c": "由 C 级上升",
    "cleared_d": "由 D 级或非引领性上升",
    "backslid": "退步",
    "overdue": "逾期",
    "closed_since": "起始为 C、D 级，其后关闭或不纳入分级",
    "undecided": "等级待定",
}


@router.get("/campaigns")
def list_campaigns(request: Request, context: Reader) -> Response:
    """The campaigns of the area, the newest first."""
    found, _ = queries.campaigns(context.db, None, None, 100)
    return page(
        request,
        context,
        "campaigns.html.j2",
        campaigns=found,
        states=STATES,
        people=names_of(context.db, [campaign.made_by for campaign in found]),
        may_run=context.actor.role in MAY[Rule.RUN_CAMPAIGNS],
    )


@router.get("/campaigns/new")
def new_campaign(request: Request, context: Runner) -> Response:
    """The form of a new one."""
    return page(request, context, "campaign_new.html.j2", refused=None)


@router.post("/campaigns/begin")
def begin_campaign(request: Request, context: Runner, sent: Sent) -> Response:
    """Begin one from its files; what is wrong with them is told on the form, all of it."""
    try:
        below = sent.text("below_reached") == "1"
        made = creation.create(context, text_of(sent, "document"), _optional(sent, "roster"), below_reached=below)
    except Problem as problem:
        context.undo(problem)
        return page(request, context, "campaign_new.html.j2", status=problem.status, refused=problem)
    return RedirectResponse(f"/campaigns/{made.id}", status_code=303)


@router.get("/campaigns/{campaign_id}")
def show_campaign(campaign_id: UUID, request: Request, context: Reader, on: On = "") -> Response:
    """Targets against present, county by county, with what each number stands for."""
    return _shown(request, context, context.find(Campaign, campaign_id), on)


def _shown(request: Request, context: Context, campaign: Campaign, on: str, refused: Problem | None = None) -> Response:
    day = day_in(on)
    data, report, plants = rows_on(context, campaign, day)
    document = data.campaign
    ends = month_ends(context, campaign, data, chart_days(document.period.start, day))
    today = calendar.day_of(context.at)
    changes = queries.changes(context.db, campaign.id, frozen_only=True, most=CHANGES)
    values: dict[str, Any] = {
        "campaign": campaign,
        "document": document,
        "state": STATES[campaign.state],
        "report": report,
        "e": report.evaluation,
        "plants": plants,
        "lists": [(name, titles(document)[name], plants.of(name)) for name in LISTS],
        "shown": SHOWN,
        "zones": ZONE,
        "day": day,
        "today": today,
        "part": "" if data.area == campaign.jurisdiction else data.area,
        "register": data.register,
        "gone": data.gone,
        "query": urlencode({"on": day.isoformat()}) if day != today else "",
        "chart": month_chart(ends),
        "fixed": _fixed(_snapshots(context, campaign)),
        "figures": FIGURES,
        "changes": changes,
        "permits": queries.permits(context.db, [change.plant_id for change in changes]),
        "people": names_of(context.db, [change.by for change in changes]),
        "on_roster": len(document.roster),
        "frozen": evaluation.is_frozen(document, today),
        "may_change": may_change(context, campaign),
        "refused": refused,
    }
    status = 200 if refused is None else refused.status
    return page(request, context, "campaign.html.j2", status=status, **values)


@router.get("/campaigns/{campaign_id}/report.pdf")
def download_pdf(campaign_id: UUID, context: CostlyReader, on: On = "") -> Response:
    """The report as PDF."""
    return _document(context, campaign_id, on, documents.PDF)


@router.get("/campaigns/{campaign_id}/report.html")
def download_html(campaign_id: UUID, context: CostlyReader, on: On = "") -> Response:
    """The report as one HTML file."""
    return _document(context, campaign_id, on, documents.HTML)


@router.get("/campaigns/{campaign_id}/weekly.pdf")
def download_weekly_pdf(campaign_id: UUID, context: CostlyReader, on: On = "") -> Response:
    """The weekly bulletin as PDF."""
    return _document(context, campaign_id, on, documents.WEEKLY_PDF)


@router.get("/campaigns/{campaign_id}/weekly.html")
def download_weekly_html(campaign_id: UUID, context: CostlyReader, on: On = "") -> Response:
    """The weekly bulletin as HTML."""
    return _document(context, campaign_id, on, documents.WEEKLY_HTML)


@router.get("/campaigns/{campaign_id}/quarterly.pdf")
def download_quarterly_pdf(campaign_id: UUID, context: CostlyReader, on: On = "") -> Response:
    """The quarterly assessment as PDF."""
    return _document(context, campaign_id, on, documents.QUARTERLY_PDF)


@router.get("/campaigns/{campaign_id}/quarterly.html")
def download_quarterly_html(campaign_id: UUID, context: CostlyReader, on: On = "") -> Response:
    """The quarterly assessment as HTML."""
    return _document(context, campaign_id, on, documents.QUARTERLY_HTML)


@router.get("/campaigns/{campaign_id}/ledger.xlsx")
def download_ledger(campaign_id: UUID, context: CostlyReader, on: On = "") -> Response:
    """The ledger as a workbook."""
    return _document(context, campaign_id, on, documents.LEDGER)


@router.get("/campaigns/{campaign_id}/emergency.xlsx")
def download_emergency_list(campaign_id: UUID, context: CostlyReader, on: On = "") -> Response:
    """Download each plant's measures at each alert as a workbook."""
    campaign, day = context.find(Campaign, campaign_id), day_in(on)
    content = emergency_list(context, campaign, day)
    return attachment(content, XLSX, f"{campaign.code}-应急减排清单-{day.isoformat()}.xlsx")


def _document(context: Context, campaign_id: UUID, on: str, kind: documents.Kind) -> Response:
    called, content = documents.made(context, context.find(Campaign, campaign_id), day_in(on), kind)
    return attachment(content, kind.media_type, called)


@router.post("/campaigns/{campaign_id}/roster")
def change_roster(campaign_id: UUID, request: Request, context: Runner, sent: Sent) -> Response:
    """Put the plants of a file on the roster, or take one off; what is wrong is told on the page."""
    lines, wrong = roster_lines(_optional(sent, "roster").encode(), evaluation.vocabulary(context.service))
    remove = [permit] if (permit := sent.text("remove").strip()) else []
    try:
        roster.change_roster(context, campaign_id, lines, wrong, sent.text("reasons"), remove=remove)
    except Problem as problem:
        context.undo(problem)
        return _shown(request, context, context.find(Campaign, campaign_id), "", problem)
    return RedirectResponse(f"/campaigns/{campaign_id}#roster", status_code=303)


@router.post("/campaigns/{campaign_id}/closing")
def close_campaign(campaign_id: UUID, context: Runner, sent: Sent) -> Response:
    """Close it for good."""
    creation.close(context, campaign_id, sent.text("reasons"), sent.version)
    return RedirectResponse(f"/campaigns/{campaign_id}", status_code=303)


def titles(document: Any) -> dict[str, str]:
    """The lists of an evaluation under the names that the city gave its campaign."""
    names = document.names
    own = {"created_a": names.a, "increased_b": names.b, "reduced_c": names.c, "cleared_d": names.d}
    return {name: f"{own[name]}（{title}）" if name in own else title for name, title in LISTS.items()}


def may_change(context: Context, campaign: Campaign) -> bool:
    """True when the actor may keep the roster of a campaign."""
    actor = context.actor
    charged = actor.role in MAY[Rule.RUN_CAMPAIGNS] and in_area(campaign.jurisdiction, actor.area or "")
    return charged and campaign.state is CampaignState.ACTIVE


def day_in(text: str) -> date:
    """The day that an address names, today when it names none; raises Problem (422)."""
    try:
        return date.fromisoformat(text) if text else calendar.today()
    except ValueError:
        raise Problem("invalid_day", "日期应为 2026-01-31 的格式。", status=422) from None


def _fixed(lines: list[SnapshotLine]) -> list[tuple[str, list[Compared]]]:
    """Month ends and the last weeks, each compared with the one before of its kind."""
    months = [line for line in lines if is_month_end(line.day)]
    weeks = [line for line in lines if line.day.weekday() == SUNDAY]
    found = [("月末", compared(months)), ("周末（最近 8 周）", compared(weeks)[:WEEKS])]
    return [(title, lines) for title, lines in found if lines]


def _snapshots(context: Context, campaign: Campaign) -> list[SnapshotLine]:
    """The figures of all snapshots, which never change: each is read once."""
    remembered = context.service.snapshots
    return [
        remembered.get(row.id, lambda row=row: line_of(row))  # type: ignore[misc]
        for row in queries.snapshots(context.db, campaign.id)
    ]


def text_of(sent: Posted, name: str) -> str:
    """The text of an uploaded file; raises Problem (413, 422)."""
    content = sent.file(name).file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        message = f"文件超过 {MOST_BYTES // 1_000_000} MB 的上限。"
        raise Problem("file_too_large", message, status=413, errors=[ErrorAt(name, message)])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem("not_utf8", f"文件不是 UTF-8 文本（第 {error.start + 1} 个字节）。", status=422) from None


def _optional(sent: Posted, name: str) -> str:
    value = sent.fields.get(name)
    return text_of(sent, name) if isinstance(value, UploadFile) and value.filename else ""
