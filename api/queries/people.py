"""Users, teams, assignments and tokens as they are looked for."""

from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from api.queries.paging import newest_first
from api.store import Assignment, Role, Team, Token, User


def users(
    db: Session, role: Role | None, active: bool | None, cursor: UUID | None, limit: int
) -> tuple[list[User], UUID | None]:
    """A page of users, the newest first, and the cursor of the next page."""
    rows = select(User)
    if role is not None:
        rows = rows.where(User.role == role)
    if active is not None:
        rows = rows.where(User.active == active)
    return newest_first(db, rows, User.id, cursor, limit)


def teams(db: Session) -> list[Team]:
    """The teams that the actor sees, by name."""
    return list(db.scalars(select(Team).order_by(Team.name)))


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
