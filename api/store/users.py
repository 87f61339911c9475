"""Users, assessment teams and the enterprises that teams are assigned to."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from api.store.base import Base, id_column, now, words
from api.store.enterprises import county_code


class Role(StrEnum):
    """The role of a user; decides with the scope (own enterprise, team, area) what they see and may do."""

    ASSESSOR = "assessor"
    ENTERPRISE = "enterprise"
    BUREAU = "bureau"
    ADMINISTRATOR = "administrator"


class Team(Base, kw_only=True):
    """An assessment team."""

    __tablename__ = "teams"

    id: Mapped[UUID] = id_column()
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)


class User(Base, kw_only=True):
    """A user. Never deleted, only made inactive: the log names them."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint(
            "(role = 'assessor') = (team_id IS NOT NULL)"
            " AND (role = 'enterprise') = (enterprise_id IS NOT NULL)"
            " AND (role = 'bureau') = (area IS NOT NULL)",
            name="scope_of_role",
        ),
        CheckConstraint("NOT may_review OR role = 'bureau'", name="reviewer_is_bureau"),
    )

    id: Mapped[UUID] = id_column()
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[Role] = mapped_column(words(Role))
    password_hash: Mapped[str] = mapped_column(String(200))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"), default=None)
    """Of assessors."""
    enterprise_id: Mapped[UUID | None] = mapped_column(ForeignKey("enterprises.id"), default=None)
    """Of users of an enterprise."""
    area: Mapped[str | None] = mapped_column(String(6), default=None)
    """Of a bureau: the GB/T 2260 code of its county, city or province."""
    may_review: Mapped[bool] = mapped_column(default=False)
    """Of a bureau: whether the user may sign rulesets off."""
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    password_set_by: Mapped[UUID | None] = mapped_column(default=None)
    """The person who set the password, where it was another: it has to be changed before anything else."""
    second_factor: Mapped[str | None] = mapped_column(String(64), default=None)
    """The value from which, with the service's key, the secret of one-time codes is derived; None without a second factor."""
    second_factor_step: Mapped[int | None] = mapped_column(default=None)
    """The time step of the last code that was used: none is taken twice."""
    oidc_subject: Mapped[str | None] = mapped_column(String(500), index=True, unique=True, default=None)
    """The identity provider and the person there, from their first sign-in on; None: not known yet."""
    email: Mapped[str | None] = mapped_column(String(254), default=None)
    """The address that notices are mailed to; None: none."""

    @validates("area")
    def _area_is_a_code(self, _: str, value: str | None) -> str | None:
        return None if value is None else county_code(value)


class Assignment(Base, kw_only=True):
    """A team assesses an enterprise, from a day on and, if it is over, until a day; both inclusive."""

    __tablename__ = "assignments"
    __table_args__ = (UniqueConstraint("team_id", "enterprise_id", "since"), Index(None, "enterprise_id"))

    id: Mapped[UUID] = id_column()
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"))
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprises.id"))
    since: Mapped[date]
    until: Mapped[date | None] = mapped_column(default=None)
    assigned_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
