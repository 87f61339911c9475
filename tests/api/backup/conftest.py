"""A furnished service with its archive, made once a database; and empty places to restore it to."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.backup.create import Made, make_backup
from api.service import Service, make_service
from api.settings import Settings
from api.store import Base
from api.store.database import Database
from tests.api.conftest import GRADER, KEY, Backend
from tests.api.world import Furnished, World, furnish

Place = Callable[[], Settings]


@pytest.fixture(scope="module")
def furnished(backend: Backend, world_template: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    """Two published audits with evidence, an export for each side; nobody changes it."""
    url = backend.new(world_template.service.settings.database)
    service = serve(settings(url, tmp_path_factory.mktemp("furnished")))
    yield furnish(replace(world_template, service=service))
    service.close()
    backend.drop(url)


@pytest.fixture(scope="module")
def made(furnished: Furnished, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Its archive."""
    return make_backup(furnished.world.service, tmp_path_factory.mktemp("archives"))


@pytest.fixture
def empty_place(backend: Backend, tmp_path: Path) -> Iterator[Place]:
    """Settings of services that don't exist yet, on the same kind of database."""
    urls: list[str] = []

    def new() -> Settings:
        urls.append(backend.new(None))
        return settings(urls[-1], tmp_path / f"place-{len(urls)}")

    yield new
    for url in urls:
        backend.drop(url)


def settings(url: str, data: Path) -> Settings:
    """Settings of a service."""
    return Settings(database_url=SecretStr(url), data=data, secret_key=KEY)


def serve(settings: Settings) -> Service:
    """The service with these settings and the tests' machines."""
    service = make_service(settings)
    service.grader = GRADER
    return service


def rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Everything in a database, by table, in the order of its keys."""
    database = Database(url)
    with database.engine.connect() as connection:
        found = {
            table.name: [tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }
    database.close()
    return found


def files(folder: Path) -> dict[str, bytes]:
    """All files below a folder, by their path in it."""
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}
