"""Archives of gap reports: ordered for the enterprises that a bureau has before it, watched while they are made, downloaded."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse
from starlette.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.files.exports import RETENTION
from api.pages.form_data import Sent
from api.pages.render import page
from api.problems import Problem
from api.queries import overview
from api.queries.exports import own_exports
from api.schemas.exports import ExportOut
from api.services import exports
from api.services.analysis import ReportFormat
from api.store import Export, ExportKind, ExportState

router = APIRouter()
MAX_REPORTS = 1000
STATES = {
    ExportState.WAITING: "等待生成",
    ExportState.RUNNING: "正在生成",
    ExportState.DONE: "可以下载",
    ExportState.FAILED: "未能生成",
}
Reader = Annotated[Context, needs(Rule.READ)]


@router.post("/overview/reports")
def order_reports(context: Annotated[Context, needs(Rule.READ_STATISTICS, costly=True)], sent: Sent) -> Response:
    """Have the gap reports of the enterprises that the filters leave made, of those that are graded."""
    wanted = overview.Wanted(
        sent.text("q").strip()[:100], sent.text("county")[:6], sent.text("ruleset")[:120], sent.text("grade")[:32]
    )
    ids = [line.grading_id for line in overview.lines(context.db, wanted) if line.grading_id is not None]
    if not ids:
        raise Problem("nothing_to_report", "所选企业都还没有公布的等级，没有可以生成的报告。", status=422)
    if len(ids) > MAX_REPORTS:
        detail = f"所选企业有 {len(ids)} 家，一次最多生成 {MAX_REPORTS} 份报告；请按行政区划、行业或等级缩小范围。"
        raise Problem("too_many_reports", detail, status=422)
    exports.order_reports(context, ids, ReportFormat.PDF)
    return RedirectResponse("/exports", 303)


@router.get("/exports")
def show_exports(request: Request, context: Reader) -> Response:
    """Show the documents that were made for the actor in the last day; those under way show how far they are."""
    return page(request, context, "exports.html.j2", **_listed(context))


@router.get("/exports/list")
def show_list(request: Request, context: Reader) -> Response:
    """The list alone, which asks for itself again while something is being made."""
    return page(request, context, "exports_list.html.j2", **_listed(context))


@router.get("/exports/{export_id}/file")
def download(export_id: UUID, context: Reader) -> Response:
    """The document."""
    row = context.find(Export, export_id)
    return FileResponse(exports.content_of(context, row), media_type=row.media_type, filename=row.name)


def _listed(context: Context) -> dict[str, Any]:
    rows = [ExportOut.of(row, RETENTION) for row in own_exports(context)]
    working = any(row.state in (ExportState.WAITING, ExportState.RUNNING) for row in rows)
    return {"rows": rows, "states": STATES, "working": working, "reports": ExportKind.REPORTS}
