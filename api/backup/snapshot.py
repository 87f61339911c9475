"""The whole database at one moment as a SQLite file, whatever database it comes from, and back into whatever database.

One form for both: an archive can be restored to either of them, and nothing has to be installed beside the service that
fits the server's version.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Enum, LargeBinary, MetaData, String, Table, bindparam, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from api.store import Base, migrate
from api.store.base import Packed
from api.store.database import WRITES, Database

LEFT_OUT = ("sessions", "failed_sign_ins", "costly_uses", "workers")
"""Tables that a restored service must not bring back: sessions, attempts to sign in, processes at work."""
CHUNK = 500


class BackupError(Exception):
    """A back-up or restore that isn't possible; `problems` says why, in Chinese, all at once."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def take(database: Database, file: Path) -> None:
    """Copy the database as it is at one moment into a new SQLite file, while others go on writing.

    Raises BackupError when its schema isn't the newest or the database is damaged.
    """
    if database.is_sqlite and not Path(database.url.database or "").is_file():
        raise BackupError(f"没有数据库文件 {database.url.database}。")
    if migrate.current(database) != migrate.newest():
        raise BackupError("数据库表结构不是当前版本：请先运行 grading migrate，或用升级前的程序备份。")
    if database.is_sqlite:
        _copy_file(database, file)
    else:
        _copy_tables(database, file)
    with closing(sqlite3.connect(file)) as copy:
        copy.execute("PRAGMA secure_delete=ON")
        copy.execute("PRAGMA foreign_keys=OFF")
        for table in LEFT_OUT:
            copy.execute(f"DELETE FROM {table}")
        copy.commit()
        # One file, without a journal beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
        damage = [row[0] for row in copy.execute("PRAGMA quick_check")]
    if damage != ["ok"]:
        raise BackupError("数据库文件已损坏：", *damage)


def renew(file: Path) -> None:
    """Bring a snapshot to the newest schema; raises BackupError when it comes from a later version of the service."""
    database = Database(f"sqlite:///{file}")
    try:
        revision = migrate.current(database)
        if revision not in migrate.known_revisions():
            raise BackupError(f"备份来自更新版本的程序（表结构 {revision}），请先升级程序。")
        if revision != migrate.newest():
            migrate.migrate(database)
    finally:
        database.close()
    with closing(sqlite3.connect(file)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")


def put_back(file: Path, database: Database) -> None:
    """Fill an empty PostgreSQL database from a snapshot of the newest schema: everything or nothing."""
    source = Database(f"sqlite:///{file}")
    try:
        with (
            source.engine.connect() as reading,
            database.engine.connect() as connection,
            connection.execution_options(**{WRITES: True}).begin(),
        ):
            migrate.migrate_on(connection)
            copy_rows(reading, connection)
    finally:
        source.close()


def copy_rows(source: Connection, target: Connection) -> None:
    """Copy all rows into tables that have none but what migrations put there; packed texts are copied as they lie."""
    tables = _plain_tables()
    for table in tables:
        if table.name == "log_head":
            target.execute(delete(table))
    for table in tables:
        later = [column.name for column in _filled_later(table, tables)]
        reading = source.execution_options(stream_results=True, yield_per=CHUNK)
        for chunk in reading.execute(select(table)).mappings().partitions(CHUNK):
            target.execute(insert(table), [dict(row) | dict.fromkeys(later) for row in chunk])
    for table in tables:
        for column in _filled_later(table, tables):
            keys = list(table.primary_key.columns)
            names = [*(f"of_{key.name}" for key in keys), "said"]
            statement = update(table).where(*(key == bindparam(f"of_{key.name}") for key in keys))
            statement = statement.values({column.name: bindparam("said")})
            rows = source.execute(select(*keys, column).where(column.is_not(None))).all()
            for start in range(0, len(rows), CHUNK):
                target.execute(statement, [dict(zip(names, row, strict=True)) for row in rows[start : start + CHUNK]])


def _copy_file(database: Database, file: Path) -> None:
    path = database.url.database
    try:
        with closing(sqlite3.connect(path or "", timeout=15)) as source, closing(sqlite3.connect(file)) as copy:
            # All pages in one step: one moment, and writers don't wait for it (WAL).
            source.backup(copy)
    except sqlite3.DatabaseError as error:
        raise BackupError(f"数据库文件无法读取：{error}") from error


def _copy_tables(database: Database, file: Path) -> None:
    copy = Database(f"sqlite:///{file}")
    one_moment = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    try:
        migrate.migrate(copy)
        with (
            database.engine.connect().execution_options(**one_moment) as source,
            copy.engine.connect() as target,
            target.execution_options(**{WRITES: True}).begin(),
        ):
            copy_rows(source, target)
    except DBAPIError as error:
        raise BackupError(f"数据库无法读取：{str(error.orig).splitlines()[0]}") from error
    finally:
        copy.close()


def _plain_tables() -> list[Table]:
    """The tables in an order in which rows can be added, with columns that keep what they are given."""
    metadata = MetaData()
    for table in Base.metadata.tables.values():
        for column in table.to_metadata(metadata).columns:
            if isinstance(column.type, Packed):
                column.type = LargeBinary()
            elif isinstance(column.type, Enum):
                column.type = String()
    return metadata.sorted_tables


def _filled_later(table: Table, tables: Sequence[Table]) -> list[Any]:
    """Columns that may point to rows which are added later: rows are added without them first."""
    after = {later.name for later in tables[tables.index(table) :]}
    return [column for column in table.columns if any(key.column.table.name in after for key in column.foreign_keys)]
