"""Published grades as anyone may see them: nothing but what was published."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from api.access import area_bounds
from api.queries.decisions import of_class
from api.queries.enterprise_search import matching
from api.queries.grade_history import history
from api.schemas.decisions import stored_decision
from api.services.granted_waivers import rests_on_waivers
from api.store import Audit, AuditKind, AuditState, Enterprise, GradedUnit, Grading, Site
from grading.model.base import Mode
from grading.model.decision import Decision


class Standing(StrEnum):
    """The standing of a grading that was published."""

    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    REGRADED = "regraded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class PublicGrade:
    """A published grade of a plant, or of one of its sites."""

    grading_id: UUID
    enterprise: str
    site: str | None
    county: str
    decision: Decision
    rulesets: tuple[str, ...]
    assessed_on: date | None
    published_at: datetime | None
    waived: bool
    """The grade rests on a waiver."""


@dataclass(frozen=True)
class PublicReport:
    """A grading that was published once: how it stands today, since when, and the one in force in its place."""

    grade: PublicGrade
    audit_digest: str
    standing: Standing
    since: datetime | None
    instead: UUID | None


@dataclass(frozen=True)
class Filter:
    """A filter of published grades; empty: no restriction."""

    text: str = ""
    county: str = ""
    grade: str = ""


def published(db: Session, filters: Filter, number: int, size: int) -> tuple[list[PublicGrade], int]:
    """A page (from 1) of the grades in force, by county and name, and how many there are. `db` has no scope."""
    rows = _rows().where(
        Audit.state == AuditState.PUBLISHED, Audit.published_grading_id == Grading.id, Enterprise.active
    )
    if filters.text:
        rows = rows.where(matching(filters.text))
    if len(filters.county) == 6 and filters.county.isdigit():
        rows = rows.where(Enterprise.county.between(*area_bounds(filters.county)))
    if filters.grade:
        rows = rows.where(of_class(Grading.grade, Grading.attainable, filters.grade))
    count = db.scalars(select(func.count()).select_from(rows.subquery())).one()
    ordered = rows.order_by(Enterprise.county, Enterprise.name, Audit.id).limit(size).offset((number - 1) * size)
    return _grades(db, ordered), count


def report_of(db: Session, grading_id: UUID) -> PublicReport | None:
    """A grading that was published, with how it stands; None: no such one was. `db` has no scope."""
    found = db.execute(
        select(Audit, Grading.audit_digest)
        .join(Grading, Grading.audit_id == Audit.id)
        .where(Grading.id == grading_id, Grading.mode == Mode.OFFICIAL, Audit.kind == AuditKind.EXPERT)
    ).one_or_none()
    if found is None:
        return None
    audit, audit_digest = found
    events = [e for e in history(db, [audit.enterprise_id]).get(audit.enterprise_id, ()) if e.audit_id == audit.id]
    if all(event.grading_id != grading_id for event in events):
        return None
    (grade,) = _grades(db, _rows().where(Grading.id == grading_id))
    standing, instead = Standing.IN_FORCE, None
    if audit.state is AuditState.WITHDRAWN:
        standing = Standing.WITHDRAWN
    elif audit.state is AuditState.SUPERSEDED:
        standing, instead = Standing.SUPERSEDED, _instead_of(db, audit)
    elif audit.published_grading_id != grading_id:
        standing, instead = Standing.REGRADED, audit.published_grading_id
    # The newest first: what made it stand as it does is the first that changed what is in force.
    since = next((e.at for e in events if not e.action.startswith("audit.appeal")), None)
    return PublicReport(grade, audit_digest, standing, since, instead)


def _instead_of(db: Session, audit: Audit) -> UUID | None:
    """The grading that is in force in place of a superseded audit's."""
    present: Audit | None = audit
    while present is not None and present.superseded_by is not None:
        present = db.get(Audit, present.superseded_by)
    return present.published_grading_id if present is not None and present.state is AuditState.PUBLISHED else None


def _rows() -> "Select[Audit, Grading, Enterprise, str]":
    return (
        select(Audit, Grading, Enterprise, Site.name)
        .join(Grading, Grading.audit_id == Audit.id)
        .join(Enterprise, Enterprise.id == Audit.enterprise_id)
        .outerjoin(Site, Site.id == Audit.site_id)
        .where(Audit.kind == AuditKind.EXPERT, Grading.mode == Mode.OFFICIAL)
    )


def _grades(db: Session, rows: "Select[Audit, Grading, Enterprise, str]") -> list[PublicGrade]:
    found = db.execute(rows).all()
    rulesets: dict[UUID, list[str]] = {}
    units = select(GradedUnit.grading_id, GradedUnit.ruleset_id).order_by(GradedUnit.position)
    for grading_id, ruleset_id in db.execute(units.where(GradedUnit.grading_id.in_([row[1].id for row in found]))):
        known = rulesets.setdefault(grading_id, [])
        if ruleset_id not in known:
            known.append(ruleset_id)
    return [
        PublicGrade(
            grading_id=grading.id,
            enterprise=enterprise.name,
            site=site,
            county=enterprise.county,
            decision=stored_decision(
                grading.grade, grading.attainable, grading.mode, grading.missing, grading.open_figures
            ),
            rulesets=tuple(rulesets.get(grading.id, ())),
            assessed_on=audit.assessed_on,
            published_at=audit.published_at,
            waived=rests_on_waivers(grading),
        )
        for audit, grading, enterprise, site in found
    ]
