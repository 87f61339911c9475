"""Former names of enterprises, and merged doubles of the register."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, id_column, now, words


class NamedBy(StrEnum):
    """The kinds of names of an enterprise."""

    NAME = "name"
    USCC = "uscc"
    PERMIT = "permit"


class FormerName(Base, kw_only=True):
    """A name, credit code or permit that an enterprise had until a day, when another took its place."""

    __tablename__ = "former_names"
    __table_args__ = (Index(None, "enterprise_id"), Index(None, "value"))

    id: Mapped[UUID] = id_column()
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprises.id"))
    kind: Mapped[NamedBy] = mapped_column(words(NamedBy))
    value: Mapped[str] = mapped_column(String(200))
    until: Mapped[date]
    """The first day on which it was no longer so."""
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default_factory=now)


class EnterpriseMerger(Base, kw_only=True):
    """An enterprise that was registered twice: all of the double is the other's now, and its id leads there."""

    __tablename__ = "enterprise_mergers"
    __table_args__ = (Index(None, "into_id"),)

    double_id: Mapped[UUID] = mapped_column(ForeignKey("enterprises.id"), primary_key=True)
    into_id: Mapped[UUID] = mapped_column(ForeignKey("enterprises.id"))
    reason: Mapped[str] = mapped_column(Text)
    moved: Mapped[str] = mapped_column(Text)
    """JSON: by table the keys of the rows that were the double's."""
    merged_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
