"""The chain of the log: whether any entry was edited, removed or moved, and whether it holds the heads that were handed out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.audit_log.entries import FIRST, HASHED, hash_of_values
from api.audit_log.heads import Head
from api.store import LogEntry
from api.store.recorded import plain

CHUNK = 1000


@dataclass(frozen=True)
class Finding:
    """Something about the log that is not as it was written; `seq` is where it shows."""

    seq: int
    message: str


@dataclass(frozen=True)
class Verified:
    """The result of a verification; the chain is in order when there are no findings."""

    entries: int
    head: str
    findings: tuple[Finding, ...]


def verify(db: Session, expected: str | Sequence[Head] | None = None) -> Verified:
    """Read the whole log and say what is wrong with it.

    Entries cut off at the end are found by the stored head. `expected` are heads that were noted elsewhere (a hash, or
    heads with their numbers): each must be there, so that not even a rewritten log passes.
    """
    heads = [Head(None, expected)] if isinstance(expected, str) else list(expected or ())
    missing = {head.hash: head for head in heads}
    findings: list[Finding] = []
    seq, previous = 0, FIRST
    for entry in _entries(db):
        number, hash_ = entry["seq"], entry["hash"]
        if number != seq + 1:
            lacking = f"{seq + 1}" if number == seq + 2 else f"{seq + 1} 至 {number - 1}"
            findings.append(Finding(number, f"缺少第 {lacking} 条记录"))
        if entry["previous"] != previous:
            findings.append(Finding(number, "与前一条记录衔接不上：前一条被改动、删除，或次序被调换"))
        if hash_ != hash_of_values(entry):
            findings.append(Finding(number, "内容与其校验值不符：记录被改动"))
        seq, previous = number, hash_
        if hash_ in missing and missing[hash_].seq in (None, number):
            del missing[hash_]
    findings += _of_head(db, seq, previous)
    findings += [Finding(seq, _missing(head, seq)) for head in missing.values()]
    return Verified(seq, previous, tuple(findings))


def _missing(head: Head, last: int) -> str:
    if head.seq is None:
        return "日志中没有所给校验值的记录：日志被整体改写，或不是同一份日志"
    if head.seq > last:
        return f"曾交出第 {head.seq} 条的校验值，日志现在只到第 {last} 条：末尾的记录被删除，或数据库是较早的"
    return f"第 {head.seq} 条与当时交出的校验值不同：日志被整体改写，或不是同一份日志"


def _of_head(db: Session, seq: int, hash_: str) -> Iterator[Finding]:
    heads = db.connection().execute(text("SELECT seq, hash FROM log_head")).all()
    if not heads:
        yield Finding(seq, "缺少日志末尾标记")
    elif len(heads) > 1 or tuple(heads[0]) != (seq, hash_):
        yield Finding(seq, f"日志末尾标记为第 {heads[0][0]} 条，实有 {seq} 条或内容不同：末尾的记录被删除或改动")


def _entries(db: Session) -> Iterator[dict[str, Any]]:
    """Every entry as it lies in the database: what can't be read is a value that no hash fits."""
    columns = [LogEntry.__table__.columns[name] for name in (*HASHED, "rows", "hash")]
    named = ", ".join(f'"{column.name}"' for column in columns)
    statement = text(f"SELECT {named} FROM log WHERE seq > :after ORDER BY seq LIMIT {CHUNK}")
    after = -(2**62)
    while chunk := db.connection().execute(statement, {"after": after}).mappings().all():
        for row in chunk:
            yield {column.name: plain(column, row[column.name], "") for column in columns}
        after = chunk[-1]["seq"]
