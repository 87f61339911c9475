"""Users, teams, assignments and tokens by filters."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from api.queries.paging import newest_first
from api.store import Assignment, Enterprise, Role, SignInSession, Team, Token, User
from api.store.base import now


def users(
    db: Session, role: Role | None, active: bool | None, cursor: UUID | None, limit: int, text: str = ""
) -> tuple[list[User], UUID | None]:
    """A page of users whose login or name has a text in it, the newest first, and the cursor of the next page."""
    rows = select(User)
    if role is not None:
        rows = rows.where(User.role == role)
    if active is not None:
        rows = rows.where(User.active == active)
    if text:
        rows = rows.where(or_(User.login.contains(text, autoescape=True), User.name.contains(text, autoescape=True)))
    return newest_first(db, rows, User.id, cursor, limit)


def user_id(db: Session, login: str) -> UUID | None:
    """The id of a login; None where there is none in scope."""
    return db.scalar(select(User.id).where(User.login == login))


def sessions(db: Session, user_id: UUID) -> list[SignInSession]:
    """The sessions of a user that are not over, the newest first."""
    mine = select(SignInSession).where(SignInSession.user_id == user_id, SignInSession.expires_at > now())
    return list(db.scalars(mine.order_by(SignInSession.id.desc())))


def scope_names(db: Session, listed: Iterable[User]) -> dict[UUID, str]:
    """The name of each user's scope, by the user's id: the team, the enterprise, or the area's code."""
    listed = list(listed)
    teams_ = {user.team_id for user in listed if user.team_id}
    enterprises = {user.enterprise_id for user in listed if user.enterprise_id}
    named: dict[UUID | None, str] = {None: ""}
    for key, name in db.execute(select(Team.id, Team.name).where(Team.id.in_(teams_))):
        named[key] = name
    for key, name in db.execute(select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_(enterprises))):
        named[key] = name
    return {user.id: named.get(user.team_id or user.enterprise_id, "") or user.area or "" for user in listed}


def teams(db: Session) -> list[Team]:
    """The teams that the actor sees, by name."""
    return list(db.scalars(select(Team).order_by(Team.name)))


def members(db: Session) -> dict[UUID, int]:
    """The number of active assessors of each team; only administrators see all of them."""
    counted = select(User.team_id, func.count(User.id)).where(User.active, User.team_id.is_not(None))
    return {key: count for key, count in db.execute(counted.group_by(User.team_id)) if key is not None}


def assignments(
    db: Session,
    team_id: UUID | None,
    enterprise_id: UUID | None,
    on: date | None,
    cursor: UUID | None,
    limit: int,
) -> tuple[list[Assignment], UUID | None]:
    """A page of assignments, the newest first, and the cursor of the next page."""
    rows = select(Assignment)
    if team_id is not None:
        rows = rows.where(Assignment.team_id == team_id)
    if enterprise_id is not None:
        rows = rows.where(Assignment.enterprise_id == enterprise_id)
    if on is not None:
        rows = rows.where(Assignment.since <= on, or_(Assignment.until.is_(None), Assignment.until >= on))
    return newest_first(db, rows, Assignment.id, cursor, limit)


def tokens(db: Session, user_id: UUID, cursor: UUID | None, limit: int) -> tuple[list[Token], UUID | None]:
    """A page of a user's tokens, the newest first, also those that are over."""
    return newest_first(db, select(Token).where(Token.user_id == user_id), Token.id, cursor, limit)
