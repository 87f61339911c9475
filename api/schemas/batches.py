"""Batches and drafts of editions as JSON."""

import json
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.base import Area, Digest, ErrorOut, In, Line, Out
from api.schemas.gradings import StatedWaiverOut
from api.services.regrading.lifecycle import Selection
from api.services.regrading.progress import Counts, Progress
from api.services.regrading.states import BatchAction
from api.store import AuditOutcome, Batch, BatchAudit, BatchPhase, BatchState, BatchUnit, DraftRuleset
from grading.model.base import Mode

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]
Against = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)?$", max_length=120),
    Field(examples=["national-2024", "national-2024/coking"]),
]


class DraftIn(In):
    """An edition of a ruleset."""

    text: Annotated[str, StringConstraints(max_length=4_000_000)] = Field(description="The YAML file to the letter.")


class WarningOut(Out):
    """Something that the check found and that is no error."""

    file: str | None = Field(description="Of a part that the draft includes; null: the draft itself.")
    line: int
    place: str
    message: str


class DraftBrief(Out):
    """A draft of an edition: seen by the bureau that uploaded it and those above, used by batches alone."""

    id: UUID
    ruleset_id: str = Field(examples=["xianyang-2026/rubber"])
    title: str
    jurisdiction: str
    effective: date
    digest: Digest
    area: str
    uploaded_by: UUID
    created_at: datetime


class DraftOut(DraftBrief):
    """A draft with its text."""

    text: str
    warnings: list[WarningOut]

    @classmethod
    def of(cls, row: DraftRuleset) -> "DraftOut":
        """The row of the store."""
        brief = DraftBrief.model_validate(row).model_dump()
        return cls(**brief, text=row.text, warnings=json.loads(row.warnings))


class BatchIn(In):
    """The units to grade again, and the ruleset: `against` an edition or a ruleset, or a draft."""

    name: Line
    within: Area | None = Field(default=None, description="A county, city or province; the whole area if not given.")
    industry: Name | None = Field(default=None, examples=["rubber"])
    edition: Name | None = Field(default=None, description="Units graded by this edition.", examples=["national-2020"])
    since: date | None = Field(default=None, description="Assessed on this day or later.")
    until: date | None = Field(default=None, description="Assessed on this day or earlier.")
    against: Against | None = None
    draft_id: UUID | None = None
    mode: Mode = Mode.OFFICIAL

    @property
    def selection(self) -> Selection:
        """The units that the batch is about."""
        return Selection(self.within, self.industry, self.edition, self.since, self.until)


class ProgressOut(Out):
    """A batch's progress; counts are of audits."""

    phase: BatchPhase | None = Field(description="`columns`: the first pass over all; `engine`: its conclusions.")
    done: int
    total: int
    rate: float | None = Field(description="Audits a second.")
    seconds_left: float | None


class CountsOut(Out):
    """The audits of a batch, counted by outcome."""

    selected: int
    changed: int
    unchanged: int
    unreadable: int = Field(description="Can't be read under the new ruleset; their gradings stay.")
    undecided: int = Field(
        description="Of the changed: with a new grade that is not decided; held back from publication unless released."
    )
    released: int = Field(description="Of those: to be published all the same, each with reasons.")
    checked: int = Field(description="Concluded by the engine as well.")


class BatchOut(Out):
    """A batch."""

    id: UUID
    name: str
    area: str
    made_by: UUID
    within: str
    industry: str | None
    edition: str | None
    since: date | None
    until: date | None
    against: str
    draft_id: UUID | None
    mode: Mode
    state: BatchState
    paused: bool
    version: int
    reasons: str | None = Field(description="Why it was taken back.")
    created_at: datetime
    selected_at: datetime | None
    impact_at: datetime | None = Field(description="From then on every change of grade is known.")
    assessed_at: datetime | None = Field(description="From then on it may be published.")
    published_by: UUID | None
    published_at: datetime | None
    taken_back_by: UUID | None
    taken_back_at: datetime | None


class BatchDetailOut(BatchOut):
    """A batch and how far it is."""

    progress: ProgressOut
    counts: CountsOut
    problem: dict[str, Any] | None = Field(
        description="Of `stopped`: the audit, the ruleset and every difference between columns and engine."
    )
    actions: list[BatchAction] = Field(description="What you may do with it now.")

    @classmethod
    def of(cls, row: Batch, progress: Progress, counts: Counts, actions: frozenset[BatchAction]) -> "BatchDetailOut":
        """The row of the store."""
        return cls(
            **BatchOut.model_validate(row).model_dump(),
            progress=ProgressOut.model_validate(progress),
            counts=CountsOut.model_validate(counts),
            problem=None if row.problem is None else json.loads(row.problem),
            actions=sorted(actions),
        )


class BatchUnitOut(Out):
    """A unit and its grades before and after; `after` is null when its audit can't be read under the new ruleset."""

    audit_id: UUID
    position: int
    unit: str
    enterprise_id: UUID
    county: str
    industry: str
    before_ruleset: str
    before_digest: Digest
    after_ruleset: str
    after_digest: Digest
    before: str
    before_attainable: str
    after: str | None
    after_attainable: str | None
    missing: int | None = Field(description="Why the grade after is not decided: values and tables nobody stated.")
    open_figures: int | None = Field(description="Figures that the authority has to verify.")
    changed: bool
    checked: bool


class ListedUnitOut(BatchUnitOut):
    """A unit with the name of its enterprise."""

    enterprise: str

    @classmethod
    def of(cls, row: BatchUnit, enterprise: str) -> "ListedUnitOut":
        """The row of the store."""
        return cls(**BatchUnitOut.model_validate(row).model_dump(), enterprise=enterprise)


class BatchAuditOut(Out):
    """A batch's findings about an audit."""

    audit_id: UUID
    outcome: AuditOutcome
    checked: bool
    before_grading_id: UUID
    released_by: UUID | None = Field(description="Who wants it published though its new grade is not decided.")
    release_reasons: str | None
    problems: list[ErrorOut] = Field(description="Why it can't be read under the new ruleset.")
    units: list[BatchUnitOut]
    waivers: dict[str, list[StatedWaiverOut]] | None = Field(
        description="By unit, those by which it is graded again: in force on the day of the selection. Null: selected "
        "before these were kept, and graded by the waivers of the grading before."
    )
    grading: dict[str, Any] | None = Field(
        description="Of a changed one that the engine has concluded: the new grading with its trace."
    )

    @classmethod
    def of(cls, row: BatchAudit, units: list[BatchUnit]) -> "BatchAuditOut":
        """The rows of the store."""
        return cls(
            audit_id=row.audit_id,
            outcome=row.outcome,
            checked=row.checked,
            before_grading_id=row.before_id,
            released_by=row.released_by,
            release_reasons=row.release_reasons,
            problems=json.loads(row.problems),
            waivers=None if row.waivers is None else json.loads(row.waivers),
            units=[BatchUnitOut.model_validate(unit) for unit in units],
            grading=None if row.document is None else json.loads(row.document),
        )
