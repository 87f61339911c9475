"""Every table is recorded in the log or left out for a reason; what is written in bulk has to be said."""

import pytest
from sqlalchemy import select, update

from api import audit_log
from api.store import Base, Enterprise, LogEntry, Team
from api.store.changes import UnrecordedError, note
from api.store.recorded import RECORDED, UNRECORDED
from tests.api.world import World

THE_LOGS_OWN = {"log", "log_head"}


def test_every_table_is_recorded_or_named_as_left_out() -> None:
    assert RECORDED.keys() | UNRECORDED.keys() | THE_LOGS_OWN == set(Base.metadata.tables)
    assert not RECORDED.keys() & UNRECORDED.keys()


def entries(world: World) -> list[LogEntry]:
    with world.service.database.reading() as db:
        return list(db.scalars(select(LogEntry).order_by(LogEntry.seq)))


def test_what_no_entry_tells_of_gets_one_at_the_commit(world: World) -> None:
    before = len(entries(world))
    with world.service.database.writing() as db:
        db.add(Team(name="三组"))
    (added,) = entries(world)[before:]
    assert added.action == "rows.changed"
    assert '"teams"' in (added.rows or "")


def test_an_entry_takes_what_was_changed_before_it_and_names_nobody(world: World) -> None:
    before = len(entries(world))
    with world.service.database.writing() as db:
        db.scalars(select(Enterprise)).first().name = "另一个名称"  # type: ignore[union-attr]
        audit_log.append(db, "enterprise.changed", None)
    (added,) = entries(world)[before:]
    assert '"name":"sha256:' in (added.rows or "")
    assert "另一个名称" not in (added.rows or "")


def test_what_is_undone_is_not_recorded(world: World) -> None:
    before = len(entries(world))
    with world.service.database.writing() as db:
        db.add(Team(name="三组"))
        db.flush()
        db.rollback()
    assert len(entries(world)) == before


def test_a_bulk_statement_that_nobody_told_of_is_refused(world: World) -> None:
    with pytest.raises(UnrecordedError), world.service.database.writing() as db:
        db.execute(update(Enterprise).values(permit="x"))
    with world.service.database.writing() as db:
        ids = db.scalars(select(Enterprise.id)).all()
        db.execute(update(Enterprise).values(permit="x"))
        note(db, Enterprise, [{"id": id_, "permit": "x"} for id_ in ids])
    assert '"permit":"x"' in (entries(world)[-1].rows or "")
