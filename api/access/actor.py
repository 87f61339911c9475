"""Who acts: a signed-in user as access sees them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.store import Role, User


class Via(StrEnum):
    """How the actor proved who they are."""

    SESSION = "session"
    TOKEN = "token"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Actor:
    """A user with role and scope. `via_id` is the id of the session or token."""

    id: UUID
    login: str
    name: str
    role: Role
    via: Via
    team_id: UUID | None = None
    enterprise_id: UUID | None = None
    area: str | None = None
    may_review: bool = False
    via_id: UUID | None = None


WHO = (User.id, User.login, User.name, User.role, User.team_id, User.enterprise_id, User.area, User.may_review)
"""The columns of users that make an actor."""


def actor_of(user: User | Row[*tuple[Any, ...]], via: Via, via_id: UUID | None = None) -> Actor:
    """A user, or a row with the columns `WHO`, as an actor."""
    return Actor(
        id=user.id,
        login=user.login,
        name=user.name,
        role=user.role,
        via=via,
        team_id=user.team_id,
        enterprise_id=user.enterprise_id,
        area=user.area,
        may_review=user.may_review,
        via_id=via_id,
    )


def area_bounds(code: str) -> tuple[str, str]:
    """The lowest and highest county code of an area: `610400` → `("610400", "610499")`; `100000` is the country."""
    stem = "" if code == "100000" else code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
    return stem.ljust(6, "0"), stem.ljust(6, "9")


def in_area(county: str, area: str) -> bool:
    """Whether a county lies in an area."""
    low, high = area_bounds(area)
    return low <= county <= high
