"""Enterprises with their sites and the units that are graded there."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from api.store.base import Base, id_column, now
from api.store.operating_states import OperatingStateKind
from grading import regions
from grading import uscc as credit_code


class Enterprise(Base, kw_only=True):
    """A legal entity. Its county (GB/T 2260, six digits) decides which bureaus see it."""

    __tablename__ = "enterprises"
    __table_args__ = (
        CheckConstraint("length(county) = 6", name="county"),
        Index(None, "county", "id"),
        Index(None, "name"),
    )

    id: Mapped[UUID] = id_column()
    name: Mapped[str] = mapped_column(String(200))
    uscc: Mapped[str] = mapped_column(String(18), unique=True)
    """The unified social credit code; its check digit is verified."""
    county: Mapped[str] = mapped_column(String(6))
    permit: Mapped[str | None] = mapped_column(String(40), default=None)
    """Number of the emission permit."""
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    """Goes up with every change; makes the ETag."""
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    contact: Mapped[str | None] = mapped_column(String(200), default=None)
    """The contact person, and their telephone."""
    idle_since: Mapped[date | None] = mapped_column(default=None)
    """The day from which it is recorded as long idle; None: it is not."""

    @property
    def state(self) -> OperatingStateKind:
        """Its operating state today."""
        if not self.active:
            return OperatingStateKind.CLOSED
        return OperatingStateKind.OPERATING if self.idle_since is None else OperatingStateKind.LONG_IDLE

    @validates("uscc")
    def _uscc_is_valid(self, _: str, value: str) -> str:
        """Refuse a code whose check digit is wrong; raises ValueError that says what would be right."""
        return credit_code.checked(value)

    @validates("county")
    def _county_is_a_code(self, _: str, value: str) -> str:
        return county_code(value)


class Site(Base, kw_only=True):
    """A place of production with its own permit."""

    __tablename__ = "sites"
    __table_args__ = (UniqueConstraint("enterprise_id", "name"), CheckConstraint("length(county) = 6", name="county"))

    id: Mapped[UUID] = id_column()
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprises.id"))
    name: Mapped[str] = mapped_column(String(200))
    county: Mapped[str] = mapped_column(String(6))
    permit: Mapped[str | None] = mapped_column(String(40), default=None)
    address: Mapped[str | None] = mapped_column(String(400), default=None)
    coordinates: Mapped[str | None] = mapped_column(String(40), default=None)
    """Longitude and latitude in degrees, as `grading.coordinates` has them."""
    created_at: Mapped[datetime] = mapped_column(default_factory=now)

    @validates("county")
    def _county_is_a_code(self, _: str, value: str) -> str:
        return county_code(value)


class Unit(Base, kw_only=True):
    """A production line (or plant) of a site and the ruleset that grades it."""

    __tablename__ = "units"
    __table_args__ = (UniqueConstraint("site_id", "code"), Index(None, "enterprise_id"))

    id: Mapped[UUID] = id_column()
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprises.id"))
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    code: Mapped[str] = mapped_column(String(200))
    """The unit's `id` in audits."""
    ruleset_id: Mapped[str] = mapped_column(String(120))
    name: Mapped[str | None] = mapped_column(String(200), default=None)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    industry: Mapped[str | None] = mapped_column(String(200), default=None)
    """The industry where the edition follows from place and day: each new audit begins with the most local one in force."""
    ruleset_reason: Mapped[str | None] = mapped_column(Text, default=None)
    """The reason why a person chose another edition than the most local one."""
    products: Mapped[str | None] = mapped_column(String(200), default=None)
    capacity: Mapped[str | None] = mapped_column(String(200), default=None)
    """The yearly capacity, with its unit."""


def county_code(value: str) -> str:
    """A GB/T 2260 code as it is; raises ValueError when it isn't one."""
    return regions.checked(value)
