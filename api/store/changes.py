"""Collects, in every session that writes, what becomes of recorded rows, until an entry of the log takes it.

What goes through the unit of work is collected by itself. A bulk statement on a recorded table has to be followed by `note`,
or be marked `UNRECORDED_COLUMNS` when it writes nothing that is recorded: else the transaction is refused.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, PassiveFlag, Session, UOWTransaction, attributes, sessionmaker

from api.store.base import Base
from api.store.recorded import RECORDED, Record, Recorded, key_of, plain, record_of

CHANGES, BULK = "changed rows", "bulk statements"
UNRECORDED_COLUMNS = "writes_unrecorded_columns"
COLLECTED = frozenset(RECORDED) - {"batch_audits"}
"""Tables whose every change is recorded; batches' audits only when they are published."""
Changes = dict[str, dict[str, Record | None]]
"""By table and key: the columns that changed, None when the row was deleted."""


class UnrecordedError(Exception):
    """A bulk statement changed recorded rows and nobody said which: a mistake in the service, never the user's."""


def collect_from(sessions: "sessionmaker[Session]") -> None:
    """Collect changes in all sessions that are made by this."""
    event.listen(sessions, "after_flush", _collect)
    event.listen(sessions, "do_orm_execute", _notice_bulk)
    event.listen(sessions, "after_soft_rollback", _forget)


def note(db: Session, model: type[Base], rows: Iterable[Mapping[Any, Any]], *, whole: bool = False) -> None:
    """Say what a bulk statement did: for each row its key and the columns that it wrote (`whole`: all there are)."""
    recorded = RECORDED[model.__tablename__]
    noted = db.info.setdefault(CHANGES, {}).setdefault(model.__tablename__, {})
    for values in rows:
        key = key_of(recorded.table, values)
        if whole:
            noted[key] = record_of(recorded, values)
            continue
        known = noted.get(key) or {}
        for column in recorded.columns:
            if column.name in values and not column.primary_key:
                known[column.name] = plain(column, values[column.name], key, recorded)
        noted[key] = known
    db.info.get(BULK, set()).discard(model.__tablename__)


def pending(db: Session) -> bool:
    """True when there is a change that no entry has taken."""
    return any(db.info.get(CHANGES, {}).values()) or bool(db.info.get(BULK))


def take_some(db: Session, keys: Iterable[tuple[str, str]]) -> Changes:
    """Take the changes of some rows (table and key), which `take` then leaves out."""
    known: Changes = db.info.get(CHANGES, {})
    found: Changes = {}
    for table, key in keys:
        if key in known.get(table, {}):
            found.setdefault(table, {})[key] = known[table].pop(key)
    return found


def take(db: Session) -> Changes:
    """Take the changes since the last call, everything flushed; raises UnrecordedError."""
    db.flush()
    bulk = db.info.get(BULK)
    if bulk:
        raise UnrecordedError(f"a bulk statement on {', '.join(sorted(bulk))} without api.store.changes.note")
    found: Changes = db.info.pop(CHANGES, {})
    return {table: rows for table, rows in found.items() if rows}


def _collect(session: Session, _context: UOWTransaction) -> None:
    for row in session.new:
        if (recorded := _collected(row)) is not None:
            values = _values(row, recorded.columns)
            _found(session, row)[key_of(recorded.table, values)] = record_of(recorded, values)
    for row in session.dirty:
        if (recorded := _collected(row)) is not None:
            key = _key(row, recorded)
            changed = {
                column.name: plain(column, getattr(row, column.name), key, recorded)
                for column in recorded.columns
                if attributes.get_history(row, column.name, PassiveFlag.PASSIVE_NO_INITIALIZE).has_changes()
            }
            if changed:
                found = _found(session, row)
                found[key] = (found.get(key) or {}) | changed
    for row in session.deleted:
        if (recorded := _collected(row)) is not None:
            _found(session, row)[_key(row, recorded)] = None


def _collected(row: Any) -> Recorded | None:
    table = type(row).__tablename__
    return RECORDED[table] if table in COLLECTED else None


def _found(session: Session, row: Any) -> dict[str, Record | None]:
    found: Changes = session.info.setdefault(CHANGES, {})
    return found.setdefault(type(row).__tablename__, {})


def _key(row: Any, recorded: Recorded) -> str:
    return key_of(recorded.table, _values(row, recorded.table.primary_key.columns))


def _values(row: Any, columns: Iterable[Any]) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in columns}


def _notice_bulk(state: ORMExecuteState) -> None:
    if not (state.is_insert or state.is_update or state.is_delete) or state.bind_mapper is None:
        return
    table = state.bind_mapper.class_.__tablename__
    if table in COLLECTED and not state.execution_options.get(UNRECORDED_COLUMNS):
        state.session.info.setdefault(BULK, set()).add(table)


def _forget(session: Session, _previous: Any) -> None:
    session.info.pop(CHANGES, None)
    session.info.pop(BULK, None)
