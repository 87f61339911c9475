"""Answers that are remembered, so that a request sent twice under one idempotency key acts once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, Packed, now


class RememberedAnswer(Base, kw_only=True):
    """The answer to a user's request under a key; `request` is the digest of method, path and body."""

    __tablename__ = "remembered_answers"
    __table_args__ = (Index(None, "created_at"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    request: Mapped[str] = mapped_column(String(71))
    status: Mapped[int]
    body: Mapped[str] = mapped_column(Packed)
    etag: Mapped[str | None] = mapped_column(String(100), default=None)
    location: Mapped[str | None] = mapped_column(String(400), default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
