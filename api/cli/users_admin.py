"""Users as who may run commands on the server keeps them: without being signed in, and logged with nobody as the actor."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from api import audit_log
from api.identity import passwords
from api.problems import ErrorAt, Problem
from api.services import users
from api.services.enterprises import enterprise_of
from api.store import Enterprise, Role, Team, User
from api.store.database import Database


@dataclass(frozen=True)
class Line:
    """A user and, in words, whose they are: the team, the enterprise, the area."""

    user: User
    scope: str


def listed(database: Database) -> list[Line]:
    """Everybody, by login."""
    rows = (
        select(User, Team.name, Enterprise.name)
        .join(Team, Team.id == User.team_id, isouter=True)
        .join(Enterprise, Enterprise.id == User.enterprise_id, isouter=True)
        .order_by(User.login)
    )
    with database.reading() as db:
        return [Line(user, team or enterprise or user.area or "") for user, team, enterprise in db.execute(rows)]


def add_user(
    database: Database,
    *,
    login: str,
    name: str,
    role: Role,
    password: str,
    team: str | None = None,
    uscc: str | None = None,
    area: str | None = None,
    may_review: bool = False,
) -> User:
    """A new user; a team that isn't there yet is made. Raises Problem (409, 422)."""
    with database.writing() as db:
        user = users.create_user(
            db,
            login=login,
            name=name,
            role=role,
            password=password,
            team_id=None if team is None else _team(db, team).id,
            enterprise_id=None if uscc is None else _enterprise(db, uscc).id,
            area=area,
            may_review=may_review,
        )
        audit_log.append(db, "user.created", None, subject=f"user:{user.id}", details={"role": role.value})
    return user


def reset_password(database: Database, login: str, password: str | None = None) -> str:
    """A new password for a user, generated unless one is given; raises Problem (404, 422)."""
    password = password or passwords.generated()
    with database.writing() as db:
        users.put_password(db, None, _user(db, login), password)
    return password


def set_active(database: Database, login: str, active: bool) -> None:
    """Shut a user out or let them in again; raises Problem (404)."""
    with database.writing() as db:
        users.put_active(db, None, _user(db, login), active)


def _user(db: Session, login: str) -> User:
    user = db.scalar(select(User).where(User.login == login.strip().lower()))
    if user is None:
        raise Problem("not_found", f"没有用户“{login}”。", status=404)
    return user


def _team(db: Session, name: str) -> Team:
    found = db.scalar(select(Team).where(Team.name == name))
    if found is None:
        found = Team(name=name)
        db.add(found)
        db.flush()
    return found


def _enterprise(db: Session, uscc: str) -> Enterprise:
    found = enterprise_of(db, uscc)
    if found is None:
        message = f"没有统一社会信用代码为 {uscc} 的企业。"
        raise Problem("invalid_user", message, status=422, errors=[ErrorAt("uscc", message)])
    return found
