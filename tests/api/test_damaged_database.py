"""A database file that is damaged, empty or shortened: one sentence, what to do, an exit code of its own, and nothing done."""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.service import make_service
from api.services.demo import prepare
from api.settings import load
from grading.cli.main import app
from grading.cli.terminal import Exit

COMMANDS = {
    "verify": ["verify"],
    "log verify": ["log", "verify"],
    "backup": ["backup", "saved.zip"],
    "user list": ["user", "list"],
    "serve": ["serve", "--port", "0"],
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with something of everything in it, its head noted."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        _clear(patch)
        service = make_service(load(data=folder / "grading-data"))
        from api.store.migrate import migrate

        migrate(service.database)
        prepare(service)
        service.close()
        patch.chdir(folder)
        assert run("log", "verify").exit_code == 0
    with closing(sqlite3.connect(folder / "grading-data" / "grading.db")) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, to be damaged."""
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    _clear(monkeypatch)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "grading-data"


def _clear(patch: pytest.MonkeyPatch) -> None:
    for name in ("MODE", "DATABASE_URL", "SECRET_KEY", "PUBLIC_URL", "DATA"):
        patch.delenv(f"GRADING_{name}", raising=False)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def pages_of(file: Path, table: str) -> tuple[int, list[int]]:
    """The size of a page, and the pages of a table."""
    with closing(sqlite3.connect(file)) as opened:
        (size,) = opened.execute("PRAGMA page_size").fetchone()
        (root,) = opened.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        opened.execute("PRAGMA writable_schema=OFF")
        try:
            rows = opened.execute("SELECT pageno FROM dbstat WHERE name = ?", (table,)).fetchall()
        except sqlite3.DatabaseError:
            rows = [(root,)]
    return size, sorted({page for (page,) in rows})


def overwrite(file: Path, table: str, which: int, content: Callable[[int], bytes]) -> None:
    size, pages = pages_of(file, table)
    with file.open("r+b") as opened:
        opened.seek((pages[which] - 1) * size)
        opened.write(content(size))


ZEROED: Callable[[int], bytes] = bytes
RANDOM: Callable[[int], bytes] = random.Random(7).randbytes
DAMAGE = {
    f"{table} {how}": (table, content)
    for table in ("users", "log", "gradings", "audits", "audit_revisions")
    for how, content in (("zeroed", ZEROED), ("random", RANDOM))
}


@pytest.mark.parametrize("damage", DAMAGE, ids=[name.replace(" ", "_") for name in DAMAGE])
@pytest.mark.parametrize("command", COMMANDS, ids=[name.replace(" ", "_") for name in COMMANDS])
def test_a_page_that_can_not_be_read_is_one_sentence_with_the_table(folder: Path, command: str, damage: str) -> None:
    table, content = DAMAGE[damage]
    overwrite(folder / "grading.db", table, 0, content)
    result = run(*COMMANDS[command])
    assert result.exit_code == Exit.DAMAGED, result.output
    assert f"数据库已损坏（表 {table}" in result.output
    assert "grading restore" in result.output
    assert "Traceback" not in result.output
    assert not Path("saved.zip").exists()


def no_file(file: Path) -> None:
    file.unlink()


def empty(file: Path) -> None:
    file.write_bytes(b"")


def new(file: Path) -> None:
    """A database with every table and nothing in it."""
    file.unlink()
    from api.store.database import Database
    from api.store.migrate import migrate

    database = Database(f"sqlite:///{file}")
    migrate(database)
    database.close()


def noise(file: Path) -> None:
    file.write_bytes(b"this is no database at all" * 1000)


def half(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2 // 4096 * 4096)


def shortened(file: Path) -> None:
    """The log's last ten entries taken away, and its head put back."""
    with closing(sqlite3.connect(file)) as opened:
        opened.execute("DROP TRIGGER log_no_delete")
        opened.execute("DELETE FROM log WHERE seq > (SELECT max(seq) FROM log) - 10")
        opened.execute("UPDATE log_head SET (seq, hash) = (SELECT seq, hash FROM log ORDER BY seq DESC LIMIT 1)")
        opened.execute(
            "CREATE TRIGGER log_no_delete BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'log is append-only'); END"
        )
        opened.commit()


@pytest.mark.parametrize("change", [no_file, empty, new, noise, half, shortened])
@pytest.mark.parametrize("command", COMMANDS, ids=[name.replace(" ", "_") for name in COMMANDS])
def test_an_empty_or_shortened_database_is_told_against_the_last_head(
    folder: Path, command: str, change: Callable[[Path], None]
) -> None:
    change(folder / "grading.db")
    result = run(*COMMANDS[command])
    assert result.exit_code == Exit.DAMAGED, result.output
    assert "Traceback" not in result.output
    assert not Path("saved.zip").exists()


@pytest.mark.parametrize("change", [no_file, empty])
@pytest.mark.parametrize("command", ["verify", "log verify", "backup", "user list"])
def test_nothing_is_not_in_order_even_where_no_head_was_noted(
    folder: Path, command: str, change: Callable[[Path], None]
) -> None:
    change(folder / "grading.db")
    (folder / "log-head.txt").unlink()
    result = run(*COMMANDS[command])
    assert result.exit_code == Exit.DAMAGED, result.output
    assert "没有任何记录" in result.output


def test_a_good_archive_is_never_replaced(folder: Path) -> None:
    assert run("backup", "saved.zip").exit_code == Exit.OK
    good = Path("saved.zip").read_bytes()
    assert run("backup", "saved.zip").exit_code == Exit.FAILED
    overwrite(folder / "grading.db", "gradings", 0, ZEROED)
    assert run("backup", "saved.zip").exit_code == Exit.DAMAGED
    assert Path("saved.zip").read_bytes() == good


def test_a_whole_database_is_worked_with(folder: Path) -> None:
    assert folder.is_dir()
    assert [run(*COMMANDS[name]).exit_code for name in ("verify", "log verify", "backup", "user list")] == [Exit.OK] * 4


def test_a_restored_database_is_the_one_that_is_known_from_then_on(folder: Path) -> None:
    assert run("backup", "saved.zip").exit_code == Exit.OK
    assert run("user", "add", "late", "--name", "后来", "--role", "administrator").exit_code == Exit.OK
    empty(folder / "grading.db")
    shutil.rmtree(folder / "evidence", ignore_errors=True)
    (folder / "grading.db").unlink()
    for journal in folder.glob("grading.db-*"):
        journal.unlink()
    restored = run("restore", "saved.zip")
    assert restored.exit_code == Exit.OK, restored.output
    assert "不在备份中" in restored.output
    assert run("log", "verify").exit_code == Exit.OK
