"""Files of audits taken in as drafts of a team: the table to download, the upload, everything that is wrong at its line."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.http.downloads import attachment
from api.media_types import XLSX
from api.pages.form_data import Posted, Sent
from api.pages.labels import ruleset_titles
from api.pages.render import page
from api.problems import Problem
from api.queries import users as people
from api.services import audit_import
from api.services.audit_import import MOST_AUDITS, Imported
from api.store import Role
from grading.batch.template import template
from grading.xlsform.write import xlsform

router = APIRouter()
Importer = Annotated[Context, needs(Rule.IMPORT_AUDITS)]
CostlyImporter = Annotated[Context, needs(Rule.IMPORT_AUDITS, costly=True)]


@router.get("/audit-imports")
def show_imports(request: Request, context: Importer) -> Response:
    """The page of imports, with the latest files."""
    return _show(request, context)


@router.get("/audit-imports/template.xlsx")
def download_template(context: CostlyImporter, ruleset: str = "") -> Response:
    """The empty table of a ruleset."""
    found = audit_import.ruleset_of(context, ruleset)
    return attachment(template(found), XLSX, f"{found.title}-批量核查表.xlsx")


@router.get("/audit-imports/xlsform.xlsx")
def download_xlsform(context: CostlyImporter, ruleset: str = "") -> Response:
    """The form of a ruleset for phones with ODK or Kobo."""
    found = audit_import.ruleset_of(context, ruleset)
    return attachment(xlsform([found]), XLSX, f"{found.title}-手机表单.xlsx")


@router.post("/audit-imports")
def upload(request: Request, context: CostlyImporter, sent: Sent) -> Response:
    """Take files in; what is wrong is told line by line, and nothing is written then."""
    try:
        files = [(f.filename or "", f.file.read()) for f in _files(sent)]
        done = audit_import.upload(
            context, files, team_id=sent.key("team_id"), ruleset=sent.text("ruleset")[:120] or None
        )
    except Problem as problem:
        if problem.status not in (404, 413, 422):
            raise
        context.undo(problem)
        return _show(request, context, problem, sent=sent)
    return _show(request, context, done=done)


def _files(sent: Posted) -> list[UploadFile]:
    """The files that were chosen; raises Problem (422) when none was."""
    sent.file()
    return [file for file in sent.fields.getlist("file") if isinstance(file, UploadFile) and file.filename]


def _show(
    request: Request,
    context: Context,
    refused: Problem | None = None,
    *,
    done: Imported | None = None,
    sent: Posted | None = None,
) -> Response:
    titles = ruleset_titles(context)
    return page(
        request,
        context,
        "audit_import.html.j2",
        refused.status if refused is not None else 200,
        refused=refused,
        done=done,
        listed=audit_import.imports(context),
        teams=people.teams(context.db),
        team_names={team.id: team.name for team in people.teams(context.db)},
        chooses_team=context.actor.role is not Role.ASSESSOR,
        rulesets=titles,
        typed=sent.text if sent is not None else lambda _: "",
        most=MOST_AUDITS,
        megabytes=context.service.settings.upload_megabytes,
    )
