"""Links between files and what they prove. The files themselves lie in a folder, by content hash."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, id_column, now


class EvidenceFile(Base, kw_only=True):
    """A file that belongs to an audit; `place` is where in the audit (`units[0].facts.nmhc`; a row of a table by its key)."""

    __tablename__ = "evidence_files"
    __table_args__ = (Index(None, "audit_id"), Index(None, "sha256"))

    id: Mapped[UUID] = id_column()
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audits.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    """As the sender called it, without any folder; for people only."""
    media_type: Mapped[str] = mapped_column(String(100))
    """The media type of the content, not of what the sender said."""
    size: Mapped[int] = mapped_column(BigInteger)
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    place: Mapped[str | None] = mapped_column(String(400), default=None)
    taken_at: Mapped[datetime | None] = mapped_column(default=None)
    """Moment at which the sender's device took it in, by the device's clock."""
    taken_where: Mapped[str | None] = mapped_column(String(60), default=None)
    """Longitude, latitude and accuracy in metres (`108.70541,34.32926±12`), if the sender let their browser tell."""
    removed_at: Mapped[datetime | None] = mapped_column(default=None)
    """Taken off after it had been part of a submission: the row and the file stay."""
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
