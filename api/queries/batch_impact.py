"""The changes that a batch would make: worked out from its first pass once, and cached while people look at it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.context import Context
from api.grader import stored_ruleset
from api.lru import LruCache
from api.services.granted_waivers import content_with
from api.services.regrading.batch_waivers import used
from api.services.regrading.chunk_audits import Subject, read_pair
from api.services.regrading.frames import AUDIT, COUNTY, POSITION, UNIT, frames_of
from api.services.replay import read_as
from api.store import AuditRevision, Batch, BatchAudit, BatchUnit, Enterprise, GradedUnit, Grading
from grading.columns.decision import decision_class
from grading.columns.from_audits import from_audits
from grading.columns.grade import ColumnGrader
from grading.columns.layout import Columns
from grading.engine.grade import Engine
from grading.impact.cause_details import Pair, cause_details
from grading.impact.changed_figures import AFTER, BEFORE, figure_texts
from grading.impact.compare import Side, compare
from grading.impact.counts import count_changes, impact
from grading.impact.criteria import title
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.model.impact import WAYS, CauseCount, Impact
from grading.ruleset_id import industry_of

MOST_IMPACTS = 4
"""Impacts of so many batches stay in memory."""


@dataclass(frozen=True)
class BatchImpact:
    """The impact; `pairs` by digests before and after.

    `units`, those that change, worst first: `audit_id`, `position`, `unit.id`, `county`, `industry`, `pair`, the columns of
    `grading.impact.compare.Changes.units`, `causes` in words, and the texts of `grading.impact.changed_figures`.
    `causes`: `audit_id`, `position`, `about`,
    `pair`, `kind`, `before_id`, `after_id` of all causes that decide.
    """

    impact: Impact
    pairs: dict[str, Pair]
    units: pl.DataFrame
    causes: pl.DataFrame

    def title(self, cause: CauseCount) -> str:
        """The title of a criterion."""
        pair = next(
            p for p in self.pairs.values() if (p.before.id, p.after.id) == (cause.before_ruleset, cause.after_ruleset)
        )
        return title(pair.before, pair.after, cause.kind, cause.before_id, cause.after_id)


@dataclass(frozen=True)
class Filter:
    """A filter of changed units; empty: no restriction. `before`, `after`: classes of decisions; `cause`: a criterion's id."""

    way: str = ""
    county: str = ""
    industry: str = ""
    before: str = ""
    after: str = ""
    cause: str = ""


_impacts: LruCache[tuple[UUID, int, object], BatchImpact] = LruCache(MOST_IMPACTS)


def impact_of(db: Session, batch: Batch) -> BatchImpact:
    """The impact of a batch whose first pass has seen everything."""
    return _impacts.get((batch.id, batch.run, batch.impact_at), lambda: _work_out(db, batch.id))


def _work_out(db: Session, batch_id: UUID) -> BatchImpact:
    parts: dict[tuple[str, str], list[tuple[pl.DataFrame, pl.DataFrame]]] = defaultdict(list)
    for frames in frames_of(db, batch_id):
        parts[frames.before_digest, frames.after_digest].append((frames.before, frames.after))
    pairs: dict[str, Pair] = {}
    counted, units, causes = [], [pl.DataFrame(schema=_UNITS)], [pl.DataFrame(schema=_CAUSES)]
    for (old, new), listed in parts.items():
        pair = Pair(stored_ruleset(db, old), stored_ruleset(db, new))
        name = f"{old} {new}"
        pairs[name] = pair
        # A part that an earlier release graded may lack columns.
        before, after = (pl.concat([both[i] for both in listed], how="diagonal") for i in (0, 1))
        sides = Side(pair.before, before), Side(pair.after, after)
        changes = compare(*sides)
        counted.append(count_changes(pair.before, pair.after, changes, after[COUNTY]))
        keys = after.select(AUDIT, POSITION, UNIT, COUNTY)
        deciding = changes.causes.filter("decides")
        cause_names = {
            (kind, was, now, waiver): title(pair.before, pair.after, kind, was, now, waiver)
            for kind, was, now, waiver in deciding.select(_CRITERION).unique().iter_rows()
        }
        words = [cause_names[key] for key in deciding.select(_CRITERION).iter_rows()]
        texts = deciding.select("unit").with_columns(pl.Series("causes", words, dtype=pl.String))
        texts = texts.group_by("unit", maintain_order=True).agg(pl.col("causes").str.join("；"))
        whole = (
            keys.hstack(changes.units).with_row_index("unit").join(texts, on="unit", how="left", maintain_order="left")
        )
        industry = pl.lit(industry_of(pair.after.id))
        whole = whole.with_columns(
            industry.alias("industry"), pl.lit(name).alias("pair"), *figure_texts(changes, *sides)
        )
        units.append(whole.filter(pl.col("way").is_not_null()).select(pl.col(n).cast(t) for n, t in _UNITS.items()))
        mine = keys[deciding["unit"]].hstack(deciding.drop("unit")).with_columns(pl.lit(name).alias("pair"))
        causes.append(mine.select(pl.col(n).cast(t) for n, t in _CAUSES.items()))
    scales = {ruleset.id: ruleset.scale for pair in pairs.values() for ruleset in (pair.before, pair.after)}
    order = pl.col("way").replace_strict({way: i for i, way in enumerate(WAYS)}, return_dtype=pl.UInt8)
    changed = pl.concat(units).sort(order, COUNTY, AUDIT, POSITION)
    return BatchImpact(impact(counted, scales), pairs, changed, pl.concat(causes))


