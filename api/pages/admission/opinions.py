"""Opinions of admission: the register, the form of a project, an opinion with what would decide it."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.access import MAY, Rule
from api.context import Context, needs
from api.http.downloads import inline
from api.media_types import PDF
from api.pages.admission.design_data import AT, asked_values, has_file, put_values, read_file
from api.pages.admission.opinion_view import OUTCOMES, REGRADING, confirmed, shown
from api.pages.admission.project_form import (
    Typed,
    county_options,
    filled,
    industry_options,
    key_of,
    questions,
    read_fields,
    sent_fields,
)
from api.pages.form_data import Posted, Sent
from api.pages.labels import level_labels
from api.pages.render import page
from api.problems import ErrorAt, Problem
from api.queries import admission as queries
from api.queries.admission import Filter
from api.services import admission
from api.services.admission import Made, Regrading
from api.services.users import names_of
from api.services.workflow.draft import json_text
from api.store import AdmissionOpinion, AdmissionOutcome
from grading import calendar
from grading.intake import AuditError, parse_json
from reports.admission.report import opinion_pdf

router = APIRouter()
Reader = Annotated[Context, needs(Rule.READ_ADMISSION)]
CostlyReader = Annotated[Context, needs(Rule.READ_ADMISSION, costly=True)]
Giver = Annotated[Context, needs(Rule.GIVE_ADMISSION)]
CostlyGiver = Annotated[Context, needs(Rule.GIVE_ADMISSION, costly=True)]
Short = Annotated[str, Query(max_length=120)]
AT_ONCE = 50
CARRIED = 900_000
"""Design data up to this length are carried by a form that comes back; forms take fields up to 1 MB."""
HEAD = ("name", "accepted_on")
"""Keys that are typed as they are."""


@router.get("/admission")
def show_register(
    request: Request,
    context: Reader,
    q: Short = "",
    county: Short = "",
    industry: Short = "",
    outcome: Short = "",
    since: Short = "",
    until: Short = "",
    regrading: Short = "",
    all: bool = False,
    cursor: Short = "",
) -> Response:
    """The opinions in scope, the newest first; those that were replaced only on request."""
    typed = {
        "q": q.strip(),
        "county": county,
        "industry": industry,
        "outcome": outcome,
        "since": since,
        "until": until,
        "regrading": regrading,
    }
    filters = Filter(
        text=typed["q"] or None,
        area=county if county in county_options(context) else None,
        industries=queries.industry_ids(context, industry or None),
        outcome=AdmissionOutcome(outcome) if outcome in OUTCOMES else None,
        since=_day(since),
        until=_day(until),
        regrading=Regrading(regrading) if regrading in REGRADING else None,
        standing=None if all else True,
    )
    items, after = queries.opinions(context.db, filters, _key(cursor), AT_ONCE)
    filled = {name: value for name, value in typed.items() if value} | ({"all": "1"} if all else {})
    due, more_due = queries.opinions(context.db, Filter(regrading=Regrading.DUE), None, 99)
    return page(
        request,
        context,
        "admission.html.j2",
        items=items,
        typed=typed,
        everything=all,
        counties=county_options(context),
        industries=industry_options(context),
        outcomes=OUTCOMES,
        regradings=REGRADING,
        labels=level_labels(context),
        due=f"{len(due)}{' 件以上' if more_due else ' 件'}" if due else "",
        more=urlencode(filled | {"cursor": str(after)}) if after else "",
        may_give=context.actor.role in MAY[Rule.GIVE_ADMISSION],
    )


@router.get("/admission/new")
def new_opinion(request: Request, context: Giver, supersedes: Short = "") -> Response:
    """The form: empty, or filled in from the opinion that the new one is to replace."""
    earlier = _earlier(context, supersedes)
    typed: Typed = {"accepted_on": (calendar.day_of(context.at).isoformat(),)}
    if earlier is not None:
        typed = filled(parse_json(earlier.content)["project"], context)
    return _form(request, context, typed, earlier, design=None)


@router.post("/admission")
def give(request: Request, context: CostlyGiver, sent: Sent) -> Response:
    """Give the opinion, or show what it would be; what is wrong is shown at its field, and everything typed stays."""
    typed, design = sent_fields(sent), None
    earlier = _earlier(context, sent.text("supersedes"))
    try:
        design = _design(context, sent, earlier)
        text, errors = _project(context, sent, {}, design)
        if errors:
            raise _with_others(context, text, errors)
        if sent.text("preview"):
            return _form(request, context, typed, earlier, design, made=admission.preview(context, text))
        made = admission.give(context, text, None if earlier is None else earlier.id)
    except Problem as problem:
        if problem.status not in (409, 413, 422):
            raise
        context.undo(problem)
        return _form(request, context, typed, earlier, design, refused=problem)
    return RedirectResponse(f"/admission/{made.id}", status_code=303)


@router.get("/admission/{opinion_id}")
def show_opinion(opinion_id: UUID, request: Request, context: Reader) -> Response:
    """The opinion: what it says and why, what would decide it, what became of the project."""
    return _opinion(request, context, context.find(AdmissionOpinion, opinion_id))


@router.post("/admission/{opinion_id}/supplement")
def supplement(opinion_id: UUID, request: Request, context: CostlyGiver, sent: Sent) -> Response:
    """Give a new opinion with what was missing; the earlier one stays in the register as replaced."""
    earlier = context.find(AdmissionOpinion, opinion_id)
    try:
        project = parse_json(earlier.content)
        design = project.get("audit")
        errors: list[ErrorAt] = []
        if has_file(sent):
            design = read_file(context, sent)
        elif design is not None:
            asked = asked_values(context, design, json.loads(earlier.document)["missing"])
            design, errors = put_values(context, design, asked, sent)
        text, more = _project(context, sent, dict(project["project"]), design)
        if errors or more:
            raise _with_others(context, text, [*errors, *more])
        made = admission.give(context, text, opinion_id)
    except Problem as problem:
        if problem.status not in (409, 413, 422):
            raise
        context.undo(problem)
        return _opinion(
            request, context, context.find(AdmissionOpinion, opinion_id), refused=problem, typed=sent_fields(sent)
        )
    return RedirectResponse(f"/admission/{made.id}", status_code=303)


@router.post("/admission/{opinion_id}/completion")
def complete(opinion_id: UUID, request: Request, context: Giver, sent: Sent) -> Response:
    """Say when the project was accepted as completed."""
    try:
        day = sent.day("completed_on")
        if day is None:
            message = "请填写竣工验收日期。"
            raise Problem("invalid_date", message, status=422, errors=[ErrorAt("completed_on", message)])
        admission.complete(context, opinion_id, day, sent.text("reasons"), sent.text("uscc").strip() or None)
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        context.undo(problem)
        return _opinion(
            request, context, context.find(AdmissionOpinion, opinion_id), refused=problem, typed=sent_fields(sent)
        )
    return RedirectResponse(f"/admission/{opinion_id}", status_code=303)


@router.get("/admission/{opinion_id}/report.pdf")
def get_report(opinion_id: UUID, context: CostlyReader) -> Response:
    """The opinion as PDF."""
    row = context.find(AdmissionOpinion, opinion_id)
    made = admission.replayed(context, row)
    return inline(opinion_pdf(made.opinion, made.policies), PDF, admission.report_name(row))


def _design(context: Context, sent: Posted, earlier: AdmissionOpinion | None) -> Any:
    """The design data: of the file that was sent, else what the form carried, else those of the earlier opinion."""
    if has_file(sent):
        return read_file(context, sent)
    if sent.text("without_design"):
        return None
    if sent.text("design"):
        try:
            return parse_json(sent.text("design"))
        except AuditError:
            raise Problem("bad_request", "页面不完整，请刷新后重试。", status=422) from None
    return parse_json(earlier.content).get("audit") if earlier is not None else None


def _project(context: Context, sent: Posted, project: dict[str, Any], design: Any) -> tuple[str, list[ErrorAt]]:
    """Project and design data as JSON text with what was typed put in, and what can't be."""
    asked = questions(context.service.grader.policies.today)
    typed = sent_fields(sent)
    errors = read_fields(context, asked, typed, project)
    project |= {name: typed[name][-1].strip() for name in HEAD if name in typed}
    for name, message in (
        ("name", "请填写项目名称。"),
        ("county", "请选择区县。"),
        ("accepted_on", "请填写受理日期。"),
    ):
        if not project.get(name) and not any(error.place == f"project.{name}" for error in errors):
            errors.append(ErrorAt(f"project.{name}", message))
    return json_text({"project": project, "audit": design}), errors


