"""Every recorded row held against the log: nothing was put in, changed or taken away but by what the log tells of."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.audit_log.baseline import ACTION as BASELINE
from api.services.verification.finding import UNREADABLE, Finding
from api.store import LogEntry
from api.store.recorded import RECORDED, Record, Recorded, key_of, plain, record_of
from grading.invisible import shown_invisible

CHUNK = 1000
SHOWN = 120


def compare_rows(db: Session, findings: list[Finding], notes: list[Finding]) -> None:
    """Add what differs to the findings, and to the notes which entries recorded what was there before they were made."""
    # A temporary database, which SQLite keeps in memory until it is large.
    with closing(sqlite3.connect("")) as scratch:
        scratch.execute(
            "CREATE TABLE rows (kind TEXT, key TEXT, seq INTEGER, record TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID"
        )
        first, last = _read_log(db, scratch)
        if last:
            text = f"第 {first} 至 {last} 条登记的是升级数据库时已有的内容；在那之前的改动不在核对之列"
            notes.append(Finding(f"log:{first}", text))
        for recorded in RECORDED.values():
            findings += _of_table(db, scratch, recorded)


def _read_log(db: Session, scratch: sqlite3.Connection) -> tuple[int, int]:
    """Put together what the log says of rows; gives the first and the last entry that recorded what was there already."""
    first = last = 0
    for seq, action, rows in _entries(db):
        if action == BASELINE:
            first, last = first or seq, seq
        for kind, records in rows.items():
            for key, record in records.items():
                known = _known(scratch, kind, key) if record is not None and action != BASELINE else None
                merged = (known[1] or {}) | record if known and record is not None else record
                scratch.execute(
                    "INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?)",
                    (kind, key, seq, None if merged is None else json.dumps(merged)),
                )
    return first, last


def _known(scratch: sqlite3.Connection, kind: str, key: str) -> tuple[int, Record | None] | None:
    """The last entry about a row, and what the row is by then (None: deleted)."""
    row = scratch.execute("SELECT seq, record FROM rows WHERE kind = ? AND key = ?", (kind, key)).fetchone()
    return None if row is None else (row[0], None if row[1] is None else json.loads(row[1]))


def _entries(db: Session) -> Iterator[tuple[int, str, dict[str, dict[str, Record | None]]]]:
    statement = text(
        f"SELECT seq, action, rows FROM log WHERE seq > :after AND rows IS NOT NULL ORDER BY seq LIMIT {CHUNK}"
    )
    column, after = LogEntry.__table__.columns["rows"], -(2**62)
    while chunk := db.connection().execute(statement, {"after": after}).all():
        for seq, action, packed in chunk:
            try:
                rows = _records(json.loads(plain(column, packed, "")))
            except UNREADABLE:
                # An entry that can't be read any more was changed: the chain says so.
                continue
            yield seq, action, rows
        after = chunk[-1][0]


def _records(rows: Any) -> dict[str, dict[str, Record | None]]:
    """An entry's records, by table and key; raises TypeError, AttributeError or ValueError when it is nothing of the kind."""
    for kind, records in rows.items():
        kind.encode()
        for key, record in records.items():
            key.encode()
            if not isinstance(record, dict | None):
                raise TypeError(record)
    return rows  # type: ignore[no-any-return]


def _of_table(db: Session, scratch: sqlite3.Connection, recorded: Recorded) -> Iterator[Finding]:
    table = recorded.model.__tablename__
    for values in _rows(db, recorded):
        key = key_of(recorded.table, values)
        subject = f"{recorded.name}:{key}"
        known = _known(scratch, table, key)
        if known is None or known[1] is None:
            text = "日志中没有这一行" if known is None else f"日志第 {known[0]} 条记下它已删除"
            yield Finding(subject, f"{text}：不是经本系统写入的（{_shown(record_of(recorded, values))}）。")
        else:
            differing = _differing(recorded, key, values, known[1])
            if differing:
                yield Finding(subject, f"与日志第 {known[0]} 条为止记下的不同：{'；'.join(differing)}。")
        scratch.execute("DELETE FROM rows WHERE kind = ? AND key = ?", (table, key))
    unmatched = "SELECT key, seq, record FROM rows WHERE kind = ? AND record IS NOT NULL ORDER BY key"
    for key, seq, record in scratch.execute(unmatched, (table,)):
        shown = _shown(json.loads(record))
        yield Finding(f"{recorded.name}:{key}", f"日志记有这一行（至第 {seq} 条：{shown}），但它已不在库中。")


def _differing(recorded: Recorded, key: str, values: Mapping[Any, Any], known: Record) -> list[str]:
    found = []
    for column in recorded.columns:
        is_, was = plain(column, values[column.name], key, recorded), known.get(column.name)
        if is_ != was:
            stored = values[column.name] if _is_digest(is_) and isinstance(values[column.name], str) else is_
            found.append(f"{column.name} 库中为 {_value(stored)}，日志为 {_value(was)}")
    return found


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("sha256:")


def _value(value: Any) -> str:
    """A value as a finding quotes it; of a text that the log has only the digest of, its first places."""
    if value is None:
        return "空"
    return f"摘要 {value[7:19]}…" if _is_digest(value) else f"“{shown_invisible(str(value)[:SHOWN])}”"


def _shown(record: Record) -> str:
    return shown_invisible("，".join(f"{name} {value}" for name, value in record.items() if not _is_digest(value)))


def _rows(db: Session, recorded: Recorded) -> Iterator[Mapping[Any, Any]]:
    """The rows as the driver gives them: a value that the mapped class would refuse is a finding, not the end."""
    named = ", ".join(f'"{column.name}"' for column in recorded.columns)
    keys = ", ".join(f'"{column.name}"' for column in recorded.table.primary_key.columns)
    where = f" WHERE {recorded.where}" if recorded.where else ""
    statement = text(f"SELECT {named} FROM {recorded.model.__tablename__}{where} ORDER BY {keys}")
    yield from db.connection().execute(statement.execution_options(yield_per=CHUNK)).mappings()
