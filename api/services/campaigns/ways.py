"""Ways of plants to their levels, worked out by workers for every published grading below a campaign's level.

A row says it once for a grading, a level and the units that count; it is never wrong later, since gradings never change. Who
asks reads what is there.
"""

import secrets
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from threading import Event
from typing import Any
from uuid import UUID

import orjson
import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from api.access import unscoped
from api.problems import Problem
from api.service import Service
from api.services.campaigns.evaluation import CampaignData, Stamp, data_of, stamp, vocabulary
from api.services.replay import Likeness, replayed
from api.store import Campaign, CampaignState, CampaignWays, Grading
from grading import calendar
from grading.campaign.candidates import Ways, levels_wanted
from grading.campaign.ways import PlantWays, plant_ways, together
from grading.digest import digest
from grading.engine.durable_rules import EngineError
from grading.engine.revision import ENGINE
from grading.language.problems import LanguageError

log = structlog.get_logger("api.campaigns")
REVISION = 2
"""Raised when the same grading gives other ways; the engine's own revision counts besides."""
IDLE_SECONDS = 30.0
AT_ONCE = 500


@dataclass(frozen=True)
class Needed:
    """A row that is needed: the ways of some units of a grading to a level."""

    grading_id: UUID
    target: str
    units: tuple[str, ...]
    """By code; empty: all of the audit."""

    @property
    def goal(self) -> str:
        """The goal that tells a way from others of the same grading."""
        some = f":{digest(self.units)[7:39]}" if self.units else ""
        return f"{self.target}{some}@{ENGINE}.{REVISION}"


def needed_on(data: CampaignData, day: date) -> dict[tuple[str, str], tuple[Needed, ...]]:
    """By permit and level what is needed of the plants that are below it; nothing of a plant without a grading in force."""
    campaign, register = data.evaluator, data.register.plants
    counted = {permit: {unit.id for unit in plant.units} for permit, plant in campaign.plants.items()}
    found = {}
    for permit, targets in levels_wanted(campaign, day).items():
        periods = register[permit].in_force(day)
        graded = {unit.unit for period in periods for unit in period.units}
        if not periods or not counted[permit] <= graded:
            # A unit that nobody has graded: what it would take is not known.
            continue
        for target in targets:
            rows = []
            for period in periods:
                units = sorted(unit.unit for unit in period.units if unit.unit in counted[permit])
                if units:
                    rows.append(
                        Needed(period.grading_id, target, () if len(units) == len(period.units) else tuple(units))
                    )
            found[permit, target] = tuple(rows)
    return found


def ways_on(service: Service, db: Session, data: CampaignData, day: date) -> tuple[Ways, int]:
    """The ways that have been worked out, by permit and level, and of how many plants they have not been."""
    needed = needed_on(data, day)
    there = _stored(service, db, {row for rows in needed.values() for row in rows})
    ways: dict[tuple[str, str], PlantWays] = {}
    waiting = set()
    for key, rows in needed.items():
        if any(row not in there for row in rows):
            waiting.add(key[0])
            continue
        known = [found for row in rows if (found := there[row]) is not None]
        if len(known) == len(rows) and known:
            ways[key] = together(known)
    return ways, len(waiting)


def number_stored(db: Session) -> int:
    """The number of stored rows: goes up whenever one is added."""
    with unscoped(db):
        return db.scalar(select(func.count()).select_from(CampaignWays)) or 0


def work_out_until(service: Service, stop: Event) -> None:
    """Work out what is needed until told to stop."""
    worker = Worker(service)
    while not stop.is_set():
        try:
            made = worker.work_out(stop)
        except SQLAlchemyError as error:
            # The database may be away: a thread that ended would work out nothing more and nobody would know.
            log.error("ways stopped", error=str(error))
            made = 0
        if made:
            log.info("ways worked out", number=made)
        stop.wait(IDLE_SECONDS)


