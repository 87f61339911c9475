"""Documents to download as JSON."""

import json
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.schemas.base import ErrorOut, In, Out
from api.services.analysis import ReportFormat
from api.store import Export, ExportKind, ExportState


class ReportsIn(In):
    """The gradings to report on."""

    grading_ids: Annotated[list[UUID], Field(min_length=1, max_length=500)]
    format: ReportFormat = ReportFormat.PDF


class ExportOut(Out):
    """A document and how far it is."""

    id: UUID
    kind: ExportKind
    state: ExportState
    name: str
    media_type: str
    total: int = Field(description="How many parts it has.")
    made: int = Field(description="How many of them are made.")
    errors: list[ErrorOut] = Field(description="Parts that could not be made.")
    content: str | None = Field(
        description="Where to download it, once it is done.", examples=["/v1/exports/…/content"]
    )
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, row: Export, kept_for: timedelta) -> "ExportOut":
        """The row of the store."""
        return cls(
            id=row.id,
            kind=row.kind,
            state=row.state,
            name=row.name,
            media_type=row.media_type,
            total=row.total,
            made=row.made,
            errors=json.loads(row.errors),
            content=f"/v1/exports/{row.id}/content" if row.state is ExportState.DONE else None,
            created_at=row.created_at,
            expires_at=row.created_at + kept_for,
        )
