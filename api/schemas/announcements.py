"""Announcements of grades as JSON."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.base import In, Line, Out, Reasons
from api.store import AnnouncementState
from grading.model.base import Day

Number = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]


class AnnouncementOut(Out):
    """An announcement; the number and the day of announcing stand in it once it is published."""

    id: UUID
    title: str
    area: str = Field(description="The area of the bureau that makes it.")
    state: AnnouncementState
    version: int
    publicity_from: date | None
    publicity_until: date | None = Field(description="The last day of the publicity period.")
    number: str | None
    announced_on: date | None
    reasons: str | None
    created_at: datetime


class AnnouncedAuditOut(Out):
    """An audit of an announcement."""

    audit_id: UUID
    grading_id: UUID
    left_out: str | None = Field(description="Why it was left out.")
    refused: str | None = Field(description="Why it could not be published with the others.")


class ObjectionOut(Out):
    """An objection received in the publicity period."""

    id: UUID
    audit_id: UUID | None
    objector: str
    received_on: date
    text: str
    answer: str | None
    answered_on: date | None


class AnnouncementIn(In):
    """An announcement to begin."""

    title: Line = Field(examples=["2026年第一批重点行业绩效分级结果"])
    audit_ids: list[UUID] = Field(min_length=1, max_length=2_000, description="Confirmed audits.")


class PublicityIn(In):
    """The publicity period, both days inclusive."""

    since: Day
    until: Day


class LeaveOutIn(In):
    """An audit to leave out, and why."""

    audit_id: UUID
    reasons: Reasons


class ObjectionIn(In):
    """An objection that came in."""

    objector: Line
    received_on: Day
    text: Reasons
    audit_id: UUID | None = None


class AnswerIn(In):
    """The answer to an objection."""

    answer: Reasons


class PublicationIn(In):
    """The announcement's number and day; `reasons` stand with every grade that needs a word."""

    number: Number = Field(examples=["咸环函〔2026〕12号"])
    announced_on: Day
    reasons: str = Field(default="", max_length=4000)


class CancelIn(In):
    """Why an announcement is given up."""

    reasons: Reasons
