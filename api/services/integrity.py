"""Is the database whole: its file readable, and no shorter than it was known to be. What isn't is refused in one sentence."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from api.audit_log.known_head import contradiction, known_head
from api.service import Service
from api.store import Base, migrate
from api.store.database import Database

QUICK_BYTES = 256_000_000
"""Of a database up to this size every page is looked at before anything is done with it; that takes a second."""
RESTORE_IT = "用 grading restore 从最近的备份恢复到空的目录"
RESTORE = f"请停止服务，保留现有文件，{RESTORE_IT}"


UNREADABLE = ("malformed", "not a database", "disk I/O")
"""SQLite's messages about a file that it can't read."""


class DamagedError(Exception):
    """The database can't be worked with; the message says in Chinese what is wrong and what to do."""


def refuse_damaged(service: Service, *, must_exist: bool, thorough: bool = False) -> None:
    """Raise DamagedError for a database that is damaged, empty though it must not be, or shorter than it was known to be."""
    known = known_head(service.settings)
    if service.database.is_sqlite:
        _check_file(service, must_exist=must_exist or known is not None, thorough=thorough)
    try:
        revision = migrate.current(service.database)
        if revision is None:
            if must_exist or known is not None:
                raise DamagedError(_empty(service.database))
            return
        with service.database.reading() as db:
            contradicted = contradiction(db, known) if known is not None else None
    except DBAPIError as error:
        if not is_damage(service.database, error):
            # It can't be reached, or somebody is in the way: whoever works with it says so.
            return
        raise DamagedError(damage_of(service.database, error)) from error
    if contradicted is not None:
        file = service.settings.known_head_file
        raise DamagedError(f"{contradicted}（记在 {file}）。{RESTORE}；确要使用这个数据库时，先移走 {file.name}。")


def damage_of(database: Database, error: BaseException | None = None) -> str:
    """The tables that can't be read, and the remedy; without a damaged table, the driver's message."""
    damaged = _damaged_tables(database)
    if damaged:
        return f"数据库已损坏（表 {'、'.join(damaged)} 读不出来）。{RESTORE}。"
    message = str(getattr(error, "orig", None) or error).splitlines()[0][:200] if error is not None else ""
    return f"数据库已损坏，或不是数据库文件（{message}）。{RESTORE}。"


def is_damage(database: Database, error: BaseException) -> bool:
    """True when something failed because the database is damaged, and not because of a mistake or of another process."""
    message = str(error.orig) if isinstance(error, DBAPIError) else ""
    return any(words in message for words in UNREADABLE) or bool(_damaged_tables(database))


def _check_file(service: Service, *, must_exist: bool, thorough: bool) -> None:
    path = Path(service.database.url.database or "")
    if service.database.url.database in (None, "", ":memory:"):
        return
    size = path.stat().st_size if path.is_file() else 0
    if size == 0:
        if must_exist or (
            path.is_file() and service.evidence.folder.is_dir() and any(service.evidence.folder.iterdir())
        ):
            raise DamagedError(_empty(service.database))
        return
    if thorough or size <= QUICK_BYTES:
        try:
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=15)) as opened:
                intact = opened.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                return
            raise DamagedError(damage_of(service.database, error)) from error
        if not intact:
            raise DamagedError(damage_of(service.database))


def _empty(database: Database) -> str:
    where = f"数据库文件 {database.url.database}" if database.is_sqlite else f"数据库 {database.url.database}"
    return f"{where} 不存在或是空的，没有任何记录。请核对 --data 或 GRADING_DATABASE_URL；数据丢失时，{RESTORE_IT}。"


def _damaged_tables(database: Database) -> list[str]:
    if database.is_sqlite:
        return _damaged_in_file(database.url.database or "")
    damaged: list[str] = []
    for table in Base.metadata.sorted_tables:
        try:
            with database.engine.connect() as connection:
                connection.execute(text(f"SELECT count(t.*) FROM {table.name} t")).all()
        except DBAPIError as error:
            if error.connection_invalidated or isinstance(error, OperationalError):
                return damaged
            # What is locked or not there yet is not damaged.
            if getattr(error.orig, "sqlstate", None) in ("XX001", "XX002", "58030"):
                damaged.append(table.name)
    return damaged


def _damaged_in_file(path: str) -> list[str]:
    damaged: list[str] = []
    for table in Base.metadata.sorted_tables:
        try:
            with closing(sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True, timeout=15)) as opened:
                found = opened.execute(f"PRAGMA quick_check('{table.name}')").fetchall()
                if found != [("ok",)]:
                    damaged.append(table.name)
        except sqlite3.DatabaseError as error:
            message = str(error)
            if "malformed" in message or "disk I/O" in message:
                damaged.append(table.name)
            elif "no such table" not in message:
                return damaged
    return damaged
