"""A running interface with the furnished world behind it, on SQLite: the routes are the same on every database."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.audit_log import record_the_rest
from api.files.exports import ExportFolder
from api.identity.limits import CostlyLimit
from api.lru import LruCache
from api.server.app import create_app
from api.service import Service, make_service
from api.settings import Settings
from api.store.database import Database
from api.store.migrate import migrate
from tests.api.conftest import GRADER, KEY
from tests.api.world import Furnished, furnish, people_it

Ask = Callable[..., Any]


def make(folder: Path) -> Service:
    """A service on a database of its own."""
    service = make_service(
        Settings(
            data=folder,
            database_url=SecretStr(f"sqlite:///{folder}/routes.db"),
            secret_key=KEY,
            costly_per_minute=10_000,
        )
    )
    service.grader = GRADER
    return service


@pytest.fixture(scope="session")
def furnished_once(tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    """The furnished world, to be copied."""
    service = make(tmp_path_factory.mktemp("furnished"))
    migrate(service.database)
    furnished = furnish(people_it(service))
    service.close()
    return furnished


def copied(furnished: Furnished, folder: Path) -> Furnished:
    """The same world in another folder."""
    source = furnished.world.service
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source.settings.data, folder, dirs_exist_ok=True)
    database = Database(f"sqlite:///{folder}/routes.db")
    record_the_rest(database)
    service = replace(
        source,
        database=database,
        exports=ExportFolder(folder / "exports"),
        costly=CostlyLimit(database, 10_000),
        # What they hold goes by the last entry of a log, and every copy writes its own.
        registers=LruCache(8),
        edition_plants=LruCache(8),
        stopping=Event(),
    )
    return replace(furnished, world=replace(furnished.world, service=service))


@pytest.fixture
def furnished(furnished_once: Furnished, tmp_path: Path) -> Iterator[Furnished]:
    """The furnished world, fresh."""
    made = copied(furnished_once, tmp_path / "world")
    yield made
    made.world.service.close()


@pytest.fixture
def client(furnished: Furnished) -> Iterator[TestClient]:
    """A client of the interface."""
    with TestClient(create_app(furnished.world.service), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def ask(client: TestClient, furnished: Furnished) -> Ask:
    """Sends a request as somebody: `ask("wang", "GET", "/audits")`; the path is below /v1."""

    def send(login: str | None, method: str, path: str, **more: Any) -> Any:
        headers = dict(more.pop("headers", {}))
        if login is not None:
            headers["authorization"] = f"Bearer {furnished.tokens[login]}"
        path = path if path.startswith("/v1") else f"/v1{path}"
        return client.request(method, path, headers=headers, **more)

    return send
