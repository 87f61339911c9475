"""The schema's versions: bring a database to the newest, tell whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from api.store.database import WRITES, Database

FOLDER = Path(__file__).parent / "migrations"


def migrate(database: Database, revision: str = "head") -> None:
    """Bring the schema to a revision (default: the newest), creating it in an empty database."""
    with database.engine.connect() as connection, connection.execution_options(**{WRITES: True}).begin():
        migrate_on(connection, revision)


def migrate_on(connection: Connection, revision: str = "head") -> None:
    """The same inside a transaction that is open."""
    command.upgrade(config(connection), revision)


def current(database: Database) -> str | None:
    """The revision of the database; None when it has no schema yet."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The newest revision there is."""
    return ScriptDirectory.from_config(config(None)).get_current_head()


def known_revisions() -> frozenset[str]:
    """All revisions there are."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(config(None)).walk_revisions())


def config(connection: Connection | None) -> Config:
    """Alembic's configuration for a connection."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made