def _with_others(context: Context, text: str, errors: list[ErrorAt]) -> Problem:
    """Errors of single fields, and errors of fields beside each other."""
    places = {error.place for error in errors}
    try:
        admission.preview(context, text)
    except Problem as problem:
        errors = [*errors, *(error for error in problem.errors if error.place not in places)]
    return Problem("invalid_project", f"项目信息有 {len(errors)} 处问题。", status=422, errors=errors)


def _form(
    request: Request,
    context: Context,
    typed: Typed,
    earlier: AdmissionOpinion | None,
    design: Any,
    *,
    made: Made | None = None,
    refused: Problem | None = None,
) -> Response:
    asked = questions(context.service.grader.policies.today)
    errors = {error.place: error.message for error in refused.errors} if refused else {}
    names = {f"project.{question.name}" for question in asked} | {
        f"project.{name}" for name in (*HEAD, "industry", "county")
    }
    carried = json_text(design) if design is not None else ""
    return page(
        request,
        context,
        "admission_form.html.j2",
        refused.status if refused else 200,
        typed=typed,
        asked=asked,
        earlier=earlier,
        has_earlier_design=earlier is not None and parse_json(earlier.content).get("audit") is not None,
        carried=carried if len(carried) <= CARRIED else "",
        lost=len(carried) > CARRIED,
        design=design if isinstance(design, dict) else None,
        industries=industry_options(context),
        counties=county_options(context),
        refused=refused,
        errors=errors,
        others=[(place, message) for place, message in errors.items() if place not in names],
        marked=refused.more.get("marked_workbook") if refused else None,
        preview=None if made is None else shown(made),
    )


