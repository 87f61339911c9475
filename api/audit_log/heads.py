"""Heads of the log that leave the database: signed with the service's key, in one line of text that any file can hold.

`grading-log:1:<number>:<hash>:<signature>`: the entry's number, its hash, and an HMAC over both. Whoever rewrites the log
can't take back a line that is in a report, a back-up or a file elsewhere, nor make another one without the key.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from api.access import unscoped
from api.identity.secrets import keyed, same
from api.store import LogEntry

PURPOSE = "log-head"
LINE = re.compile(rb"grading-log:1:([0-9]{1,15}):([0-9a-f]{64}):([0-9a-f]{64})")
HASH = re.compile(r"[0-9a-f]{64}")
MANIFEST = "manifest.json"
MAX_FILE = 500_000_000


@dataclass(frozen=True)
class Head:
    """The entry that was the last one at some time; `seq` None: noted without its number."""

    seq: int | None
    hash: str


class HeadError(ValueError):
    """The input is no head and holds none, or one that this service didn't sign; the message says which."""


def signed_line(key: bytes, seq: int, hash_: str) -> str:
    """A head as it is handed out."""
    return f"grading-log:1:{seq}:{hash_}:{_signature(key, seq, hash_)}"


def current_line(db: Session, key: bytes) -> str:
    """The present head as it is handed out."""
    with unscoped(db):
        seq, hash_ = db.connection().execute(text("SELECT seq, hash FROM log_head")).one()
    return signed_line(key, seq, hash_)


def line_of_grading(db: Session, key: bytes, audit_id: UUID, grading_id: UUID) -> str | None:
    """The entry that a grading was made by, as a head that is handed out: always the same one, whenever it is asked for."""
    entry = select(LogEntry.seq, LogEntry.hash).where(
        LogEntry.audit_id == audit_id, LogEntry.details.contains(f'"grading":"{grading_id}"', autoescape=True)
    )
    with unscoped(db):
        found = db.execute(entry.order_by(LogEntry.seq).limit(1)).one_or_none()
    return None if found is None else signed_line(key, found.seq, found.hash)


def given(text: str, key: bytes) -> list[Head]:
    """The heads that somebody holds the log to: a hash, a signed line, or a file with such lines (a report, a back-up, a list).

    Raises HeadError.
    """
    if HASH.fullmatch(text):
        return [Head(None, text)]
    path = Path(text)
    line = LINE.fullmatch(text.encode("utf-8", "replace"))
    if line is None and not path.is_file():
        raise HeadError(f"“{text}”既不是校验值，也不是文件")
    found = [line.groups()] if line else list(dict.fromkeys(LINE.findall(_content(path))))
    if not found:
        bare = path.read_bytes()[:200].decode("utf-8", "replace").strip() if path.stat().st_size < 200 else ""
        if HASH.fullmatch(bare):
            return [Head(None, bare)]
        raise HeadError(f"文件 {text} 中没有日志校验值（grading-log:…）")
    heads = []
    for seq, hash_, signature in found:
        number, hexed = int(seq), hash_.decode()
        if not same(signature.decode(), _signature(key, number, hexed)):
            raise HeadError(f"{text[:100]} 中第 {number} 条的签名不符：不是本服务交出的，或 GRADING_SECRET_KEY 已更换")
        heads.append(Head(number, hexed))
    return heads


def read_lines(path: Path) -> Iterator[Head]:
    """The heads in a file of our own, whoever signed them; none if there is no such file."""
    if path.is_file():
        for seq, hash_, _ in LINE.findall(path.read_bytes()):
            yield Head(int(seq), hash_.decode())


def _content(path: Path) -> bytes:
    if path.stat().st_size <= MAX_FILE and not zipfile.is_zipfile(path):
        return path.read_bytes()
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(MANIFEST)
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise HeadError(f"文件 {path} 读不出日志校验值（{error}）") from None


def _signature(key: bytes, seq: int, hash_: str) -> str:
    return keyed(key, PURPOSE, f"{seq}:{hash_}")
