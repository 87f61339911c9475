"""Waivers (豁免) that bureaus have granted to units: of one indicator, for some days, by a document."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, id_column, now


class UnitWaiver(Base, kw_only=True):
    """A waiver of an indicator for a unit. Of what is granted nothing is changed: it may be ended before its last day."""

    __tablename__ = "unit_waivers"
    __table_args__ = (Index(None, "enterprise_id"), Index(None, "unit_id"), Index(None, "until"), Index(None, "sha256"))

    id: Mapped[UUID] = id_column()
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprises.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"))
    indicator: Mapped[str] = mapped_column(String(64))
    authority: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    document_number: Mapped[str] = mapped_column(String(200))
    document_date: Mapped[date]
    begins: Mapped[date]
    until: Mapped[date]
    """The last day, as granted."""
    granted_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    sha256: Mapped[str | None] = mapped_column(String(64), default=None)
    """Of the file that proves it."""
    file_name: Mapped[str | None] = mapped_column(String(200), default=None)
    media_type: Mapped[str | None] = mapped_column(String(100), default=None)
    size: Mapped[int | None] = mapped_column(BigInteger, default=None)
    ended_on: Mapped[date | None] = mapped_column(default=None)
    """The day from which on it is no longer in force, where it was ended before its last day."""
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), default=None)
    end_reason: Mapped[str | None] = mapped_column(Text, default=None)

    @property
    def last_day(self) -> date:
        """The last day on which it is in force; before `begins` where it was ended before it began."""
        return self.until if self.ended_on is None else min(self.until, self.ended_on - timedelta(days=1))
