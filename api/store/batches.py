"""Batches: everything that is in force is graded again, against another edition or a draft of one, before anything changes.

What somebody who reads a batch finds, and when:

* `batch_audits` and `batch_units`: from `assessing` on, complete from `concluding` on (the first pass has seen everything);
* `batch_frames`: the first pass in full, two frames for each pair of rulesets of a chunk (`api/services/regrading/frames.py`);
* `batch_audits.document`: the engine's new grading with its trace, of changed audits, complete from `assessed` on.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, Packed, id_column, now, words
from grading.model.base import Mode


class BatchState(StrEnum):
    """The state of a batch."""

    WAITING = "waiting"
    """Ordered; nothing is selected yet."""
    ASSESSING = "assessing"
    """The columns grade the selection, chunk by chunk."""
    CONCLUDING = "concluding"
    """The impact is known; the engine concludes every changed audit again, and a sample of the unchanged."""
    ASSESSED = "assessed"
    """Everything is concluded: may be published."""
    PUBLISHED = "published"
    TAKEN_BACK = "taken_back"
    STOPPED = "stopped"
    """The engine says otherwise than the columns; `problem` holds everything needed to find out why."""
    FAILED = "failed"
    """It could not go on; `problem` says why."""
    CANCELLED = "cancelled"


class DraftRuleset(Base, kw_only=True):
    """An edition of a ruleset that a bureau uploaded: not published, seen by bureaus whose area holds `area`. Never changed."""

    __tablename__ = "draft_rulesets"
    __table_args__ = (Index(None, "area", "id"), Index(None, "digest"))

    id: Mapped[UUID] = id_column()
    ruleset_id: Mapped[str] = mapped_column(String(120))
    """As the file says it; may be the id of an edition there is, which it then is another wording of."""
    title: Mapped[str] = mapped_column(String(4000))
    jurisdiction: Mapped[str] = mapped_column(String(6))
    effective: Mapped[date]
    digest: Mapped[str] = mapped_column(String(71))
    text: Mapped[str] = mapped_column(Packed)
    """The YAML file to the letter."""
    document: Mapped[str] = mapped_column(Packed)
    """The whole ruleset, merged with what it extends and includes, as `rulesets.document` has it."""
    warnings: Mapped[str] = mapped_column(Text, default="[]")
    """JSON: `[{"line", "place", "message"}]`, what the check found that is no error."""
    area: Mapped[str] = mapped_column(String(6))
    """The area of the bureau it was uploaded for."""
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default_factory=now)


class Batch(Base, kw_only=True):
    """One grading again of many published audits: a dry run until a second person publishes it."""

    __tablename__ = "batches"
    __table_args__ = (
        CheckConstraint("published_by IS NULL OR published_by <> made_by", name="published_by_another"),
        Index(None, "area", "id"),
        Index(None, "state"),
    )

    id: Mapped[UUID] = id_column()
    name: Mapped[str] = mapped_column(String(200))
    area: Mapped[str] = mapped_column(String(6))
    """The area of the bureau that made it; bureaus whose area holds this one see the batch."""
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))

    within: Mapped[str] = mapped_column(String(6))
    """Selection: the county, city or province of the enterprises."""
    industry: Mapped[str | None] = mapped_column(String(60), default=None)
    """Selection: units of this industry (`rubber`); None: of every industry that the edition has a ruleset for."""
    edition: Mapped[str | None] = mapped_column(String(60), default=None)
    """Selection: units whose grading in force is by this edition (`national-2020`)."""
    since: Mapped[date | None] = mapped_column(default=None)
    until: Mapped[date | None] = mapped_column(default=None)
    """Selection: assessed from a day on, and until a day; both inclusive."""

    against: Mapped[str] = mapped_column(String(120))
    """The edition (`national-2024`) or ruleset (`national-2024/coking`) that grades; of a draft its ruleset id."""
    draft_id: Mapped[UUID | None] = mapped_column(ForeignKey("draft_rulesets.id"), default=None)
    mode: Mapped[Mode] = mapped_column(words(Mode), default=Mode.OFFICIAL)

    state: Mapped[BatchState] = mapped_column(words(BatchState), default=BatchState.WAITING)
    paused: Mapped[bool] = mapped_column(default=False)
    """Held by somebody; what is being done is finished, nothing new is begun."""
    run: Mapped[int] = mapped_column(default=1)
    """Goes up when it is graded anew from its selection on."""
    version: Mapped[int] = mapped_column(default=1)
    """Goes up with every step that somebody takes; makes the ETag."""
    problem: Mapped[str | None] = mapped_column(Packed, default=None)
    """JSON, of `stopped` and `failed`: `{"message", …}`."""
    reasons: Mapped[str | None] = mapped_column(Text, default=None)
    """The reasons for which it was taken back."""

    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    selected_at: Mapped[datetime | None] = mapped_column(default=None)
    impact_at: Mapped[datetime | None] = mapped_column(default=None)
    """The moment at which the first pass had seen everything."""
    assessed_at: Mapped[datetime | None] = mapped_column(default=None)
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    taken_back_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), default=None)
    taken_back_at: Mapped[datetime | None] = mapped_column(default=None)


class BatchRuleset(Base, kw_only=True):
    """A batch's ruleset for an industry. The ruleset itself is in `rulesets`, or among the drafts, by its digest."""

    __tablename__ = "batch_rulesets"

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batches.id"), primary_key=True)
    industry: Mapped[str] = mapped_column(String(60), primary_key=True)
    ruleset_id: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(71))


