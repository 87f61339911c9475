"""The audit form: filled in where it stands, saved by itself, with the grade so far beside it."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from api import workflow
from api.access import Rule
from api.attachments import attach, detach, evidence_by_place
from api.desk import Desk, needs
from api.pages.answering import answer
from api.pages.draft import Draft, Stated, slug
from api.pages.posted import Posted, Sent
from api.pages.questionnaire import Questionnaire, questionnaire, with_problems
from api.pages.render import page
from api.problems import ErrorAt, Problem, not_found
from api.store import Audit, Enterprise, EvidenceFile
from api.workflow import Action
from grading.audit_json import dump_audit
from grading.forms.cell_text import TooLongError
from grading.forms.findings import FormError
from grading.forms.write import filled_form

router = APIRouter()
Reader = Annotated[Desk, needs(Rule.READ)]
Writer = Annotated[Desk, needs(Rule.DRAFT_AUDITS)]
CostlyReader = Annotated[Desk, needs(Rule.READ, costly=True)]
CostlyWriter = Annotated[Desk, needs(Rule.DRAFT_AUDITS, costly=True)]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.post("/enterprises/{enterprise_id}/audits")
def begin(enterprise_id: UUID, desk: Writer, sent: Sent) -> Response:
    """Begin an audit, empty or from the one that it corrects, and go to its form."""
    corrects = sent.text("corrects")
    try:
        corrects_id = UUID(corrects) if corrects else None
    except ValueError:
        raise Problem("bad_request", "页面不完整，请刷新后重试。", status=422) from None
    made = workflow.create_audit(desk, enterprise_id, corrects_id=corrects_id)
    return RedirectResponse(f"/audits/{made.id}/form", status_code=303)


@router.get("/audits/{audit_id}/form")
def show_form(audit_id: UUID, request: Request, desk: Reader, all: bool = False) -> Response:
    """The form of a draft; of an audit that can't be written, its page."""
    audit = desk.find(Audit, audit_id)
    if Action.SAVE not in workflow.actions(desk, audit):
        return RedirectResponse(f"/audits/{audit_id}", status_code=303)
    draft = Draft(workflow.revision_of(desk, audit).content)
    return _form(request, desk, audit, draft, questionnaire(draft, desk.service.grader), everything=all)


@router.post("/audits/{audit_id}/answers")
def save_answers(audit_id: UUID, request: Request, desk: Writer, sent: Sent) -> Response:
    """Save what was sent: a single answer when the page saves by itself, the whole form from a browser without scripts."""
    audit = desk.find(Audit, audit_id)
    grader = desk.service.grader
    draft = Draft(workflow.revision_of(desk, audit).content)
    before = questionnaire(draft, grader)
    done = answer(draft, before, sent)
    inside = "hx-request" in request.headers
    try:
        audit = workflow.save_draft(desk, audit_id, draft.text(), sent.version)
    except Problem as problem:
        if problem.code != "edited_meanwhile":
            raise
        # The attempt is kept; what the other one saved is what counts, and what was typed here can be sent again.
        draft = Draft(workflow.revision_of(desk, audit).content)
        conflict = _Conflict(problem, _resend(sent))
        now = questionnaire(draft, grader)
        if inside:
            return _changes(request, desk, audit, before, now, [], {}, conflict)
        return _form(request, desk, audit, draft, now, status=problem.status, conflict=conflict)
    after = questionnaire(draft, grader)
    if inside:
        return _changes(request, desk, audit, before, after, done.places, done.problems, None)
    if done.problems:
        return _form(request, desk, audit, draft, with_problems(after, done.problems), status=422)
    return RedirectResponse(f"/audits/{audit_id}/form{_fragment(sent)}", status_code=303)


