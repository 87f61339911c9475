"""Users, teams and the enterprises that teams are assigned to."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.identity import passwords
from api.queries import users as queries
from api.routes.idempotency import OnceOnly
from api.routes.responses import (
    CREATED,
    Cursor,
    Limit,
    answer,
    refusals,
    resource,
)
from api.schemas.base import Page
from api.schemas.users import (
    AssignmentEnd,
    AssignmentIn,
    AssignmentOut,
    NewUserOut,
    PasswordOut,
    TeamIn,
    TeamOut,
    UserChange,
    UserIn,
    UserOut,
)
from api.services import enterprises, users
from api.store import Role, User
from grading.model.base import Day

router = resource("people")
Keeper = Annotated[Context, needs(Rule.KEEP_USERS)]
Reader = Annotated[Context, needs(Rule.READ)]


@router.get("/users", summary="Users, the newest first")
def list_users(
    context: Reader,
    role: Annotated[Role | None, Query(description="With this role.")] = None,
    active: Annotated[bool | None, Query(description="Who may sign in, or who may not.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[UserOut]:
    """Administrators see all users, everybody else themselves."""
    found, after = queries.users(context.db, role, active, cursor, limit)
    return Page(items=[UserOut.model_validate(row) for row in found], next=None if after is None else str(after))


@router.post(
    "/users",
    status_code=201,
    summary="Add a user",
    response_model=NewUserOut,
    responses=CREATED | refusals(409),
)
def create_user(body: UserIn, context: Keeper) -> Response:
    """Assessors have a team, users of an enterprise the enterprise, bureaus an area. Sent twice, it is refused (409)."""
    fields = body.model_dump()
    given = fields.pop("password")
    password = given or passwords.generated()
    made = users.add_user(context, **fields, password=password)
    out = NewUserOut(**dict(UserOut.model_validate(made)), password=None if given else password)
    return answer(out, status=201, location=f"/v1/users/{made.id}")


@router.get("/users/{user_id}", summary="A user")
def get_user(user_id: UUID, context: Reader) -> UserOut:
    """A user."""
    return UserOut.model_validate(context.find(User, user_id))


@router.patch("/users/{user_id}", summary="Change a user, shut them out or let them in", responses=refusals(409))
def change_user(user_id: UUID, body: UserChange, context: Keeper) -> UserOut:
    """Shut out at once, with all sessions and tokens. Another role or scope holds from the next request on."""
    user = context.find(User, user_id)
    fields = body.model_dump(exclude_unset=True, exclude={"active"})
    if fields:
        unchanged = (
            ("name",) if body.role is not None else ("name", "role", "team_id", "enterprise_id", "area", "may_review")
        )
        users.change_user(
            context, user_id, **({field: getattr(user, field) for field in unchanged} | _without_none(fields))
        )
    if body.active is not None:
        users.set_active(context, user_id, body.active)
    return UserOut.model_validate(user)


@router.post("/users/{user_id}/password", summary="Give a user a new password")
def reset_password(user_id: UUID, context: Keeper) -> PasswordOut:
    """It is generated and told once; the user's sessions end and their tokens are revoked."""
    return PasswordOut(password=users.reset_password(context, user_id))


@router.get("/teams", summary="Assessment teams")
def list_teams(context: Reader) -> list[TeamOut]:
    """By name; an assessor sees the own team."""
    return [TeamOut.model_validate(row) for row in queries.teams(context.db)]


@router.post("/teams", status_code=201, summary="Add a team", response_model=TeamOut, responses=refusals(409))
def create_team(body: TeamIn, once: OnceOnly, context: Keeper) -> Response:
    """Names are unique."""
    return once.answer(
        context, body, lambda: answer(TeamOut.model_validate(users.add_team(context, body.name)), status=201)
    )


@router.get("/assignments", summary="Which teams assess which enterprises, the newest first")
def list_assignments(
    context: Reader,
    team_id: Annotated[UUID | None, Query(description="Of this team.")] = None,
    enterprise_id: Annotated[UUID | None, Query(description="Of this enterprise.")] = None,
    on: Annotated[Day | None, Query(description="Those that hold on this day.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[AssignmentOut]:
    """A bureau sees those of its area, a team its own."""
    found, after = queries.assignments(context.db, team_id, enterprise_id, on, cursor, limit)
    return Page(items=[AssignmentOut.model_validate(row) for row in found], next=None if after is None else str(after))


@router.post(
    "/assignments",
    status_code=201,
    summary="Let a team assess an enterprise",
    response_model=AssignmentOut,
    responses=refusals(404, 409),
)
def create_assignment(
    body: AssignmentIn, once: OnceOnly, context: Annotated[Context, needs(Rule.ASSIGN_TEAMS)]
) -> Response:
    """From a day on; the team then sees the enterprise."""

    def act() -> Response:
        made = enterprises.assign(context, **body.model_dump())
        return answer(AssignmentOut.model_validate(made), status=201)

    return once.answer(context, body, act)


@router.patch("/assignments/{assignment_id}", summary="End an assignment")
def end_assignment(
    assignment_id: UUID, body: AssignmentEnd, context: Annotated[Context, needs(Rule.ASSIGN_TEAMS)]
) -> AssignmentOut:
    """After its last day the team no longer sees the enterprise."""
    return AssignmentOut.model_validate(enterprises.end_assignment(context, assignment_id, body.until))


def _without_none(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that were sent; null takes a scope away, and of anything else it means nothing."""
    return {
        field: value
        for field, value in fields.items()
        if value is not None or field in ("team_id", "enterprise_id", "area")
    }
