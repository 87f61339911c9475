"""Documents that are made for somebody to download: reports of many gradings, workbooks with their errors marked."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, Packed, id_column, now, words


class ExportKind(StrEnum):
    """The kind of an archive."""

    REPORTS = "reports"
    MARKED_WORKBOOK = "marked_workbook"


class ExportState(StrEnum):
    """The state of an archive."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Export(Base, kw_only=True):
    """A document and who it is for. The file lies in a folder under the row's id, for a day."""

    __tablename__ = "exports"
    __table_args__ = (Index(None, "user_id", "id"), Index(None, "created_at"))

    id: Mapped[UUID] = id_column()
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[ExportKind] = mapped_column(words(ExportKind))
    name: Mapped[str] = mapped_column(String(200))
    """The file name of the download."""
    media_type: Mapped[str] = mapped_column(String(100))
    state: Mapped[ExportState] = mapped_column(words(ExportState), default=ExportState.WAITING)
    total: Mapped[int] = mapped_column(default=1)
    """The number of its parts."""
    made: Mapped[int] = mapped_column(default=0)
    """The number of its parts that are made."""
    wanted: Mapped[str | None] = mapped_column(Packed, default=None)
    """JSON, of `reports`: `{"format", "grading_ids"}`; whoever makes them reads here what is wanted."""
    run: Mapped[int] = mapped_column(default=1)
    """Goes up when its job has to be begun again under another name."""
    errors: Mapped[str] = mapped_column(Text, default="[]")
    """JSON: `[{"place", "message"}]` of the parts that could not be made."""
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    changed_at: Mapped[datetime] = mapped_column(default_factory=now)


class ExportPart(Base, kw_only=True):
    """One report of an archive, as soon as it is made; or why it could not be."""

    __tablename__ = "export_parts"

    export_id: Mapped[UUID] = mapped_column(ForeignKey("exports.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    """Its place in the order."""
    told: Mapped[str | None] = mapped_column(Text, default=None)
    """JSON: what the index of the archive says of it."""
    content: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    problem: Mapped[str | None] = mapped_column(Text, default=None)
