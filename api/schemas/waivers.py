"""Waivers as JSON."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import Field

from api.schemas.base import In, Line, Out, Reasons
from api.services.waivers import Granted
from grading.model.audit import Standing
from grading.model.base import Day, Identifier


class WaiverIn(In):
    """A waiver to be granted."""

    indicator: Identifier = Field(
        description="An indicator of the unit's ruleset; a gate is never waived.", examples=["road_transport"]
    )
    authority: Line = Field(description="Who grants it.", examples=["咸阳市生态环境局"])
    reason: Reasons
    document_number: Line = Field(examples=["咸环函〔2026〕12号"])
    document_date: Day = Field(examples=["2026-11-01"])
    begins: Day | None = Field(
        default=None, description="The first day; by default that of the document.", examples=["2026-11-01"]
    )
    until: Day = Field(description="The last day.", examples=["2027-10-31"])


class WaiverOut(Out):
    """A waiver, as it stands today."""

    id: UUID
    enterprise_id: UUID
    enterprise: str
    unit_id: UUID
    unit: str = Field(description="The unit's `id` in audits.")
    indicator: str
    authority: str
    reason: str
    document_number: str
    document_date: date
    begins: date
    until: date = Field(description="The last day, as granted.")
    standing: Standing
    granted_by: UUID
    created_at: datetime
    evidence: str | None = Field(description="The name of the file that proves it.")
    ended_on: date | None = Field(
        description="The day from which on it is no longer in force, where it was ended early."
    )
    end_reason: str | None

    @classmethod
    def of(cls, found: Granted) -> Self:
        """The waiver with whose it is."""
        row = found.waiver
        return cls(
            id=row.id,
            enterprise_id=row.enterprise_id,
            enterprise=found.enterprise.name,
            unit_id=row.unit_id,
            unit=found.unit.code,
            indicator=row.indicator,
            authority=row.authority,
            reason=row.reason,
            document_number=row.document_number,
            document_date=row.document_date,
            begins=row.begins,
            until=row.until,
            standing=found.standing,
            granted_by=row.granted_by,
            created_at=row.created_at,
            evidence=row.file_name,
            ended_on=row.ended_on,
            end_reason=row.end_reason,
        )
