"""Gap reports: of one grading at once, of many as an archive to be fetched when it is done."""

from typing import Annotated
from uuid import UUID

from fastapi.responses import FileResponse, Response

from api.access import Rule
from api.context import Context, needs
from api.files.exports import RETENTION
from api.http.downloads import attachment
from api.media_types import PDF, XLSX, ZIP
from api.queries.exports import own_exports
from api.routes.idempotency import OnceOnly
from api.routes.responses import (
    ACCEPTED,
    answer,
    download,
    refusals,
    resource,
)
from api.schemas.exports import ExportOut, ReportsIn
from api.services import analysis, exports
from api.services.analysis import ReportFormat
from api.services.cases import case_of
from api.store import Export

router = resource("reports")
Costly = Annotated[Context, needs(Rule.READ, costly=True)]
Reader = Annotated[Context, needs(Rule.READ)]


@router.get(
    "/gradings/{grading_id}/report.pdf",
    summary="The gap report of a grading as PDF",
    response_class=Response,
    responses=download("The report.", PDF) | refusals(409),
)
def get_report_pdf(grading_id: UUID, context: Costly) -> Response:
    """PDF/A-3 and PDF/UA, with the grading's JSON inside. The same grading gives the same bytes."""
    return _report(context, grading_id, ReportFormat.PDF)


@router.get(
    "/gradings/{grading_id}/report.html",
    summary="The gap report of a grading as HTML",
    response_class=Response,
    responses=download("The report.", "text/html") | refusals(409),
)
def get_report_html(grading_id: UUID, context: Costly) -> Response:
    """One file that needs nothing else; offered as a download."""
    return _report(context, grading_id, ReportFormat.HTML)


@router.post(
    "/reports",
    status_code=202,
    summary="Have the reports of many gradings made",
    response_model=ExportOut,
    responses=ACCEPTED | refusals(404, 409),
)
def create_reports(
    body: ReportsIn, once: OnceOnly, context: Annotated[Context, needs(Rule.MAKE_EXPORTS, costly=True)]
) -> Response:
    """An archive; poll the export at `Location` until its `state` is `done`, then download its `content`."""

    def act() -> Response:
        made = exports.order_reports(context, list(dict.fromkeys(body.grading_ids)), body.format)
        return answer(_to_schema(made), status=202, location=f"/v1/exports/{made.id}")

    return once.answer(context, body, act)


@router.get("/exports", summary="Your documents to download")
def list_exports(context: Reader) -> list[ExportOut]:
    """Of the last day, the newest first."""
    return [_to_schema(row) for row in own_exports(context)]


@router.get("/exports/{export_id}", summary="A document and how far it is")
def get_export(export_id: UUID, context: Reader) -> ExportOut:
    """Yours only, for a day."""
    return _to_schema(context.find(Export, export_id))


@router.get(
    "/exports/{export_id}/content",
    summary="Download a document",
    response_class=Response,
    responses=download("The document.", ZIP, XLSX, "application/octet-stream") | refusals(409),
)
def get_export_content(export_id: UUID, context: Reader) -> Response:
    """An archive of reports, or a workbook with its errors marked."""
    row = context.find(Export, export_id)
    path = exports.content_of(context, row)
    return FileResponse(path, media_type=row.media_type, filename=row.name)


def _report(context: Context, grading_id: UUID, form: ReportFormat) -> Response:
    case = case_of(context, grading_id)
    content = analysis.report(case, form)
    return attachment(content, analysis.MEDIA_TYPES[form], analysis.report_name(case, form))


def _to_schema(row: Export) -> ExportOut:
    return ExportOut.of(row, RETENTION)
