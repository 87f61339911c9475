"""Files of evidence as the audit form takes them in and off."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from api import workflow
from api.access import Rule
from api.attachments import attach, detach, evidence_by_place
from api.desk import Desk, needs
from api.pages.answering import Answered
from api.pages.form_view import changes, draft_of
from api.pages.posted import Sent
from api.pages.questionnaire import questionnaire
from api.pages.slug import slug
from api.problems import Problem, not_found
from api.store import Audit, EvidenceFile
from api.workflow import Action
from api.workflow.draft import Stated

router = APIRouter()
Reader = Annotated[Desk, needs(Rule.READ)]
Writer = Annotated[Desk, needs(Rule.DRAFT_AUDITS)]
CostlyWriter = Annotated[Desk, needs(Rule.DRAFT_AUDITS, costly=True)]


@router.post("/audits/{audit_id}/evidence")
def add_evidence(audit_id: UUID, request: Request, desk: CostlyWriter, sent: Sent) -> Response:
    """Take in a file as evidence of one answer, and name it there. It overwrites nothing, so any version will do."""
    audit = workflow.take(desk, audit_id, Action.SAVE)
    place, file = sent.text("place"), sent.file()
    draft = draft_of(desk, audit)
    grader = desk.service.grader
    before = questionnaire(draft, grader)
    if place not in before.items:
        raise Problem("no_such_place", "这一项已不在审核中，请刷新页面。", status=422)
    made = attach(desk, audit.id, file.file, file.filename or "", place or None)
    stated = draft.at(place)
    if made.name not in stated.evidence:
        draft.put(place, Stated(stated.value, (*stated.evidence, made.name), stated.note))
    audit = workflow.save_draft(desk, audit_id, draft.text(), audit.version, sent.text("page")[:36] or None)
    if "hx-request" in request.headers:
        after = questionnaire(draft, grader)
        return changes(request, desk, audit, before, after, Answered([place]), [], evidence=place)
    return RedirectResponse(f"/audits/{audit_id}/form#{slug(place)}", status_code=303)


@router.post("/evidence/{evidence_id}/removal")
def remove_evidence(evidence_id: UUID, request: Request, desk: Writer, sent: Sent) -> Response:
    """Take a file off, and its name out of the answer it was named in."""
    file = detach(desk, evidence_id)
    audit = desk.find(Audit, file.audit_id)
    place = file.place or ""
    draft = draft_of(desk, audit)
    grader = desk.service.grader
    before = questionnaire(draft, grader)
    others = evidence_by_place(desk, audit).get(place, [])
    if place in before.items and file.name not in [other.name for other in others]:
        stated = draft.at(place)
        draft.put(place, replace(stated, evidence=tuple(said for said in stated.evidence if said != file.name)))
        audit = workflow.save_draft(desk, audit.id, draft.text(), audit.version, sent.text("page")[:36] or None)
    if "hx-request" in request.headers and place in before.items:
        after = questionnaire(draft, grader)
        return changes(request, desk, audit, before, after, Answered([place]), [], evidence=place)
    back = f"/audits/{audit.id}/form#{slug(place)}"
    if "hx-request" in request.headers:
        return Response(status_code=204, headers={"HX-Redirect": back})
    return RedirectResponse(back, status_code=303)


@router.get("/evidence/{evidence_id}")
def get_evidence(evidence_id: UUID, desk: Reader) -> Response:
    """A file of evidence, to be kept: never shown inside of our own pages."""
    file = desk.find(EvidenceFile, evidence_id)
    path = desk.service.evidence.path(file.sha256)
    if not path.is_file():
        raise not_found()
    return FileResponse(path, media_type=file.media_type, filename=file.name)
