"""The result of an audit, why it is so, and what can be done with it now."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api import workflow
from api.access import Rule
from api.comparison import Compared, compare_audits, counterpart
from api.conclusions import MEDIA_TYPES, ReportFormat, report, report_name
from api.desk import Desk, needs
from api.pages.labels import level_labels
from api.pages.posted import Sent
from api.pages.render import page
from api.pages.result_view import unit_views
from api.people import names_of
from api.problems import Problem
from api.queries.audits import briefs, publication_of
from api.queries.gradings import OTHER_REVISION, case_of, explained, in_trial
from api.queries.history import grading_of
from api.queries.waiting import appeals_of
from api.results import reviews_of
from api.store import Audit, Enterprise
from api.workflow import Action
from api.workflow.review import before, look_at
from grading.model.base import Mode

router = APIRouter()
REVIEWED = frozenset({Action.CONFIRM, Action.PUBLISH})
"""Steps before which the page says what is missing and what is unusual."""
Reader = Annotated[Desk, needs(Rule.READ)]


@router.get("/audits/{audit_id}")
def show_audit(audit_id: UUID, request: Request, desk: Reader, mode: str = "") -> Response:
    """The result; a draft that has none yet goes to its form. `mode=trial` counts provisional figures."""
    audit = desk.find(Audit, audit_id)
    actions = workflow.actions(desk, audit)
    stored = grading_of(desk, audit)
    if stored is None and Action.SAVE in actions:
        return RedirectResponse(f"/audits/{audit_id}/form", status_code=303)
    case, unexplained = explained(desk, stored) if stored is not None else (None, None)
    if case is not None and mode == Mode.TRIAL.value:
        case = in_trial(desk, case)
    reviews = reviews_of(desk.db, [unit.ruleset_digest for unit in case.grading.units]) if case is not None else {}
    return page(
        request,
        desk,
        "audit.html.j2",
        audit=audit,
        brief=briefs(desk, [audit])[0],
        enterprise=desk.find(Enterprise, audit.enterprise_id),
        stored=stored,
        case=case,
        unexplained=unexplained,
        units=unit_views(case, reviews) if case is not None else (),
        is_trial=case is not None and case.grading.mode is Mode.TRIAL,
        compared=_with_the_one_before(desk, audit) if case is not None and mode != Mode.TRIAL.value else None,
        counterpart=counterpart(desk, audit) if case is not None else None,
        actions=actions,
        review=look_at(desk, audit, stored) if stored is not None and actions & REVIEWED else None,
        publication=publication_of(desk, audit),
        appeals=appeals_of(desk, audit.id),
        people=names_of(desk.db, [audit.author_id, audit.submitted_by, audit.confirmed_by, audit.published_by]),
        labels=level_labels(desk),
        outside=workflow.outside(desk, audit, workflow.graded_by(desk, stored)) if stored is not None else [],
    )


@router.get("/audits/{audit_id}/report.{path}")
def get_report(audit_id: UUID, path: ReportFormat, desk: Annotated[Desk, needs(Rule.READ, costly=True)]) -> Response:
    """The gap report as PDF or HTML."""
    stored = grading_of(desk, desk.find(Audit, audit_id))
    if stored is None:
        raise Problem("not_graded", "这份审核还没有评级，不能出报告。")
    case = case_of(desk, stored.id)
    name = f"attachment; filename*=UTF-8''{quote(report_name(case, path))}"
    return Response(report(case, path), media_type=MEDIA_TYPES[path], headers={"Content-Disposition": name})


@router.post("/audits/{audit_id}/confirmation")
def confirm(audit_id: UUID, desk: Annotated[Desk, needs(Rule.CONFIRM_AUDITS)], sent: Sent) -> Response:
    """Confirm as the second assessor."""
    workflow.confirm(desk, audit_id, sent.version, sent.text("reasons"), sent.text("outside_reason"))
    return _back(audit_id)


@router.post("/audits/{audit_id}/return")
def send_back(audit_id: UUID, desk: Annotated[Desk, needs(Rule.RETURN_AUDITS)], sent: Sent) -> Response:
    """Return to the writers with reasons."""
    workflow.send_back(desk, audit_id, sent.text("reasons"), sent.version)
    return _back(audit_id)


@router.post("/audits/{audit_id}/publication")
def publish(audit_id: UUID, desk: Annotated[Desk, needs(Rule.PUBLISH_AUDITS)], sent: Sent) -> Response:
    """Publish."""
    workflow.publish(
        desk, audit_id, sent.version, reasons=sent.text("reasons"), outside_reason=sent.text("outside_reason")
    )
    return _back(audit_id)


@router.post("/audits/{audit_id}/withdrawal")
def withdraw(audit_id: UUID, desk: Annotated[Desk, needs(Rule.WITHDRAW_AUDITS)], sent: Sent) -> Response:
    """Take back."""
    workflow.withdraw(desk, audit_id, sent.text("reasons"), sent.version)
    return _back(audit_id)


@router.post("/audits/{audit_id}/appeals")
def appeal(audit_id: UUID, desk: Annotated[Desk, needs(Rule.APPEAL)], sent: Sent) -> Response:
    """Object to the published grade."""
    workflow.appeal(desk, audit_id, sent.text("reasons"))
    return _back(audit_id)


@router.post("/appeals/{appeal_id}/answer")
def answer_appeal(appeal_id: UUID, desk: Annotated[Desk, needs(Rule.ANSWER_APPEALS)], sent: Sent) -> Response:
    """Answer an appeal."""
    if sent.text("upheld") not in ("yes", "no"):
        raise Problem("answer_missing", "请选择申诉是否成立。", status=422)
    found = workflow.answer_appeal(desk, appeal_id, upheld=sent.text("upheld") == "yes", answer=sent.text("answer"))
    return _back(found.audit_id)


def _back(audit_id: UUID) -> Response:
    return RedirectResponse(f"/audits/{audit_id}", status_code=303)


def _with_the_one_before(desk: Desk, audit: Audit) -> Compared | None:
    """This audit beside the one of its kind before it."""
    earlier = before(desk, audit)
    if earlier is None or grading_of(desk, earlier) is None:
        return None
    try:
        return compare_audits(desk, audit, earlier.id)
    except Problem as problem:
        if problem.code != OTHER_REVISION:
            raise
        return None
