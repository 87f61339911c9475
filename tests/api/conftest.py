"""Every test that touches the store runs on SQLite and on PostgreSQL, each time on a database of its own."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count
from pathlib import Path

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import SecretStr
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from api.grader import Grader
from api.identity import passwords
from api.service import Service, make_service
from api.services import draft_rulesets
from api.settings import Settings
from api.store import EditionProposal
from api.store.database import Database
from api.store.migrate import migrate
from reports import gap_report, pdf
from reports.admission import report as admission_report
from reports.announcement import report as announcement_report
from reports.campaign import report as campaign_report
from reports.record import document as record
from reports.rulebook import document as rulebook
from tests.api.postgres import server
from tests.api.world import Furnished, World, furnish, people_it
from tests.shipped import ENGINE, LIBRARY

KEY = SecretStr("0123456789abcdef0123456789abcdef")
GRADER = Grader(LIBRARY)
GRADER.engine = ENGINE
NUMBER = count(1)
HASHER = passwords._HASHER
"""What the service hashes passwords with when it is not tested."""
BACKENDS = ("sqlite", "postgresql")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave PostgreSQL out where a module says (`ON_SQLITE_ALONE`) that the database is no matter of its subject."""
    items[:] = [item for item in items if not (_backend_of(item) == "postgresql" and _is_alike(item))]


def _backend_of(item: pytest.Item) -> str:
    parameters = getattr(item, "callspec", None)
    return "" if parameters is None else str(parameters.params.get("backend", ""))


def _is_alike(item: pytest.Item) -> bool:
    return bool(getattr(getattr(item, "module", None), "ON_SQLITE_ALONE", False))


@dataclass(frozen=True)
class Backend:
    """Makes databases: empty ones with the newest schema, or with the tests' world."""

    name: str
    new: Callable[[str | None], str]
    """The URL of a new database, a copy of the one that is named, or without any schema."""
    drop: Callable[[str], None]


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """Passwords are hashed as ever, but in a thousandth of the time and memory that makes guessing dear."""
    cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", cheap)
        patch.setattr(passwords, "_NOBODY", cheap.hash(passwords.generated()))
        yield


@pytest.fixture(scope="session", autouse=True)
def _typeset_once() -> Iterator[None]:
    """A page is typeset once, however often it is asked for: the same page gives the same bytes (`tests/reports`)."""
    once = lru_cache(maxsize=32)(pdf.pdf)
    with pytest.MonkeyPatch.context() as patch:
        for module in (gap_report, admission_report, announcement_report, campaign_report, record, rulebook):
            patch.setattr(module, "pdf", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _checked_once() -> Iterator[None]:
    """A draft is checked once, however often it is uploaded: that takes longer than all else in most tests about batches."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(draft_rulesets, "_read", lru_cache(draft_rulesets._read))
        yield


@pytest.fixture(scope="session", params=BACKENDS)
def backend(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """SQLite, then PostgreSQL."""
    if request.param == "sqlite":
        yield sqlite(tmp_path_factory.mktemp("sqlite"))
    else:
        with server() as running, postgresql(running.url) as made:
            yield made


@pytest.fixture(scope="session")
def template(backend: Backend) -> Iterator[str]:
    """The URL of a database with the newest schema and nothing in it."""
    url = backend.new(None)
    database = Database(url)
    migrate(database)
    database.close()
    yield url
    backend.drop(url)


@pytest.fixture(scope="session")
def world_template(backend: Backend, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A database with the tests' world in it, to be copied."""
    service = service_on(backend.new(template), tmp_path_factory.mktemp("data"))
    world = people_it(service)
    service.close()
    yield world
    backend.drop(service.settings.database)


@pytest.fixture(scope="session")
def furnished_template(
    backend: Backend, world_template: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Furnished]:
    """The furnished world, to be copied; its evidence is not to be changed but in copies."""
    url = backend.new(world_template.service.settings.database)
    service = service_on(url, tmp_path_factory.mktemp("furnished"))
    made = furnish(replace(world_template, service=service))
    service.close()
    yield made
    backend.drop(url)


@pytest.fixture
def nothing(backend: Backend) -> Iterator[Database]:
    """A database without a schema."""
    url = backend.new(None)
    database = Database(url)
    yield database
    database.close()
    backend.drop(url)


@pytest.fixture
def database(backend: Backend, template: str) -> Iterator[Database]:
    """A database with the newest schema and nothing in it."""
    url = backend.new(template)
    database = Database(url)
    yield database
    database.close()
    backend.drop(url)


@pytest.fixture
def world(backend: Backend, world_template: World, tmp_path: Path) -> Iterator[World]:
    """The tests' world, fresh."""
    service = service_on(backend.new(world_template.service.settings.database), tmp_path)
    yield replace(world_template, service=service)
    service.close()
    backend.drop(service.settings.database)


def service_on(url: str, data: Path) -> Service:
    """A service on a database."""
    service = make_service(Settings(database_url=SecretStr(url), data=data, secret_key=KEY))
    # Machines take a tenth of a second each to build; they are the same for all tests.
    service.grader = GRADER
    return service


def nobody_signed() -> Session:
    """A database in which no edition was ever signed."""
    empty = create_engine("sqlite://")
    EditionProposal.__table__.create(empty)  # type: ignore[attr-defined]
    return Session(empty)


def sqlite(folder: Path) -> Backend:
    """SQLite files in a folder."""

    def new(template: str | None) -> str:
        file = folder / f"{next(NUMBER)}.db"
        if template is not None:
            source = make_url(template).database
            assert source is not None
            with sqlite3.connect(source) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
            shutil.copyfile(source, file)
        return f"sqlite:///{file}"

    def drop(url: str) -> None:
        for file in folder.glob(f"{Path(make_url(url).database or '').name}*"):
            file.unlink()

    return Backend("sqlite", new, drop)


@contextmanager
def postgresql(url: str) -> Iterator[Backend]:
    """Databases of a server, whose URL has `{name}` for the name."""

    # A server that is killed meanwhile is connected to anew.
    engine = create_engine(url.format(name="postgres"), isolation_level="AUTOCOMMIT", pool_pre_ping=True)

    def run(statement: str) -> None:
        with engine.connect() as connection:
            connection.execute(text(statement))

    def new(template: str | None) -> str:
        name = f"test_{next(NUMBER)}"
        # Copying files is the quicker way where they lie in memory.
        copied = f" TEMPLATE {make_url(template).database} STRATEGY FILE_COPY" if template else ""
        run(f"CREATE DATABASE {name}{copied}")
        return url.format(name=name)

    def drop(gone: str) -> None:
        run(f"DROP DATABASE {make_url(gone).database} WITH (FORCE)")

    yield Backend("postgresql", new, drop)
    engine.dispose()
