"""Users, teams, assignments, tokens as JSON."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from api.access import Via
from api.schemas.base import Area, In, Line, Out
from api.store import Role
from grading.model.base import Day

Login = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._@-]{1,63}$"), Field(examples=["zhang.wei"])]
PersonName = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
Password = Annotated[
    str, StringConstraints(min_length=1, max_length=256), Field(json_schema_extra={"format": "password"})
]


class MeOut(Out):
    """Your user as the service knows it."""

    id: UUID
    login: str
    name: str
    role: Role
    via: Via = Field(description="How you proved it.")
    team_id: UUID | None
    enterprise_id: UUID | None
    area: str | None
    may_review: bool


class UserOut(Out):
    """A user."""

    id: UUID
    login: str
    name: str
    role: Role
    team_id: UUID | None
    enterprise_id: UUID | None
    area: str | None
    may_review: bool
    active: bool
    created_at: datetime


class UserIn(In):
    """A user to add. Without a password one is generated and told once."""

    login: Login
    name: PersonName = Field(examples=["张伟"])
    role: Role
    team_id: UUID | None = Field(default=None, description="Of assessors, and of nobody else.")
    enterprise_id: UUID | None = Field(default=None, description="Of users of an enterprise.")
    area: Area | None = Field(default=None, description="Of a bureau.")
    may_review: bool = Field(default=False, description="Of a bureau: may sign rulesets off.")
    password: Password | None = None


class NewUserOut(UserOut):
    """A user who was added."""

    password: str | None = Field(description="The generated password, told this once.")


class UserChange(In):
    """Changes of a user. With a role come its scope and `may_review`, all of them."""

    active: bool | None = Field(default=None, description="False shuts the user out at once; true lets them in again.")
    name: PersonName | None = None
    role: Role | None = None
    team_id: UUID | None = Field(default=None, description="Of assessors, and of nobody else.")
    enterprise_id: UUID | None = Field(default=None, description="Of users of an enterprise.")
    area: Area | None = Field(default=None, description="Of a bureau.")
    may_review: bool | None = Field(default=None, description="Of a bureau: may sign rulesets off.")


class PasswordOut(Out):
    """A generated password, told this once."""

    password: str


class PasswordChange(In):
    """The own password."""

    old: Password
    new: Password


class TeamOut(Out):
    """An assessment team."""

    id: UUID
    name: str
    created_at: datetime


class TeamIn(In):
    """A team to add."""

    name: Line = Field(examples=["第一评审组"])


class AssignmentOut(Out):
    """A team assesses an enterprise; both days inclusive."""

    id: UUID
    team_id: UUID
    enterprise_id: UUID
    since: date
    until: date | None
    created_at: datetime


class AssignmentIn(In):
    """An assignment to make."""

    team_id: UUID
    enterprise_id: UUID
    since: Day
    until: Day | None = None


class AssignmentEnd(In):
    """The last day of an assignment."""

    until: Day


class TokenOut(Out):
    """A system's right to act for you."""

    id: UUID
    user_id: UUID
    name: str
    hint: str = Field(description="How the token begins.")
    expires_at: datetime
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class TokenIn(In):
    """A token to create."""

    name: PersonName = Field(examples=["市平台数据接口"], description="Which system uses it.")
    days: int = Field(ge=1, le=730, description="How long it is valid.", examples=[90])


class NewTokenOut(TokenOut):
    """A token that was created."""

    secret: str = Field(description="The token itself, told this once.", examples=["gr_…"])
