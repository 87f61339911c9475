"""The database: SQLite (WAL, foreign keys on) or PostgreSQL, and how transactions are opened on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session, sessionmaker

from api.store.changes import collect_from

WRITES = "writes"
BUSY_SECONDS = 15
POOLED, MORE = 20, 10
"""Connections that a service keeps, and how many more it opens when many ask at once."""


class Database:
    """An engine and the way to sessions. Safe to use from several threads; `close` when done.

    Its exceptions, which are logged, don't tell the values of statements: they are names of people and hashes of passwords.
    """

    def __init__(self, url: str, processes: int = 1) -> None:
        """Raises ArgumentError for a URL that can't be read; connects on first use.

        Of so many `processes` that use the database, each keeps its share of connections.
        """
        self.url = make_url(url)
        if self.url.drivername == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        pool = {"pool_size": max(POOLED // processes, 5), "max_overflow": max(MORE // processes, 3)}
        self.engine = (
            _sqlite(self.url, pool)
            if self.is_sqlite
            else create_engine(self.url, pool_pre_ping=True, hide_parameters=True, **pool)
        )
        event.listen(self.engine, "begin", self._begin)
        self.writers: sessionmaker[Session] = sessionmaker(self.engine, expire_on_commit=False)
        """Makes the sessions that write; what they do to recorded rows is collected for the log."""
        collect_from(self.writers)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database and writes nothing."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose work is committed at the end of the block, or undone when it raises.

        On SQLite it takes the write lock at its start: writers wait for each other instead of failing half-way.
        """
        with self.writers() as session:
            session.connection(execution_options={WRITES: True})
            try:
                yield session
            except BaseException:
                # Said aloud, so that what waits for the outcome is told.
                session.rollback()
                raise
            session.commit()

    def answers(self) -> bool:
        """True when the database answers; raises what the driver raises when it doesn't."""
        with self.engine.connect() as connection:
            return bool(connection.execute(text("SELECT 1")).scalar_one())

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _begin(self, connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        if self.is_sqlite:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _sqlite(url: Any, pool: dict[str, int]) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True, **pool)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver's own transactions begin too late; `Database._begin` says when.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL", "trusted_schema=OFF"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
