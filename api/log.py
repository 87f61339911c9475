"""The hash-chained log: entries are appended one after another; verification finds any that was edited, removed or moved."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from api.access import Actor, unscoped
from api.store import LogEntry, LogHead
from api.store.base import now

FIRST = "0" * 64
CHUNK = 1000


@dataclass(frozen=True)
class Finding:
    """Something about the log that is not as it was written; `seq` is where it shows."""

    seq: int
    message: str


@dataclass(frozen=True)
class Verified:
    """What a verification saw; the log is in order when there are no findings."""

    entries: int
    head: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class About:
    """What an entry tells of an audit; `details` are plain JSON values."""

    audit_id: UUID
    enterprise_id: UUID
    details: dict[str, Any]


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
    """Add an entry, in the transaction of what it tells of. `details` are plain JSON values; no names of people."""
    with unscoped(db):
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
        rows: list[dict[str, Any]] = []
        for about in entries:
            seq += 1
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
            )
            previous = hash_of(entry)
            rows.append(
                {name: getattr(entry, name) for name in LogEntry.__table__.columns.keys()}  # noqa: SIM118
                | {"hash": previous}
            )
        if rows:
            db.execute(insert(LogEntry), rows)
            head.seq, head.hash = seq, previous
            db.flush()


def hash_of(entry: LogEntry) -> str:
    """SHA-256 over everything that an entry says, the hash of the one before included."""
    said = [
        entry.seq,
        _moment(entry.at),
        entry.action,
        _text(entry.actor_id),
        _text(entry.audit_id),
        _text(entry.enterprise_id),
        entry.subject,
        entry.details,
        entry.previous,
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def verify(db: Session, expected_head: str | None = None) -> Verified:
    """Read the whole log and say what is wrong with it.

    Entries cut off at the end are found by the stored head; `expected_head`, a head that was noted elsewhere, must be the
    hash of some entry, so that not even a rewritten log passes.
    """
    findings: list[Finding] = []
    seq, previous, seen = 0, FIRST, expected_head is None
    for entry in _entries(db):
        if entry.seq != seq + 1:
            missing = f"{seq + 1}" if entry.seq == seq + 2 else f"{seq + 1} 至 {entry.seq - 1}"
            findings.append(Finding(entry.seq, f"缺少第 {missing} 条记录"))
        if entry.previous != previous:
            findings.append(Finding(entry.seq, "与前一条记录衔接不上：前一条被改动、删除，或次序被调换"))
        if entry.hash != hash_of(entry):
            findings.append(Finding(entry.seq, "内容与其校验值不符：记录被改动"))
        seq, previous = entry.seq, entry.hash
        seen = seen or entry.hash == expected_head
    head = db.scalars(select(LogHead)).one_or_none()
    if head is None:
        findings.append(Finding(seq, "缺少日志末尾标记"))
    elif (head.seq, head.hash) != (seq, previous):
        findings.append(
            Finding(seq, f"日志末尾标记为第 {head.seq} 条，实有 {seq} 条或内容不同：末尾的记录被删除或改动")
        )
    if not seen:
        findings.append(Finding(seq, "日志中没有所给校验值的记录：日志被整体改写，或不是同一份日志"))
    return Verified(seq, previous, tuple(findings))


def _entries(db: Session) -> Iterator[LogEntry]:
    after = 0
    while True:
        chunk = db.scalars(select(LogEntry).where(LogEntry.seq > after).order_by(LogEntry.seq).limit(CHUNK)).all()
        if not chunk:
            return
        yield from chunk
        after = chunk[-1].seq
        db.expunge_all()


def _details(details: dict[str, Any]) -> str:
    return json.dumps(details, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