_CRITERION = ("kind", "before_id", "after_id", "waiver")
_TEXTS = (
    "before",
    "after",
    "before_attainable",
    "after_attainable",
    "industry",
    "pair",
    "way",
    "causes",
    BEFORE,
    AFTER,
)
_UNITS: dict[str, pl.DataType] = {
    AUDIT: pl.String(),
    POSITION: pl.UInt32(),
    UNIT: pl.String(),
    COUNTY: pl.String(),
    **dict.fromkeys(_TEXTS, pl.String()),
}
_CAUSES: dict[str, pl.DataType] = {
    AUDIT: pl.String(),
    POSITION: pl.UInt32(),
    **dict.fromkeys(("about", "pair", "kind", "before_id", "after_id"), pl.String()),
}


_REASONS = {
    AUDIT: pl.String,
    POSITION: pl.UInt32,
    UNIT: pl.String,
    COUNTY: pl.String,
    "direction": pl.Int64,
    "decides": pl.Boolean,
    **dict.fromkeys(
        ("about", "kind", "level", "status", "title", "required_before", "required_after", "clause"), pl.String
    ),
    **dict.fromkeys(("row", "label", "value", "figure"), pl.String),
}


def changed(found: BatchImpact, filters: Filter) -> pl.DataFrame:
    """The changed units that a filter lets through."""
    listed = found.units
    for column, value in (
        ("way", filters.way),
        (COUNTY, filters.county),
        ("industry", filters.industry),
    ):
        if value:
            listed = listed.filter(pl.col(column) == value)
    for side, value in (("before", filters.before), ("after", filters.after)):
        if value:
            listed = listed.filter(decision_class(side, f"{side}_attainable") == value)
    if filters.cause:
        mine = found.causes.filter((pl.col("before_id") == filters.cause) | (pl.col("after_id") == filters.cause))
        listed = listed.join(
            mine.select(AUDIT, POSITION).unique(), on=[AUDIT, POSITION], how="semi", maintain_order="left"
        )
    return listed


def names_of_audits(db: Session, batch_id: UUID, audits: Sequence[UUID]) -> dict[UUID, str]:
    """The enterprises' names by audit."""
    rows = select(BatchAudit.audit_id, Enterprise.name).join(Enterprise, Enterprise.id == BatchAudit.enterprise_id)
    found = db.execute(rows.where(BatchAudit.batch_id == batch_id, BatchAudit.audit_id.in_(audits)))
    return {audit_id: name for audit_id, name in found}  # noqa: C416


@dataclass(frozen=True)
class Sides:
    """An audit as it was graded, and as the batch grades it."""

    before: tuple[Audit, Engine]
    after: tuple[Audit, Engine]


