"""Work on many enterprises or audits at once, and files of audits taken in, as JSON."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.schemas.base import In, Line, Out
from api.schemas.exports import ExportOut
from api.services.analysis import ReportFormat
from api.services.bulk import Outcome
from grading.model.base import Day

Ids = Annotated[list[UUID], Field(min_length=1, max_length=2_000)]
Word = Annotated[str, Field(max_length=4000)]


class BulkAssignmentIn(In):
    """Enterprises that a team is to assess."""

    team_id: UUID
    enterprise_ids: Ids
    since: Day
    until: Day | None = None
    dry_run: bool = Field(default=False, description="Only say which would be refused; nothing is written.")


class BulkConfirmationIn(In):
    """Submitted audits that are to be confirmed."""

    audit_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    reasons: Word = Field(default="", description="Stands with each audit that needs a word.")
    dry_run: bool = Field(default=False, description="Only say which would be refused; nothing is written.")


class BulkAnnouncementIn(In):
    """Enterprises whose confirmed audits are to be announced."""

    title: Line
    enterprise_ids: Ids


class BulkReportsIn(In):
    """Enterprises whose published grades are to be reported on."""

    enterprise_ids: Annotated[list[UUID], Field(min_length=1, max_length=1_000)]
    format: ReportFormat = ReportFormat.PDF


class BulkDoneOut(Out):
    """Something that was done: of an enterprise (assignments), an audit, a grading (reports)."""

    id: UUID
    name: str = Field(description="Of the enterprise.")


class BulkRefusedOut(Out):
    """Something that was refused; the others are done all the same."""

    index: int = Field(description="Its place among the ids that were sent, each counted once.")
    id: UUID
    name: str
    code: str
    reason: str = Field(description="Chinese and for people.")


class BulkOut(Out):
    """The steps done, and those refused with the reason."""

    done: list[BulkDoneOut]
    refused: list[BulkRefusedOut]

    @classmethod
    def of(cls, outcome: Outcome) -> "BulkOut":
        """The outcome of the service."""
        return cls(
            done=[BulkDoneOut.model_validate(subject) for subject in outcome.done],
            refused=[BulkRefusedOut.model_validate(one) for one in outcome.refused],
        )


class BulkAnnouncementOut(BulkOut):
    """The announcement, with the audits on it and the enterprises that are not."""

    announcement_id: UUID


class BulkReportsOut(BulkOut):
    """The archive that is being made, with its gradings and the enterprises that are not in it."""

    export: ExportOut


class AuditImportOut(Out):
    """A file that was taken in."""

    id: UUID
    team_id: UUID
    name: str
    digest: str
    audits: int = Field(description="How many drafts came of it.")
    repeated: int = Field(description="How many of its audits an earlier file had brought already.")
    created_at: datetime


class ImportedOut(Out):
    """The result of an import; `import` is null when it brought nothing new."""

    made: int
    repeated: int
    notices: list[str]
    import_: AuditImportOut | None = Field(serialization_alias="import")
