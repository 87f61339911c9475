"""Recipients of notices: users of an enterprise, of the teams assigned to it, of the nearest bureau above it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from api.store import Assignment, Role, User
from grading.jurisdiction import COUNTRY


@dataclass(frozen=True)
class Recipients:
    """Active users by what they answer for."""

    of_enterprise: Mapping[UUID, Sequence[UUID]]
    of_area: Mapping[str, Sequence[UUID]]
    assessors: Mapping[UUID, Sequence[UUID]]
    """By enterprise, of the teams that are assigned to it today."""
    mailed: frozenset[UUID]
    """Those who have an address."""

    def bureau(self, county: str) -> Sequence[UUID]:
        """The users of the nearest bureau whose area holds a county: its own, else the city's, else the province's."""
        areas = (county, f"{county[:4]}00", f"{county[:2]}0000", COUNTRY)
        return next((self.of_area[area] for area in areas if area in self.of_area), ())


def recipients(db: Session, today: date) -> Recipients:
    """Everybody who can be told anything; the session must see all of them."""
    of_enterprise: dict[UUID, list[UUID]] = defaultdict(list)
    of_area: dict[str, list[UUID]] = defaultdict(list)
    of_team: dict[UUID, list[UUID]] = defaultdict(list)
    mailed = set()
    for user in db.scalars(select(User).where(User.active).order_by(User.id)):
        if user.role is Role.ENTERPRISE and user.enterprise_id is not None:
            of_enterprise[user.enterprise_id].append(user.id)
        elif user.role is Role.BUREAU and user.area is not None:
            of_area[user.area].append(user.id)
        elif user.role is Role.ASSESSOR and user.team_id is not None:
            of_team[user.team_id].append(user.id)
        if user.email is not None:
            mailed.add(user.id)
    return Recipients(of_enterprise, of_area, _assessors(db, of_team, today), frozenset(mailed))


def _assessors(db: Session, of_team: Mapping[UUID, Iterable[UUID]], today: date) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = defaultdict(list)
    in_force = (Assignment.since <= today, or_(Assignment.until.is_(None), Assignment.until >= today))
    for team_id, enterprise_id in db.execute(select(Assignment.team_id, Assignment.enterprise_id).where(*in_force)):
        found[enterprise_id] += of_team.get(team_id, ())
    return found
