"""The append-only log: every change of state, each entry with the hash of the one before."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, Packed


class LogEntry(Base, kw_only=True):
    """An entry of the log: user, action, moment. It names no person but by the user's id."""

    __tablename__ = "log"
    __table_args__ = (Index(None, "audit_id"), Index(None, "enterprise_id"), Index(None, "action"))

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3, …, without gaps."""
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(64))
    """The action: `audit.submitted`."""
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """None: the command line of the server."""
    audit_id: Mapped[UUID | None] = mapped_column(ForeignKey("audits.id"))
    enterprise_id: Mapped[UUID | None] = mapped_column(ForeignKey("enterprises.id"))
    subject: Mapped[str] = mapped_column(String(200))
    """The object of the action, if that is something else: `ruleset:sha256:…`, `user:…`."""
    details: Mapped[str] = mapped_column(Text)
    """Canonical JSON."""
    rows: Mapped[str | None] = mapped_column(Packed, default=None)
    """The changes of rows, as canonical JSON: by table and key the columns that changed, null for a row that was deleted."""
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class LogHead(Base, kw_only=True):
    """The last entry, in one row that is locked to append: entries come one after another."""

    __tablename__ = "log_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
