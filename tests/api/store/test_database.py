"""What the database itself refuses, and how transactions on it behave."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from api import audit_log
from api.store import Enterprise, LogEntry, Role, Site, Team, User
from api.store.base import Base, Moment, new_id, now
from api.store.database import Database

USCC = "91610404MA7D2P8L3F"


def enterprise(**changes: str) -> Enterprise:
    return Enterprise(**({"name": "轮胎厂", "uscc": USCC, "county": "610404"} | changes))


def store(database: Database, *rows: Base, then: Exception | None = None) -> None:
    with database.writing() as db:
        db.add_all(rows)
        db.flush()
        if then is not None:
            raise then


def test_a_foreign_key_has_to_point_somewhere(database: Database) -> None:
    with pytest.raises(IntegrityError):
        store(database, Site(enterprise_id=uuid4(), name="厂区", county="610404"))


def test_a_credit_code_is_verified_before_it_is_stored(database: Database) -> None:
    with pytest.raises(ValueError, match="校验位不符：末位为“G”，按前 17 位计算应为“F”"):
        enterprise(uscc="91610404MA7D2P8L3G")
    with database.writing() as db:
        db.add(made := enterprise())
        db.flush()
        with pytest.raises(ValueError, match="校验位不符"):
            made.uscc = "91610404MA7D2P8L3G"


def test_a_credit_code_is_registered_once(database: Database) -> None:
    with pytest.raises(IntegrityError):
        store(database, enterprise(), enterprise(name="别的厂"))


@pytest.mark.parametrize("county", ["61040", "6104044", "61040x", "６１０４０４"])
def test_a_county_is_six_digits(county: str) -> None:
    with pytest.raises(ValueError, match="六位数字"):
        enterprise(county=county)


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": Role.ASSESSOR},
        {"role": Role.ENTERPRISE},
        {"role": Role.BUREAU},
        {"role": Role.ADMINISTRATOR, "area": "610400"},
        {"role": Role.ADMINISTRATOR, "may_review": True},
    ],
)
def test_a_user_has_the_scope_of_their_role_and_no_other(database: Database, wrong: dict[str, object]) -> None:
    user = User(login="x", name="x", password_hash="x", **wrong)  # type: ignore[arg-type]
    with pytest.raises(IntegrityError):
        store(database, user)


def test_a_role_that_there_is_not_is_refused(database: Database) -> None:
    said = text(
        "INSERT INTO users (id, login, name, role, password_hash, may_review, active, version, created_at)"
        " VALUES (:id, 'x', 'x', 'emperor', 'x', :no, :no, 1, :at)"
    )
    with pytest.raises(DBAPIError), database.writing() as db:
        db.execute(said, {"id": uuid4().hex, "no": False, "at": "2026-01-01 00:00:00"})


def test_what_raises_is_undone(database: Database) -> None:
    with pytest.raises(RuntimeError):
        store(database, enterprise(), then=RuntimeError())
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Enterprise)) == 0


def test_moments_come_back_in_utc_and_go_in_with_a_zone(database: Database) -> None:
    with database.writing() as db:
        db.add(made := enterprise())
    with database.reading() as db:
        assert db.get_one(Enterprise, made.id).created_at == made.created_at
        with pytest.raises(StatementError, match="time zone"):
            db.scalar(select(func.count()).where(Enterprise.created_at == datetime(2026, 1, 1)))
    assert Moment().process_bind_param(None, database.engine.dialect) is None


def test_writers_at_the_same_time_wait_for_each_other(database: Database) -> None:
    def write(number: int) -> None:
        with database.writing() as db:
            db.add(Team(name=f"组 {number}"))
            audit_log.append(db, f"team {number}", None)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(24)))
    with database.reading() as db:
        assert list(db.scalars(select(LogEntry.seq).order_by(LogEntry.seq))) == list(range(1, 25))
        assert audit_log.verify(db).findings == ()


def test_ids_sort_as_they_were_made() -> None:
    before = now()
    made = [new_id() for _ in range(3)]
    assert len(set(made)) == 3
    assert all(id_.version == 7 for id_ in made)
    assert made[0].int >> 80 >= int(before.timestamp() * 1000)
