"""Appeals on pages: filed with reasons by indicator and files, answered, followed; their receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from api.access import Rule
from api.context import Context, needs
from api.http.appeal_files import RECEIPT, file_response
from api.http.downloads import attachment
from api.media_types import PDF
from api.pages.form_data import Posted, Sent
from api.problems import Problem
from api.queries.waiting import appeals_of
from api.services import appeals, workflow
from api.services.analysis import Case
from api.services.appeals import Step
from api.services.workflow.appeals import Point
from api.store import Appeal, AppealFile, Audit
from grading.model.base import Status
from reports.appeal.receipt import receipt_pdf

router = APIRouter()
WHY = "why."
"""Begins the name of a field that holds the reason about an indicator; the rest is the number of its unit and its id."""
Reader = Annotated[Context, needs(Rule.READ)]


@dataclass(frozen=True)
class AppealView:
    """An appeal as pages show it."""

    row: Appeal
    points: Sequence[tuple[str, str, str]]
    """Unit, indicator's title, reason."""
    files: Sequence[AppealFile]
    steps: Sequence[Step]


def appeal_views(context: Context, audits: Sequence[Audit]) -> list[AppealView]:
    """The appeals against audits, the newest first."""
    views = []
    for row in appeals_of(context, [audit.id for audit in audits]):
        titles = appeals.indicator_titles(context, context.find(Audit, row.audit_id))
        points = [(p.unit, titles.get((p.unit, p.indicator), p.indicator), p.reason) for p in appeals.points_of(row)]
        views.append(AppealView(row, points, appeals.files_of(context, row), appeals.progress(context, row)))
    return views


def appealable(case: Case | None) -> tuple[tuple[str, list[tuple[str, str]]], ...]:
    """By unit the indicators that keep it from a level, as name of the field and title."""
    if case is None:
        return ()
    found = []
    for i, graded in enumerate(case.grading.units):
        titles = {one.id: one.title for one in case.rulesets[graded.ruleset].indicators}
        listed = [
            (f"{WHY}{i}.{result.id}", titles[result.id])
            for result in graded.indicators
            if any(status not in (Status.MET, Status.WAIVED) for status in result.levels.values())
        ]
        found.append((graded.id, listed))
    return tuple(found)


@router.post("/audits/{audit_id}/appeals")
def appeal(audit_id: UUID, context: Annotated[Context, needs(Rule.APPEAL, costly=True)], sent: Sent) -> Response:
    """Object to the published grade."""
    audit = context.find(Audit, audit_id)
    files = [one for one in sent.fields.getlist("file") if isinstance(one, UploadFile) and one.filename]
    made = appeals.file_appeal(
        context,
        audit_id,
        sent.text("reasons"),
        _points(context, audit, sent),
        sent.text("late_reason"),
        [(one.file, one.filename or "") for one in files],
    )
    return RedirectResponse(f"/audits/{audit_id}#appeal-{made.id}", status_code=303)


@router.post("/appeals/{appeal_id}/answer")
def answer_appeal(appeal_id: UUID, context: Annotated[Context, needs(Rule.ANSWER_APPEALS)], sent: Sent) -> Response:
    """Answer an appeal."""
    if sent.text("upheld") not in ("yes", "no"):
        raise Problem("answer_missing", "请选择申诉是否成立。", status=422)
    found = workflow.answer_appeal(context, appeal_id, upheld=sent.text("upheld") == "yes", answer=sent.text("answer"))
    return RedirectResponse(f"/audits/{found.audit_id}", status_code=303)


@router.post("/appeals/{appeal_id}/files")
def add_file(appeal_id: UUID, context: Annotated[Context, needs(Rule.APPEAL, costly=True)], sent: Sent) -> Response:
    """Hand in another file."""
    file = sent.file()
    appeals.add_file(context, appeal_id, file.file, file.filename or "")
    found = context.find(Appeal, appeal_id)
    return RedirectResponse(f"/audits/{found.audit_id}#appeal-{appeal_id}", status_code=303)


@router.get("/appeals/{appeal_id}/files/{number}")
def get_file(appeal_id: UUID, number: Annotated[int, Path(ge=1)], context: Reader) -> Response:
    """A file of an appeal, to be kept: never shown inside of our own pages."""
    return file_response(context, appeal_id, number)


@router.get("/appeals/{appeal_id}/receipt.pdf")
def get_receipt(appeal_id: UUID, context: Annotated[Context, needs(Rule.READ, costly=True)]) -> Response:
    """The receipt of an appeal."""
    return attachment(receipt_pdf(appeals.receipt(context, context.find(Appeal, appeal_id))), PDF, RECEIPT)


def _points(context: Context, audit: Audit, sent: Posted) -> list[Point]:
    """The reasons by indicator that were filled in."""
    units = list(dict.fromkeys(unit for unit, _ in appeals.indicator_titles(context, audit)))
    found = []
    for name, reason in sent.starting(WHY).items():
        number, _, indicator = name.partition(".")
        if reason.strip():
            unit = units[int(number)] if number.isdigit() and int(number) < len(units) else number
            found.append(Point(unit, indicator, reason))
    return found
