"""The waivers by which a batch grades: those in force on the day on which it was selected, kept with each of its audits."""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from api.services.granted_waivers import in_domain, is_in_force, kept
from api.store import Audit, Batch, BatchAudit, GradedUnit, Unit, UnitWaiver
from grading.model import audit as domain

NONE = "{}"
"""Kept with an audit for which no waiver was in force."""


def keep(db: Session, batch: Batch, today: date) -> None:
    """Keep with each selected audit of a batch the waivers that are in force for it today, where any are."""
    rows = [
        {"batch_id": batch.id, "audit_id": audit_id, "waivers": waivers}
        for audit_id, waivers in _in_force(db, batch, today).items()
    ]
    if rows:
        db.execute(update(BatchAudit), rows)


def used(row: BatchAudit, before: str | None) -> str | None:
    """The waivers by which a batch grades an audit, as gradings keep them; `before`: those of the grading before.

    What was selected before this was kept is graded by those of the grading before.
    """
    waivers = before if row.waivers is None else row.waivers
    return None if waivers == NONE else waivers


def used_in_sql(before: InstrumentedAttribute[str | None]) -> ColumnElement[str | None]:
    """The same in a statement over `batch_audits` and the gradings before."""
    return func.nullif(func.coalesce(BatchAudit.waivers, before), NONE)


def otherwise_now(db: Session, batch: Batch, by: Mapping[UUID, str | None], today: date) -> list[UUID]:
    """Those audits of a batch for which other waivers are in force today than those `by` which it graded them."""
    now = _in_force(db, batch, today)
    return [audit_id for audit_id, waivers in by.items() if now.get(audit_id) != waivers]


def differ(before: str | None, after: str | None, unit: str) -> bool:
    """True when a unit has other waivers after than it had before."""
    one, other = (json.loads(waivers or NONE).get(unit) for waivers in (before, after))
    return bool(one != other)


def _in_force(db: Session, batch: Batch, today: date) -> dict[UUID, str]:
    """By audit, the waivers of its graded units that are in force, as gradings keep them."""
    rows = (
        select(BatchAudit.audit_id, Unit.code, UnitWaiver, Audit.assessed_on)
        .join(Audit, Audit.id == BatchAudit.audit_id)
        .join(UnitWaiver, UnitWaiver.enterprise_id == Audit.enterprise_id)
        .join(Unit, Unit.id == UnitWaiver.unit_id)
        .join(GradedUnit, and_(GradedUnit.grading_id == BatchAudit.before_id, GradedUnit.unit == Unit.code))
        .where(BatchAudit.batch_id == batch.id, *is_in_force(Audit.assessed_on, today))
        .where(or_(Audit.site_id.is_(None), Unit.site_id == Audit.site_id))
        .order_by(UnitWaiver.id)
    )
    found: dict[UUID, dict[str, list[domain.Waiver]]] = defaultdict(lambda: defaultdict(list))
    for audit_id, code, row, day in db.execute(rows):
        if day is not None and row.last_day >= day:
            found[audit_id][code].append(in_domain(row))
    return {audit_id: kept(by_unit) for audit_id, by_unit in found.items()}
