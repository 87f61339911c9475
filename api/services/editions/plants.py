"""Effects of an edition on the bureau's plants: published audits of the industry, graded in columns by both editions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import func, select

from api.context import Context
from api.services.replay import read_as
from api.store import Audit, AuditKind, AuditRevision, AuditState, Enterprise, GradedUnit, Grading
from grading.columns.from_audits import from_audits
from grading.columns.grade import ColumnGrader
from grading.columns.layout import Columns
from grading.impact.compare import Side, compare
from grading.intake import AuditError
from grading.model.base import Mode
from grading.model.ruleset import Ruleset
from grading.ruleset_id import industry_of

MOST_AUDITS = 300
"""So many audits, the newest, are graded while somebody edits; a batch grades all."""
MOST_MOVED = 20


@dataclass(frozen=True)
class PlantUnit:
    """A unit of a plant that is graded by both editions."""

    audit_id: UUID
    enterprise: str
    unit: str


@dataclass(frozen=True)
class Plants:
    """The units that the former edition can read, with their facts in columns; `left_out` audits it can't read."""

    units: tuple[PlantUnit, ...]
    columns: Columns
    total: int
    left_out: int


@dataclass(frozen=True)
class Moved:
    """A unit whose grade, or what it could at best become, is another."""

    plant: PlantUnit
    before: str
    before_attainable: str
    after: str
    after_attainable: str
    way: str


@dataclass(frozen=True)
class EditionImpact:
    """The changes in a mode: the number of units that go each way, and the first of them; `causes` are counted by criterion."""

    mode: Mode
    units: int
    ways: Mapping[str, int]
    moved: tuple[Moved, ...]
    causes: Mapping[str, int]


def plants_of(context: Context, base: Ruleset, digest: str) -> Plants:
    """The plants in scope, read by the former edition; kept while nothing is published."""
    newest, count = context.db.execute(
        select(func.max(Audit.published_at), func.count(Audit.id)).where(Audit.state == AuditState.PUBLISHED)
    ).one()
    key = (digest, context.actor.role, context.actor.area, newest, count)
    found: Plants = context.service.edition_plants.get(key, lambda: _read(context, base, digest))
    return found


def impact_of(context: Context, base: Ruleset, digest: str, edition: Ruleset) -> list[EditionImpact]:
    """The effects of an edition on the plants in scope, officially and in a trial."""
    plants = plants_of(context, base, digest)
    return [_impact(plants, base, edition, mode) for mode in (Mode.OFFICIAL, Mode.TRIAL)]


def _read(context: Context, base: Ruleset, digest: str) -> Plants:
    library = context.service.grader.of_digests(context.db, {base.id: digest}).library
    of_industry = GradedUnit.ruleset_id.endswith(f"/{industry_of(base.id)}", autoescape=True)
    rows = (
        select(Audit.id, Enterprise.name, AuditRevision.content)
        .join(Enterprise, Enterprise.id == Audit.enterprise_id)
        .join(Grading, Grading.id == Audit.published_grading_id)
        .join(AuditRevision, AuditRevision.id == Grading.revision_id)
        .where(Audit.state == AuditState.PUBLISHED, Audit.kind == AuditKind.EXPERT)
        .where(Grading.id.in_(select(GradedUnit.grading_id).where(of_industry)))
        .order_by(Audit.published_at.desc(), Audit.id)
    )
    total = context.db.scalar(select(func.count()).select_from(rows.subquery())) or 0
    units: list[PlantUnit] = []
    read: list[tuple[Any, Any]] = []
    left_out = 0
    for audit_id, name, content in context.db.execute(rows.limit(MOST_AUDITS)):
        chosen = _units_of(context, audit_id, of_industry)
        try:
            audit = read_as(content, dict.fromkeys(chosen, base.id), library)
        except AuditError:
            left_out += 1
            continue
        for unit in audit.units:
            if unit.ruleset == base.id:
                units.append(PlantUnit(audit_id, name, unit.id))
                read.append((audit, unit))
    return Plants(tuple(units), from_audits(base, read), total, left_out)


def _units_of(context: Context, audit_id: UUID, of_industry: Any) -> Sequence[str]:
    rows = select(GradedUnit.unit).join(Audit, Audit.published_grading_id == GradedUnit.grading_id)
    return context.db.scalars(rows.where(Audit.id == audit_id, of_industry)).all()


def _impact(plants: Plants, base: Ruleset, edition: Ruleset, mode: Mode) -> EditionImpact:
    if not plants.units:
        return EditionImpact(mode, 0, {}, (), {})
    sides = [_side(ruleset, mode, plants.columns) for ruleset in (base, edition)]
    changes = compare(*sides)
    units = changes.units.with_row_index("position")
    changed = units.filter(pl.col("way").is_not_null())
    ways: dict[str, int] = dict(changed["way"].cast(pl.String).value_counts().iter_rows())
    moved = tuple(
        Moved(
            plants.units[row["position"]],
            row["before"],
            row["before_attainable"],
            row["after"],
            row["after_attainable"],
            str(row["way"]),
        )
        for row in changed.head(MOST_MOVED).iter_rows(named=True)
    )
    named = changes.causes.filter(pl.col("after_id").is_not_null()).unique(["unit", "kind", "after_id"])
    causes = {
        f"gate.{row[1]}" if row[0] == "gate" else str(row[1]): row[2]
        for row in named.group_by("kind", "after_id", maintain_order=True).len().iter_rows()
    }
    return EditionImpact(mode, len(plants.units), ways, moved, causes)


def _side(ruleset: Ruleset, mode: Mode, columns: Columns) -> Side:
    graded = ColumnGrader(ruleset, mode).grade(columns)
    return Side(ruleset, graded.units.hstack(graded.indicators))
