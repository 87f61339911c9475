"""A restored service is the one that was saved; it is restored where there is nothing, whole or not at all."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError

from api.backup import restore as restore_backup
from api.backup.archive import ArchiveWriter, Manifest
from api.backup.create import Made, make_backup
from api.backup.restore import NotEmptyError, restore
from api.backup.snapshot import LEFT_OUT, BackupError
from api.services import workflow
from api.services.verification import verify
from api.store import LogEntry, migrate
from api.store.database import Database
from tests.api.backup.conftest import Place, files, rows, serve, settings
from tests.api.conftest import Backend
from tests.api.world import Furnished, content


def test_a_restored_service_has_every_row_and_file_and_verifies(
    made: Made, furnished: Furnished, empty_place: Place
) -> None:
    place, source = empty_place(), furnished.world.service.settings
    restored = restore(place, made.path)
    assert (restored.evidence, restored.exports) == (2, 2)
    saved = rows(source.database)
    assert sum(len(listed) for listed in saved.values()) > 50
    assert rows(place.database) == saved | {table: [] for table in LEFT_OUT}
    for folder in ("evidence", "exports"):
        assert files(place.data / folder) == files(source.data / folder)
    service = serve(place)
    found = verify(service, made.manifest.log_head)
    assert (found.findings, found.notes, found.gradings, found.evidence) == ((), (), 2, 8)
    service.close()


def test_a_restored_service_goes_on_where_the_other_left_off(
    made: Made, furnished: Furnished, empty_place: Place
) -> None:
    place = empty_place()
    restore(place, made.path)
    world = replace(furnished.world, service=serve(place))
    audit = world.do("wang", workflow.create_audit, world.tyre, content())
    world.do("wang", workflow.submit, audit.id)
    assert verify(world.service).findings == ()
    with pytest.raises(DBAPIError, match="append-only"), world.service.database.writing() as db:
        db.execute(delete(LogEntry))
    world.service.close()


def test_an_archive_goes_from_one_kind_of_database_to_the_other_and_back(
    made: Made, furnished: Furnished, empty_place: Place, tmp_path: Path
) -> None:
    between = settings(f"sqlite:///{tmp_path}/between.db", tmp_path / "between")
    restore(between, made.path)
    service = serve(between)
    again = make_backup(service, tmp_path / "again.zip")
    service.close()
    place = empty_place()
    restore(place, again.path)
    saved = rows(furnished.world.service.settings.database)
    assert rows(between.database) == rows(place.database) == saved | {table: [] for table in LEFT_OUT}


def test_everything_that_is_there_already_is_told_and_left_alone(
    made: Made, backend: Backend, template: str, tmp_path: Path
) -> None:
    url = backend.new(template)
    place = settings(url, tmp_path / "taken")
    place.evidence_folder.mkdir(parents=True)
    (place.evidence_folder / "something").write_text("mine")
    before = rows(url), files(place.data)
    with pytest.raises(NotEmptyError) as refused:
        restore(place, made.path)
    said = "\n".join(refused.value.problems)
    assert "数据库" in said
    assert "证据目录" in said
    assert (rows(url), files(place.data)) == before
    backend.drop(url)


def test_a_journal_without_its_database_is_in_the_way(made: Made, tmp_path: Path) -> None:
    (tmp_path / "grading.db-wal").write_bytes(b"of a database that is gone")
    with pytest.raises(NotEmptyError, match=r"grading\.db-wal"):
        restore(settings(f"sqlite:///{tmp_path}/grading.db", tmp_path / "data"), made.path)


def test_a_restore_that_fails_leaves_nothing_and_can_be_tried_again(
    made: Made, empty_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = empty_place()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(restore_backup, "_put_database", full)
        with pytest.raises(OSError, match="No space"):
            restore(place, made.path)
    assert files(place.data) == {}
    restore(place, made.path)
    service = serve(place)
    assert verify(service).findings == ()
    service.close()


def test_rows_that_can_not_be_put_back_leave_an_empty_database(
    made: Made, empty_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = empty_place()
    if place.database.startswith("sqlite"):
        pytest.skip("a SQLite database is put in place as a whole file")

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(restore_backup.snapshot, "copy_rows", stopped)
        with pytest.raises(KeyboardInterrupt):
            restore(place, made.path)
    restore(place, made.path)


def _archive_of(revision: str, folder: Path) -> Path:
    """An archive of an empty database at a revision."""
    file = folder / "database.sqlite"
    database = Database(f"sqlite:///{file}")
    migrate.migrate(database, "0002")
    database.close()
    with closing(sqlite3.connect(file)) as made:
        made.execute("PRAGMA journal_mode=DELETE")
        made.execute("UPDATE alembic_version SET version_num = ?", [revision])
        made.commit()
    with (folder / "archive.zip").open("xb") as opened:
        writer = ArchiveWriter(opened)
        with file.open("rb") as content:
            writer.add("database.sqlite", content)
        said: dict[str, Any] = {
            "service": "0.0.1",
            "source": "sqlite",
            "made_at": "2026-01-01T00:00:00Z",
            "lacking": [],
        }
        counts = {"log_entries": 0, "log_head": "0" * 64, "gradings": 0}
        writer.finish(Manifest(revision=revision, **said, **counts, members=writer.members))
    return folder / "archive.zip"


def test_an_archive_of_an_earlier_version_is_brought_to_the_present_schema(empty_place: Place, tmp_path: Path) -> None:
    place = empty_place()
    restore(place, _archive_of("0002", tmp_path))
    database = Database(place.database)
    assert migrate.current(database) == migrate.newest()
    database.close()


def test_an_archive_of_a_later_version_is_refused(empty_place: Place, tmp_path: Path) -> None:
    place = empty_place()
    with pytest.raises(BackupError, match="请先升级程序"):
        restore(place, _archive_of("9999", tmp_path))
    assert files(place.data) == {}
    shutil.rmtree(place.data, ignore_errors=True)
