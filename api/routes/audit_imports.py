"""Files of audits taken in as drafts of a team."""

from typing import Annotated
from uuid import UUID

from fastapi import File, Form, UploadFile
from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.routes.responses import answer, refusals, resource
from api.schemas.base import RulesetKey
from api.schemas.bulk import AuditImportOut, ImportedOut
from api.services import audit_import

router = resource("audits")
FILES = "The units' file, and those of its groups and evidence; or submissions of ODK or Kobo with their photos."
Files = Annotated[list[UploadFile], File(description=FILES)]


@router.get("/audit-imports", summary="The last files of audits that were taken in")
def list_audit_imports(context: Annotated[Context, needs(Rule.IMPORT_AUDITS)]) -> list[AuditImportOut]:
    """Those of yours, and of your team; the newest first."""
    return [AuditImportOut.model_validate(row) for row in audit_import.imports(context)]


@router.post(
    "/audit-imports",
    status_code=201,
    summary="Take a file of audits in as drafts",
    response_model=ImportedOut,
    responses=refusals(404, 413, 422),
)
def import_audits(
    file: Files,
    context: Annotated[Context, needs(Rule.IMPORT_AUDITS, costly=True)],
    team_id: Annotated[
        UUID | None, Form(description="Whose drafts they are; assessors take those of their team.")
    ] = None,
    ruleset: Annotated[RulesetKey | None, Form(description="Of all units of a table that names none.")] = None,
) -> Response:
    """Whole or not at all: 422 `invalid_audit_file` tells everything that is wrong, each at its line.

    A file as `grading batch` takes it, with a table of evidence; or an export of ODK or Kobo (JSON, CSV, or CSV files in a ZIP)
    with its photos (files, or archives of them), which become evidence of the values that name them. What an earlier file
    brought is counted and not made again.
    """
    files = [(one.filename or "", one.file.read()) for one in file]
    done = audit_import.upload(context, files, team_id=team_id, ruleset=ruleset)
    row = None if done.row is None else AuditImportOut.model_validate(done.row)
    out = ImportedOut(made=done.made, repeated=done.repeated, notices=list(done.notices), import_=row)
    return answer(out.model_dump_json(by_alias=True), status=201 if done.made else 200)