class Worker:
    """Works out what active campaigns need; looks again only when a day begins or something has changed."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._done: dict[UUID, tuple[date, Stamp]] = {}

    def work_out(self, stop: Event | None = None) -> int:
        """Work out everything that is needed today and not there; how many rows were added."""
        today = calendar.today()
        made = 0
        with self.service.database.reading() as db, unscoped(db):
            active = db.scalars(
                select(Campaign).where(Campaign.state == CampaignState.ACTIVE).order_by(Campaign.id)
            ).all()
            stamps = {campaign.id: (today, stamp(db, campaign)) for campaign in active}
        for campaign in active:
            if self._done.get(campaign.id) == stamps[campaign.id]:
                continue
            for row in self._missing(campaign.id, today):
                if stop is not None and stop.is_set():
                    return made
                made += _add(self.service, row)
            self._done[campaign.id] = stamps[campaign.id]
        return made

    def _missing(self, campaign_id: UUID, day: date) -> list[Needed]:
        with self.service.database.reading() as db, unscoped(db):
            campaign = db.get_one(Campaign, campaign_id)
            try:
                data = data_of(self.service, db, campaign, campaign.jurisdiction)
            except (LanguageError, ValueError) as error:
                log.error("no ways", campaign=str(campaign_id), error=str(error))
                return []
            needed = {row for rows in needed_on(data, day).values() for row in rows}
            known = _keys(db, {row.grading_id for row in needed})
        left = sorted((r for r in needed if (r.grading_id, r.goal) not in known), key=lambda r: (r.grading_id, r.goal))
        # Workers begin at different places, so that they seldom do the same.
        start = secrets.randbelow(len(left)) if left else 0
        return left[start:] + left[:start]


def _add(service: Service, row: Needed) -> int:
    """Work out one row, unless another worker has; 1 if it was added."""
    with service.database.reading() as db, unscoped(db):
        if db.get(CampaignWays, (row.grading_id, row.goal)) is not None:
            return 0
        document = _document(service, db, row)
    try:
        with service.database.writing() as db, unscoped(db):
            db.add(CampaignWays(grading_id=row.grading_id, goal=row.goal, document=document))
    except IntegrityError:
        return 0
    return 1


def _document(service: Service, db: Session, row: Needed) -> str | None:
    """The ways as JSON; None where the grading can't be made again by this revision."""
    stored = db.get_one(Grading, row.grading_id)
    try:
        made = replayed(db, service.grader, stored)
    except (LookupError, ValueError, Problem) as error:
        log.warning("grading not explained", grading=str(row.grading_id), error=str(error))
        return None
    if made.likeness is Likeness.OTHER_GRADES:
        return None
    units = frozenset(row.units) or None
    try:
        found = plant_ways(made.engine, made.audit, made.grading, row.target, vocabulary(service).levels, units)
    except (EngineError, LookupError, ValueError) as error:
        # One plant that can't be planned for must not end the thread: all others would wait for good.
        log.error("ways not worked out", grading=str(row.grading_id), target=row.target, error=str(error))
        return None
    return found.model_dump_json()


def _stored(service: Service, db: Session, needed: Iterable[Needed]) -> Mapping[Needed, PlantWays | None]:
    """The stored rows of what is wanted; each row is read once by a process."""
    known = service.campaign_ways
    found: dict[Needed, PlantWays | None] = {}
    unread: dict[tuple[UUID, str], Needed] = {}
    for row in needed:
        remembered = known.peek((row.grading_id, row.goal))
        if remembered is None:
            unread[row.grading_id, row.goal] = row
        else:
            found[row] = remembered[0]
    ids = sorted({grading_id for grading_id, _ in unread})
    with unscoped(db):
        for start in range(0, len(ids), AT_ONCE):
            part = CampaignWays.grading_id.in_(ids[start : start + AT_ONCE])
            columns = select(CampaignWays.grading_id, CampaignWays.goal, CampaignWays.document)
            for grading_id, goal, document in db.execute(columns.where(part)):
                if (grading_id, goal) in unread:
                    ways = None if document is None else _read(document)
                    known.get((grading_id, goal), lambda ways=ways: (ways,))  # type: ignore[misc]
                    found[unread[grading_id, goal]] = ways
    return found


def _read(document: str) -> PlantWays:
    """Stored ways; texts that many plants have alike are kept in memory once."""
    return PlantWays.model_validate(_interned(orjson.loads(document)))


def _interned(value: Any) -> Any:
    if isinstance(value, str):
        return sys.intern(value)
    if isinstance(value, list):
        return [_interned(item) for item in value]
    return {key: _interned(item) for key, item in value.items()} if isinstance(value, dict) else value


def _keys(db: Session, ids: Iterable[UUID]) -> set[tuple[UUID, str]]:
    listed, found = sorted(ids), set()
    for start in range(0, len(listed), AT_ONCE):
        rows = select(CampaignWays.grading_id, CampaignWays.goal)
        part = CampaignWays.grading_id.in_(listed[start : start + AT_ONCE])
        found |= {(grading_id, goal) for grading_id, goal in db.execute(rows.where(part))}
    return found
