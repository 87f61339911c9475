"""The schema is what its migrations make, and nothing else."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from api.store import Base
from api.store.database import WRITES, Database
from api.store.migrate import config, current, migrate, newest


def test_migrations_make_exactly_the_tables_of_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_an_empty_database_has_no_revision_and_a_migrated_one_the_newest(nothing: Database) -> None:
    assert current(nothing) is None
    migrate(nothing)
    assert current(nothing) == newest()


def test_migrating_twice_changes_nothing(database: Database) -> None:
    migrate(database)
    assert current(database) == newest()


def test_every_migration_can_be_undone_and_made_again(nothing: Database) -> None:
    migrate(nothing)
    with nothing.engine.connect() as connection, connection.execution_options(**{WRITES: True}).begin():
        command.downgrade(config(connection), "base")
    assert current(nothing) is None
    migrate(nothing)
    assert current(nothing) == newest()
