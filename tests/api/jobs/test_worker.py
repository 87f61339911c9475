"""What a worker does beside its parts: records in plain JSON, jobs begun once, others' work taken over, old records forgotten."""

import os
import socket
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from dbos import DBOS
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from api.jobs import runtime, worker
from api.jobs.flows import batch_job_name
from api.jobs.retry import is_away
from api.jobs.runtime import JobError, PlainJson
from api.server.supervisor import environment_of
from api.services.regrading.lifecycle import Selection, order
from api.settings import Settings, load
from api.store import Batch, BatchState, Worker
from api.store.base import now
from tests.api.world import World


@pytest.fixture
def launched(world: World) -> Iterator[World]:
    """The world with DBOS in this process; nothing takes a job but what the tests do."""
    runtime.launch(world.service, f"test-{uuid4()}")
    yield world
    runtime.leave()


def finished(name: str) -> None:
    DBOS.retrieve_workflow(name).get_result()


def test_records_hold_plain_json_and_never_what_could_run() -> None:
    plain = PlainJson()
    assert plain.deserialize(plain.serialize({"args": ["a", 1], "kwargs": {}})) == {"args": ["a", 1], "kwargs": {}}
    raised = plain.deserialize(plain.serialize(ValueError("no such thing")))
    assert isinstance(raised, JobError)
    assert str(raised) == "ValueError: no such thing"
    with pytest.raises(TypeError):
        plain.serialize(object())


def test_a_started_worker_has_the_settings_of_its_service(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    settings = Settings(
        data=tmp_path,
        database_url=SecretStr("sqlite:///x.db"),
        secret_key=SecretStr("k" * 40),
        batch_chunk=7,
        workers=3,
    )  # type: ignore[arg-type]
    for name, value in environment_of(settings).items():
        monkeypatch.setenv(name, value)
    assert load() == settings


def test_a_batch_is_begun_once_however_often_it_is_seen(launched: World) -> None:
    batch = launched.do("city", order, "现行版本", Selection(), against="national-2020/rubber")
    for seen in (set[str](), set[str]()):
        worker.begin_what_is_wanted(launched.service, seen)
    name = batch_job_name(batch.id, 1)
    finished(name)
    assert [found.workflow_id for found in DBOS.list_workflows(workflow_id_prefix=f"batch/{batch.id}")] == [name]
    with launched.at("city", writing=False) as context:
        assert context.find(Batch, batch.id).state is BatchState.ASSESSED


def test_a_job_whose_records_say_that_it_is_over_is_begun_again_while_its_batch_is_not(launched: World) -> None:
    batch = launched.do("city", order, "现行版本", Selection(), against="national-2020/rubber")
    seen: set[str] = set()
    worker.begin_what_is_wanted(launched.service, seen)
    finished(batch_job_name(batch.id, 1))
    with launched.service.database.writing() as db:
        # As after a back-up of the database was restored, and not of the records.
        db.get_one(Batch, batch.id).state = BatchState.CONCLUDING
    worker.begin_what_is_wanted(launched.service, seen)
    worker.begin_what_is_wanted(launched.service, seen)
    finished(batch_job_name(batch.id, 2))
    with launched.at("city", writing=False) as context:
        assert context.find(Batch, batch.id).state is BatchState.ASSESSED


def test_workers_that_are_gone_are_forgotten_and_those_alive_are_not(launched: World) -> None:
    with launched.service.database.writing() as db:
        here = socket.gethostname()
        db.add(Worker(id="alive", host=here, pid=os.getpid()))
        db.add(Worker(id="elsewhere", host="another-machine", pid=1))
        db.add(Worker(id="crashed", host=here, pid=2**22 - 1))
        db.add(Worker(id="silent", host="another-machine", pid=1, seen_at=now() - timedelta(minutes=1)))
    worker.take_over(launched.service)
    with launched.service.database.reading() as db:
        assert set(db.scalars(select(Worker.id))) == {"alive", "elsewhere"}


def test_records_of_jobs_that_are_over_are_forgotten(launched: World, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = launched.do("city", order, "现行版本", Selection(), against="national-2020/rubber")
    worker.begin_what_is_wanted(launched.service, set())
    finished(batch_job_name(batch.id, 1))
    worker.forget_records()
    assert DBOS.list_workflows() != []
    monkeypatch.setattr(worker, "RETENTION", timedelta(seconds=-60))
    worker.forget_records()
    assert DBOS.list_workflows() == []


def test_an_error_of_what_was_asked_is_not_taken_for_a_database_that_is_away(world: World) -> None:
    def add() -> None:
        with world.service.database.writing() as db:
            db.add(Worker(id="one", host="h", pid=1))

    add()
    with pytest.raises(DBAPIError) as caught:
        add()
    assert not is_away(caught.value)
