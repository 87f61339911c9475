"""Evidence files as JSON."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from api.schemas.base import Out


class EvidenceOut(Out):
    """A file that belongs to an audit."""

    id: UUID
    audit_id: UUID
    name: str
    media_type: str = Field(description="What the content is, whatever the sender said.")
    size: int = Field(description="Bytes.")
    sha256: str
    place: str | None = Field(description="Where in the audit.", examples=["units[0].facts.access_gate"])
    created_at: datetime
    taken_at: datetime | None = Field(description="When the sender's device took it in, by the device's clock.")
    taken_where: str | None = Field(
        description="Longitude, latitude and accuracy in metres, if the sender allowed it.",
        examples=["108.70541,34.32926±12"],
    )