def sides_of(context: Context, found: BatchAudit, units: Sequence[BatchUnit]) -> Sides:
    """Read an audit for both. Raises AuditError when it can't be read under the new ruleset."""
    stated = context.find(AuditRevision, found.revision_id).content
    before = context.find(Grading, found.before_id).waivers
    content, again = content_with(stated, before), content_with(stated, used(found, before))
    grader = context.service.grader
    old = grader.of_digests(context.db, {unit.before_ruleset: unit.before_digest for unit in units})
    new = grader.of_digests(context.db, {unit.after_ruleset: unit.after_digest for unit in units})
    return Sides(
        (read_as(content, {unit.unit: unit.before_ruleset for unit in units}, old.library), old),
        (read_as(again, {unit.unit: unit.after_ruleset for unit in units}, new.library), new),
    )


def reasons_of(pair: Pair, mode: Mode, sides: Sides, position: int) -> pl.DataFrame:
    """The reasons why one unit changes, down to the values (`grading.impact.cause_details.cause_details`)."""
    columns = [
        from_audits(ruleset, [(audit, audit.units[position])])
        for ruleset, (audit, _) in ((pair.before, sides.before), (pair.after, sides.after))
    ]
    return _causes_frame(pair, mode, (columns[0], columns[1]))


def _causes_frame(pair: Pair, mode: Mode, columns: tuple[Columns, Columns]) -> pl.DataFrame:
    grades = [
        ColumnGrader(ruleset, mode).grade(held)
        for ruleset, held in zip((pair.before, pair.after), columns, strict=True)
    ]
    sides = [
        Side(ruleset, graded.units.hstack(graded.indicators))
        for ruleset, graded in zip((pair.before, pair.after), grades, strict=True)
    ]
    return cause_details(pair, mode, compare(sides[0], sides[1]), columns)


def all_reasons(context: Context, batch: Batch, found: BatchImpact) -> pl.DataFrame:
    """The reasons of all changed units, by `audit_id` and `position`: read again from what was submitted."""
    grader, parts = context.service.grader, []
    for name, pair in found.pairs.items():
        units = found.units.filter(pl.col("pair") == name)
        audits = [UUID(one) for one in units[AUDIT].unique(maintain_order=True)]
        subjects, digests = _subjects(context.db, batch.id, audits)

        def engines(subject: Subject, digests: dict[UUID, list[BatchUnit]] = digests) -> tuple[Engine, Engine]:
            mine = digests[subject.audit_id]
            return (
                grader.of_digests(context.db, {unit.before_ruleset: unit.before_digest for unit in mine}),
                grader.of_digests(context.db, {unit.after_ruleset: unit.after_digest for unit in mine}),
            )

        read, _ = read_pair(subjects, pair.before, pair.after, engines)
        if read.keys.height:
            causes = _causes_frame(pair, batch.mode, (read.before, read.after))
            parts.append(read.keys[causes["unit"]].hstack(causes.drop("unit")))
    return pl.concat(parts) if parts else pl.DataFrame(schema=_REASONS)


def _subjects(db: Session, batch_id: UUID, audits: Sequence[UUID]) -> tuple[list[Subject], dict[UUID, list[BatchUnit]]]:
    units: dict[UUID, list[BatchUnit]] = defaultdict(list)
    subjects: list[Subject] = []
    for start in range(0, len(audits), 500):
        some = audits[start : start + 500]
        mine = select(BatchUnit).where(BatchUnit.batch_id == batch_id, BatchUnit.audit_id.in_(some))
        for unit in db.scalars(mine.order_by(BatchUnit.position)):
            units[unit.audit_id].append(unit)
        rows = (
            select(BatchAudit, AuditRevision.content, Grading.waivers)
            .join(AuditRevision, AuditRevision.id == BatchAudit.revision_id)
            .join(Grading, Grading.id == BatchAudit.before_id)
            .where(BatchAudit.batch_id == batch_id, BatchAudit.audit_id.in_(some))
        )
        for row, stated, waivers in db.execute(rows):
            content, after = content_with(stated, waivers), content_with(stated, used(row, waivers))
            held = [
                GradedUnit(
                    grading_id=row.before_id,
                    position=unit.position,
                    unit=unit.unit,
                    ruleset_id=unit.before_ruleset,
                    ruleset_digest=unit.before_digest,
                    grade=unit.before,
                    attainable=unit.before_attainable,
                )
                for unit in units[row.audit_id]
            ]
            again = {unit.unit: unit.after_ruleset for unit in units[row.audit_id] if unit.regraded}
            subjects.append(Subject(row.audit_id, row.enterprise_id, row.county, content, after, held, again))
    return subjects, units
