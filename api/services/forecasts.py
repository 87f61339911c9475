"""Forecasts of published gradings, worked out by workers; who asks reads what is there.

A forecast of a grading is never wrong later: gradings never change. It is worked out again when it no longer looks far enough.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from threading import Event
from uuid import UUID

import orjson
import structlog
from sqlalchemy import Select, and_, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from api.access import unscoped
from api.context import Context
from api.problems import Problem
from api.service import Service
from api.services.analysis import Case
from api.services.replay import Likeness, replayed
from api.store import Audit, AuditState, Grading, GradingForecast
from grading import calendar
from grading.engine.durable_rules import EngineError
from grading.engine.revision import ENGINE
from grading.forecast import Forecast, forecast
from grading.model.base import Mode

log = structlog.get_logger("api.forecasts")
REVISION = f"{ENGINE}.1"
"""Its last part is raised when the same grading gives another forecast."""
DAYS = 400
RENEWED_WITH = 370
"""A forecast that looks less far ahead is worked out again."""
AT_ONCE = 500
IDLE_SECONDS = 60.0


def forecast_of(context: Context, grading_id: UUID, case: Case) -> Forecast:
    """The forecast of a grading that has been made again: the stored one, or else worked out now."""
    stored = stored_forecasts(context.db, [grading_id]).get(grading_id)
    if stored is not None:
        return stored
    until = max(calendar.today(), case.audit.assessed_on) + timedelta(days=DAYS)
    found: Forecast = context.service.forecasts.get(
        (grading_id, case.grading.mode, until), lambda: forecast(case.engine, case.audit, until, case.grading.mode)
    )
    return found


def stored_forecasts(db: Session, gradings: Iterable[UUID]) -> Mapping[UUID, Forecast]:
    """The stored forecasts of gradings that the asker may see."""
    ids = sorted(gradings)
    found: dict[UUID, Forecast] = {}
    columns = select(GradingForecast.grading_id, GradingForecast.document)
    rows = columns.where(GradingForecast.revision == REVISION, GradingForecast.document.is_not(None))
    with unscoped(db):
        for start in range(0, len(ids), AT_ONCE):
            part = rows.where(GradingForecast.grading_id.in_(ids[start : start + AT_ONCE]))
            found |= {id_: Forecast.of_json(orjson.loads(document or "")) for id_, document in db.execute(part)}
    return found


def work_out_until(service: Service, stop: Event) -> None:
    """Work out what is missing until told to stop; not before the service has had a while to begin."""
    while not stop.wait(IDLE_SECONDS):
        try:
            made = work_out(service, stop)
        except SQLAlchemyError as error:
            # The database may be away: a thread that ended would work out nothing more and nobody would know.
            log.error("forecasts stopped", error=str(error))
            made = 0
        if made:
            log.info("forecasts worked out", number=made)


def work_out(service: Service, stop: Event | None = None) -> int:
    """Work out every forecast of a published grading that is missing or looks too short ahead; how many were made."""
    made = 0
    with service.database.reading() as db, unscoped(db):
        missing = db.scalars(_missing(calendar.today())).all()
    for grading_id in missing:
        if stop is not None and stop.is_set():
            break
        made += _add(service, grading_id)
    return made


def _missing(today: date) -> Select[UUID]:
    known = and_(
        GradingForecast.grading_id == Grading.id,
        GradingForecast.revision == REVISION,
        GradingForecast.until >= today + timedelta(days=RENEWED_WITH),
    )
    return (
        select(Grading.id)
        .join(Audit, Audit.published_grading_id == Grading.id)
        .outerjoin(GradingForecast, known)
        .where(Audit.state == AuditState.PUBLISHED, Grading.mode == Mode.OFFICIAL, GradingForecast.grading_id.is_(None))
        .order_by(Grading.id)
    )


def _add(service: Service, grading_id: UUID) -> int:
    until = calendar.today() + timedelta(days=DAYS)
    with service.database.reading() as db, unscoped(db):
        document = _document(service, db, grading_id, until)
    try:
        with service.database.writing() as db, unscoped(db):
            row = db.get(GradingForecast, grading_id)
            if row is None:
                db.add(GradingForecast(grading_id=grading_id, revision=REVISION, until=until, document=document))
            else:
                row.revision, row.until, row.document = REVISION, until, document
    except IntegrityError:
        # Another worker was quicker.
        return 0
    return 1


def _document(service: Service, db: Session, grading_id: UUID, until: date) -> str | None:
    """The forecast as JSON; None where the grading can't be made again by this revision."""
    stored = db.get_one(Grading, grading_id)
    try:
        made = replayed(db, service.grader, stored)
        if made.likeness is Likeness.OTHER_GRADES:
            return None
        return orjson.dumps(forecast(made.engine, made.audit, until, stored.mode).as_json()).decode()
    except (LookupError, ValueError, Problem, EngineError) as error:
        # One plant that can't be looked ahead for must not end the thread.
        log.warning("no forecast", grading=str(grading_id), error=str(error))
        return None
