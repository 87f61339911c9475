"""Opinions of admission: made once, never changed; and when the projects were completed."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, Packed, id_column, now, words


class AdmissionOutcome(StrEnum):
    """An opinion's conclusion."""

    ADMITTED = "admitted"
    REFUSED = "refused"
    UNDECIDED = "undecided"


class AdmissionOpinion(Base, kw_only=True):
    """Project, design data, rulesets, policies and engine → opinion. A new one takes the place of an earlier one."""

    __tablename__ = "admission_opinions"
    __table_args__ = (
        UniqueConstraint("supersedes_id"),
        Index(None, "county", "id"),
    )

    id: Mapped[UUID] = id_column()
    name: Mapped[str] = mapped_column(String(4000))
    county: Mapped[str] = mapped_column(String(6))
    industry: Mapped[str | None] = mapped_column(String(120), default=None)
    accepted_on: Mapped[date]
    """The day on which the project was accepted for approval: it decides which rules stand."""
    outcome: Mapped[AdmissionOutcome] = mapped_column(words(AdmissionOutcome))
    required_level: Mapped[str | None] = mapped_column(String(32), default=None)
    content: Mapped[str] = mapped_column(Packed)
    """Project and design data as they were sent, to the letter."""
    digest: Mapped[str] = mapped_column(String(71))
    """Of project and design data as they were read."""
    rulesets: Mapped[str] = mapped_column(Text)
    """JSON: by id, the digest of each ruleset that graded the design data."""
    policies: Mapped[str] = mapped_column(Packed)
    """JSON: by id, digest and text of each policy about projects that there was."""
    engine: Mapped[str] = mapped_column(String(100))
    document: Mapped[str] = mapped_column(Packed)
    """The opinion as JSON."""
    supersedes_id: Mapped[UUID | None] = mapped_column(ForeignKey("admission_opinions.id"), default=None)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default_factory=now)


class ProjectCompletion(Base, kw_only=True):
    """The acceptance of a completed project (竣工验收); a later row about the same opinion corrects an earlier one."""

    __tablename__ = "project_completions"

    id: Mapped[UUID] = id_column()
    opinion_id: Mapped[UUID] = mapped_column(ForeignKey("admission_opinions.id"), index=True)
    completed_on: Mapped[date]
    enterprise_id: Mapped[UUID | None] = mapped_column(ForeignKey("enterprises.id"), default=None)
    """The enterprise that runs it, whose grade has to be confirmed."""
    reasons: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
