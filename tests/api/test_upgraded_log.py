"""A database from before the log recorded rows: brought to the present schema with one note, and held to the log from then on."""

from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import select

from api import audit_log
from api.service import Service
from api.services import workflow
from api.services.verification import verify, verify_records
from api.store import LogEntry
from api.store.database import WRITES
from api.store.migrate import config, migrate
from tests.api.conftest import Backend, service_on
from tests.api.test_verification import tamper
from tests.api.world import Furnished, World


@pytest.fixture
def earlier(backend: Backend, furnished_template: Furnished) -> Iterator[Service]:
    """The furnished world as an earlier version would have left it: its log says nothing of rows."""
    origin = furnished_template.world.service
    service = service_on(backend.new(origin.settings.database), origin.settings.data)
    with service.database.reading() as db:
        entries = db.scalars(select(LogEntry).order_by(LogEntry.seq)).all()
    previous, statements = audit_log.FIRST, []
    for entry in entries:
        entry.rows, entry.previous = None, previous
        previous = audit_log.hash_of(entry)
        before = entry.previous
        statements.append(
            f"UPDATE log SET rows = NULL, previous = '{before}', hash = '{previous}' WHERE seq = {entry.seq}"
        )
    tamper(service.database, *statements, f"UPDATE log_head SET hash = '{previous}'")
    with service.database.engine.connect() as connection, connection.execution_options(**{WRITES: True}).begin():
        command.downgrade(config(connection), "0007")
    yield service
    service.close()
    backend.drop(service.settings.database)


def test_an_earlier_database_is_upgraded_with_one_note_and_no_finding(earlier: Service) -> None:
    migrate(earlier.database)
    verified = verify(earlier)
    assert verified.findings == ()
    (note,) = verified.notes
    assert "升级数据库时已有的内容" in note.message


def test_what_is_edited_after_the_upgrade_is_noticed_and_what_goes_through_the_service_is_not(
    earlier: Service, furnished_template: Furnished
) -> None:
    migrate(earlier.database)
    origin = furnished_template.world
    world = World(earlier, origin.tyre, origin.foundry, origin.users)
    world.do("wang", workflow.create_audit, world.tyre)
    with earlier.database.reading() as db:
        assert verify_records(db).findings == ()
    tamper(earlier.database, "UPDATE enterprises SET name = 'another'")
    with earlier.database.reading() as db:
        assert {finding.subject.partition(":")[0] for finding in verify_records(db).findings} == {"enterprise"}
