"""Audit forms as workbooks: out, empty or filled in, and back in; and what an audit looks like as a JSON Schema."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.http.downloads import attachment
from api.media_types import XLSX
from api.problems import ErrorAt, Problem
from api.queries import audits as queries
from api.queries.rulesets import ruleset
from api.routes.bodies import JsonText, Upload, json_body, text_of
from api.routes.responses import (
    CREATED_VERSIONED,
    VERSIONED,
    IfMatch,
    answer,
    download,
    refusals,
    required_version,
    resource,
)
from api.routes.rulesets import UNUSABLE, Edition, Industry
from api.schemas.audits import AUDIT_EXAMPLE, AuditFromWorkbookOut, WorkbookOut
from api.schemas.base import RulesetKey
from api.services import workflow
from api.services.analysis import json_of
from api.services.workbooks import draft_of, read_workbook
from api.store import Audit, Enterprise
from grading.audit_json import dump_audit
from grading.forms.json_schema import audit_schema
from grading.forms.write import SPARE_ROWS, blank_form, filled_form
from grading.model.audit import Audit as DomainAudit
from grading.model.ruleset import Ruleset
from grading.workbook.cell_text import TooLongError

router = resource("workbooks")
Reader = Annotated[Context, needs(Rule.READ)]
CostlyReader = Annotated[Context, needs(Rule.READ, costly=True)]
Rows = Annotated[int, Query(ge=0, le=500, description="How many empty rows each table has ready.")]
WORKBOOK = download("The workbook.", XLSX)
IMPORT = refusals(409, 413, 422)


@router.get(
    "/rulesets/{edition}/{industry}/form",
    summary="The empty audit form of one unit",
    response_class=Response,
    responses=WORKBOOK | UNUSABLE,
)
def get_form(edition: Edition, industry: Industry, context: CostlyReader, rows: Rows = SPARE_ROWS) -> Response:
    """As a workbook."""
    found = ruleset(context, f"{edition}/{industry}")
    return attachment(blank_form([found], rows), XLSX, f"{found.title}-核查表.xlsx")


@router.get(
    "/rulesets/{edition}/{industry}/form-schema",
    summary="The JSON Schema of an audit of one unit",
    response_model=dict[str, object],
    responses=UNUSABLE,
)
def get_form_schema(edition: Edition, industry: Industry, context: Reader) -> Response:
    """Every fact with its type, unit and range; titles in Chinese."""
    return answer(json_of(audit_schema([ruleset(context, f"{edition}/{industry}")])))


@router.get(
    "/form", summary="The empty audit form of several units", response_class=Response, responses=WORKBOOK | UNUSABLE
)
def get_form_of_units(
    context: CostlyReader,
    ruleset: Annotated[
        list[RulesetKey], Query(min_length=1, max_length=20, description="One for each unit; may be the same.")
    ],
    rows: Rows = SPARE_ROWS,
) -> Response:
    """Of one enterprise, as a workbook."""
    return attachment(blank_form(_rulesets(context, ruleset), rows), XLSX, "核查表.xlsx")


@router.post(
    "/form",
    summary="The audit form of an audit, filled in",
    response_class=Response,
    responses=WORKBOOK | refusals(415, 422),
    openapi_extra=json_body({"$ref": "#/components/schemas/Audit"}, AUDIT_EXAMPLE),
)
def fill_form(
    body: JsonText, context: Annotated[Context, needs(Rule.TRY_OUT, costly=True)], rows: Rows = SPARE_ROWS
) -> Response:
    """As a workbook. Nothing is stored."""
    return _filled(context, context.service.grader.read(text_of(body)), rows)


@router.get(
    "/audits/{audit_id}/form",
    summary="The audit form of an audit, filled in",
    response_class=Response,
    responses=WORKBOOK | refusals(422),
)
def get_audit_form(audit_id: UUID, context: CostlyReader, rows: Rows = SPARE_ROWS) -> Response:
    """As a workbook; of a draft that can't be read yet, 422 says what is wrong where."""
    content = workflow.revision_of(context, context.find(Audit, audit_id)).content
    return _filled(context, context.service.grader.read(content), rows)


@router.post(
    "/workbook", summary="Read a workbook as an audit", responses=refusals(413, 422), response_model=WorkbookOut
)
def read_uploaded_workbook(
    file: Upload, context: Annotated[Context, needs(Rule.MAKE_EXPORTS, costly=True)]
) -> Response:
    """No audit is stored. With errors: 422 `invalid_workbook`, and for a day a marked copy at `marked_workbook`."""
    reading = read_workbook(context, file.file, file.filename or "")
    # The audit is told to the letter: numbers keep every digit.
    audit = dump_audit(reading.audit, context.service.grader.library)
    return answer(b'{"warnings":' + json_of(reading.warnings) + b',"audit":' + audit.encode() + b"}")


@router.post(
    "/enterprises/{enterprise_id}/workbook",
    status_code=201,
    summary="Begin an audit with a workbook",
    response_model=AuditFromWorkbookOut,
    responses=CREATED_VERSIONED | IMPORT,
)
def create_audit_from_workbook(
    enterprise_id: UUID, file: Upload, context: Annotated[Context, needs(Rule.DRAFT_AUDITS, costly=True)]
) -> Response:
    """With errors nothing is stored but a marked copy for a day."""
    enterprise = context.find(Enterprise, enterprise_id)
    content, warnings = draft_of(context, file.file, file.filename or "", enterprise, enterprise.county)
    made = workflow.create_audit(context, enterprise_id, content)
    return _with_warnings(context, made, warnings, status=201, location=f"/v1/audits/{made.id}")


@router.put(
    "/audits/{audit_id}/workbook",
    summary="Save a draft from a workbook",
    response_model=AuditFromWorkbookOut,
    responses=VERSIONED | IMPORT | refusals(412, 428),
)
def save_audit_workbook(
    audit_id: UUID,
    file: Upload,
    context: Annotated[Context, needs(Rule.DRAFT_AUDITS, costly=True)],
    if_match: IfMatch = None,
) -> Response:
    """Needs `If-Match`, as the content does. With errors the draft stays as it is."""
    version = required_version(if_match)
    audit = context.find(Audit, audit_id)
    enterprise, county = context.find(Enterprise, audit.enterprise_id), workflow.county_of(context, audit)
    content, warnings = draft_of(context, file.file, file.filename or "", enterprise, county)
    return _with_warnings(context, workflow.save_draft(context, audit_id, content, version), warnings)


def _with_warnings(
    context: Context, audit: Audit, warnings: Sequence[str], status: int = 200, location: str | None = None
) -> Response:
    """An audit as the answer, with what the workbook's sender should know."""
    shown = AuditFromWorkbookOut(**queries.audit(context, audit).model_dump(), warnings=list(warnings))
    return answer(shown, status=status, tag=audit.version, location=location)


def _rulesets(context: Context, ids: Sequence[str]) -> list[Ruleset]:
    return [ruleset(context, id_) for id_ in ids]


def _filled(context: Context, audit: DomainAudit, rows: int) -> Response:
    try:
        book = filled_form(audit, context.service.grader.library, rows)
    except TooLongError as error:
        detail = "有一段文字放不进一个单元格。"
        raise Problem("too_long_for_cell", detail, status=422, errors=[ErrorAt("", str(error))]) from None
    return attachment(book, XLSX, f"{audit.enterprise.name}-核查表.xlsx")
