"""Archives of gap reports and other documents of one's own: watched while they are made, downloaded."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse
from starlette.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.files.exports import RETENTION
from api.pages.render import page
from api.queries.exports import own_exports
from api.schemas.exports import ExportOut
from api.services import exports
from api.store import Export, ExportKind, ExportState

router = APIRouter()
STATES = {
    ExportState.WAITING: "等待生成",
    ExportState.RUNNING: "正在生成",
    ExportState.DONE: "可以下载",
    ExportState.FAILED: "未能生成",
}
Reader = Annotated[Context, needs(Rule.READ)]


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
