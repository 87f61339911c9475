"""Grading an audit that is sent along, and everything that follows from it; nothing is stored."""

from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.http.downloads import attachment
from api.media_types import PDF
from api.problems import invalid_audit
from api.routes.bodies import JsonText, json_body, members, text_of
from api.routes.gradings import IndicatorId, LevelId, Target, UnitId, WithTrace
from api.routes.responses import (
    answer,
    download,
    refusals,
    resource,
)
from api.schemas.audits import AUDIT_EXAMPLE
from api.schemas.gradings import GradedOut, ReasonOut, SimulationOut, UnitGapsOut
from api.services import analysis, workflow
from api.services.analysis import Case, ReportFormat
from grading.intake import AuditError, check_audit
from grading.model.base import Mode

router = resource("trials")
Trier = Annotated[Context, needs(Rule.TRY_OUT)]
CostlyTrier = Annotated[Context, needs(Rule.TRY_OUT, costly=True)]
GradeMode = Annotated[Mode, Query(description="`trial` counts provisional figures as established.")]
AUDIT_BODY = json_body({"$ref": "#/components/schemas/Audit"}, AUDIT_EXAMPLE)
SIMULATION_BODY: dict[str, Any] = json_body(
    {
        "type": "object",
        "required": ["audit", "settings"],
        "additionalProperties": False,
        "properties": {
            "audit": {"$ref": "#/components/schemas/Audit"},
            "settings": {"$ref": "#/components/schemas/SimulationIn/properties/settings"},
        },
    },
    {
        "audit": AUDIT_EXAMPLE,
        "settings": ["line-1.outlets[DA001].nmhc=8"],
    },
)
REFUSALS = refusals(415, 422)


@router.post("/grade", summary="Grade an audit", response_model=GradedOut, responses=REFUSALS, openapi_extra=AUDIT_BODY)
def grade(body: JsonText, context: Trier, mode: GradeMode = Mode.OFFICIAL, trace: WithTrace = True) -> Response:
    """Numbers are read to the last digit. Everything that is wrong is told at once, each with its place."""
    graded = _case(context, body, mode).document()
    if not trace:
        for unit in graded["units"]:
            unit.pop("trace")
    return answer(analysis.json_of(graded))


@router.post(
    "/grade/explanation",
    summary="Why the units of an audit have their grades",
    response_model=list[ReasonOut],
    responses=REFUSALS | refusals(404),
    openapi_extra=AUDIT_BODY,
)
def explain(
    body: JsonText,
    context: Trier,
    mode: GradeMode = Mode.OFFICIAL,
    unit: UnitId = None,
    level: LevelId = None,
    indicator: IndicatorId = None,
) -> Response:
    """As a tree for each unit, from the grade down to single values and their evidence."""
    found = analysis.explanation(_case(context, body, mode), unit, level, indicator)
    return answer(analysis.json_of([reason.model_dump(mode="json") for reason in found]))


@router.post(
    "/grade/gaps",
    summary="What stands between the units of an audit and a level",
    response_model=list[UnitGapsOut],
    responses=REFUSALS | refusals(404),
    openapi_extra=AUDIT_BODY,
)
def find_gaps(
    body: JsonText, context: CostlyTrier, mode: GradeMode = Mode.OFFICIAL, unit: UnitId = None, target: Target = None
) -> Response:
    """With the smallest and the cheapest set of changes that would reach it."""
    return answer(analysis.json_of(analysis.gaps(_case(context, body, mode), unit, target)))


@router.post(
    "/grade/simulation",
    summary="The grade of an audit if values were others",
    response_model=SimulationOut,
    responses=REFUSALS,
    openapi_extra=SIMULATION_BODY,
)
def simulate(body: JsonText, context: CostlyTrier, mode: GradeMode = Mode.OFFICIAL) -> Response:
    """The audit and the values to put in place of its own."""
    given = members(body, ("audit", "settings"))
    settings = analysis.settings_of(given["settings"])
    grader = context.service.grader
    try:
        audit = check_audit(given["audit"], grader.library)
    except AuditError as error:
        raise invalid_audit(AuditError(problem.inside("audit") for problem in error.problems)) from None
    case = Case(audit, grader.grade(audit, mode), grader.engine)
    return answer(analysis.json_of(analysis.simulation(case, settings)))


@router.post(
    "/grade/report",
    summary="The gap report of an audit",
    response_class=Response,
    responses=download("The report.", PDF, "text/html") | REFUSALS,
    openapi_extra=AUDIT_BODY,
)
def report(
    body: JsonText,
    context: CostlyTrier,
    mode: GradeMode = Mode.OFFICIAL,
    form: Annotated[ReportFormat, Query(alias="format", description="How it comes.")] = ReportFormat.PDF,
) -> Response:
    """PDF/A-3 with the grading's JSON inside, or one HTML file that needs nothing else."""
    case = _case(context, body, mode)
    content = analysis.report(case, form)
    return attachment(content, analysis.MEDIA_TYPES[form], analysis.report_name(case, form))


def _case(context: Context, body: JsonText, mode: Mode) -> Case:
    audit, grading = workflow.preview(context, text_of(body), mode)
    return Case(audit, grading, context.service.grader.engine)
