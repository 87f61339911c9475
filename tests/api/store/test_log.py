"""The log: nothing of it can be changed unnoticed, and not at all without first taking the database's locks off."""

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from api import audit_log
from api.store import LogEntry, LogHead
from api.store.database import Database


def write(database: Database, *actions: str) -> None:
    for action in actions:
        with database.writing() as db:
            audit_log.append(db, action, None, details={"说明": action})


def found(database: Database, head: str | None = None) -> list[tuple[int, str]]:
    with database.reading() as db:
        return [(finding.seq, finding.message) for finding in audit_log.verify(db, head).findings]


def unlock(db: Session) -> None:
    """What somebody with all rights on the database could do."""
    if db.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            db.execute(text(f"DROP TRIGGER log_no_{verb}"))
    else:
        db.execute(text("ALTER TABLE log DISABLE TRIGGER ALL"))


def tamper(database: Database, *statements: str) -> None:
    with database.writing() as db:
        unlock(db)
        for statement in statements:
            db.execute(text(statement))


def test_an_untouched_log_is_in_order(database: Database) -> None:
    assert found(database) == []
    write(database, "a", "b", "c")
    with database.reading() as db:
        verified = audit_log.verify(db)
    assert (verified.entries, verified.findings) == (3, ())


def test_entries_follow_each_other_by_hash(database: Database) -> None:
    write(database, "a", "b")
    with database.reading() as db:
        first, second = db.get_one(LogEntry, 1), db.get_one(LogEntry, 2)
    assert (first.previous, second.previous) == (audit_log.FIRST, first.hash)


def test_the_database_refuses_to_change_or_remove_an_entry(database: Database) -> None:
    write(database, "a", "b")
    for statement in (update(LogEntry).values(action="x"), delete(LogEntry)):
        with pytest.raises(DBAPIError, match="append-only"), database.writing() as db:
            db.execute(statement)
    assert found(database) == []


@pytest.mark.parametrize(
    "column", ["action = 'x'", "details = '{}'", "subject = 'x'", "at = '2020-01-01 00:00:00'", "hash = 'x'"]
)
def test_an_edited_entry_is_found(database: Database, column: str) -> None:
    write(database, "a", "b", "c")
    tamper(database, f"UPDATE log SET {column} WHERE seq = 2")
    assert 2 in [seq for seq, _ in found(database)]


def test_an_edited_entry_with_its_hash_made_anew_is_found_by_the_next(database: Database) -> None:
    write(database, "a", "b", "c")
    with database.writing() as db:
        unlock(db)
        entry = db.get_one(LogEntry, 2)
        entry.action = "x"
        entry.hash = audit_log.hash_of(entry)
    assert found(database) == [(3, "与前一条记录衔接不上：前一条被改动、删除，或次序被调换")]


def test_a_removed_entry_is_found(database: Database) -> None:
    write(database, "a", "b", "c")
    tamper(database, "DELETE FROM log WHERE seq = 2")
    assert (3, "缺少第 2 条记录") in found(database)


def test_a_removed_entry_whose_number_was_closed_up_is_found(database: Database) -> None:
    write(database, "a", "b", "c")
    tamper(database, "DELETE FROM log WHERE seq = 2", "UPDATE log SET seq = 2 WHERE seq = 3")
    assert 2 in [seq for seq, _ in found(database)]


def test_entries_removed_at_the_end_are_found(database: Database) -> None:
    write(database, "a", "b", "c")
    tamper(database, "DELETE FROM log WHERE seq = 3")
    assert found(database) == [(2, "日志末尾标记为第 3 条，实有 2 条或内容不同：末尾的记录被删除或改动")]


def test_entries_in_another_order_are_found(database: Database) -> None:
    write(database, "a", "b", "c")
    tamper(
        database,
        "UPDATE log SET seq = 99 WHERE seq = 2",
        "UPDATE log SET seq = 2 WHERE seq = 3",
        "UPDATE log SET seq = 3 WHERE seq = 99",
    )
    assert {seq for seq, _ in found(database)} >= {2, 3}


def test_a_log_rewritten_from_end_to_end_does_not_have_the_head_that_was_noted(database: Database) -> None:
    write(database, "a", "b")
    with database.reading() as db:
        noted = audit_log.verify(db).head
    write(database, "c")
    assert found(database, noted) == []
    with database.writing() as db:
        unlock(db)
        previous = audit_log.FIRST
        for seq in (1, 2, 3):
            entry = db.get_one(LogEntry, seq)
            entry.action, entry.previous = f"rewritten {seq}", previous
            previous = entry.hash = audit_log.hash_of(entry)
        db.get_one(LogHead, 1).hash = previous
    assert found(database) == []
    assert found(database, noted) == [(3, "日志中没有所给校验值的记录：日志被整体改写，或不是同一份日志")]


def test_what_is_undone_leaves_no_entry_and_no_gap(database: Database) -> None:
    write(database, "a")
    with database.writing() as db:
        audit_log.append(db, "b", None)
        db.rollback()
    write(database, "c")
    assert found(database) == []
    with database.reading() as db:
        assert db.get_one(LogEntry, 2).action == "c"
