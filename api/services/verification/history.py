"""The log's account of gradings and audits, entry by entry."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.services.verification.finding import UNREADABLE, Finding
from api.store import Audit, LogEntry
from api.store.recorded import plain

PUBLISHED = ("audit.published", "audit.regraded_in_batch", "audit.regrading_taken_back")
"""Actions after which the grading that an entry tells of is in force."""


@dataclass(frozen=True)
class History:
    """Of gradings, by id, the digests that the log has of them; of audits their last state and the grading in force."""

    gradings: dict[str, dict[str, str]]
    states: dict[str, str]
    published: dict[str, str]


def read_history(db: Session) -> History:
    """Read the log; an entry that can't be read any more was changed, and the chain says so."""
    history = History({}, {}, {})
    column = LogEntry.__table__.columns["audit_id"]
    rows = text("SELECT audit_id, action, details FROM log WHERE audit_id IS NOT NULL ORDER BY seq")
    for raw_id, action, details in db.connection().execute(rows):
        audit_id = str(plain(column, raw_id, ""))
        with suppress(*UNREADABLE):
            logged = json.loads(details)
            if "grading" in logged:
                known = history.gradings.setdefault(str(logged["grading"]), {})
                known |= {name: str(logged[name]) for name in ("inputs", "result") if name in logged}
            if "to" in logged:
                history.states[audit_id] = str(logged["to"])
            if action in PUBLISHED:
                history.published[audit_id] = str(logged.get("grading", ""))
    return history


def compare_audits(db: Session, history: History) -> Iterator[Finding]:
    """Every audit's state and the grading in force, held against the steps that the log tells of."""
    columns = Audit.__table__.columns
    missing = set(history.states)
    rows = text("SELECT id, state, published_grading_id FROM audits ORDER BY id")
    for raw_id, state, raw_grading in db.connection().execute(rows):
        audit_id = str(plain(columns["id"], raw_id, ""))
        grading: Any = plain(columns["published_grading_id"], raw_grading, "")
        missing.discard(audit_id)
        last = history.states.get(audit_id, "draft")
        if state != last:
            yield Finding(f"audit:{audit_id}", f"状态为 {state}，日志中最后记下的是 {last}。")
        if grading != history.published.get(audit_id):
            yield Finding(f"audit:{audit_id}", "公布的评级与日志中记下的不同。")
    yield from (Finding(f"audit:{id_}", "日志记有这份审核，但它已不在库中。") for id_ in sorted(missing))
