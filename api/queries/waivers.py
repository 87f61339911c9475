"""Waivers of an enterprise's units, and those that end soon."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from api.services.waivers import Granted
from api.store import Enterprise, Unit, UnitWaiver
from grading import calendar

DAYS_BEFORE_END = 90
"""So many days ahead a bureau's list shows that a waiver ends."""


def of_enterprise(db: Session, enterprise_id: UUID) -> list[Granted]:
    """The waivers of an enterprise, the newest first."""
    return _granted(db, _rows().where(UnitWaiver.enterprise_id == enterprise_id).order_by(UnitWaiver.id.desc()))


def ending(db: Session, days: int = DAYS_BEFORE_END) -> list[Granted]:
    """The waivers in scope that end within so many days, the soonest first."""
    today = calendar.today()
    rows = _rows().where(UnitWaiver.ended_on.is_(None), UnitWaiver.until.between(today, today + timedelta(days=days)))
    return _granted(db, rows.order_by(UnitWaiver.until, UnitWaiver.id))


def one(db: Session, row: UnitWaiver) -> Granted:
    """A waiver with whose it is."""
    return _granted(db, _rows().where(UnitWaiver.id == row.id))[0]


def _rows() -> Select[UnitWaiver, Unit, Enterprise]:
    return (
        select(UnitWaiver, Unit, Enterprise)
        .join(Unit, Unit.id == UnitWaiver.unit_id)
        .join(Enterprise, Enterprise.id == UnitWaiver.enterprise_id)
    )


def _granted(db: Session, rows: Select[UnitWaiver, Unit, Enterprise]) -> list[Granted]:
    today = calendar.today()
    found: Sequence[Any] = db.execute(rows).all()
    return [Granted(waiver, unit, enterprise, today) for waiver, unit, enterprise in found]
