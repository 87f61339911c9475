"""The audit form: filled in where it stands, saved by itself, with the grade so far beside it."""

from base64 import b64encode
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.access import Rule
from api.context import Context, needs
from api.http.downloads import attachment
from api.media_types import XLSX
from api.pages.form.outcome import Answered, Clash
from api.pages.form.questionnaire import questionnaire
from api.pages.form.slug import slug
from api.pages.form.submitted import answer
from api.pages.form.view import Refusal, changes, draft_of, form_page
from api.pages.form_data import Posted, Sent
from api.problems import Problem
from api.services import workflow
from api.services.attachments import rename_row
from api.services.workbooks import content_for
from api.services.workflow import Action
from api.services.workflow.draft import Draft
from api.services.workflow.last_time import take_evidence
from api.services.workflow.places import parse
from api.services.workflow.versions import Change
from api.store import Audit, Enterprise
from grading.forms.findings import FormError, FormProblem
from grading.forms.write import filled_form
from grading.workbook.cell_text import TooLongError

router = APIRouter()
Reader = Annotated[Context, needs(Rule.READ)]
Writer = Annotated[Context, needs(Rule.DRAFT_AUDITS)]
CostlyReader = Annotated[Context, needs(Rule.READ, costly=True)]
CostlyWriter = Annotated[Context, needs(Rule.DRAFT_AUDITS, costly=True)]


@router.post("/enterprises/{enterprise_id}/audits")
def begin(enterprise_id: UUID, context: Writer, sent: Sent) -> Response:
    """Begin an audit, empty or from the one that it corrects, and go to its form."""
    corrects = sent.text("corrects")
    try:
        corrects_id = UUID(corrects) if corrects else None
    except ValueError:
        raise Problem("bad_request", "页面不完整，请刷新后重试。", status=422) from None
    from_last = sent.text("from_last") == "yes"
    made = workflow.create_audit(context, enterprise_id, corrects_id=corrects_id, from_last=from_last)
    return RedirectResponse(f"/audits/{made.id}/form", status_code=303)


@router.get("/audits/{audit_id}/form")
def show_form(audit_id: UUID, request: Request, context: Reader, all: bool = False) -> Response:
    """The form of a draft; of an audit that can't be written, its page."""
    audit = context.find(Audit, audit_id)
    if Action.SAVE not in workflow.actions(context, audit):
        return RedirectResponse(f"/audits/{audit_id}", status_code=303)
    draft = draft_of(context, audit)
    return form_page(request, context, audit, draft, questionnaire(draft, context.service.grader), everything=all)


@router.post("/audits/{audit_id}/answers")
def save_answers(audit_id: UUID, request: Request, context: Writer, sent: Sent) -> Response:
    """Save what was sent: single answers when the page saves by itself, the whole form from a browser without scripts.

    What others have saved since the page was opened stays; where they have changed the same, both are shown.
    """
    audit = workflow.take(context, audit_id, Action.SAVE)
    library, opened = context.service.grader.library, sent.page
    draft = draft_of(context, audit)
    base = Draft(workflow.content_at(context, audit, sent.version), library)
    before = questionnaire(draft, context.service.grader)
    done = answer(draft, base, before, sent)
    clashes = _settled(context, audit, draft, done, sent.version, opened)
    for old, new in done.renamed.items():
        rename_row(context, audit, old, new)
    for place, names in done.confirmed.items():
        take_evidence(context, audit, place, names)
    audit = workflow.save_draft(context, audit_id, draft.text(), audit.version, opened)
    if answered_at := sorted(sent.moments("answered_at")):
        workflow.note_synchronised(context, audit, answered_at)
    after = questionnaire(draft, context.service.grader)
    if "hx-request" in request.headers:
        return changes(request, context, audit, before, after, done, clashes)
    if clashes or done.refused or done.problems:
        refusal = Refusal(problems=done.problems_now, clashes=clashes, lost=done.refused)
        status = 409 if clashes or done.refused else 422
        return form_page(request, context, audit, draft, after, status=status, refusal=refusal)
    return RedirectResponse(f"/audits/{audit_id}/form{_fragment(sent)}", status_code=303)


