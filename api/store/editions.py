"""Working editions of rulesets, their scans, and their way through proposal, review and signature."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, Packed, id_column, now, words


class ProposalState(StrEnum):
    """The state of a proposal; a working edition without a proposal that is proposed is a draft."""

    PROPOSED = "proposed"
    RETURNED = "returned"
    """Refused with reasons: the working edition is a draft again."""
    SIGNED = "signed"
    """Reviewed and signed; in force from its day on."""
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    """A reviewer's verdict on a figure."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"


class WorkingEdition(Base, kw_only=True):
    """An edition that a bureau completes figure by figure, on top of another one."""

    __tablename__ = "working_editions"
    __table_args__ = (Index(None, "area", "id"),)

    id: Mapped[UUID] = id_column()
    area: Mapped[str] = mapped_column(String(6))
    """The area of the bureau that works on it."""
    ruleset_id: Mapped[str] = mapped_column(String(120))
    """The id that it will have."""
    base_id: Mapped[str] = mapped_column(String(120))
    base_digest: Mapped[str] = mapped_column(ForeignKey("rulesets.digest"))
    """The former edition, as it was when the work began."""
    parent_id: Mapped[str] = mapped_column(String(120))
    """The ruleset, of those that are files, which its file extends."""
    jurisdiction: Mapped[str] = mapped_column(String(6))
    document: Mapped[str] = mapped_column(String(4000))
    """The document that the edition puts into data."""
    effective: Mapped[date]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default_factory=now)


class WorkingField(Base, kw_only=True):
    """A field of a figure as somebody has filled it in; what is not here is as the former edition has it."""

    __tablename__ = "working_fields"

    working_id: Mapped[UUID] = mapped_column(ForeignKey("working_editions.id"), primary_key=True)
    place: Mapped[str] = mapped_column(String(200), primary_key=True)
    field: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime]


class SourceScan(Base, kw_only=True):
    """A scan of the page that figures were read from. Never changed."""

    __tablename__ = "source_scans"
    __table_args__ = (Index(None, "working_id", "id"), Index(None, "sha256"))

    id: Mapped[UUID] = id_column()
    working_id: Mapped[UUID] = mapped_column(ForeignKey("working_editions.id"))
    place: Mapped[str] = mapped_column(String(200))
    """The indicator or gate, or the figure."""
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default_factory=now)


class EditionProposal(Base, kw_only=True):
    """An edition that was proposed for signature."""

    __tablename__ = "edition_proposals"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="decided_by_another"),
        Index(None, "area", "id"),
        Index(None, "state"),
        Index(None, "working_id"),
    )

    id: Mapped[UUID] = id_column()
    area: Mapped[str] = mapped_column(String(6))
    working_id: Mapped[UUID | None] = mapped_column(ForeignKey("working_editions.id"), default=None)
    """None: the edition was uploaded as a file."""
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft_rulesets.id"))
    """The edition to the letter, which is never changed."""
    ruleset_id: Mapped[str] = mapped_column(String(120))
    jurisdiction: Mapped[str] = mapped_column(String(6))
    former_id: Mapped[str] = mapped_column(String(120))
    former_digest: Mapped[str] = mapped_column(ForeignKey("rulesets.digest"))
    """The edition that it is compared with."""
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime] = mapped_column(default_factory=now)
    note: Mapped[str | None] = mapped_column(Text, default=None)
    state: Mapped[ProposalState] = mapped_column(words(ProposalState), default=ProposalState.PROPOSED)
    version: Mapped[int] = mapped_column(default=1)
    attachments: Mapped[str | None] = mapped_column(Packed, default=None)
    """JSON: differences, proof, cases, impact; None until a worker has made them."""
    prepared_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    reasons: Mapped[str | None] = mapped_column(Text, default=None)
    """The reasons for which it was refused; of a signed one what the reviewer says."""
    effective: Mapped[date | None] = mapped_column(default=None)
    """The day from which it is in force."""
    signed_id: Mapped[str | None] = mapped_column(String(120), unique=True, default=None)
    """The id under which it grades: no two editions ever have the same."""
    signed_digest: Mapped[str | None] = mapped_column(ForeignKey("rulesets.digest"), unique=True, default=None)
    """The edition in force, in which unsigned figures don't count."""
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), default=None)
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    withdrawal_reasons: Mapped[str | None] = mapped_column(Text, default=None)


class FigureReview(Base, kw_only=True):
    """A second person's verdict on a figure of a proposal: read in a source, or refused with a reason."""

    __tablename__ = "figure_reviews"
    __table_args__ = (CheckConstraint("reviewed_by <> proposed_by", name="reviewed_by_another"),)

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("edition_proposals.id"), primary_key=True)
    place: Mapped[str] = mapped_column(String(200), primary_key=True)
    verdict: Mapped[Verdict] = mapped_column(words(Verdict))
    source: Mapped[str | None] = mapped_column(Text, default=None)
    reasons: Mapped[str | None] = mapped_column(Text, default=None)
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    reviewed_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    reviewer_name: Mapped[str] = mapped_column(String(100))
    reviewed_at: Mapped[datetime]
