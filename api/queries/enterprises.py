"""Enterprises by filters and ids, with their published grades."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from api.access import area_bounds, scope_cached
from api.queries.decisions import of_class
from api.queries.enterprise_search import matching
from api.queries.paging import newest_first
from api.schemas.decisions import DecisionOut, stored_decision
from api.schemas.enterprises import EnterpriseOut, PublishedGrade
from api.store import Audit, AuditState, Enterprise, EnterpriseMerger, Grading, Site, Unit

_PUBLISHED = scope_cached(
    select(
        Audit.id,
        Audit.enterprise_id,
        Audit.site_id,
        Audit.published_grading_id,
        Audit.assessed_on,
        Audit.published_at,
        Grading.grade,
        Grading.attainable,
        Grading.mode,
        Grading.missing,
        Grading.open_figures,
    )
    .join(Grading, Grading.id == Audit.published_grading_id)
    .where(Audit.enterprise_id.in_(bindparam("ids", expanding=True)), Audit.state == AuditState.PUBLISHED)
    .order_by(Audit.id)
)


@dataclass(frozen=True)
class Filter:
    """A filter of enterprises; None: no restriction."""

    text: str | None = None
    area: str | None = None
    ruleset: str | None = None
    grade: str | None = None
    active: bool | None = None


def enterprises(
    db: Session, filters: Filter, cursor: UUID | None, limit: int
) -> tuple[list[EnterpriseOut], UUID | None]:
    """A page of enterprises, the newest first, and the cursor of the next page."""
    rows = select(Enterprise)
    if filters.text:
        rows = rows.where(matching(filters.text))
    if filters.area:
        rows = rows.where(Enterprise.county.between(*area_bounds(filters.area)))
    if filters.active is not None:
        rows = rows.where(Enterprise.active == filters.active)
    if filters.ruleset:
        of_ruleset = select(Unit.enterprise_id).where(Unit.ruleset_id == filters.ruleset, Unit.active)
        rows = rows.where(Enterprise.id.in_(of_ruleset))
    if filters.grade:
        graded = (
            select(Audit.enterprise_id)
            .join(Grading, Grading.id == Audit.published_grading_id)
            .where(Audit.state == AuditState.PUBLISHED, of_class(Grading.grade, Grading.attainable, filters.grade))
        )
        rows = rows.where(Enterprise.id.in_(graded))
    found, after = newest_first(db, rows, Enterprise.id, cursor, limit)
    grades = published_grades(db, [row.id for row in found])
    return [to_schema(row, grades.get(row.id, ())) for row in found], after


def enterprise(db: Session, row: Enterprise) -> EnterpriseOut:
    """One enterprise with its grades; of a double the enterprise that it was merged into."""
    merged = db.get(EnterpriseMerger, row.id)
    schema = to_schema(row, published_grades(db, [row.id]).get(row.id, ()))
    return schema if merged is None else schema.model_copy(update={"merged_into": merged.into_id})


def to_schema(row: Enterprise, grades: Sequence[PublishedGrade]) -> EnterpriseOut:
    """An enterprise as JSON."""
    return EnterpriseOut.model_validate(row).model_copy(update={"grades": list(grades)})


def published_grades(db: Session, ids: Iterable[UUID]) -> dict[UUID, list[PublishedGrade]]:
    """The published grades by enterprise."""
    grades: dict[UUID, list[PublishedGrade]] = {}
    for row in db.execute(_PUBLISHED, {"ids": list(ids)}):
        grade = PublishedGrade(
            site_id=row.site_id,
            audit_id=row.id,
            grading_id=row.published_grading_id,
            grade=row.grade,
            attainable=row.attainable,
            decision=DecisionOut.of(
                stored_decision(row.grade, row.attainable, row.mode, row.missing, row.open_figures)
            ),
            assessed_on=row.assessed_on,
            published_at=row.published_at,
        )
        grades.setdefault(row.enterprise_id, []).append(grade)
    return grades


def by_ids(db: Session, ids: Collection[UUID]) -> dict[UUID, Enterprise]:
    """The enterprises of some ids, as far as they are in scope."""
    return {row.id: row for row in db.scalars(select(Enterprise).where(Enterprise.id.in_(ids)))}


def active(db: Session, limit: int) -> list[Enterprise]:
    """The first active enterprises, by name."""
    return list(db.scalars(select(Enterprise).where(Enterprise.active).order_by(Enterprise.name).limit(limit)))


def counties(db: Session) -> list[str]:
    """The counties of the enterprises in scope."""
    return list(db.scalars(select(Enterprise.county).distinct().order_by(Enterprise.county)))


def sites(db: Session, enterprise_id: UUID) -> list[Site]:
    """The sites of an enterprise, in the order they were registered."""
    return list(db.scalars(select(Site).where(Site.enterprise_id == enterprise_id).order_by(Site.id)))


def units(db: Session, enterprise_id: UUID) -> list[Unit]:
    """The units of an enterprise, in the order they were registered."""
    return list(db.scalars(select(Unit).where(Unit.enterprise_id == enterprise_id).order_by(Unit.id)))