class BatchPhase(StrEnum):
    """The phase of a chunk: the columns' pass or the engine's."""

    COLUMNS = "columns"
    ENGINE = "engine"


class BatchChunk(Base, kw_only=True):
    """A part of a batch that is done in one transaction. Done or not: progress, rate and going on all come from this."""

    __tablename__ = "batch_chunks"

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batches.id"), primary_key=True)
    phase: Mapped[BatchPhase] = mapped_column(words(BatchPhase), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    audits: Mapped[int]
    """The number of audits in the chunk."""
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    seconds: Mapped[float] = mapped_column(default=0.0)
    """The seconds that it took, of one process."""
    engine: Mapped[str | None] = mapped_column(String(100), default=None)
    """The revision of the engine that did it; None: not done, or done before this was noted."""


class AuditOutcome(StrEnum):
    """The outcome of an audit."""

    WAITING = "waiting"
    UNCHANGED = "unchanged"
    """No unit has another grade or attainable grade; the grading in force stays."""
    CHANGED = "changed"
    UNREADABLE = "unreadable"
    """It can't be read under the new ruleset; the grading in force stays, `problems` says why."""


class BatchAudit(Base, kw_only=True):
    """An audit that a batch grades again: published when the batch was selected, with the grading in force then."""

    __tablename__ = "batch_audits"
    __table_args__ = (
        Index(None, "batch_id", "chunk"),
        Index(None, "batch_id", "engine_chunk"),
        Index(None, "audit_id"),
    )

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batches.id"), primary_key=True)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audits.id"), primary_key=True)
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprises.id"))
    county: Mapped[str] = mapped_column(String(6))
    """The county of the audit's site, else of the enterprise, when the batch was selected."""
    revision_id: Mapped[UUID] = mapped_column(ForeignKey("audit_revisions.id"))
    before_id: Mapped[UUID] = mapped_column(ForeignKey("gradings.id"))
    """The grading in force before."""
    chunk: Mapped[int]
    """Its chunk of the first pass."""
    outcome: Mapped[AuditOutcome] = mapped_column(words(AuditOutcome), default=AuditOutcome.WAITING)
    problems: Mapped[str] = mapped_column(Text, default="[]")
    """JSON: `[{"place", "message"}]`, of an unreadable one."""
    waivers: Mapped[str | None] = mapped_column(Text, default=None)
    """The waivers by which it is graded, as `gradings.waivers` has them: in force on the day of the selection; `{}`: none.

    None: selected before this was kept, and graded by the waivers of the grading before.
    """
    engine_chunk: Mapped[int | None] = mapped_column(default=None)
    """Its chunk of the engine's work, if it is changed or in the sample."""
    checked: Mapped[bool] = mapped_column(default=False)
    """True when the engine has concluded it and agrees with the columns."""
    after_id: Mapped[UUID | None] = mapped_column(default=None)
    """Of a changed one that is concluded: the grading that it has once the batch is published."""
    inputs: Mapped[str | None] = mapped_column(String(71), default=None)
    audit_digest: Mapped[str | None] = mapped_column(String(71), default=None)
    engine: Mapped[str | None] = mapped_column(String(100), default=None)
    grade: Mapped[str | None] = mapped_column(String(32), default=None)
    attainable: Mapped[str | None] = mapped_column(String(32), default=None)
    document: Mapped[str | None] = mapped_column(Packed, default=None)
    """These six as a grading has them."""
    missing: Mapped[int | None] = mapped_column(default=None)
    open_figures: Mapped[int | None] = mapped_column(default=None)
    """The figures for which the new grade is not decided, as a grading has them."""
    released_by: Mapped[UUID | None] = mapped_column(default=None)
    released_at: Mapped[datetime | None] = mapped_column(default=None)
    release_reasons: Mapped[str | None] = mapped_column(Text, default=None)
    """Of one with a new grade that is not decided: who wants it published all the same, and why. Else it is held back."""
    result: Mapped[str | None] = mapped_column(String(71), default=None)
    """The digest of the document."""


