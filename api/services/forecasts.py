"""Forecasts of published gradings: workers compute them, readers read the stored ones.

A forecast of a grading is never wrong later: gradings never change. It is worked out again when it no longer looks far enough.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from threading import Event
from typing import Any
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
"""The revision of forecasts; its last part rises when the same grading gives another forecast."""
DAYS = 400
RENEWED_WITH = 370
"""The least days ahead; a forecast with fewer is computed again."""
AT_ONCE = 500
IDLE_SECONDS = 60.0


def forecast_of(context: Context, grading_id: UUID, case: Case) -> Forecast:
    """The forecast of a grading: the stored one, else one computed now."""
    stored = stored_forecasts(context.db, [grading_id]).get(grading_id)
    if stored is not None:
        return stored
    until = max(calendar.today(), case.audit.assessed_on) + timedelta(days=DAYS)
    found: Forecast = context.service.forecasts.get(
        (grading_id, case.grading.mode, until), lambda: forecast(case.engine, case.audit, until, case.grading.mode)
    )
    return found


def stored_forecasts(db: Session, gradings: Iterable[UUID], ending_by: date | None = None) -> Mapping[UUID, Forecast]:
    """The stored forecasts of gradings in scope; `ending_by`: only those in which something ends by then.

    A reader of many plants asks for those: of most nothing ends soon, and reading them takes longer than all else.
    """
    columns = select(GradingForecast.grading_id, GradingForecast.document)
    if ending_by is not None:
        columns = columns.where(GradingForecast.first_end <= ending_by)
    return {id_: Forecast.of_json(orjson.loads(document or "")) for id_, document in _stored(db, gradings, columns)}


def without_forecast(db: Session, gradings: Sequence[UUID]) -> int:
    """The number of gradings in scope without a stored forecast."""
    return len(gradings) - sum(1 for _ in _stored(db, gradings, select(GradingForecast.grading_id)))


def _stored(db: Session, gradings: Iterable[UUID], columns: Select[Any, *tuple[Any, ...]]) -> Iterator[Any]:
    """Columns of the forecasts that this revision has made."""
    ids = sorted(gradings)
    rows = columns.where(GradingForecast.revision == REVISION, GradingForecast.document.is_not(None))
    with unscoped(db):
        for start in range(0, len(ids), AT_ONCE):
            yield from db.execute(rows.where(GradingForecast.grading_id.in_(ids[start : start + AT_ONCE]))).all()


def work_out_until(service: Service, stop: Event) -> None:
    """Compute missing forecasts until stopped; begins a while after the service."""
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
    """Compute every forecast of a published grading that is missing or too short; returns their number."""
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
        found = _worked_out(service, db, grading_id, until)
    document = None if found is None else orjson.dumps(found.as_json()).decode()
    first_end = None if found is None else _first_end(found, calendar.today())
    try:
        with service.database.writing() as db, unscoped(db):
            row = db.get(GradingForecast, grading_id)
            if row is None:
                row = GradingForecast(grading_id=grading_id, revision=REVISION, until=until)
                db.add(row)
            row.revision, row.until, row.document, row.first_end = REVISION, until, document, first_end
    except IntegrityError:
        # Another worker was quicker.
        return 0
    return 1


def _first_end(found: Forecast, today: date) -> date | None:
    ends = (*found.ends, *(end for stretch in found.stretches for end in stretch.because))
    return min((end.last_day for end in ends if end.last_day >= today), default=None)


def _worked_out(service: Service, db: Session, grading_id: UUID, until: date) -> Forecast | None:
    """The forecast; None where the grading can't be made again by this revision."""
    stored = db.get_one(Grading, grading_id)
    try:
        made = replayed(db, service.grader, stored)
        if made.likeness is Likeness.OTHER_GRADES:
            return None
        return forecast(made.engine, made.audit, until, stored.mode)
    except (LookupError, ValueError, Problem, EngineError) as error:
        # One plant that can't be looked ahead for must not end the thread.
        log.warning("no forecast", grading=str(grading_id), error=str(error))
        return None
