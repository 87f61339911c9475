"""The last head of the log that was seen, noted in a file beside the database: an emptied or shortened database is told by it."""

import os
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.audit_log.heads import Head, current_line, read_lines
from api.settings import Settings
from api.store.base import now


def known_head(settings: Settings) -> Head | None:
    """The last head that was noted."""
    return max(read_lines(settings.known_head_file), key=lambda head: head.seq or 0, default=None)


def note_head(settings: Settings, db: Session) -> str | None:
    """Note the present head, and give its line; None when there is nothing new, or no entry yet."""
    line = current_line(db, settings.key)
    if line.startswith("grading-log:1:0:") or line in _content(settings.known_head_file):
        return None
    _write(settings.known_head_file, f"{now().isoformat(timespec='seconds')} {line}\n")
    return line


def contradiction(db: Session, head: Head) -> str | None:
    """Return what the database lacks that was there when a head was noted, in Chinese; None when it holds the head."""
    connection = db.connection()
    last = connection.execute(text("SELECT max(seq) FROM log")).scalar() or 0
    if last < (head.seq or 0):
        return f"日志曾有 {head.seq} 条，现在只有 {last} 条：数据库被清空、截短，或换成了较早的"
    hash_ = connection.execute(text("SELECT hash FROM log WHERE seq = :seq"), {"seq": head.seq}).scalar()
    if hash_ != head.hash:
        return f"日志第 {head.seq} 条与以前记下的不同：数据库被改写，或不是同一个数据库"
    return None


def _content(file: Path) -> str:
    return file.read_text(encoding="ascii") if file.is_file() else ""


def _write(file: Path, content: str) -> None:
    """All of it or nothing, readable by its owner only."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    unfinished.write_text(content, encoding="ascii")
    unfinished.chmod(0o600)
    unfinished.replace(file)
