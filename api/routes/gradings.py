"""Gradings: read, with everything that follows from them; made again with today's rulesets."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.queries import gradings as queries
from api.routes.bodies import JsonText, json_body, members
from api.routes.idempotency import OnceOnly
from api.routes.responses import (
    CREATED_VERSIONED,
    UNCHANGED,
    VERSIONED,
    Cursor,
    IfNoneMatch,
    Limit,
    answer,
    is_known,
    refusals,
    resource,
)
from api.schemas.base import Page, RulesetKey
from api.schemas.decisions import stored_decision
from api.schemas.gradings import (
    ComparisonOut,
    GradingBrief,
    GradingOut,
    ModeIn,
    ReasonOut,
    SimulationIn,
    SimulationOut,
    UnitGapsOut,
)
from api.services import analysis, workflow
from api.services.cases import case_of
from api.services.replay import document, reviews_for
from api.store import Grading
from grading.digest import digest
from grading.model.base import Mode

router = resource("gradings")
Reader = Annotated[Context, needs(Rule.READ)]
Trier = Annotated[Context, needs(Rule.TRY_OUT, costly=True)]
UnitId = Annotated[str | None, Query(max_length=4000, pattern=r"^[^\x00]+$", description="This unit only.")]
LevelId = Annotated[str | None, Query(max_length=32, pattern=r"^[A-Za-z0-9_+-]+$", description="This level only.")]
IndicatorId = Annotated[
    str | None, Query(max_length=64, pattern=r"^[A-Za-z0-9_]+$", description="This indicator only.")
]
Target = Annotated[
    str | None,
    Query(max_length=32, pattern=r"^[A-Za-z0-9_+-]+$", description="The level to reach; by default the next better."),
]
WithTrace = Annotated[bool, Query(description="Whether to tell every rule that fired; it is most of the answer.")]


@router.get("/gradings", summary="Gradings in scope, the newest first")
def list_gradings(
    context: Reader,
    audit_id: Annotated[UUID | None, Query(description="Of this audit.")] = None,
    enterprise_id: Annotated[UUID | None, Query(description="Of this enterprise.")] = None,
    mode: Annotated[Mode | None, Query(description="Official or trial ones only.")] = None,
    grade: Annotated[
        str | None,
        Query(max_length=32, pattern=r"^[A-Za-z0-9_+-]+$", description="With this grade, decided; `undecided`."),
    ] = None,
    ruleset: Annotated[RulesetKey | None, Query(description="With a unit that this ruleset graded.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[GradingBrief]:
    """Of experts' audits an enterprise sees the published gradings only."""
    items, after = queries.gradings(
        context.db, queries.Filter(audit_id, enterprise_id, mode, grade, ruleset), cursor, limit
    )
    return Page(items=items, next=None if after is None else str(after))


@router.post(
    "/audits/{audit_id}/gradings",
    status_code=201,
    summary="Grade a submitted audit again",
    response_model=GradingOut,
    responses=CREATED_VERSIONED | refusals(409, 422),
)
def create_grading(
    audit_id: UUID, body: ModeIn, once: OnceOnly, context: Annotated[Context, needs(Rule.REGRADE, costly=True)]
) -> Response:
    """With today's rulesets. The same inputs give the grading that is there already."""

    def act() -> Response:
        made = workflow.regrade(context, audit_id, body.mode)
        return _respond(context, made, status=201, location=f"/v1/gradings/{made.id}")

    return once.answer(context, body, act)


@router.get(
    "/gradings/{grading_id}",
    summary="A grading",
    response_model=GradingOut,
    response_model_exclude_unset=True,
    responses=VERSIONED | UNCHANGED,
)
def get_grading(grading_id: UUID, context: Reader, trace: WithTrace = True, known: IfNoneMatch = None) -> Response:
    """With its trace. Each unit says by whom its ruleset was reviewed, if it was."""
    return _respond(context, context.find(Grading, grading_id), trace=trace, known=known)


@router.get(
    "/gradings/{grading_id}/explanation",
    summary="Why each unit has its grade",
    response_model=list[ReasonOut],
    responses=refusals(409),
)
def explain_grading(
    grading_id: UUID, context: Reader, unit: UnitId = None, level: LevelId = None, indicator: IndicatorId = None
) -> Response:
    """As a tree for each unit, from the grade down to single values and their evidence, with what did not hold too."""
    found = analysis.explanation(case_of(context, grading_id), unit, level, indicator)
    return answer(analysis.json_of([reason.model_dump(mode="json") for reason in found]))


@router.get(
    "/gradings/{grading_id}/gaps",
    summary="What stands between each unit and a level",
    response_model=list[UnitGapsOut],
    responses=refusals(409),
)
def get_gaps(grading_id: UUID, context: Trier, unit: UnitId = None, target: Target = None) -> Response:
    """With the smallest and the cheapest set of changes that would reach it, and the proof that they would."""
    return answer(analysis.json_of(analysis.gaps(case_of(context, grading_id), unit, target)))


@router.post(
    "/gradings/{grading_id}/simulation",
    summary="The grade if values were others",
    response_model=SimulationOut,
    responses=refusals(409, 415, 422),
    openapi_extra=json_body({"$ref": "#/components/schemas/SimulationIn"}),
)
def simulate_grading(grading_id: UUID, body: JsonText, context: Trier) -> Response:
    """Nothing is stored."""
    settings = analysis.settings_of(members(body, ("settings",))["settings"])
    return answer(analysis.json_of(analysis.simulation(case_of(context, grading_id), settings)))


@router.get(
    "/gradings/{grading_id}/comparison",
    summary="What differs from another grading",
    response_model=ComparisonOut,
    responses=refusals(409),
)
def compare_gradings(
    grading_id: UUID,
    context: Trier,
    before: Annotated[UUID, Query(description="The grading to compare with.")],
) -> Response:
    """Of the same units; other revisions, rulesets or modes."""
    earlier, later = case_of(context, before), case_of(context, grading_id)
    return answer(analysis.json_of(analysis.comparison(earlier.grading, later.grading)))


def _respond(
    context: Context,
    stored: Grading,
    *,
    status: int = 200,
    location: str | None = None,
    trace: bool = True,
    known: str | None = None,
) -> Response:
    reviews = reviews_for(context.db, stored)
    signed = sorted([digest_, review.reviewer, review.at.isoformat()] for digest_, review in reviews.items())
    tag = digest({"id": str(stored.id), "reviews": signed, "trace": trace}).removeprefix("sha256:")[:32]
    if is_known(tag, known):
        return answer(b"", status=status, location=location, tag=tag, known=known)
    head = {"id": stored.id, "audit_id": stored.audit_id, "inputs": stored.inputs, "created_at": stored.created_at}
    decided = stored_decision(stored.grade, stored.attainable, stored.mode, stored.missing, stored.open_figures)
    head["decision"] = decided.as_json()
    if trace and not reviews:
        # Nothing of the stored text is different: it need not be read, which takes longer than all the rest.
        body = analysis.json_of(head)[:-1] + b"," + stored.document.encode()[1:]
        return answer(body, status=status, location=location, tag=tag)
    graded = document(stored, reviews)
    if not trace:
        for unit in graded["units"]:
            unit.pop("trace")
    return answer(analysis.json_of(head | graded), status=status, location=location, tag=tag)


SHAPES = (SimulationIn,)
"""Models of bodies that are read to the letter; the description names them."""
