"""Announcements: confirmed audits that a bureau makes public together, with a publicity period and its objections."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, id_column, now, words


class AnnouncementState(StrEnum):
    """The state of an announcement."""

    DRAFT = "draft"
    PUBLICITY = "publicity"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Announcement(Base, kw_only=True):
    """An announcement of an area's bureau, on its way from its list to the publication of the grades."""

    __tablename__ = "announcements"
    __table_args__ = (Index(None, "area", "id"),)

    id: Mapped[UUID] = id_column()
    title: Mapped[str] = mapped_column(String(200))
    area: Mapped[str] = mapped_column(String(6))
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    state: Mapped[AnnouncementState] = mapped_column(words(AnnouncementState), default=AnnouncementState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    publicity_from: Mapped[date | None] = mapped_column(default=None)
    publicity_until: Mapped[date | None] = mapped_column(default=None)
    """The last day of the publicity period."""
    number: Mapped[str | None] = mapped_column(String(100), default=None)
    """The number of the announcement (文号)."""
    announced_on: Mapped[date | None] = mapped_column(default=None)
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), default=None)
    reasons: Mapped[str | None] = mapped_column(Text, default=None)
    """The word given when it was published, or why it was cancelled."""
    created_at: Mapped[datetime] = mapped_column(default_factory=now)


class AnnouncedAudit(Base, kw_only=True):
    """An audit of an announcement with the grading that it is announced with."""

    __tablename__ = "announced_audits"
    __table_args__ = (Index(None, "audit_id"),)

    announcement_id: Mapped[UUID] = mapped_column(ForeignKey("announcements.id"), primary_key=True)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audits.id"), primary_key=True)
    grading_id: Mapped[UUID] = mapped_column(ForeignKey("gradings.id"))
    left_out: Mapped[str | None] = mapped_column(Text, default=None)
    """Why it was left out; None: it is announced."""
    refused: Mapped[str | None] = mapped_column(Text, default=None)
    """Why it could not be published when the others were."""


class AnnouncementObjection(Base, kw_only=True):
    """An objection received in the publicity period, with its answer."""

    __tablename__ = "announcement_objections"

    id: Mapped[UUID] = id_column()
    announcement_id: Mapped[UUID] = mapped_column(ForeignKey("announcements.id"), index=True)
    audit_id: Mapped[UUID | None] = mapped_column(ForeignKey("audits.id"), default=None)
    """The audit that it is about; None: about the announcement."""
    objector: Mapped[str] = mapped_column(String(200))
    received_on: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text, default=None)
    answered_on: Mapped[date | None] = mapped_column(default=None)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