def _opinion(
    request: Request,
    context: Context,
    row: AdmissionOpinion,
    *,
    refused: Problem | None = None,
    typed: Typed | None = None,
) -> Response:
    found = queries.opinion(context.db, row)
    made, unexplained = None, None
    try:
        made = admission.replayed(context, row)
    except Problem as problem:
        unexplained = problem.detail
    missing = json.loads(row.document)["missing"]
    content = parse_json(row.content)
    by_key = {question.name: question for question in questions(context.service.grader.policies.today)}
    may_give = context.actor.role in MAY[Rule.GIVE_ADMISSION]
    people = [row.made_by, *([found.completion.recorded_by] if found.completion else [])]
    values: Mapping[str, Any] = {
        "row": row,
        "found": found,
        "opinion": None if made is None else shown(made),
        "unexplained": unexplained,
        "outcome": OUTCOMES[row.outcome.value],
        "questions": [by_key[key_of(name)] for name in missing if key_of(name) in by_key],
        "words": [name for name in missing if name in ("industry", "county")],
        "wants_design": "audit" in missing,
        "values": asked_values(context, content["audit"], missing) if content.get("audit") is not None else [],
        "more_values": sum(name.startswith(AT) for name in missing),
        "industries": industry_options(context),
        "counties": county_options(context),
        "regradings": REGRADING,
        "labels": level_labels(context),
        "people": names_of(context.db, people),
        "confirmed": confirmed(context, found),
        "policies": admission.made_digests(row),
        "may_supplement": may_give and found.superseded_by is None and found.completion is None,
        "may_complete": may_give and found.superseded_by is None and row.outcome is AdmissionOutcome.ADMITTED,
        "today": calendar.day_of(context.at),
        "refused": refused,
        "typed": typed or {},
        "errors": {error.place: error.message for error in refused.errors} if refused else {},
    }
    return page(request, context, "admission_opinion.html.j2", refused.status if refused else 200, **values)


def _earlier(context: Context, text: str) -> AdmissionOpinion | None:
    key = _key(text)
    return None if key is None else context.find(AdmissionOpinion, key)


def _key(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
