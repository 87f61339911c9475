"""The log as JSON."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from api.shapes.base import Out


class LogEntryOut(Out):
    """Who did what when."""

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
    """Something about the log that is not as it was written."""

    seq: int
    message: str


class VerifiedOut(Out):
    """What a verification saw."""

    intact: bool
    entries: int
    head: str = Field(
        description="Note it elsewhere and give it as `expected_head` later: no rewritten log passes then."
    )
    findings: list[FindingOut]
