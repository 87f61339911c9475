"""Many enterprises assigned to a team."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from api.access import Rule, require
from api.context import Context
from api.problems import Problem
from api.services import enterprises
from api.services.bulk.one_by_one import Outcome, Subject, names_of_enterprises, one_by_one, require_number
from api.store import Assignment, Team

MOST = 2_000


def assign(
    context: Context,
    team_id: UUID,
    enterprise_ids: Sequence[UUID],
    since: date,
    until: date | None = None,
    *,
    dry_run: bool = False,
) -> Outcome:
    """Let a team assess enterprises, but for those refused; raises Problem (403, 404, 422)."""
    require(context.db, Rule.ASSIGN_TEAMS)
    require_number(enterprise_ids, MOST, "enterprise_ids")
    context.find(Team, team_id)
    enterprises.refuse_days(since, until)
    names = names_of_enterprises(context, enterprise_ids)

    def step(enterprise_id: UUID) -> Sequence[Subject]:
        standing = context.db.scalars(
            select(Assignment)
            .where(
                Assignment.team_id == team_id,
                Assignment.enterprise_id == enterprise_id,
                or_(Assignment.until.is_(None), Assignment.until >= since),
            )
            .limit(1)
        ).first()
        if standing is not None:
            end = "，没有终止日" if standing.until is None else f"至 {standing.until}"
            raise Problem("assignment_exists", f"这个评审组已有自 {standing.since} 起的指派{end}。")
        enterprises.assign(context, team_id=team_id, enterprise_id=enterprise_id, since=since, until=until)
        return (Subject(enterprise_id, names.get(enterprise_id, "")),)

    return one_by_one(context, enterprise_ids, names, step, dry_run=dry_run)
