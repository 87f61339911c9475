"""Audits with their revisions, and appeals against them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, Packed, id_column, now, words


class AuditKind(StrEnum):
    """The kind of an audit: the assessor's or the enterprise's own."""

    EXPERT = "expert"
    SELF = "self"


class AuditState(StrEnum):
    """The state of an audit."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Audit(Base, kw_only=True):
    """One assessment of an enterprise (or of one of its sites) on its way to publication."""

    __tablename__ = "audits"
    __table_args__ = (Index(None, "enterprise_id", "state"), Index(None, "state", "id"), Index(None, "author_id"))

    id: Mapped[UUID] = id_column()
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprises.id"))
    kind: Mapped[AuditKind] = mapped_column(words(AuditKind))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("sites.id"), default=None)
    state: Mapped[AuditState] = mapped_column(words(AuditState), default=AuditState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    """Goes up with every change of content or state; makes the ETag."""
    revision: Mapped[int] = mapped_column(default=1)
    """The number of the revision that counts."""
    assessed_on: Mapped[date | None] = mapped_column(default=None)
    """Of the submitted content."""
    submitted_at: Mapped[datetime | None] = mapped_column(default=None)
    submitted_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), default=None)
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    published_grading_id: Mapped[UUID | None] = mapped_column(ForeignKey("gradings.id", use_alter=True), default=None)
    """The grading that was published; a later re-grading doesn't change it."""
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("audits.id"), default=None)
    """The audit that this one was begun from, to correct it."""
    begun_from_id: Mapped[UUID | None] = mapped_column(default=None)
    """The audit whose answers it shows as last time's."""
    superseded_by: Mapped[UUID | None] = mapped_column(ForeignKey("audits.id"), default=None)
    reasons: Mapped[str | None] = mapped_column(Text, default=None)
    """The reasons for which it was last returned or withdrawn."""
    outside_reason: Mapped[str | None] = mapped_column(Text, default=None)
    """The reason for an edition that does not apply where the plant lies, as it was last given."""
    opinion: Mapped[str | None] = mapped_column(Text, default=None)
    """The second expert's opinion, as it was last given."""
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    changed_at: Mapped[datetime] = mapped_column(default_factory=now)


class DraftVersion(Base, kw_only=True):
    """A draft's content up to one of its versions: what a page of that version showed, to tell what was changed on it since."""

    __tablename__ = "draft_versions"
    __table_args__ = (UniqueConstraint("audit_id", "version"),)

    id: Mapped[UUID] = id_column()
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audits.id"))
    since: Mapped[int]
    """The first version with this content."""
    version: Mapped[int]
    """The last version with this content."""
    content: Mapped[str] = mapped_column(Packed)
    replaced_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    """The user who saved the next version."""
    page: Mapped[str | None] = mapped_column(String(36), default=None)
    """On which opened page it was saved, as the page calls itself."""
    replaced_at: Mapped[datetime] = mapped_column(default_factory=now)


class AuditRevision(Base, kw_only=True):
    """The content of an audit at one time, as JSON text to the letter. Frozen once submitted."""

    __tablename__ = "audit_revisions"
    __table_args__ = (
        UniqueConstraint("audit_id", "number"),
        CheckConstraint("conflicts_with IS NULL OR NOT frozen", name="conflicts_are_not_frozen"),
    )

    id: Mapped[UUID] = id_column()
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audits.id"))
    number: Mapped[int]
    content: Mapped[str] = mapped_column(Packed)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    frozen: Mapped[bool] = mapped_column(default=False)
    audit_digest: Mapped[str | None] = mapped_column(String(71), default=None)
    """Of the audit that was read from the content; only when frozen."""
    conflicts_with: Mapped[int | None] = mapped_column(default=None)
    """Of an attempt that came too late: the revision that had been saved before it."""
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    changed_at: Mapped[datetime] = mapped_column(default_factory=now)


class AppealState(StrEnum):
    """The state of an appeal."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"


class Appeal(Base, kw_only=True):
    """An enterprise's objection to a published audit, and the bureau's answer."""

    __tablename__ = "appeals"
    __table_args__ = (Index(None, "audit_id"), Index(None, "state"))

    id: Mapped[UUID] = id_column()
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audits.id"))
    by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    reasons: Mapped[str] = mapped_column(Text)
    state: Mapped[AppealState] = mapped_column(words(AppealState), default=AppealState.OPEN)
    answer: Mapped[str | None] = mapped_column(Text, default=None)
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    points: Mapped[str | None] = mapped_column(Text, default=None)
    """Reasons by indicator, as JSON: a list of objects with unit, indicator and reason."""
    late_reason: Mapped[str | None] = mapped_column(Text, default=None)
    """The reason why it was filed after the deadline, if it was."""
    answer_due: Mapped[date | None] = mapped_column(default=None)
    """The last day on which it is to be answered, where one is set."""
    created_at: Mapped[datetime] = mapped_column(default_factory=now)


class AppealFile(Base, kw_only=True):
    """A file that was handed in with an appeal."""

    __tablename__ = "appeal_files"
    __table_args__ = (Index(None, "appeal_id"), Index(None, "sha256"))

    id: Mapped[UUID] = id_column()
    appeal_id: Mapped[UUID] = mapped_column(ForeignKey("appeals.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    """As the sender called it; for people only."""
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
