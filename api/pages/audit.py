"""The result of an audit, why it is so, and what can be done with it now."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.access import Rule
from api.context import Context, needs
from api.http.downloads import attachment
from api.pages.appeals import appeal_views, appealable
from api.pages.form_data import Sent
from api.pages.labels import level_labels
from api.pages.render import page
from api.pages.result_view import decision_shown, unit_views
from api.problems import Problem
from api.queries.audits import briefs, publication_of
from api.queries.enterprises import sites, units
from api.services import workflow
from api.services.analysis import MEDIA_TYPES, ReportFormat, report, report_name, site_record
from api.services.audit_history import grading_of
from api.services.cases import OTHER_REVISION, case_of, explained, in_trial
from api.services.comparison import Compared, compare_audits, counterpart
from api.services.granted_waivers import have_changed
from api.services.local_edition import more_local
from api.services.replay import reviews_of
from api.services.users import names_of
from api.services.workflow import Action
from api.services.workflow.appeals import last_day
from api.services.workflow.jurisdiction import county_of
from api.services.workflow.last_time import last_audit
from api.services.workflow.review import look_at
from api.store import Audit, AuditKind, Enterprise, Grading, Unit
from grading.model.base import Mode
from reports.context.last_time import rechecked
from reports.record.context import Surroundings

router = APIRouter()
REVIEWED = frozenset({Action.CONFIRM, Action.PUBLISH})
"""Steps before which the page says what is missing and what is unusual."""
Reader = Annotated[Context, needs(Rule.READ)]


@router.get("/gradings/{grading_id}")
def show_grading(grading_id: UUID, context: Reader) -> Response:
    """The audit that a grading was made of: where reports lead to."""
    return RedirectResponse(f"/audits/{context.find(Grading, grading_id).audit_id}", status_code=303)


@router.get("/audits/{audit_id}")
def show_audit(audit_id: UUID, request: Request, context: Reader, mode: str = "", trace: bool = False) -> Response:
    """The result; a draft that has none yet goes to its form. `mode=trial` counts provisional figures.

    `trace=1` shows where each value stands in the data and at which step it was concluded.
    """
    audit = context.find(Audit, audit_id)
    actions = workflow.actions(context, audit)
    stored = grading_of(context, audit)
    if stored is None and Action.SAVE in actions:
        return RedirectResponse(f"/audits/{audit_id}/form", status_code=303)
    case, unexplained = explained(context, stored) if stored is not None else (None, None)
    if case is not None and mode == Mode.TRIAL.value:
        case = in_trial(context, case)
    reviews = reviews_of(context.db, [unit.ruleset_digest for unit in case.grading.units]) if case is not None else {}
    return page(
        request,
        context,
        "audit.html.j2",
        audit=audit,
        brief=briefs(context, [audit])[0],
        enterprise=context.find(Enterprise, audit.enterprise_id),
        stored=stored,
        waivers_changed=stored is not None and have_changed(context, audit, stored),
        case=case,
        unexplained=unexplained,
        decision=decision_shown(stored, case),
        units=unit_views(case, reviews) if case is not None else (),
        is_traced=trace,
        is_trial=case is not None and case.grading.mode is Mode.TRIAL,
        compared=_with_the_one_before(context, audit) if case is not None and mode != Mode.TRIAL.value else None,
        counterpart=counterpart(context, audit) if case is not None else None,
        actions=actions,
        review=look_at(context, audit, stored) if stored is not None and actions & REVIEWED else None,
        publication=publication_of(context, audit),
        rechecked=rechecked(case.audit, case.rulesets) if case is not None else None,
        appeals=appeal_views(context, [audit]),
        appeal_until=last_day(context.service.settings, audit),
        appeal_source=context.service.settings.appeal_source,
        appealable=appealable(case) if Action.APPEAL in actions else (),
        at=context.at,
        people=names_of(context.db, [audit.author_id, audit.submitted_by, audit.confirmed_by, audit.published_by]),
        labels=level_labels(context),
        outside=workflow.outside(context, audit, workflow.graded_by(context, stored)) if stored is not None else [],
        more_local=more_local(context.service, case.audit, county_of(context, audit)) if case is not None else [],
    )


@router.get("/audits/{audit_id}/report.{path}")
def get_report(
    audit_id: UUID, path: ReportFormat, context: Annotated[Context, needs(Rule.READ, costly=True)]
) -> Response:
    """The gap report as PDF or HTML."""
    stored = grading_of(context, context.find(Audit, audit_id))
    if stored is None:
        raise Problem("not_graded", "这份审核还没有评级，不能出报告。")
    case = case_of(context, stored.id)
    return attachment(report(case, path), MEDIA_TYPES[path], report_name(case, path))


@router.get("/audits/{audit_id}/record.{path}")
def get_record(
    audit_id: UUID, path: ReportFormat, context: Annotated[Context, needs(Rule.READ, costly=True)]
) -> Response:
    """The record of the check on site, for experts and plant to sign."""
    audit = context.find(Audit, audit_id)
    stored = grading_of(context, audit)
    if stored is None:
        raise Problem("not_graded", "这份审核还没有提交，不能出现场核查记录。")
    case = case_of(context, stored.id)
    listed = [unit for unit in units(context.db, audit.enterprise_id) if unit.code in {u.id for u in case.audit.units}]
    places = [site for site in sites(context.db, audit.enterprise_id) if audit.site_id in (None, site.id)]
    # A plant's own assessment has no experts.
    signing = [audit.author_id, audit.confirmed_by] if audit.kind is AuditKind.EXPERT else [None, None]
    people = names_of(context.db, signing)
    experts = tuple(None if id_ is None else people.get(id_) for id_ in signing)
    name = f"现场核查记录-{case.audit.enterprise.name}-{case.audit.assessed_on.isoformat()}.{path.value}"
    opinions = (None, audit.opinion if audit.kind is AuditKind.EXPERT else None)
    around = Surroundings(
        address="；".join(dict.fromkeys(site.address for site in places if site.address)) or None,
        capacity=_of_units(listed, "capacity"),
        products=_of_units(listed, "products"),
        experts=experts,
        opinions=opinions,
    )
    made = site_record(case, path, around)
    return attachment(made, MEDIA_TYPES[path], name)


def _of_units(listed: Sequence[Unit], field: str) -> str | None:
    """The register's lines on units; each with its code where there are several."""
    stated = [(unit.code, text) for unit in listed if (text := getattr(unit, field))]
    return "；".join(text if len(listed) == 1 else f"{code} {text}" for code, text in stated) or None


