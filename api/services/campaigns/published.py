"""The plants of an area with the history of what was published of them, as the service's own records have it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from api.store import (
    Audit,
    AuditKind,
    AuditState,
    Enterprise,
    EnterpriseMerger,
    GradedUnit,
    Grading,
    LogEntry,
    OperatingState,
    Site,
    Unit,
)
from grading import calendar
from grading.campaign.plants import Point, StateSince
from grading.coordinates import parsed
from grading.jurisdiction import area_bounds, in_area
from grading.model.base import Mode
from grading.ruleset_id import industry_of

BATCH_STEPS = ("audit.regraded_in_batch", "audit.regrading_taken_back")


@dataclass(frozen=True)
class UnitGrade:
    """The grade of one unit in a grading."""

    unit: str
    industry: str
    grade: str
    attainable: str


@dataclass(frozen=True)
class Period:
    """A grading of a plant from its publication until something else is published or it is withdrawn."""

    published: date | None
    """None: confirmed and not published yet."""
    confirmed: date | None
    ended: date | None
    units: tuple[UnitGrade, ...]
    grading_id: UUID
    audit_id: UUID


@dataclass(frozen=True)
class RegisteredUnit:
    """A unit that is registered as active."""

    industry: str
    since: date


@dataclass
class RegisteredPlant:
    """A plant by its permit: an enterprise, or a site of one that has a permit of its own."""

    enterprise_id: UUID
    permit: str
    name: str
    uscc: str
    county: str
    point: Point | None = None
    """The place of its first site with coordinates."""
    states: tuple[StateSince, ...] = ()
    """The states of its enterprise as they are recorded, by their days."""
    periods: dict[UUID | None, list[Period]] = field(default_factory=lambda: defaultdict(list))
    """By the site that was assessed (None: the whole enterprise), in the order of publication."""
    registered: dict[str, RegisteredUnit] = field(default_factory=dict)

    def in_force(self, day: date) -> list[Period]:
        """The publication in force on a day of each place that was assessed by itself."""
        return [found for periods in self.periods.values() if (found := _last_in_force(periods, day)) is not None]

    def last_in_force(self, day: date) -> Period | None:
        """The publication in force on a day, of several places the one published last."""
        return _last_in_force([period for periods in self.periods.values() for period in periods], day)


def _last_in_force(periods: Sequence[Period], day: date) -> Period | None:
    """Of those published and not ended the one published last, of those of one day the later in the list."""
    there = [
        (period.published, at)
        for at, period in enumerate(periods)
        if period.published is not None and period.published <= day and (period.ended is None or period.ended > day)
    ]
    return periods[max(there)[1]] if there else None


@dataclass(frozen=True)
class Register:
    """The plants of an area by permit, and what could not be taken for a plant."""

    plants: Mapping[str, RegisteredPlant]
    without_permit: tuple[str, ...]
    """Names of enterprises that no permit is known of."""
    twice: tuple[str, ...]
    """Permits that more than one plant is registered under; the first counts."""


def register_of(db: Session, area: str, enterprise_id: UUID | None = None) -> Register:
    """Everything that is registered and published in an area, or of one enterprise of it. The session must see all of it."""
    low, high = area_bounds(area)
    sited = select(Site.enterprise_id).where(Site.county.between(low, high))
    mine = or_(Enterprise.county.between(low, high), Enterprise.id.in_(sited))
    mine = and_(mine, Enterprise.id.not_in(select(EnterpriseMerger.double_id)))
    if enterprise_id is not None:
        mine = and_(mine, Enterprise.id == enterprise_id)
    enterprises = db.execute(
        select(Enterprise.id, Enterprise.name, Enterprise.uscc, Enterprise.county, Enterprise.permit, Enterprise.active)
        .where(mine)
        .order_by(Enterprise.id)
    ).all()
    ids = select(Enterprise.id).where(mine)
    sites: dict[UUID, list[tuple[UUID, str, str, str | None]]] = defaultdict(list)
    points: dict[UUID, Point] = {}
    for site in db.execute(
        select(Site.enterprise_id, Site.id, Site.name, Site.county, Site.permit, Site.coordinates)
        .where(Site.enterprise_id.in_(ids))
        .order_by(Site.id)
    ):
        sites[site.enterprise_id].append((site.id, site.name, site.county, site.permit))
        if site.coordinates:
            lon, lat = parsed(site.coordinates)
            points[site.id] = Point.model_construct(lon=lon, lat=lat)
    states = _states(db, ids, [row.id for row in enterprises if not row.active])
    plants: dict[str, RegisteredPlant] = {}
    of_place: dict[tuple[UUID, UUID | None], list[RegisteredPlant]] = defaultdict(list)
    without, twice = [], []
    for row in enterprises:
        own = [s for s in sites[row.id] if s[3]]
        listed = (
            [(row.permit, row.name, row.county, [s[0] for s in sites[row.id] if not s[3]], True)] if row.permit else []
        )
        listed += [(s[3], f"{row.name}（{s[1]}）", s[2], [s[0]], not row.permit) for s in own]
        if not listed:
            without.append(row.name)
        for permit, name, county, its_sites, whole in listed:
            if permit in plants and plants[permit].enterprise_id != row.id:
                twice.append(permit)
                continue
            point = next((points[one] for one in its_sites if one in points), None)
            standing = tuple(states.get(row.id, ()))
            plant = plants.setdefault(permit, RegisteredPlant(row.id, permit, name, row.uscc, county, point, standing))
            for site_id in (*its_sites, *((None,) if whole else ())):
                of_place[row.id, site_id].append(plant)
    _add_units(db, of_place, ids)
    _add_periods(db, of_place, ids)
    return Register({key: p for key, p in plants.items() if in_area(p.county, area)}, tuple(without), tuple(twice))


Places = Mapping[tuple[UUID, UUID | None], list[RegisteredPlant]]


def _states(db: Session, ids: object, inactive: Iterable[UUID]) -> dict[UUID, list[StateSince]]:
    """The recorded states by enterprise; one that was closed before states were recorded is from the day that was said on."""
    found: dict[UUID, list[StateSince]] = {}
    rows = select(OperatingState).where(OperatingState.unit_id.is_(None), OperatingState.enterprise_id.in_(ids))  # type: ignore[arg-type]
    for row in db.scalars(rows.order_by(OperatingState.since, OperatingState.id)):
        entry = StateSince.model_construct(since=row.since, state=row.state.value, proof=row.document)
        found.setdefault(row.enterprise_id, []).append(entry)
    for enterprise_id, since in _closed(db, [one for one in inactive if one not in found]).items():
        found[enterprise_id] = [StateSince.model_construct(since=since, state="closed", proof=None)]
    return found


def _closed(db: Session, ids: Iterable[UUID]) -> dict[UUID, date]:
    """Of enterprises that are no longer active the day on which that was last said; of those nobody said it of, the first day."""
    closed = dict.fromkeys(ids, calendar.EARLIEST)
    if closed:
        rows = select(LogEntry.enterprise_id, LogEntry.at, LogEntry.details).where(
            LogEntry.action == "enterprise.changed", LogEntry.enterprise_id.in_(list(closed))
        )
        for enterprise_id, at, details in db.execute(rows.order_by(LogEntry.seq)):
            if enterprise_id is not None and "active" in json.loads(details).get("changed", ()):
                closed[enterprise_id] = calendar.day_of(at)
    return closed


def _add_units(db: Session, places: Places, ids: object) -> None:
    rows = select(Unit.enterprise_id, Unit.site_id, Unit.code, Unit.ruleset_id, Unit.created_at)
    for enterprise_id, site_id, code, ruleset_id, at in db.execute(
        rows.where(Unit.active, Unit.enterprise_id.in_(ids)).order_by(Unit.id)  # type: ignore[arg-type]
    ):
        for plant in places.get((enterprise_id, site_id), ()):
            plant.registered[code] = RegisteredUnit(industry_of(ruleset_id), calendar.day_of(at))


def _add_periods(db: Session, places: Places, ids: object) -> None:
    of_area = and_(Audit.enterprise_id.in_(ids), Audit.kind == AuditKind.EXPERT)  # type: ignore[arg-type]
    audits = db.execute(
        select(
            Audit.id,
            Audit.enterprise_id,
            Audit.site_id,
            Audit.state,
            Audit.confirmed_at,
            Audit.published_at,
            Audit.published_grading_id,
            Audit.superseded_by,
            Audit.changed_at,
        )
        .where(of_area, or_(Audit.published_at.is_not(None), Audit.state == AuditState.CONFIRMED))
        .order_by(Audit.published_at, Audit.id)
    ).all()
    of_grading = _unit_grades(db, of_area)
    regraded = _regraded(db, of_area)
    waiting = _waiting(db, of_area)
    published_on = {row.id: row.published_at for row in audits}
    for row in audits:
        confirmed = None if row.confirmed_at is None else calendar.day_of(row.confirmed_at)
        steps: list[tuple[date | None, UUID]]
        if row.published_at is None:
            steps = [(None, waiting[row.id])] if row.id in waiting else []
            ended = None
        else:
            steps = [(calendar.day_of(row.published_at), row.published_grading_id)]
            if row.id in regraded:
                steps = [(steps[0][0], regraded[row.id][0][1]), *((day, after) for day, _, after in regraded[row.id])]
            end = row.changed_at if row.state is AuditState.WITHDRAWN else published_on.get(row.superseded_by)
            ended = None if end is None else calendar.day_of(end)
        plants = places.get((row.enterprise_id, row.site_id)) or places.get((row.enterprise_id, None), [])
        for at, (published, grading_id) in enumerate(steps):
            # What a batch put in force was confirmed by that: nobody had it between the audit's own confirmation and the batch.
            when = published if at else confirmed
            period = Period(published, when, ended, of_grading.get(grading_id, ()), grading_id, row.id)
            for plant in plants:
                plant.periods[row.site_id].append(period)


def _unit_grades(db: Session, of_area: object) -> dict[UUID, tuple[UnitGrade, ...]]:
    found: dict[UUID, list[UnitGrade]] = defaultdict(list)
    rows = (
        select(GradedUnit.grading_id, GradedUnit.unit, GradedUnit.ruleset_id, GradedUnit.grade, GradedUnit.attainable)
        .join(Grading, Grading.id == GradedUnit.grading_id)
        .join(Audit, Audit.id == Grading.audit_id)
        .where(of_area, Grading.mode == Mode.OFFICIAL)  # type: ignore[arg-type]
        .order_by(GradedUnit.grading_id, GradedUnit.position)
    )
    for grading_id, unit, ruleset_id, grade, attainable in db.execute(rows):
        found[grading_id].append(UnitGrade(unit, industry_of(ruleset_id), grade, attainable))
    return {grading_id: tuple(units) for grading_id, units in found.items()}


def _regraded(db: Session, of_area: object) -> dict[UUID, list[tuple[date, UUID, UUID]]]:
    """By audit the days on which a batch put another grading in force: the day, the grading before and after."""
    found: dict[UUID, list[tuple[date, UUID, UUID]]] = defaultdict(list)
    rows = (
        select(LogEntry.audit_id, LogEntry.at, LogEntry.details)
        .join(Audit, Audit.id == LogEntry.audit_id)
        .where(of_area, LogEntry.action.in_(BATCH_STEPS))  # type: ignore[arg-type]
        .order_by(LogEntry.seq)
    )
    for audit_id, at, details in db.execute(rows):
        step = json.loads(details)
        if audit_id is not None:
            found[audit_id].append((calendar.day_of(at), UUID(step["before"]), UUID(step["grading"])))
    return found


def _waiting(db: Session, of_area: object) -> dict[UUID, UUID]:
    """By audit that is confirmed and not published, its last official grading."""
    rows = (
        select(Grading.audit_id, Grading.id)
        .join(Audit, Audit.id == Grading.audit_id)
        .where(of_area, Audit.state == AuditState.CONFIRMED, Grading.mode == Mode.OFFICIAL)  # type: ignore[arg-type]
        .order_by(Grading.id)
    )
    return {row.audit_id: row.id for row in db.execute(rows)}
