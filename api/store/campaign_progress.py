"""Progress of plants in a campaign: steps that people took, visits with findings and advice, photos of works."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, id_column, now, words


class CampaignStepState(StrEnum):
    """A step of a plant, or of one of its gaps, as people state it; what follows from plans and gradings is never stored."""

    RECTIFYING = "rectifying"
    SELF_CHECKED = "self_checked"
    APPLIED = "applied"
    CITY = "city"
    PROVINCE = "province"
    PUBLICITY = "publicity"
    REJECTED = "rejected"
    ASSIGNED = "assigned"
    RECTIFIED = "rectified"
    VERIFIED = "verified"
    REOPENED = "reopened"


class CampaignStep(Base, kw_only=True):
    """A step of a plant or, with `gap`, of one of its gaps. Never changed."""

    __tablename__ = "campaign_steps"
    __table_args__ = (Index(None, "plant_id", "id"), Index(None, "campaign_id"))

    id: Mapped[UUID] = id_column()
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    plant_id: Mapped[UUID] = mapped_column(ForeignKey("campaign_plants.id"))
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprises.id"))
    gap: Mapped[str | None] = mapped_column(String(64), default=None)
    state: Mapped[CampaignStepState] = mapped_column(words(CampaignStepState))
    note: Mapped[str | None] = mapped_column(Text, default=None)
    by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default_factory=now)


class CampaignVisit(Base, kw_only=True):
    """A visit to a plant: what was found and what was advised. Never changed."""

    __tablename__ = "campaign_visits"
    __table_args__ = (Index(None, "plant_id", "id"), Index(None, "campaign_id"))

    id: Mapped[UUID] = id_column()
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    plant_id: Mapped[UUID] = mapped_column(ForeignKey("campaign_plants.id"))
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprises.id"))
    day: Mapped[date]
    gap: Mapped[str | None] = mapped_column(String(64), default=None)
    """The gap that it was about; None: the plant as a whole."""
    findings: Mapped[str] = mapped_column(Text)
    advice: Mapped[str] = mapped_column(Text)
    next_day: Mapped[date | None] = mapped_column(default=None)
    """The day of the next visit."""
    by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default_factory=now)


class CampaignPhoto(Base, kw_only=True):
    """A picture of what a plant has done about a gap. Never changed; the file lies with the evidence, by content hash."""

    __tablename__ = "campaign_photos"
    __table_args__ = (Index(None, "plant_id", "id"), Index(None, "campaign_id"), Index(None, "sha256"))

    id: Mapped[UUID] = id_column()
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    plant_id: Mapped[UUID] = mapped_column(ForeignKey("campaign_plants.id"))
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprises.id"))
    gap: Mapped[str | None] = mapped_column(String(64), default=None)
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default_factory=now)
