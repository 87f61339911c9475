"""Campaigns of bureaus: documents, the plants on their rosters with plans, every change of a roster, month-end snapshots."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, Packed, id_column, now, words


class CampaignState(StrEnum):
    """The state of a campaign."""

    ACTIVE = "active"
    CLOSED = "closed"
    """Read-only."""


class Campaign(Base, kw_only=True):
    """A campaign as its document states it; a jurisdiction has several side by side, each under another code."""

    __tablename__ = "campaigns"
    __table_args__ = (UniqueConstraint("jurisdiction", "code"), Index(None, "state"))

    id: Mapped[UUID] = id_column()
    code: Mapped[str] = mapped_column(String(64))
    """The document's own id."""
    title: Mapped[str] = mapped_column(String(4000))
    jurisdiction: Mapped[str] = mapped_column(String(6))
    digest: Mapped[str] = mapped_column(String(71))
    """Of the document as it was read."""
    document: Mapped[str] = mapped_column(Packed)
    """The uploaded text to the letter."""
    state: Mapped[CampaignState] = mapped_column(words(CampaignState), default=CampaignState.ACTIVE)
    version: Mapped[int] = mapped_column(default=1)
    """Goes up with every change of state or roster; makes the ETag."""
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    reasons: Mapped[str | None] = mapped_column(Text, default=None)
    """The reasons for which it was closed."""


class CampaignPlant(Base, kw_only=True):
    """A campaign's plant beside its gradings: facts, and on the roster its target and plan."""

    __tablename__ = "campaign_plants"
    __table_args__ = (UniqueConstraint("campaign_id", "permit"), Index(None, "enterprise_id"))

    id: Mapped[UUID] = id_column()
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprises.id"))
    permit: Mapped[str] = mapped_column(String(64))
    target: Mapped[str | None] = mapped_column(String(32), default=None)
    """The level that it is to reach; None: it is not on the roster."""
    facts: Mapped[str] = mapped_column(Text, default="{}")
    """Canonical JSON of `grading.campaign.roster_lines.PlantFacts`."""
    measures: Mapped[str] = mapped_column(Text, default="[]")
    """Canonical JSON of its planned measures."""
    responsible: Mapped[str | None] = mapped_column(String(200), default=None)
    """The person who answers for it in the office."""
    due: Mapped[date | None] = mapped_column(default=None)
    """By when it is to reach its target, where that is before the campaign's deadline."""
    expert: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), default=None)
    """The expert who helps it."""
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default_factory=now)


class CampaignChangeKind(StrEnum):
    """The kind of a plant's change."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    PLANNED = "planned"


class CampaignChange(Base, kw_only=True):
    """One change of a plant's row: who, when, why. Never changed itself."""

    __tablename__ = "campaign_changes"
    __table_args__ = (Index(None, "campaign_id", "id"), Index(None, "plant_id"))

    id: Mapped[UUID] = id_column()
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    plant_id: Mapped[UUID] = mapped_column(ForeignKey("campaign_plants.id"))
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprises.id"))
    kind: Mapped[CampaignChangeKind] = mapped_column(words(CampaignChangeKind))
    after_freeze: Mapped[bool]
    """True when the roster was frozen by then."""
    reasons: Mapped[str | None] = mapped_column(Text, default=None)
    details: Mapped[str] = mapped_column(Text, default="{}")
    """JSON: `{"target": [before, after], …}`."""
    by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default_factory=now)


class CampaignOutlines(Base, kw_only=True):
    """Outlines of a campaign's counties as GeoJSON, for its map; the last that was given counts. Never changed."""

    __tablename__ = "campaign_outlines"
    __table_args__ = (Index(None, "campaign_id", "id"),)

    id: Mapped[UUID] = id_column()
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    document: Mapped[str] = mapped_column(Packed)
    """The text to the letter."""
    digest: Mapped[str] = mapped_column(String(71))
    by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default_factory=now)


class CampaignSnapshot(Base, kw_only=True):
    """The evaluation of a campaign at a month's end, as it was found then. Never changed."""

    __tablename__ = "campaign_snapshots"
    __table_args__ = (UniqueConstraint("campaign_id", "day"),)

    id: Mapped[UUID] = id_column()
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    day: Mapped[date]
    document: Mapped[str] = mapped_column(Packed)
    """The evaluation as JSON."""
    digest: Mapped[str] = mapped_column(String(71))
    made_at: Mapped[datetime] = mapped_column(default_factory=now)