def _settled(
    context: Context, audit: Audit, draft: Draft, done: Answered, version: int, opened: str | None
) -> list[tuple[Clash, Change]]:
    """The conflicts with others, with who they are. What was changed on the same opened page alone is no conflict."""
    found = []
    for clash in done.clashes:

        def part(content: str, clash: Clash = clash) -> Any:
            return clash.part(Draft(content, draft.library))

        change = workflow.last_change(context, audit, version, part, opened)
        if change is not None:
            found.append((clash, change))
        else:
            clash.take_mine(draft)
    return found


@router.get("/audits/{audit_id}/workbook")
def get_workbook(audit_id: UUID, context: CostlyReader) -> Response:
    """The audit as a workbook, everything it states filled in."""
    audit = context.find(Audit, audit_id)
    grader = context.service.grader
    try:
        book = filled_form(grader.read(workflow.revision_of(context, audit).content), grader.library)
    except TooLongError as error:
        raise Problem("too_long", f"有一段文字放不进一个单元格：{error}", status=422) from None
    name = context.find(Enterprise, audit.enterprise_id).name
    return attachment(book, XLSX, f"{name}-核查表.xlsx")


@router.post("/audits/{audit_id}/workbook")
def put_workbook(audit_id: UUID, request: Request, context: CostlyWriter, sent: Sent) -> Response:
    """Take a filled-in workbook in as the draft; one with errors changes nothing and comes back with them marked."""
    audit = workflow.take(context, audit_id, Action.SAVE)
    data = sent.file().file.read()
    draft = draft_of(context, audit)
    grader = context.service.grader
    try:
        reading = context.service.workbooks.read(data, grader.library)
    except FormError as error:
        copy = context.service.workbooks.mark(data, error.problems) if error.can_mark else None
        marked = b64encode(copy).decode() if copy is not None else None
        workbook = {"problems": error.problems, "marked": f"data:{XLSX};base64,{marked}" if marked else None}
        return form_page(request, context, audit, draft, questionnaire(draft, grader), status=422, workbook=workbook)
    try:
        content = content_for(
            context, reading.audit, context.find(Enterprise, audit.enterprise_id), workflow.county_of(context, audit)
        )
    except Problem as problem:
        found = tuple(FormProblem(error.place, None, "", error.message) for error in problem.errors)
        workbook = {"problems": found, "marked": None}
        return form_page(request, context, audit, draft, questionnaire(draft, grader), status=422, workbook=workbook)
    # What this opened page has saved itself since is no other's work.
    opened, version = sent.page, sent.version
    if workflow.last_change(context, audit, version, str, opened) is None:
        version = audit.version
    try:
        audit = workflow.save_draft(context, audit_id, content, version, opened)
    except Problem as problem:
        if problem.code != "edited_meanwhile":
            raise
        context.undo(problem)
        return form_page(
            request, context, audit, draft, questionnaire(draft, grader), status=412, refusal=Refusal(late=problem)
        )
    draft = draft_of(context, audit)
    read = {"problems": (), "marked": None, "warnings": reading.warnings}
    return form_page(request, context, audit, draft, questionnaire(draft, grader), workbook=read)


@router.post("/audits/{audit_id}/submission")
def submit(audit_id: UUID, request: Request, context: Writer, sent: Sent) -> Response:
    """Submit; what keeps the draft from it is told in the form, each error at its place."""
    try:
        workflow.submit(context, audit_id, sent.version, sent.text("reasons"), sent.text("outside_reason"))
    except Problem as problem:
        if problem.status != 422:
            raise
        context.undo(problem)
        audit = context.find(Audit, audit_id)
        draft = draft_of(context, audit)
        asked = questionnaire(draft, context.service.grader)
        findings = problem.more.get("findings", ())
        refusal = Refusal(
            errors=() if findings else problem.errors,
            findings=findings,
            reasons=sent.text("reasons"),
            outside_reason=sent.text("outside_reason"),
        )
        return form_page(request, context, audit, draft, asked, status=422, refusal=refusal)
    return RedirectResponse(f"/audits/{audit_id}", status_code=303)


def _fragment(sent: Posted) -> str:
    place = sent.text("same") or sent.text("add") or sent.text("remove") or sent.text("empty") or sent.text("unseen")
    at = parse(place.partition("|")[0])
    return f"#{slug(str(at.table if at.group is not None else at))}" if at is not None else ""
