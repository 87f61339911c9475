"""Users, teams and the enterprises that teams are assigned to."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from fastapi.responses import Response

from api import people, registry
from api.access import Rule
from api.desk import Desk, needs
from api.identity import passwords
from api.queries import people as queries
from api.routes.declare import (
    CREATED,
    Cursor,
    Limit,
    answer,
    refusals,
    resource,
)
from api.routes.idempotency import OnceOnly
from api.shapes.base import Page
from api.shapes.people import (
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
from api.store import Role, User

router = resource("people")
Keeper = Annotated[Desk, needs(Rule.KEEP_USERS)]
Reader = Annotated[Desk, needs(Rule.READ)]


@router.get("/users", summary="Users, the newest first")
def list_users(
    desk: Reader,
    role: Annotated[Role | None, Query(description="With this role.")] = None,
    active: Annotated[bool | None, Query(description="Who may sign in, or who may not.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[UserOut]:
    """Administrators see all users, everybody else themselves."""
    found, after = queries.users(desk.db, role, active, cursor, limit)
    return Page(items=[UserOut.model_validate(row) for row in found], next=None if after is None else str(after))


@router.post(
    "/users",
    status_code=201,
    summary="Add a user",
    response_model=NewUserOut,
    responses=CREATED | refusals(409),
)
def create_user(body: UserIn, desk: Keeper) -> Response:
    """Assessors have a team, users of an enterprise the enterprise, bureaus an area. Sent twice, it is refused (409)."""
    said = body.model_dump()
    given = said.pop("password")
    password = given or passwords.generated()
    made = people.add_user(desk, **said, password=password)
    told = NewUserOut(**dict(UserOut.model_validate(made)), password=None if given else password)
    return answer(told, status=201, location=f"/v1/users/{made.id}")


@router.get("/users/{user_id}", summary="A user")
def get_user(user_id: UUID, desk: Reader) -> UserOut:
    """Who signs in."""
    return UserOut.model_validate(desk.find(User, user_id))


@router.patch("/users/{user_id}", summary="Change a user, shut them out or let them in", responses=refusals(409))
def change_user(user_id: UUID, body: UserChange, desk: Keeper) -> UserOut:
    """Shut out at once, with all sessions and tokens. Another role or scope holds from the next request on."""
    user = desk.find(User, user_id)
    said = body.model_dump(exclude_unset=True, exclude={"active"})
    if said:
        kept = (
            ("name",) if body.role is not None else ("name", "role", "team_id", "enterprise_id", "area", "may_review")
        )
        people.change_user(desk, user_id, **({field: getattr(user, field) for field in kept} | _without_none(said)))
    if body.active is not None:
        people.set_active(desk, user_id, body.active)
    return UserOut.model_validate(user)


@router.post("/users/{user_id}/password", summary="Give a user a new password")
def reset_password(user_id: UUID, desk: Keeper) -> PasswordOut:
    """It is generated and told once; the user's sessions end and their tokens are revoked."""
    return PasswordOut(password=people.reset_password(desk, user_id))


@router.get("/teams", summary="Assessment teams")
def list_teams(desk: Reader) -> list[TeamOut]:
    """By name; an assessor sees the own team."""
    return [TeamOut.model_validate(row) for row in queries.teams(desk.db)]


@router.post("/teams", status_code=201, summary="Add a team", response_model=TeamOut, responses=refusals(409))
def create_team(body: TeamIn, once: OnceOnly, desk: Keeper) -> Response:
    """Names are unique."""
    return once.answer(desk, body, lambda: answer(TeamOut.model_validate(people.add_team(desk, body.name)), status=201))


@router.get("/assignments", summary="Which teams assess which enterprises, the newest first")
def list_assignments(
    desk: Reader,
    team_id: Annotated[UUID | None, Query(description="Of this team.")] = None,
    enterprise_id: Annotated[UUID | None, Query(description="Of this enterprise.")] = None,
    on: Annotated[date | None, Query(description="Those that hold on this day.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[AssignmentOut]:
    """A bureau sees those of its area, a team its own."""
    found, after = queries.assignments(desk.db, team_id, enterprise_id, on, cursor, limit)
    return Page(items=[AssignmentOut.model_validate(row) for row in found], next=None if after is None else str(after))


@router.post(
    "/assignments",
    status_code=201,
    summary="Let a team assess an enterprise",
    response_model=AssignmentOut,
    responses=refusals(404, 409),
)
def create_assignment(body: AssignmentIn, once: OnceOnly, desk: Annotated[Desk, needs(Rule.ASSIGN_TEAMS)]) -> Response:
    """From a day on; the team then sees the enterprise."""

    def act() -> Response:
        made = registry.assign(desk, **body.model_dump())
        return answer(AssignmentOut.model_validate(made), status=201)

    return once.answer(desk, body, act)


@router.patch("/assignments/{assignment_id}", summary="End an assignment")
def end_assignment(
    assignment_id: UUID, body: AssignmentEnd, desk: Annotated[Desk, needs(Rule.ASSIGN_TEAMS)]
) -> AssignmentOut:
    """After its last day the team no longer sees the enterprise."""
    return AssignmentOut.model_validate(registry.end_assignment(desk, assignment_id, body.until))


def _without_none(said: dict[str, Any]) -> dict[str, Any]:
    """What was said; null takes a scope away, and says nothing of anything else."""
    return {
        field: value
        for field, value in said.items()
        if value is not None or field in ("team_id", "enterprise_id", "area")
    }
