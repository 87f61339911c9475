"""Operating states of plants and units over time: in operation, long idle with proof, closed."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, id_column, now, words


class OperatingStateKind(StrEnum):
    """The operating state of a plant or unit."""

    OPERATING = "operating"
    LONG_IDLE = "long_idle"
    CLOSED = "closed"


class OperatingState(Base, kw_only=True):
    """A state of an enterprise, or of one unit of it, from a day on. Never changed: a later entry takes its place."""

    __tablename__ = "operating_states"
    __table_args__ = (Index(None, "enterprise_id", "since"), Index(None, "unit_id"))

    id: Mapped[UUID] = id_column()
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprises.id"))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"), default=None)
    """None: of the whole enterprise."""
    state: Mapped[OperatingStateKind] = mapped_column(words(OperatingStateKind))
    since: Mapped[date]
    document: Mapped[str | None] = mapped_column(String(400), default=None)
    """The document that proves it; being long idle needs one."""
    reason: Mapped[str | None] = mapped_column(Text, default=None)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
