"""The actor: a signed-in user as access sees them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.store import Role, User


class Via(StrEnum):
    """The means by which the actor proved their identity."""

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
    must_change_password: bool = False
    """True while the password is one that another person set."""
    has_second_factor: bool = False
    by_provider: bool = False
    """True in a session that the identity provider vouches for: passwords and second factors are its matter."""


WHO = (
    User.id,
    User.login,
    User.name,
    User.role,
    User.team_id,
    User.enterprise_id,
    User.area,
    User.may_review,
    User.password_set_by,
    User.second_factor,
)
"""The columns of users that make an actor."""


def actor_of(
    user: User | Row[*tuple[Any, ...]], via: Via, via_id: UUID | None = None, *, by_provider: bool = False
) -> Actor:
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
        must_change_password=user.password_set_by is not None,
        has_second_factor=user.second_factor is not None,
        by_provider=by_provider,
    )
