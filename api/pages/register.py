"""The register as a table: downloaded, filled in, taken in whole or told what is wrong with each cell."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.http.downloads import attachment
from api.media_types import XLSX
from api.pages.form_data import Sent
from api.pages.render import page
from api.problems import Problem
from api.services import register_import
from api.services.register_import import Imported
from api.services.register_table import COLUMNS, MOST_LINES, written
from grading import calendar

router = APIRouter()
Keeper = Annotated[Context, needs(Rule.KEEP_ENTERPRISES)]
CostlyKeeper = Annotated[Context, needs(Rule.KEEP_ENTERPRISES, costly=True)]


@router.get("/register")
def show_register(request: Request, context: Keeper) -> Response:
    """The table to download, and where it is taken in."""
    return _show(request, context)


@router.get("/register/table.xlsx")
def download_register(context: CostlyKeeper, blank: bool = False) -> Response:
    """The register in scope, or an empty table."""
    made = written(()) if blank else register_import.table_of(context)
    return attachment(made, XLSX, f"企业名录-{calendar.day_of(context.at).isoformat()}.xlsx")


@router.post("/register")
def upload_register(request: Request, context: CostlyKeeper, sent: Sent) -> Response:
    """Take a table in; what is wrong is told cell by cell, and nothing is written then."""
    file = sent.file()
    try:
        done = register_import.upload(context, file.file, file.filename or "")
    except Problem as problem:
        if problem.status not in (413, 422):
            raise
        context.undo(problem)
        return _show(request, context, problem)
    return _show(request, context, done=done)


def _show(request: Request, context: Context, refused: Problem | None = None, done: Imported | None = None) -> Response:
    refusal = refused.as_json() if refused is not None else {}
    return page(
        request,
        context,
        "register.html.j2",
        refused.status if refused is not None else 200,
        refused=refused,
        errors=refusal.get("errors", ()),
        marked=refusal.get("marked_workbook"),
        done=done,
        columns=COLUMNS,
        most=MOST_LINES,
    )