class BatchUnit(Base, kw_only=True):
    """A unit of an audit that a batch grades again, with its grades before and after."""

    __tablename__ = "batch_units"
    __table_args__ = (
        ForeignKeyConstraint(["batch_id", "audit_id"], ["batch_audits.batch_id", "batch_audits.audit_id"]),
        Index(None, "batch_id", "regraded", "changed", "before", "after"),
        Index(None, "batch_id", "regraded", "county"),
    )

    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    audit_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    """The unit's place in its audit, as `graded_units` has it."""
    unit: Mapped[str] = mapped_column(String(4000))
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprises.id"))
    county: Mapped[str] = mapped_column(String(6))
    industry: Mapped[str] = mapped_column(String(60))
    regraded: Mapped[bool]
    """True when the batch is about the unit; the other units of the same audit stay as they are."""
    before_ruleset: Mapped[str] = mapped_column(String(120))
    before_digest: Mapped[str] = mapped_column(String(71))
    after_ruleset: Mapped[str] = mapped_column(String(120))
    after_digest: Mapped[str] = mapped_column(String(71))
    before: Mapped[str] = mapped_column(String(32))
    before_attainable: Mapped[str] = mapped_column(String(32))
    """In force; of a unit that is graded again on trial what the columns say, since nothing made on trial is in force."""
    after: Mapped[str | None] = mapped_column(String(32), default=None)
    after_attainable: Mapped[str | None] = mapped_column(String(32), default=None)
    """None: the audit can't be read under the new ruleset."""
    changed: Mapped[bool] = mapped_column(default=False)
    """True when grade or attainable grade is another."""
    checked: Mapped[bool] = mapped_column(default=False)
    """True when the engine has concluded it again."""
    missing: Mapped[int | None] = mapped_column(default=None)
    open_figures: Mapped[int | None] = mapped_column(default=None)
    """The figures for which the grade after is not decided, once the engine has concluded it."""


class BatchFrame(Base, kw_only=True):
    """The first pass over the units of a chunk that are graded by one ruleset before and by one after, row by row alike."""

    __tablename__ = "batch_frames"

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batches.id"), primary_key=True)
    chunk: Mapped[int] = mapped_column(primary_key=True)
    before_digest: Mapped[str] = mapped_column(String(71), primary_key=True)
    after_digest: Mapped[str] = mapped_column(String(71), primary_key=True)
    units: Mapped[int]
    before: Mapped[bytes] = mapped_column(LargeBinary)
    after: Mapped[bytes] = mapped_column(LargeBinary)
    """Parquet; see `api/services/regrading/frames.py` for the columns."""
