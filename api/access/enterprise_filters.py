"""Filters of rows that belong to enterprises: which enterprises an actor sees, today and over time."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, false, or_, select, true

from api.access.actor import Actor
from api.store import (
    Assignment,
    Base,
    Enterprise,
    EnterpriseMerger,
    Role,
)
from grading import calendar
from grading.jurisdiction import area_bounds

Filter = ColumnElement[bool]


def enterprises(actor: Actor, column: Any) -> Filter:
    """Rows whose enterprise the actor sees: its own, the team's assignments of today, those of the bureau's area."""
    visible: Filter = false()
    if actor.role is Role.ADMINISTRATOR:
        visible = true()
    elif actor.role is Role.ENTERPRISE and actor.enterprise_id:
        visible = column == actor.enterprise_id
    elif actor.role is Role.ASSESSOR and actor.team_id:
        a, today = alias(Assignment), calendar.today()
        mine = and_(a.c.team_id == actor.team_id, a.c.since <= today, or_(a.c.until.is_(None), a.c.until >= today))
        visible = column.in_(select(a.c.enterprise_id).where(mine))
    elif actor.role is Role.BUREAU and actor.area:
        e = alias(Enterprise)
        visible = column.in_(select(e.c.id).where(e.c.county.between(*area_bounds(actor.area))))
    return visible


def enterprises_over_time(actor: Actor, column: Any) -> Filter:
    """As `enterprises`, of rows that keep the id of a double when it is merged into an enterprise that the actor sees."""
    m = alias(EnterpriseMerger)
    return or_(enterprises(actor, column), column.in_(select(m.c.double_id).where(enterprises(actor, m.c.into_id))))


@cache
def alias(model: type[Base], use: str = "scope") -> FromClause:
    """A table under a name of its own, so that it never mixes with the query it restricts, nor with another use around it."""
    return model.__table__.alias(f"{use}_{model.__tablename__}")