@router.post("/audits/{audit_id}/evidence")
def add_evidence(audit_id: UUID, request: Request, desk: CostlyWriter, sent: Sent) -> Response:
    """Take in a file as evidence of one answer, and name it there. It overwrites nothing, so any version will do."""
    audit = desk.find(Audit, audit_id)
    place, file = sent.text("place"), sent.file()
    draft = Draft(workflow.revision_of(desk, audit).content)
    grader = desk.service.grader
    before = questionnaire(draft, grader)
    if place not in before.items:
        raise Problem("no_such_place", "这一项已不在审核中，请刷新页面。", status=422)
    made = attach(desk, audit.id, file.file, file.filename or "", place or None)
    stated = draft.at(place)
    if made.name not in stated.evidence:
        draft.put(place, Stated(stated.value, (*stated.evidence, made.name), stated.note))
    audit = workflow.save_draft(desk, audit_id, draft.text(), audit.version)
    if "hx-request" in request.headers:
        after = questionnaire(draft, grader)
        return _changes(request, desk, audit, before, after, [place], {}, None, evidence=place)
    return RedirectResponse(f"/audits/{audit_id}/form#{slug(place)}", status_code=303)


@router.post("/evidence/{evidence_id}/removal")
def remove_evidence(evidence_id: UUID, request: Request, desk: Writer) -> Response:
    """Take a file off, and its name out of the answer it was named in."""
    file = detach(desk, evidence_id)
    audit = desk.find(Audit, file.audit_id)
    place = file.place or ""
    draft = Draft(workflow.revision_of(desk, audit).content)
    grader = desk.service.grader
    before = questionnaire(draft, grader)
    others = evidence_by_place(desk, audit).get(place, [])
    if place in before.items and file.name not in [other.name for other in others]:
        stated = draft.at(place)
        draft.put(place, replace(stated, evidence=tuple(said for said in stated.evidence if said != file.name)))
        audit = workflow.save_draft(desk, audit.id, draft.text(), audit.version)
    if "hx-request" in request.headers and place in before.items:
        after = questionnaire(draft, grader)
        return _changes(request, desk, audit, before, after, [place], {}, None, evidence=place)
    return RedirectResponse(f"/audits/{audit.id}/form#{slug(place)}", status_code=303)


@router.get("/evidence/{evidence_id}")
def get_evidence(evidence_id: UUID, desk: Reader) -> Response:
    """A file of evidence, to be kept: never shown inside of our own pages."""
    file = desk.find(EvidenceFile, evidence_id)
    path = desk.service.evidence.path(file.sha256)
    if not path.is_file():
        raise not_found()
    return FileResponse(path, media_type=file.media_type, filename=file.name)


@router.get("/audits/{audit_id}/workbook")
def get_workbook(audit_id: UUID, desk: CostlyReader) -> Response:
    """The audit as a workbook, everything it states filled in."""
    audit = desk.find(Audit, audit_id)
    grader = desk.service.grader
    try:
        book = filled_form(grader.read(workflow.revision_of(desk, audit).content), grader.library)
    except TooLongError as error:
        raise Problem("too_long", f"有一段文字放不进一个单元格：{error}", status=422) from None
    name = desk.find(Enterprise, audit.enterprise_id).name
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{name}-核查表.xlsx')}"}
    return Response(book, media_type=XLSX, headers=headers)


@router.post("/audits/{audit_id}/workbook")
def put_workbook(audit_id: UUID, request: Request, desk: CostlyWriter, sent: Sent) -> Response:
    """Take a filled-in workbook in as the draft; one with errors changes nothing and comes back with them marked."""
    audit = desk.find(Audit, audit_id)
    data = sent.file().file.read()
    draft = Draft(workflow.revision_of(desk, audit).content)
    grader = desk.service.grader
    try:
        reading = desk.service.workbooks.read(data, grader.library.root)
    except FormError as error:
        copy = desk.service.workbooks.mark(data, error.problems) if error.can_mark else None
        marked = b64encode(copy).decode() if copy is not None else None
        told = {"problems": error.problems, "marked": f"data:{XLSX};base64,{marked}" if marked else None}
        return _form(request, desk, audit, draft, questionnaire(draft, grader), status=422, workbook=told)
    try:
        audit = workflow.save_draft(desk, audit_id, dump_audit(reading.audit, grader.library), sent.version)
    except Problem as problem:
        if problem.code != "edited_meanwhile":
            raise
        conflict = _Conflict(problem, ())
        return _form(request, desk, audit, draft, questionnaire(draft, grader), status=412, conflict=conflict)
    draft = Draft(workflow.revision_of(desk, audit).content)
    read = {"problems": (), "marked": None, "warnings": reading.warnings}
    return _form(request, desk, audit, draft, questionnaire(draft, grader), workbook=read)