@router.post("/audits/{audit_id}/confirmation")
def confirm(audit_id: UUID, context: Annotated[Context, needs(Rule.CONFIRM_AUDITS)], sent: Sent) -> Response:
    """Confirm as the second assessor."""
    reasons, outside = sent.text("reasons"), sent.text("outside_reason")
    workflow.confirm(context, audit_id, sent.version, reasons, outside, sent.text("opinion"))
    return _back(audit_id)


@router.post("/audits/{audit_id}/return")
def send_back(audit_id: UUID, context: Annotated[Context, needs(Rule.RETURN_AUDITS)], sent: Sent) -> Response:
    """Return to the writers with reasons."""
    workflow.send_back(context, audit_id, sent.text("reasons"), sent.version, sent.text("opinion"))
    return _back(audit_id)


@router.post("/audits/{audit_id}/publication")
def publish(audit_id: UUID, context: Annotated[Context, needs(Rule.PUBLISH_AUDITS)], sent: Sent) -> Response:
    """Publish."""
    workflow.publish(
        context, audit_id, sent.version, reasons=sent.text("reasons"), outside_reason=sent.text("outside_reason")
    )
    return _back(audit_id)


@router.post("/audits/{audit_id}/gradings")
def regrade(audit_id: UUID, context: Annotated[Context, needs(Rule.REGRADE, costly=True)]) -> Response:
    """Grade it again, by the waivers that are in force now."""
    workflow.regrade(context, audit_id)
    return _back(audit_id)


@router.post("/audits/{audit_id}/withdrawal")
def withdraw(audit_id: UUID, context: Annotated[Context, needs(Rule.WITHDRAW_AUDITS)], sent: Sent) -> Response:
    """Take back."""
    workflow.withdraw(context, audit_id, sent.text("reasons"), sent.version)
    return _back(audit_id)


def _back(audit_id: UUID) -> Response:
    return RedirectResponse(f"/audits/{audit_id}", status_code=303)


def _with_the_one_before(context: Context, audit: Audit) -> Compared | None:
    """This audit beside the one of its kind before it."""
    earlier = last_audit(context, audit)
    if earlier is None or grading_of(context, earlier) is None:
        return None
    try:
        return compare_audits(context, audit, earlier.id)
    except Problem as problem:
        if problem.code != OTHER_REVISION:
            raise
        return None
