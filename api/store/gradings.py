"""Gradings: made once, never changed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, Packed, id_column, now, words
from grading.model.base import Mode


class Grading(Base, kw_only=True):
    """Audit digest + ruleset digests + engine version → result. The same inputs give the same row."""

    __tablename__ = "gradings"
    __table_args__ = (
        UniqueConstraint("revision_id", "inputs"),
        Index(None, "audit_id", "id"),
    )

    id: Mapped[UUID] = id_column()
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audits.id"))
    revision_id: Mapped[UUID] = mapped_column(ForeignKey("audit_revisions.id"))
    audit_digest: Mapped[str] = mapped_column(String(71))
    engine: Mapped[str] = mapped_column(String(100))
    mode: Mapped[Mode] = mapped_column(words(Mode))
    inputs: Mapped[str] = mapped_column(String(71))
    """The digest of audit digest, ruleset digests by unit, engine and mode."""
    grade: Mapped[str] = mapped_column(String(32))
    attainable: Mapped[str] = mapped_column(String(32))
    document: Mapped[str] = mapped_column(Packed)
    """The grading as JSON, with its trace."""
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    missing: Mapped[int | None] = mapped_column(default=None)
    """Of an undecided one: how many values and tables nobody has stated; None where it is decided, or nobody counted."""
    open_figures: Mapped[int | None] = mapped_column(default=None)
    """The number of figures of the guideline that the authority has to verify."""
    waivers: Mapped[str | None] = mapped_column(Text, default=None)
    """The waivers beside the revision's content that it was made by: JSON, a list for each unit by its id."""


class GradedUnit(Base, kw_only=True):
    """The grade of one unit, for search and statistics; the trace is in the grading's document."""

    __tablename__ = "graded_units"
    __table_args__ = (Index(None, "ruleset_id", "grade"), Index(None, "ruleset_digest"))

    grading_id: Mapped[UUID] = mapped_column(ForeignKey("gradings.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(String(4000))
    ruleset_id: Mapped[str] = mapped_column(String(120))
    ruleset_digest: Mapped[str] = mapped_column(ForeignKey("rulesets.digest"))
    grade: Mapped[str] = mapped_column(String(32))
    attainable: Mapped[str] = mapped_column(String(32))
    missing: Mapped[int | None] = mapped_column(default=None)
    open_figures: Mapped[int | None] = mapped_column(default=None)
    """As the grading has them, of the unit alone."""


class Publication(Base, kw_only=True):
    """The word given when a grading was published that is not decided, or that had something unusual about it."""

    __tablename__ = "publications"

    id: Mapped[UUID] = id_column()
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audits.id"), index=True)
    grading_id: Mapped[UUID] = mapped_column(ForeignKey("gradings.id"))
    published_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    undecided: Mapped[bool]
    """True when the grade was not decided, of the enterprise or of a unit."""
    reasons: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
