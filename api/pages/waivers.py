"""Forms on an enterprise's page: waivers granted and ended; the file that proves one."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import FileResponse, RedirectResponse, Response

from api.access import Rule
from api.context import Context, needs
from api.pages.enterprise import enterprise_page
from api.pages.form_data import Posted, Sent
from api.problems import ErrorAt, Problem, not_found
from api.services import waivers
from api.store import Unit, UnitWaiver

router = APIRouter()
Granter = Annotated[Context, needs(Rule.GRANT_WAIVERS, costly=True)]
Reader = Annotated[Context, needs(Rule.READ)]


@router.post("/units/{unit_id}/waivers")
def grant_waiver(unit_id: UUID, request: Request, context: Granter, sent: Sent) -> Response:
    """Grant a waiver, with the file that proves it."""
    unit = context.find(Unit, unit_id)

    def act() -> object:
        file = sent.fields.get("file")
        return waivers.grant(
            context,
            unit_id,
            indicator=sent.text("indicator").strip(),
            authority=sent.text("authority"),
            reason=sent.text("reasons"),
            document_number=sent.text("document_number"),
            document_date=_day(sent, "document_date", "文件日期"),
            begins=sent.day("begins"),
            until=_day(sent, "until", "截止日期"),
            evidence=(file.file, file.filename) if isinstance(file, UploadFile) and file.filename else None,
        )

    typed = {name: text for name, text in sent.fields.items() if isinstance(text, str)} | {"unit": str(unit_id)}
    return _done(request, context, unit.enterprise_id, act, typed)


@router.post("/waivers/{waiver_id}/end")
def end_waiver(waiver_id: UUID, request: Request, context: Granter, sent: Sent) -> Response:
    """End a waiver before its last day."""
    enterprise_id = context.find(UnitWaiver, waiver_id).enterprise_id
    return _done(request, context, enterprise_id, lambda: waivers.end(context, waiver_id, sent.text("reasons")))


@router.get("/waivers/{waiver_id}/evidence")
def show_evidence(waiver_id: UUID, context: Reader) -> Response:
    """The file that proves a waiver, as a download."""
    row = context.find(UnitWaiver, waiver_id)
    path = None if row.sha256 is None else context.service.evidence.path(row.sha256)
    if path is None or not path.is_file():
        raise not_found()
    return FileResponse(path, media_type=row.media_type, filename=row.file_name)


def _day(sent: Posted, name: str, called: str) -> date:
    """A day that has to be there; raises Problem (422)."""
    day = sent.day(name)
    if day is None:
        message = f"请填写{called}。"
        raise Problem("invalid_waiver", message, status=422, errors=[ErrorAt(name, message)])
    return day


def _done(
    request: Request,
    context: Context,
    enterprise_id: UUID,
    act: Callable[[], object],
    typed: Mapping[str, str] | None = None,
) -> Response:
    """Do it and go back to the page; what is refused is told there."""
    try:
        act()
    except Problem as problem:
        if problem.status not in (409, 413, 415, 422):
            raise
        context.undo(problem)
        return enterprise_page(request, context, enterprise_id, refused=problem, typed=typed)
    return RedirectResponse(f"/enterprises/{enterprise_id}#waivers", status_code=303)
