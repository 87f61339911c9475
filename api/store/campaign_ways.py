"""Ways of graded plants to a level: worked out by workers, to be worked out again at any time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, Packed, now


class CampaignWays(Base, kw_only=True):
    """The ways from a published grading to a level, of all its units or of some."""

    __tablename__ = "campaign_ways"

    grading_id: Mapped[UUID] = mapped_column(ForeignKey("gradings.id"), primary_key=True)
    goal: Mapped[str] = mapped_column(String(160), primary_key=True)
    """The level, the units, and the revision that worked it out."""
    document: Mapped[str | None] = mapped_column(Packed, default=None)
    """JSON of `grading.campaign.ways.PlantWays`; None: this revision can't explain the grading."""
    made_at: Mapped[datetime] = mapped_column(default_factory=now)
