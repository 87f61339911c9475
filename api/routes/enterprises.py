"""Enterprises: looked for, read, registered, changed."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.queries import enterprises as queries
from api.queries.grade_history import history, to_schema
from api.routes.idempotency import OnceOnly
from api.routes.responses import (
    CREATED_VERSIONED,
    VERSIONED,
    Cursor,
    IfMatch,
    Limit,
    answer,
    refusals,
    required_version,
    resource,
)
from api.schemas.base import Area, Page, RulesetKey
from api.schemas.enterprises import (
    EnterpriseChange,
    EnterpriseIn,
    EnterpriseOut,
    FormerNameIn,
    FormerNameOut,
    OperatingStateIn,
    OperatingStateOut,
)
from api.schemas.grade_history import GradeEventOut
from api.services import enterprises, former_names, operating_states
from api.store import Enterprise

router = resource("enterprises")


@router.get("/enterprises", summary="Enterprises in scope, the newest first")
def list_enterprises(
    context: Annotated[Context, needs(Rule.READ)],
    q: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=100,
            pattern=r"^[^\x00]+$",
            description="Words, each a part of the name, of the credit code, of a permit's number or of a site's name.",
        ),
    ] = None,
    area: Annotated[Area | None, Query(description="GB/T 2260 code of a county, city or province.")] = None,
    ruleset: Annotated[RulesetKey | None, Query(description="With a unit that this ruleset grades.")] = None,
    grade: Annotated[
        str | None,
        Query(
            max_length=32,
            pattern=r"^[A-Za-z0-9_+-]+$",
            description="With this published grade; `undecided`: with one that is not decided.",
        ),
    ] = None,
    active: Annotated[bool | None, Query(description="Only those in operation, or only those that are not.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[EnterpriseOut]:
    """An enterprise sees itself, a team the enterprises assigned to it, a bureau those of its area."""
    filters = queries.Filter(text=q, area=area, ruleset=ruleset, grade=grade, active=active)
    items, after = queries.enterprises(context.db, filters, cursor, limit)
    return Page(items=items, next=None if after is None else str(after))


@router.post(
    "/enterprises",
    status_code=201,
    summary="Register an enterprise",
    response_model=EnterpriseOut,
    responses=CREATED_VERSIONED | refusals(409),
)
def create_enterprise(
    body: EnterpriseIn, once: OnceOnly, context: Annotated[Context, needs(Rule.KEEP_ENTERPRISES)]
) -> Response:
    """By a bureau within its area, or by an administrator. The check digit of the credit code is verified."""

    def act() -> Response:
        made = enterprises.add_enterprise(context, **body.model_dump())
        return _respond(context, made, status=201, location=f"/v1/enterprises/{made.id}")

    return once.answer(context, body, act)


@router.get(
    "/enterprises/{enterprise_id}",
    summary="An enterprise",
    response_model=EnterpriseOut,
    responses=VERSIONED,
)
def get_enterprise(enterprise_id: UUID, context: Annotated[Context, needs(Rule.READ)]) -> Response:
    """With the grades that are published of it."""
    return _respond(context, context.find(Enterprise, enterprise_id))


@router.get("/enterprises/{enterprise_id}/grade-history", summary="What has happened to its published grade")
def get_grade_history(enterprise_id: UUID, context: Annotated[Context, needs(Rule.READ)]) -> list[GradeEventOut]:
    """Each publication, change by a batch, taking back, appeal and withdrawal, the newest first."""
    context.find(Enterprise, enterprise_id)
    events = history(context.db, [enterprise_id]).get(enterprise_id, ())
    return [to_schema(event) for event in events]


@router.get("/enterprises/{enterprise_id}/states", summary="The operating states of an enterprise and of its units")
def list_states(enterprise_id: UUID, context: Annotated[Context, needs(Rule.READ)]) -> list[OperatingStateOut]:
    """The latest first."""
    return [OperatingStateOut.model_validate(row) for row in operating_states.all_of(context.db, enterprise_id)]


@router.post(
    "/enterprises/{enterprise_id}/states",
    status_code=201,
    summary="Record an operating state",
    response_model=OperatingStateOut,
    responses=refusals(409, 422),
)
def record_state(
    enterprise_id: UUID,
    body: OperatingStateIn,
    once: OnceOnly,
    context: Annotated[Context, needs(Rule.KEEP_ENTERPRISES)],
) -> Response:
    """A closed plant is asked for no audits; a unit that does not operate is in no new audit."""

    def act() -> Response:
        made = operating_states.record(context, enterprise_id, **body.model_dump())
        return answer(OperatingStateOut.model_validate(made), status=201)

    return once.answer(context, body, act)


@router.get("/enterprises/{enterprise_id}/former-names", summary="What an enterprise was known by before")
def list_former_names(enterprise_id: UUID, context: Annotated[Context, needs(Rule.READ)]) -> list[FormerNameOut]:
    """Names, credit codes and permits with the day from which they were no longer so; lists find them too."""
    return [FormerNameOut.model_validate(row) for row in former_names.former_names(context.db, enterprise_id)]


@router.post(
    "/enterprises/{enterprise_id}/former-names",
    status_code=201,
    summary="Tell what an enterprise was known by before",
    response_model=FormerNameOut,
    responses=refusals(409, 422),
)
def add_former_name(
    enterprise_id: UUID, body: FormerNameIn, once: OnceOnly, context: Annotated[Context, needs(Rule.KEEP_ENTERPRISES)]
) -> Response:
    """Add a former name or code by hand: changes made here are recorded by themselves."""

    def act() -> Response:
        made = former_names.add(context, enterprise_id, body.kind, body.value, body.until)
        return answer(FormerNameOut.model_validate(made), status=201)

    return once.answer(context, body, act)


@router.patch(
    "/enterprises/{enterprise_id}",
    summary="Change an enterprise",
    response_model=EnterpriseOut,
    responses=VERSIONED | refusals(412, 428),
)
def change_enterprise(
    enterprise_id: UUID,
    body: EnterpriseChange,
    context: Annotated[Context, needs(Rule.KEEP_ENTERPRISES)],
    if_match: IfMatch = None,
) -> Response:
    """Needs `If-Match` with the enterprise's `version`."""
    changes = body.model_dump(exclude_unset=True)
    return _respond(context, enterprises.change_enterprise(context, enterprise_id, required_version(if_match), changes))


def _respond(context: Context, row: Enterprise, status: int = 200, location: str | None = None) -> Response:
    return answer(queries.enterprise(context.db, row), status=status, tag=row.version, location=location)