@router.post("/audits/{audit_id}/submission")
def submit(audit_id: UUID, request: Request, desk: Writer, sent: Sent) -> Response:
    """Submit; what keeps the draft from it is told in the form, each error at its place."""
    try:
        workflow.submit(desk, audit_id, sent.version)
    except Problem as problem:
        if problem.status != 422:
            raise
        audit = desk.find(Audit, audit_id)
        draft = Draft(workflow.revision_of(desk, audit).content)
        asked = questionnaire(draft, desk.service.grader)
        return _form(request, desk, audit, draft, asked, status=422, refused=problem.errors)
    return RedirectResponse(f"/audits/{audit_id}", status_code=303)


class _Conflict:
    """Somebody else saved in between; `resend` are the fields that were not taken over."""

    def __init__(self, problem: Problem, resend: tuple[tuple[str, str], ...]) -> None:
        self.detail, self.more, self.resend = problem.detail, problem.more, resend


def _resend(sent: Posted) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, value)
        for name, value in sent.fields.multi_items()
        if isinstance(value, str) and name not in ("version", "csrf_token")
    )


def _fragment(sent: Posted) -> str:
    place = sent.text("add") or sent.text("remove") or sent.text("empty") or sent.text("unseen")
    return f"#{slug(place.partition('|')[0])}" if place else ""


def _form(
    request: Request,
    desk: Desk,
    audit: Audit,
    draft: Draft,
    asked: Questionnaire,
    *,
    status: int = 200,
    everything: bool = False,
    conflict: _Conflict | None = None,
    workbook: Mapping[str, Any] | None = None,
    refused: tuple[ErrorAt, ...] = (),
) -> Response:
    return page(
        request,
        desk,
        "audit_form.html.j2",
        status,
        **_around(desk, audit, asked),
        assessed_on=draft.at("assessed_on").value or "",
        broken=draft.broken,
        everything=everything,
        conflict=conflict,
        workbook=workbook,
        refused=[(error, asked.items.get(error.place)) for error in refused],
    )


def _changes(
    request: Request,
    desk: Desk,
    audit: Audit,
    before: Questionnaire,
    after: Questionnaire,
    places: list[str],
    problems: Mapping[str, tuple[str, str]],
    conflict: _Conflict | None,
    evidence: str | None = None,
) -> Response:
    """The pieces of the page that are different now, to be put in place by htmx."""
    was, now = before.items, after.items
    tables = [
        table
        for place, table in after.tables.items()
        if place in places or (place in before.tables and before.tables[place].applies is not table.applies)
    ]
    moved = [
        item
        for place, item in now.items()
        if place in was and was[place].applies is not item.applies and "groups" not in place
    ]
    return page(
        request,
        desk,
        "form_changes.html.j2",
        **_around(desk, audit, after),
        places=places,
        problems=problems,
        conflict=conflict,
        tables=tables,
        moved=moved,
        evidence=now.get(evidence) if evidence is not None else None,
        everything=False,
    )


def _around(desk: Desk, audit: Audit, asked: Questionnaire) -> dict[str, Any]:
    graded = asked.standing.grading
    return {
        "audit": audit,
        "enterprise": desk.find(Enterprise, audit.enterprise_id),
        "asked": asked,
        "scales": [ruleset.scale for ruleset in asked.rulesets],
        "graded": graded,
        "files": evidence_by_place(desk, audit),
        "errors": [(place, said, asked.items.get(place)) for place, said in asked.standing.errors.items()],
        "slug": slug,
        "at": desk.at,
    }
