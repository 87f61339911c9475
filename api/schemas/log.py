"""The log as JSON."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from api.schemas.base import Out


class LogEntryOut(Out):
    """An entry of the log: actor, action, moment."""

    seq: int
    at: datetime
    action: str = Field(examples=["audit.submitted"])
    actor_id: UUID | None
    actor_name: str | None
    audit_id: UUID | None
    enterprise_id: UUID | None
    subject: str
    details: dict[str, Any]
    hash: str
    previous: str


class FindingOut(Out):
    """Something that is not as the log has it."""

    subject: str = Field(examples=["log:3", "audit:01a22455-6241-767f-802e-54039e934037", "schema:log_no_update"])
    seq: int | None = Field(description="The entry's number, if it is about an entry.")
    message: str


class VerifiedOut(Out):
    """The result of a verification."""

    intact: bool
    entries: int
    head: str = Field(
        description="Note it elsewhere and give it as `expected_head` later: no rewritten log passes then."
    )
    findings: list[FindingOut]
    notes: list[FindingOut] = Field(description="Worth knowing, and no fault.")
