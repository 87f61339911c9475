"""Rulesets by digest, whole, once they have graded something; and who signed them off."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, Packed, id_column, now


class StoredRuleset(Base, kw_only=True):
    """A ruleset as it was when it graded: canonical JSON, so that any grading can be made again years later."""

    __tablename__ = "rulesets"
    __table_args__ = (Index(None, "ruleset_id"),)

    digest: Mapped[str] = mapped_column(String(71), primary_key=True)
    ruleset_id: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(4000))
    jurisdiction: Mapped[str] = mapped_column(String(6))
    effective: Mapped[date]
    document: Mapped[str] = mapped_column(Packed)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)


class SignOff(Base, kw_only=True):
    """A bureau's reviewer has reviewed an edition: this digest and no other."""

    __tablename__ = "sign_offs"

    id: Mapped[UUID] = id_column()
    ruleset_digest: Mapped[str] = mapped_column(ForeignKey("rulesets.digest"), unique=True)
    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    reviewer_name: Mapped[str] = mapped_column(String(100))
    statement: Mapped[str | None] = mapped_column(Text, default=None)
    """The reviewer's statement about the review."""
    at: Mapped[datetime] = mapped_column(default_factory=now)
