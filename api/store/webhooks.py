"""Webhooks: addresses of other systems that are told of events, and each telling with its attempts."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, id_column, now, words


class WebhookEvent(StrEnum):
    """An event that systems may be told of."""

    GRADE_PUBLISHED = "grade.published"
    GRADE_TAKEN_BACK = "grade.taken_back"
    APPEAL_FILED = "appeal.filed"
    APPEAL_DECIDED = "appeal.decided"
    BATCH_ENDED = "batch.ended"


class DeliveryState(StrEnum):
    """The state of a delivery."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    """Tried as often as it is tried at all."""


class Webhook(Base, kw_only=True):
    """An address that is told of events of an area. Its secret is not kept: it follows from the service's key and the id."""

    __tablename__ = "webhooks"
    __table_args__ = (Index(None, "area", "id"),)

    id: Mapped[UUID] = id_column()
    url: Mapped[str] = mapped_column(String(400))
    area: Mapped[str] = mapped_column(String(6))
    events: Mapped[str] = mapped_column(String(200))
    """Joined by commas."""
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    first_seq: Mapped[int]
    """The first entry of the log that it is told of."""
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)

    @property
    def wanted(self) -> frozenset[WebhookEvent]:
        """The events that it is told of."""
        return frozenset(WebhookEvent(event) for event in self.events.split(","))


class WebhookDelivery(Base, kw_only=True):
    """One event told to one address: once, tried again until it is taken."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (UniqueConstraint("webhook_id", "subject"), Index(None, "state", "next_at"))

    id: Mapped[UUID] = id_column()
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhooks.id"))
    subject: Mapped[str] = mapped_column(String(80))
    """The identity of the event: the entry of the log, or the batch with its state."""
    event: Mapped[WebhookEvent] = mapped_column(words(WebhookEvent))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[DeliveryState] = mapped_column(words(DeliveryState), default=DeliveryState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(default_factory=now)
    """The time of the next attempt."""
    tried_at: Mapped[datetime | None] = mapped_column(default=None)
    answer: Mapped[str | None] = mapped_column(String(300), default=None)
    """The status that the system answered the last attempt with, or why there was no answer."""
    created_at: Mapped[datetime] = mapped_column(default_factory=now)


class WebhookProgress(Base, kw_only=True):
    """The last log entry read for deliveries, in one row."""

    __tablename__ = "webhook_progress"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
