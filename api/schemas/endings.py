"""Forecasts of gradings and what ends soon, as JSON."""

from datetime import date
from uuid import UUID

from pydantic import Field

from api.schemas.base import Out
from api.schemas.decisions import DecisionOut
from grading.forecast.ends import Kind
from grading.model.base import Mode


class EndOut(Out):
    """Something that ends or begins."""

    day: date = Field(description="The first day on which it is otherwise.", examples=["2024-03-15"])
    kind: Kind = Field(description="`day`: only a count of days, or the day itself, goes on.")
    text: str = Field(description="In Chinese.", examples=["非甲烷总烃：凭证于 2024 年 3 月 14 日到期"])
    unit: str | None = Field(description="The unit's id.")
    place: str | None = Field(description="Where it stands in the audit; null for what the ruleset says.")


class UnitOutcomeOut(Out):
    """A unit's grade."""

    grade: str = Field(examples=["C"])
    attainable: str = Field(examples=["A"])
    decision: DecisionOut


class StretchOut(UnitOutcomeOut):
    """Days with the same grades, both ends included; units in the order of the audit."""

    since: date
    until: date
    units: list[UnitOutcomeOut]
    because: list[EndOut] = Field(description="What changed on the first day.")


class ForecastOut(Out):
    """The grade on each day if nothing is done, by the grading's own edition."""

    mode: Mode
    since: date = Field(description="The day of the assessment.")
    until: date = Field(description="The last day that was looked at.")
    stretches: list[StretchOut]
    ends: list[EndOut] = Field(description="Everything that ends in these days, whether it changes a grade or not.")


class EndingOut(Out):
    """Something that ends soon, and whose it is."""

    enterprise_id: UUID
    name: str
    uscc: str
    county: str
    audit_id: UUID | None
    kind: Kind
    unit: str | None
    text: str
    last_day: date = Field(description="The last day on which it holds.")
    days_left: int
    before: str = Field(description="The enterprise's grade on the last day, in Chinese; empty: not worked out yet.")
    after: str = Field(description="The grade from the next day on, if nothing is done.")
    changes: bool


class EndingsOut(Out):
    """Endings, the soonest first."""

    items: list[EndingOut]
    waiting: int = Field(description="Enterprises whose grade in force has not been looked ahead for yet.")
