"""Files of evidence as the audit form takes them in and off."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from api.access import Rule
from api.context import Context, needs
from api.pages.form.outcome import Answered
from api.pages.form.questionnaire import questionnaire
from api.pages.form.slug import slug
from api.pages.form.view import changes, draft_of
from api.pages.form_data import Sent
from api.problems import Problem, not_found
from api.services import workflow
from api.services.attachments import Taken, attach, detach, evidence_by_place
from api.services.workflow import Action
from api.store import Audit, EvidenceFile

router = APIRouter()
Reader = Annotated[Context, needs(Rule.READ)]
Writer = Annotated[Context, needs(Rule.DRAFT_AUDITS)]
CostlyWriter = Annotated[Context, needs(Rule.DRAFT_AUDITS, costly=True)]


@router.post("/audits/{audit_id}/evidence")
def add_evidence(audit_id: UUID, request: Request, context: CostlyWriter, sent: Sent) -> Response:
    """Take in a file as evidence of one answer, and name it there. It overwrites nothing, so any version will do."""
    audit = workflow.take(context, audit_id, Action.SAVE)
    place, file = sent.text("place"), sent.file()
    draft = draft_of(context, audit)
    grader = context.service.grader
    before = questionnaire(draft, grader)
    if place not in before.items:
        raise Problem("no_such_place", "这一项已不在审核中，请刷新页面。", status=422)
    taken = Taken(next(iter(sent.moments("taken_at")), None), sent.where("taken_where"))
    made = attach(context, audit.id, file.file, file.filename or "", place or None, taken=taken)
    stated = draft.at(place)
    if made.name not in stated.evidence:
        draft.put(place, replace(stated, evidence=(*stated.evidence, made.name)))
    audit = workflow.save_draft(context, audit_id, draft.text(), audit.version, sent.page)
    if "hx-request" in request.headers:
        after = questionnaire(draft, grader)
        return changes(request, context, audit, before, after, Answered([place]), [], evidence=place)
    return RedirectResponse(f"/audits/{audit_id}/form#{slug(place)}", status_code=303)


@router.post("/evidence/{evidence_id}/removal")
def remove_evidence(evidence_id: UUID, request: Request, context: Writer, sent: Sent) -> Response:
    """Take a file off, and its name out of the answer it was named in."""
    file = detach(context, evidence_id)
    audit = context.find(Audit, file.audit_id)
    place = file.place or ""
    draft = draft_of(context, audit)
    grader = context.service.grader
    before = questionnaire(draft, grader)
    others = evidence_by_place(context, audit).get(place, [])
    if place in before.items and file.name not in [other.name for other in others]:
        stated = draft.at(place)
        draft.put(place, replace(stated, evidence=tuple(one for one in stated.evidence if one != file.name)))
        audit = workflow.save_draft(context, audit.id, draft.text(), audit.version, sent.page)
    if "hx-request" in request.headers and place in before.items:
        after = questionnaire(draft, grader)
        return changes(request, context, audit, before, after, Answered([place]), [], evidence=place)
    back = f"/audits/{audit.id}/form#{slug(place)}"
    if "hx-request" in request.headers:
        return Response(status_code=204, headers={"HX-Redirect": back})
    return RedirectResponse(back, status_code=303)


@router.get("/evidence/{evidence_id}")
def get_evidence(evidence_id: UUID, context: Reader) -> Response:
    """A file of evidence, to be kept: never shown inside of our own pages."""
    file = context.find(EvidenceFile, evidence_id)
    path = context.service.evidence.path(file.sha256)
    if not path.is_file():
        raise not_found()
    return FileResponse(path, media_type=file.media_type, filename=file.name)
