"""Entries of the log: appended one after another, each with the hash of the one before and with what became of rows."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from api.access import Actor, unscoped
from api.store import LogEntry, LogHead, changes
from api.store.base import now
from api.store.recorded import json_of, plain

FIRST = "0" * 64
"""The stand-in for a hash before the first entry."""
HASHED = ("seq", "at", "action", "actor_id", "audit_id", "enterprise_id", "subject", "details", "previous")
"""The fields that an entry's hash covers, in this order; and its rows, if it has any."""


@dataclass(frozen=True)
class About:
    """An entry's facts about an audit; `details` are plain JSON values."""

    audit_id: UUID
    enterprise_id: UUID
    details: dict[str, Any]
    rows: tuple[tuple[str, str], ...] = ()
    """Table and key of the rows that are recorded in this entry, as `changes.note` was told of them."""


def append(
    db: Session,
    action: str,
    actor: Actor | None,
    *,
    audit_id: UUID | None = None,
    enterprise_id: UUID | None = None,
    subject: str = "",
    details: dict[str, Any] | None = None,
) -> LogEntry:
    """Add an entry, in the transaction of what it tells of. `details` are plain JSON values; no names of people.

    It records what became of rows since the entry before it in the same transaction.
    """
    with unscoped(db):
        rows = changes.take(db)
        head = db.scalars(select(LogHead).with_for_update()).one()
        entry = LogEntry(
            seq=head.seq + 1,
            at=now(),
            action=action,
            actor_id=None if actor is None else actor.id,
            audit_id=audit_id,
            enterprise_id=enterprise_id,
            subject=subject,
            details=_details(details or {}),
            previous=head.hash,
            hash="",
            rows=json_of(rows) if rows else None,
        )
        entry.hash = hash_of(entry)
        head.seq, head.hash = entry.seq, entry.hash
        db.add(entry)
        db.flush()
    return entry


def append_many(db: Session, action: str, actor: Actor | None, entries: Sequence[About]) -> None:
    """Add entries of one action, in the transaction of what they tell of: many at once."""
    with unscoped(db):
        head = db.scalars(select(LogHead).with_for_update()).one()
        seq, previous, at = head.seq, head.hash, now()
        added: list[dict[str, Any]] = []
        for about in entries:
            seq += 1
            rows = changes.take_some(db, about.rows)
            entry = LogEntry(
                seq=seq,
                at=at,
                action=action,
                actor_id=None if actor is None else actor.id,
                audit_id=about.audit_id,
                enterprise_id=about.enterprise_id,
                subject="",
                details=_details(about.details),
                previous=previous,
                hash="",
                rows=json_of(rows) if rows else None,
            )
            previous = hash_of(entry)
            added.append(
                {name: getattr(entry, name) for name in LogEntry.__table__.columns.keys()}  # noqa: SIM118
                | {"hash": previous}
            )
        if added:
            db.execute(insert(LogEntry), added)
            head.seq, head.hash = seq, previous
            db.flush()


def hash_of(entry: LogEntry) -> str:
    """SHA-256 over everything that an entry says, the hash of the one before included."""
    columns = LogEntry.__table__.columns
    return hash_of_values({name: plain(columns[name], getattr(entry, name), "") for name in (*HASHED, "rows")})


def hash_of_values(values: Mapping[str, Any]) -> str:
    """The same of an entry's values as the log writes them."""
    hashed = [values[name] for name in HASHED]
    if values["rows"] is not None:
        hashed.append(values["rows"])
    return hashlib.sha256(json.dumps(hashed, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _details(details: dict[str, Any]) -> str:
    return json.dumps(details, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
