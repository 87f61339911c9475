"""Deliveries of log entries and of ended batches: one for each event and webhook."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access import unscoped
from api.service import Service
from api.store import (
    Batch,
    BatchState,
    Enterprise,
    LogEntry,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
    WebhookProgress,
)
from grading.jurisdiction import COUNTRY, area_bounds

E = WebhookEvent
OF_ACTION = {
    "audit.published": E.GRADE_PUBLISHED,
    "audit.regraded_in_batch": E.GRADE_PUBLISHED,
    "audit.regrading_taken_back": E.GRADE_TAKEN_BACK,
    "audit.withdrawn": E.GRADE_TAKEN_BACK,
    "audit.appealed": E.APPEAL_FILED,
    "audit.appeal_answered": E.APPEAL_DECIDED,
}
TOLD = ("grade", "attainable", "undecided", "grading", "inputs", "appeal", "state", "batch")
"""Details of log entries that deliveries contain; reasons and answers are left out."""
ENDED = (
    BatchState.ASSESSED,
    BatchState.PUBLISHED,
    BatchState.TAKEN_BACK,
    BatchState.STOPPED,
    BatchState.FAILED,
    BatchState.CANCELLED,
)
AT_ONCE = 500


def make_due(service: Service) -> int:
    """Make the deliveries of events since the last run; returns their number. One transaction, which may be repeated."""
    with service.database.reading() as db, unscoped(db):
        if db.scalar(select(Webhook.id).where(Webhook.ended_at.is_(None)).limit(1)) is None:
            return 0
    with service.database.writing() as db, unscoped(db):
        hooks = list(db.scalars(select(Webhook).where(Webhook.ended_at.is_(None)).order_by(Webhook.id)))
        progress = db.scalar(select(WebhookProgress).with_for_update())
        if progress is None:
            progress = WebhookProgress(id=1, seq=min(hook.first_seq for hook in hooks) - 1)
            db.add(progress)
        return sum(_add(db, made) for made in (*_of_log(db, hooks, progress), *_of_batches(db, hooks)))


def _of_log(db: Session, hooks: list[Webhook], progress: WebhookProgress) -> Iterator[WebhookDelivery]:
    """The deliveries of the next log entries; advances the progress."""
    # Nobody heard what happened while there was no webhook at all.
    progress.seq = max(progress.seq, min(hook.first_seq for hook in hooks) - 1)
    entries = db.scalars(
        select(LogEntry).where(LogEntry.seq > progress.seq).order_by(LogEntry.seq).limit(AT_ONCE)
    ).all()
    found = [entry for entry in entries if entry.action in OF_ACTION]
    plants = _plants(db, found)
    for entry in found:
        details = json.loads(entry.details)
        plant = plants.get(entry.enterprise_id)
        if plant is None or (entry.action == "audit.withdrawn" and details.get("from") != "published"):
            continue
        event = OF_ACTION[entry.action]
        content = {
            "event": event.value,
            "at": entry.at.isoformat(),
            "log_entry": entry.seq,
            "audit_id": str(entry.audit_id),
            "enterprise": {"id": str(plant.id), "name": plant.name, "uscc": plant.uscc, "county": plant.county},
            **{name: details[name] for name in TOLD if name in details},
        }
        for hook in hooks:
            if entry.seq >= hook.first_seq and event in hook.wanted and _covers(hook, plant.county):
                yield _delivery(hook, f"log/{entry.seq}", event, content)
    if entries:
        progress.seq = entries[-1].seq


def _of_batches(db: Session, hooks: list[Webhook]) -> Iterator[WebhookDelivery]:
    """Ends of batches that were ordered after the webhook was registered."""
    since = min(hook.created_at for hook in hooks)
    rows = select(Batch).where(Batch.state.in_(ENDED), Batch.created_at >= since).order_by(Batch.id)
    for batch in db.scalars(rows):
        content = {
            "event": E.BATCH_ENDED.value,
            "batch": str(batch.id),
            "name": batch.name,
            "area": batch.area,
            "state": batch.state.value,
        }
        for hook in hooks:
            if batch.created_at >= hook.created_at and E.BATCH_ENDED in hook.wanted and _covers(hook, batch.area):
                yield _delivery(hook, f"batch/{batch.id}/{batch.run}/{batch.state.value}", E.BATCH_ENDED, content)


def _delivery(hook: Webhook, subject: str, event: WebhookEvent, content: dict[str, Any]) -> WebhookDelivery:
    made = WebhookDelivery(webhook_id=hook.id, subject=subject, event=event, body="")
    made.body = json.dumps({"id": str(made.id), **content}, ensure_ascii=False)
    return made


def _add(db: Session, made: WebhookDelivery) -> int:
    same = select(WebhookDelivery.id).where(
        WebhookDelivery.webhook_id == made.webhook_id, WebhookDelivery.subject == made.subject
    )
    if db.scalar(same) is not None:
        return 0
    db.add(made)
    return 1


def _plants(db: Session, entries: Iterable[LogEntry]) -> dict[Any, Enterprise]:
    ids = {entry.enterprise_id for entry in entries if entry.enterprise_id is not None}
    if not ids:
        return {}
    return {plant.id: plant for plant in db.scalars(select(Enterprise).where(Enterprise.id.in_(ids)))}


def _covers(hook: Webhook, county: str) -> bool:
    if hook.area == COUNTRY:
        return True
    low, high = area_bounds(hook.area)
    return low <= county <= high
