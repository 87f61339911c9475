"""Forecasts of published gradings: worked out by workers, to be worked out again at any time."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, Packed, now


class GradingForecast(Base, kw_only=True):
    """The grades of a published audit on each day up to `until`, if nothing is done."""

    __tablename__ = "grading_forecasts"

    grading_id: Mapped[UUID] = mapped_column(ForeignKey("gradings.id"), primary_key=True)
    revision: Mapped[str] = mapped_column(String(80))
    """The revision that worked it out."""
    until: Mapped[date]
    first_end: Mapped[date | None] = mapped_column(default=None)
    """The first day, from the one on which it was made on, that is the last of something; None: nothing ends."""
    document: Mapped[str | None] = mapped_column(Packed, default=None)
    """JSON of `grading.forecast.Forecast`; None: this revision can't make the grading again."""
    made_at: Mapped[datetime] = mapped_column(default_factory=now)
