"""The audit form: filled in where it stands, saved by itself, with the grade so far beside it."""

from base64 import b64encode
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api import workflow
from api.access import Rule
from api.attachments import rename_row
from api.desk import Desk, needs
from api.pages.answering import Answered, Clash, answer
from api.pages.form_view import changes, draft_of, form_page
from api.pages.posted import Posted, Sent
from api.pages.questionnaire import questionnaire, with_problems
from api.pages.slug import slug
from api.problems import Problem
from api.store import Audit, Enterprise
from api.workflow import Action
from api.workflow.draft import Draft
from api.workflow.places import parse
from api.workflow.versions import Change
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
    draft = draft_of(desk, audit)
    return form_page(request, desk, audit, draft, questionnaire(draft, desk.service.grader), everything=all)


@router.post("/audits/{audit_id}/answers")
def save_answers(audit_id: UUID, request: Request, desk: Writer, sent: Sent) -> Response:
    """Save what was sent: single answers when the page saves by itself, the whole form from a browser without scripts.

    What others have saved since the page was opened stays; where they have changed the same, both are shown.
    """
    audit = workflow.take(desk, audit_id, Action.SAVE)
    library, opened = desk.service.grader.library, sent.text("page")[:36] or None
    draft = draft_of(desk, audit)
    seen = Draft(workflow.content_at(desk, audit, sent.version), library)
    before = questionnaire(draft, desk.service.grader)
    done = answer(draft, seen, before, sent)
    clashes = _settled(desk, audit, draft, done, sent.version, opened)
    for old, new in done.renamed.items():
        rename_row(desk, audit, old, new)
    audit = workflow.save_draft(desk, audit_id, draft.text(), audit.version, opened)
    after = questionnaire(draft, desk.service.grader)
    if "hx-request" in request.headers:
        return changes(request, desk, audit, before, after, done, clashes)
    if clashes or done.refused or done.problems:
        told = with_problems(after, done.problems)
        status = 409 if clashes or done.refused else 422
        return form_page(request, desk, audit, draft, told, status=status, clashes=clashes, lost=done.refused)
    return RedirectResponse(f"/audits/{audit_id}/form{_fragment(sent)}", status_code=303)


def _settled(
    desk: Desk, audit: Audit, draft: Draft, done: Answered, version: int, opened: str | None
) -> list[tuple[Clash, Change]]:
    """The conflicts with others, with who they are. What was changed on the same opened page alone is no conflict."""
    found = []
    for clash in done.clashes:

        def part(content: str, clash: Clash = clash) -> Any:
            return clash.part(Draft(content, draft.library))

        change = workflow.last_change(desk, audit, version, part, opened)
        if change is not None:
            found.append((clash, change))
        else:
            clash.take_mine(draft)
    return found


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
    audit = workflow.take(desk, audit_id, Action.SAVE)
    data = sent.file().file.read()
    draft = draft_of(desk, audit)
    grader = desk.service.grader
    try:
        reading = desk.service.workbooks.read(data, grader.library.root)
    except FormError as error:
        copy = desk.service.workbooks.mark(data, error.problems) if error.can_mark else None
        marked = b64encode(copy).decode() if copy is not None else None
        told = {"problems": error.problems, "marked": f"data:{XLSX};base64,{marked}" if marked else None}
        return form_page(request, desk, audit, draft, questionnaire(draft, grader), status=422, workbook=told)
    # What this opened page has saved itself since is no other's work.
    opened, version = sent.text("page")[:36] or None, sent.version
    if workflow.last_change(desk, audit, version, str, opened) is None:
        version = audit.version
    try:
        audit = workflow.save_draft(desk, audit_id, dump_audit(reading.audit, grader.library), version, opened)
    except Problem as problem:
        if problem.code != "edited_meanwhile":
            raise
        return form_page(request, desk, audit, draft, questionnaire(draft, grader), status=412, late=problem)
    draft = draft_of(desk, audit)
    read = {"problems": (), "marked": None, "warnings": reading.warnings}
    return form_page(request, desk, audit, draft, questionnaire(draft, grader), workbook=read)


@router.post("/audits/{audit_id}/submission")
def submit(audit_id: UUID, request: Request, desk: Writer, sent: Sent) -> Response:
    """Submit; what keeps the draft from it is told in the form, each error at its place."""
    try:
        workflow.submit(desk, audit_id, sent.version, sent.text("reasons"), sent.text("outside_reason"))
    except Problem as problem:
        if problem.status != 422:
            raise
        audit = desk.find(Audit, audit_id)
        draft = draft_of(desk, audit)
        asked = questionnaire(draft, desk.service.grader)
        findings = problem.more.get("findings", ())
        refused = () if findings else problem.errors
        return form_page(request, desk, audit, draft, asked, status=422, refused=refused, findings=findings)
    return RedirectResponse(f"/audits/{audit_id}", status_code=303)


def _fragment(sent: Posted) -> str:
    place = sent.text("add") or sent.text("remove") or sent.text("empty") or sent.text("unseen")
    at = parse(place.partition("|")[0])
    return f"#{slug(str(at.table))}" if at is not None else ""
