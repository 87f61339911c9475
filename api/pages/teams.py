"""Assessment teams and the enterprises that they are assigned to, for administrators and bureaus."""

from contextlib import suppress
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.access import MAY, Rule
from api.context import Context, needs
from api.pages.form_data import Posted, Sent
from api.pages.render import page
from api.problems import ErrorAt, Problem
from api.queries import users as queries
from api.queries.enterprises import active, by_ids
from api.services import enterprises, users
from grading import calendar

router = APIRouter()
Assigner = Annotated[Context, needs(Rule.ASSIGN_TEAMS)]
AT_ONCE = 100
OFFERED = 500
"""The enterprises that the field offers while one types."""


@router.get("/teams")
def show_teams(request: Request, context: Assigner, team: str = "", all: bool = False, cursor: str = "") -> Response:
    """Teams, and the assignments of today or of all times."""
    return _show(request, context, team=team, everything=all, cursor=cursor)


@router.post("/teams")
def create_team(request: Request, context: Annotated[Context, needs(Rule.KEEP_USERS)], sent: Sent) -> Response:
    """Add a team."""
    try:
        users.add_team(context, sent.text("name"))
    except Problem as problem:
        context.undo(problem)
        return _show(request, context, problem.status, refused=problem, sent=sent)
    return RedirectResponse("/teams", status_code=303)


@router.post("/assignments")
def assign(request: Request, context: Assigner, sent: Sent) -> Response:
    """Let a team assess an enterprise."""
    try:
        assignment = _assignment(context, sent)
        enterprises.assign(context, **assignment)
    except Problem as problem:
        context.undo(problem)
        return _show(request, context, problem.status, refused=problem, sent=sent)
    return RedirectResponse("/teams#assignments", status_code=303)


@router.post("/assignments/{assignment_id}/end")
def end(assignment_id: UUID, context: Assigner, sent: Sent) -> Response:
    """Say the last day of an assignment."""
    until = sent.day("until")
    if until is None:
        raise Problem("invalid_date", "请填写最后一天。", status=422, errors=[ErrorAt("until", "请填写最后一天。")])
    enterprises.end_assignment(context, assignment_id, until)
    return RedirectResponse("/teams#assignments", status_code=303)


def _assignment(context: Context, sent: Posted) -> dict[str, Any]:
    errors = []
    team_id, since, until = sent.key("team_id"), sent.day("since"), sent.day("until")
    uscc = sent.text("uscc").strip()
    enterprise = enterprises.enterprise_of(context.db, uscc)
    if team_id is None:
        errors.append(ErrorAt("team_id", "请选择评审组。"))
    if enterprise is None:
        errors.append(ErrorAt("uscc", enterprises.no_enterprise(uscc)))
    if since is None:
        errors.append(ErrorAt("since", "请填写第一天。"))
    if errors or enterprise is None:
        raise Problem("invalid_assignment", f"指派有 {len(errors)} 处问题。", status=422, errors=errors)
    return {"team_id": team_id, "enterprise_id": enterprise.id, "since": since, "until": until}


def _show(
    request: Request,
    context: Context,
    status: int = 200,
    *,
    team: str = "",
    everything: bool = False,
    cursor: str = "",
    refused: Problem | None = None,
    sent: Posted | None = None,
) -> Response:
    teams = queries.teams(context.db)
    chosen = next((known for known in teams if str(known.id) == team), None)
    after = None
    with suppress(ValueError):
        after = UUID(cursor)
    today = calendar.day_of(context.at)
    listed, more = queries.assignments(
        context.db, chosen.id if chosen else None, None, None if everything else today, after, AT_ONCE
    )
    return page(
        request,
        context,
        "teams.html.j2",
        status,
        teams=teams,
        members=queries.members(context.db),
        chosen=chosen,
        everything=everything,
        listed=listed,
        more=more,
        named=by_ids(context.db, {row.enterprise_id for row in listed}),
        team_names={known.id: known.name for known in teams},
        offered=active(context.db, OFFERED),
        may_add=context.actor.role in MAY[Rule.KEEP_USERS],
        today=today,
        refused=refused,
        sent=sent,
        errors={error.place: error.message for error in refused.errors} if refused else {},
        over=lambda row: row.until is not None and row.until < today,
        day_of=date.isoformat,
    )
