"""Files of audits that were taken in as drafts of a team, and the drafts that came of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, id_column, now


class AuditImport(Base, kw_only=True):
    """A file that was taken in, for which team, by whom."""

    __tablename__ = "audit_imports"
    __table_args__ = (Index(None, "team_id", "id"),)

    id: Mapped[UUID] = id_column()
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"))
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(200))
    """Of the file."""
    digest: Mapped[str] = mapped_column(String(71))
    """Of its content."""
    audits: Mapped[int]
    """The number of drafts that came of it."""
    repeated: Mapped[int]
    """The number of its audits that an earlier file had brought already."""
    created_at: Mapped[datetime] = mapped_column(default_factory=now)


class ImportedAudit(Base, kw_only=True):
    """A draft that came of a file: its line there and the digest of what it said."""

    __tablename__ = "imported_audits"
    __table_args__ = (Index(None, "import_id"), Index(None, "digest"))

    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audits.id"), primary_key=True)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("audit_imports.id"))
    line: Mapped[int]
    digest: Mapped[str] = mapped_column(String(71))
