"""Work on many plants or audits at once: what was selected, a question with what would be refused and why, the outcome."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.pages.form_data import Posted, Sent
from api.pages.render import page
from api.problems import ErrorAt, Problem
from api.queries import overview
from api.queries import users as people
from api.services import bulk
from api.services.bulk.announcing import announceable
from api.services.bulk.one_by_one import Outcome
from api.services.bulk.reporting import reportable
from grading import calendar

router = APIRouter()
Assigner = Annotated[Context, needs(Rule.ASSIGN_TEAMS)]
Publisher = Annotated[Context, needs(Rule.PUBLISH_AUDITS)]
Reporter = Annotated[Context, needs(Rule.READ_STATISTICS, costly=True)]
Confirmer = Annotated[Context, needs(Rule.CONFIRM_AUDITS)]
DO, CHECK, ALL = "do", "check", "all"
REFUSALS = (404, 409, 412, 422)


@router.post("/bulk/assignments")
def assign(request: Request, context: Assigner, sent: Sent) -> Response:
    """Assign plants to a team: the team and the days are asked for, then whether it is meant."""
    ids = _enterprises(context, sent)
    values = _values(
        "assignments", "指派评审组", "enterprise", ids, sent, teams=people.teams(context.db), outcome=None, done=False
    )
    values["today"] = calendar.day_of(context.at).isoformat()
    if sent.text("step") not in (DO, CHECK):
        return page(request, context, "bulk.html.j2", **values)

    def act(dry_run: bool) -> Outcome:
        team_id, since = sent.key("team_id"), sent.day("since")
        errors = [] if team_id else [ErrorAt("team_id", "请选择评审组。")]
        errors += [] if since else [ErrorAt("since", "请填写第一天。")]
        if errors or team_id is None or since is None:
            raise Problem("invalid_assignment", f"指派有 {len(errors)} 处问题。", status=422, errors=errors)
        return bulk.assign(context, team_id, ids, since, sent.day("until"), dry_run=dry_run)

    return _taken(request, context, sent, values, act)


@router.post("/bulk/announcements")
def announce(request: Request, context: Publisher, sent: Sent) -> Response:
    """List the confirmed audits of plants in an announcement."""
    ids = _enterprises(context, sent)
    values = _values("announcements", "列入公告", "enterprise", ids, sent)

    def act(dry_run: bool) -> Outcome:
        if dry_run:
            return announceable(context, ids)
        made, found = bulk.announce(context, sent.text("title"), ids)
        values["leads_to"], values["leads"] = f"/announcements/{made.id}", "到公告继续：公示、公布"
        return found

    return _taken(request, context, sent, values, act)


@router.post("/bulk/reports")
def order_reports(request: Request, context: Reporter, sent: Sent) -> Response:
    """Have the gap reports of plants made as an archive."""
    ids = _enterprises(context, sent)
    values = _values("reports", "生成差距报告", "enterprise", ids, sent)

    def act(dry_run: bool) -> Outcome:
        if dry_run:
            return reportable(context, ids)
        _, found = bulk.order_reports(context, ids)
        values["leads_to"], values["leads"] = "/exports", "到文件下载查看进度"
        return found

    return _taken(request, context, sent, values, act)


@router.post("/bulk/confirmations")
def confirm(request: Request, context: Confirmer, sent: Sent) -> Response:
    """Confirm submitted audits."""
    ids = _keys(sent.texts("audit"), sent)
    values = _values("confirmations", "复核审核", "audit", ids, sent)
    return _taken(
        request,
        context,
        sent,
        values,
        lambda dry_run: bulk.confirm(context, ids, sent.text("reasons"), dry_run=dry_run),
    )


def _taken(request: Request, context: Context, sent: Posted, values: dict[str, Any], act: Any) -> Response:
    """The question or, once it was answered, the outcome; a refusal of the whole is told above what was selected."""
    is_done = sent.text("step") == DO
    try:
        found = act(not is_done)
        if is_done:
            found.require_some(values["field"])
    except Problem as problem:
        if problem.status not in REFUSALS:
            raise
        context.undo(problem)
        return page(request, context, "bulk.html.j2", problem.status, **{**values, "refused": problem})
    return page(request, context, "bulk.html.j2", **{**values, "outcome": found, "done": is_done})


def _values(action: str, title: str, field: str, ids: Sequence[UUID], sent: Posted, **more: Any) -> dict[str, Any]:
    return {
        "action": action,
        "title": title,
        "field": field,
        "ids": ids,
        "typed": sent.text,
        "refused": None,
        "outcome": None,
        "done": False,
        "leads_to": "",
        "leads": "",
        **more,
    }


def _enterprises(context: Context, sent: Posted) -> list[UUID]:
    """The plants that were ticked, or all that the filters left when they were asked for."""
    if sent.text("which") != ALL:
        return _keys(sent.texts("enterprise"), sent)
    filters = overview.Filter(
        sent.text("q").strip()[:100],
        sent.text("county")[:6],
        sent.text("ruleset")[:120],
        sent.text("grade")[:32],
        sent.text("state")[:32],
    )
    return [line.id for line in overview.lines(context.db, filters)]


def _keys(ticked: Sequence[str], sent: Posted) -> list[UUID]:
    """Ids as boxes or, on the question's page, one field hold them."""
    try:
        return [
            UUID(key) for key in dict.fromkeys((*ticked, *sent.text("ids").split(",")) if sent.text("ids") else ticked)
        ]
    except ValueError:
        raise Problem("bad_request", "页面不完整，请刷新后重试。", status=422) from None
