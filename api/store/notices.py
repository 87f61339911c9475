"""Notices to people who must act: each once, with when it was made, mailed and read."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, id_column, now, words


class NoticeKind(StrEnum):
    """The kind of a notice."""

    PLAN_DUE = "plan_due"
    MEASURE_OVERDUE = "measure_overdue"
    AUDIT_TO_CONFIRM = "audit_to_confirm"
    AUDIT_TO_PUBLISH = "audit_to_publish"
    AUDIT_RETURNED = "audit_returned"
    GRADING_PUBLISHED = "grading_published"
    RATING_ENDING = "rating_ending"


class MailState(StrEnum):
    """The state of a notice's e-mail."""

    NONE = "none"
    """There was no address, or no mail server."""
    WAITING = "waiting"
    SENDING = "sending"
    """Handed to the server; if the process died then it may or may not have gone, and is not sent again."""
    SENT = "sent"
    FAILED = "failed"


class Notice(Base, kw_only=True):
    """A notice to a user; the same subject is told to nobody twice."""

    __tablename__ = "notices"
    __table_args__ = (UniqueConstraint("user_id", "kind", "subject"), Index(None, "mail"))

    id: Mapped[UUID] = id_column()
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[NoticeKind] = mapped_column(words(NoticeKind))
    subject: Mapped[str] = mapped_column(String(120))
    """The subject, by ids and days: makes it the same notice or another."""
    text: Mapped[str] = mapped_column(String(1000))
    link: Mapped[str] = mapped_column(String(400))
    due: Mapped[date | None] = mapped_column(default=None)
    made_at: Mapped[datetime] = mapped_column(default_factory=now)
    """From then on it is in the user's list."""
    read_at: Mapped[datetime | None] = mapped_column(default=None)
    mail: Mapped[MailState] = mapped_column(words(MailState), default=MailState.NONE)
    mail_attempts: Mapped[int] = mapped_column(default=0)
    mail_at: Mapped[datetime | None] = mapped_column(default=None)
    """The moment at which it was sent, or last tried."""
