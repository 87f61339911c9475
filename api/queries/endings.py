"""Endings among the grades in force of an area: evidence, waivers, editions, requirements; with their effects."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from api.access import area_bounds
from api.context import Context
from api.queries import waivers
from api.queries.enterprise_search import matching
from api.services.forecasts import stored_forecasts, without_forecast
from api.services.waivers import Granted, indicator_title
from api.store import Audit, AuditKind, AuditState, Enterprise
from grading import calendar
from grading.forecast.ends import End, Kind
from grading.forecast.forecast import Forecast
from grading.language.decision_text import decision_text, labels_of
from grading.language.load import Library

DAYS = 90
MOST_DAYS = 400
Label = Callable[[str], str]
OF_THEMSELVES: frozenset[Kind] = frozenset({"evidence", "edition"})
"""Ends that are listed whether or not a grade hangs on them; requirements and days only where one does."""


@dataclass(frozen=True)
class Filter:
    """A filter of ends; empty: no restriction. `changed`: only those with which the enterprise's grade changes."""

    text: str = ""
    county: str = ""
    kind: str = ""
    days: int = DAYS
    changed: bool = False


@dataclass(frozen=True)
class Ending:
    """One end with whose it is, and the enterprise's grade on the last day and on the day after, in words."""

    enterprise_id: UUID
    name: str
    uscc: str
    county: str
    audit_id: UUID | None
    kind: Kind
    unit: str | None
    text: str
    last_day: date
    days_left: int
    before: str
    after: str

    @property
    def changes(self) -> bool:
        """True when the grade is another from the next day on."""
        return self.before != self.after


@dataclass(frozen=True)
class Endings:
    """The ends, the soonest first, and of how many grades in force nothing has been worked out yet."""

    listed: tuple[Ending, ...]
    waiting: int


def endings(context: Context, filters: Filter) -> Endings:
    """The ends in scope from today on, as far ahead as is wanted."""
    db, library, today = context.db, context.service.grader.library, calendar.today()
    labels = labels_of(*library.frame().scales.values())

    def label(level: str) -> str:
        return labels.get(level, level)

    last = today + timedelta(days=filters.days)
    in_force = (Audit.state == AuditState.PUBLISHED, Audit.kind == AuditKind.EXPERT)
    columns = (Enterprise.id, Enterprise.name, Enterprise.uscc, Enterprise.county, Audit.id, Audit.published_grading_id)
    rows = (
        select(*columns, Audit.site_id)
        .outerjoin(Audit, and_(Audit.enterprise_id == Enterprise.id, *in_force))
        .where(Enterprise.active)
    )
    if filters.text:
        rows = rows.where(matching(filters.text))
    if len(filters.county) == 6 and filters.county.isdigit():
        rows = rows.where(Enterprise.county.between(*area_bounds(filters.county)))
    of_enterprise: dict[UUID, list[Any]] = defaultdict(list)
    for row in db.execute(rows):
        of_enterprise[row[0]].append(row)
    published = [row for listed in of_enterprise.values() for row in listed if row[5] is not None]
    gradings = [row[5] for row in published]
    soon = stored_forecasts(db, gradings, last)
    found = [one for row in published if row[5] in soon for one in _of(row, soon[row[5]], today, last, label)]
    waived = [
        (granted, assessed)
        for granted in waivers.ending(db, filters.days)
        if (assessed := _assessed(of_enterprise[granted.enterprise.id], granted)) is not None
    ]
    graded = stored_forecasts(db, {row[5] for _, row in waived if row[5] is not None})
    found += [_ending(row, graded.get(row[5]), _of_waiver(library, g), today, label) for g, row in waived]
    chosen = (one for one in found if filters.kind in ("", one.kind) and (one.changes or not filters.changed))
    ordered = sorted(chosen, key=lambda one: (one.last_day, one.name, one.unit or "", one.text))
    return Endings(tuple(ordered), without_forecast(db, gradings))


def _assessed(rows: Sequence[Any], granted: Granted) -> Any | None:
    """Of what is in force for an enterprise that of the waived unit's site, else that of the whole, else nothing."""
    of_site = [row for row in rows if row[6] == granted.unit.site_id]
    whole = [row for row in rows if row[6] is None]
    unassessed = [(*row[:4], None, None, None) for row in rows]
    return next(iter((*of_site, *whole, *unassessed)), None)


def _of(row: Any, found: Forecast, today: date, last: date, label: Label) -> Iterator[Ending]:
    decisive = (
        end for stretch in found.stretches for end in stretch.because if end.kind not in ("waiver", *OF_THEMSELVES)
    )
    for end in (*(end for end in found.ends if end.kind in OF_THEMSELVES), *decisive):
        if today <= end.last_day <= last:
            yield _ending(row, found, end, today, label)


def _of_waiver(library: Library, granted: Granted) -> End:
    waiver = granted.waiver
    text = f"“{indicator_title(library, granted.unit, waiver.indicator)}”的豁免（{waiver.document_number}）到期"
    return End(waiver.until + timedelta(days=1), "waiver", text, granted.unit.code)


def _ending(row: Any, found: Forecast | None, end: End, today: date, label: Label) -> Ending:
    before, after = ("", "") if found is None else (_grade(found, day, label) for day in (end.last_day, end.day))
    left = (end.last_day - today).days
    return Ending(
        enterprise_id=row[0],
        name=row[1],
        uscc=row[2],
        county=row[3],
        audit_id=row[4],
        kind=end.kind,
        unit=end.unit,
        text=end.text,
        last_day=end.last_day,
        days_left=left,
        before=before,
        after=after,
    )


def _grade(found: Forecast, day: date, label: Label) -> str:
    day = min(max(day, found.since), found.until)
    return decision_text(found.on(day).decision, label, with_causes=False)
