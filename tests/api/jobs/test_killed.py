"""Workers, services and databases killed at random moments: the jobs go on, and the outcome is that of an undisturbed run."""

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from api import audit_log
from api.jobs.retry import retry_while_away
from api.server.supervisor import environment_of
from api.service import Service
from api.services.draft_rulesets import upload
from api.services.regrading.lifecycle import Selection, order
from api.services.regrading.states import WORKING
from api.services.regrading.steps import work_off
from api.store import Batch, BatchAudit, BatchChunk, BatchFrame, BatchState, BatchUnit, Worker
from api.store.migrate import migrate
from tests.api.conftest import BACKENDS, KEY, postgresql, service_on, sqlite
from tests.api.jobs import processes
from tests.api.plants import TIGHTER, publish_plants, varied
from tests.api.postgres import Server, server
from tests.api.world import World, people_it

KILLS = 10
RESTARTS = (3, 7)
"""After which kills the database is killed too, where it is a server."""
PLANTS = 12
PATIENCE = 90
"""Seconds without any part done: the machine may be busy with others."""
LEFT_OUT = {"batch_id", "after_id", "done_at", "seconds"}
"""What may differ between two runs: names, and how long it took."""


@dataclass(frozen=True)
class Stage:
    """A world with plants, small chunks, and as many workers as are started; `server` where the database is one."""

    world: World
    draft_id: UUID
    server: Server | None

    @property
    def service(self) -> Service:
        return self.world.service

    def order(self) -> Batch:
        """Another batch like all others."""

        def ordered() -> Batch:
            with self.world.at("city") as context:
                return order(context, "收紧人员要求", Selection(), draft_id=self.draft_id)

        return retry_while_away(ordered)

    def batch(self, batch: Batch) -> Batch:
        """How it is now."""

        def found() -> Batch:
            with self.service.database.reading() as db:
                return db.get_one(Batch, batch.id)

        return retry_while_away(found)

    def parts_done(self) -> int:
        """How many parts of all batches are done."""
        with self.service.database.reading() as db:
            return len(db.scalars(select(BatchChunk.number).where(BatchChunk.done_at.is_not(None))).all())

    def outcome(self, batch: Batch) -> list[Any]:
        """Everything that came of a batch, but for names and times."""
        told: list[Any] = []
        with self.service.database.reading() as db:
            for model in (BatchAudit, BatchUnit, BatchFrame, BatchChunk):
                names = [column.key for column in model.__table__.columns if column.key not in LEFT_OUT]
                rows = db.scalars(select(model).where(model.batch_id == batch.id)).all()
                told.append(sorted(str([getattr(row, name) for name in names]) for row in rows))
            assert audit_log.verify(db).findings == ()
        return told


@pytest.fixture(scope="module", params=BACKENDS)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("killed")
    with ExitStack() as stack:
        running = stack.enter_context(server()) if request.param == "postgresql" else None
        backend = sqlite(folder) if running is None else stack.enter_context(postgresql(running.url))
        made = service_on(backend.new(None), folder)
        made.settings = made.settings.model_copy(update={"batch_chunk": 2, "engine_chunk": 1, "workers": 1})
        migrate(made.database)
        world = people_it(made)
        publish_plants(world, varied(PLANTS))
        with world.at("city") as context:
            draft = upload(context, TIGHTER.encode())
        yield Stage(world, draft.id, running)
        made.close()


@pytest.fixture(scope="module")
def undisturbed(stage: Stage) -> list[Any]:
    """The outcome when nothing happens."""
    batch = stage.order()
    for _ in work_off(stage.service, batch.id):
        pass
    assert stage.batch(batch).state is BatchState.ASSESSED
    return stage.outcome(batch)


def wait_for(stage: Stage, so: Callable[[], bool]) -> None:
    """Wait until something is so, as long as parts get done."""
    done, until = -1, 0.0
    while not so():
        now_done = retry_while_away(stage.parts_done)
        if now_done != done:
            done, until = now_done, time.monotonic() + PATIENCE
        assert time.monotonic() < until, "it does not go on"
        time.sleep(0.1)


def test_killed_at_random_moments_the_outcome_is_the_same(stage: Stage, undisturbed: list[Any]) -> None:
    moments = random.Random(20261127)
    batches = [stage.order(), stage.order()]
    # On a server two workers share the work.
    workers = [processes.start(stage.service.settings) for _ in range(2 if stage.server else 1)]
    kills = 0
    try:
        while kills < KILLS:
            time.sleep(moments.uniform(0.1, 2.2))
            if not any(stage.batch(batch).state in WORKING for batch in batches[-2:]):
                batches += [stage.order(), stage.order()]
                continue
            victim = moments.randrange(len(workers))
            processes.kill(workers[victim])
            kills += 1
            if stage.server is not None and kills in RESTARTS:
                stage.server.kill()
                stage.server.start()
            workers[victim] = processes.start(stage.service.settings)
        wait_for(stage, lambda: not any(stage.batch(batch).state in WORKING for batch in batches))
    finally:
        for worker in workers:
            processes.kill(worker)
    for batch in batches:
        found = stage.batch(batch)
        assert (found.state, found.problem) == (BatchState.ASSESSED, None)
        assert stage.outcome(batch) == undisturbed


# How a service ends its workers has nothing to do with the database; that its jobs go on has, and is tested above.
@pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
def test_a_killed_service_takes_its_workers_with_it_and_goes_on_when_it_is_started_again(
    stage: Stage, undisturbed: list[Any], tmp_path: Path
) -> None:
    batch = stage.order()

    def workers() -> list[Worker]:
        with stage.service.database.reading() as db:
            return list(db.scalars(select(Worker)))

    def at_work() -> bool:
        return stage.batch(batch).state is BatchState.ASSESSING

    before = {worker.id for worker in workers()}
    service = serve(stage, tmp_path / "first.log")
    try:
        wait_for(stage, lambda: at_work() or stage.batch(batch).state not in WORKING)
        (mine,) = [worker for worker in workers() if worker.id not in before]
    finally:
        service.kill()
        service.wait(PATIENCE)
    wait_for(stage, lambda: not Path(f"/proc/{mine.pid}").exists())
    service = serve(stage, tmp_path / "second.log")
    try:
        wait_for(stage, lambda: stage.batch(batch).state not in WORKING)
    finally:
        service.terminate()
        service.wait(PATIENCE)
    assert stage.outcome(batch) == undisturbed


def serve(stage: Stage, output: Path) -> "subprocess.Popen[bytes]":
    """The service, as it is started from the command line, with one worker."""
    environment = environment_of(stage.service.settings.model_copy(update={"port": 0, "secret_key": KEY}))
    command = [sys.executable, "-c", "from grading.cli.main import main; main()", "serve"]
    with output.open("wb") as to:
        return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=to, stderr=subprocess.STDOUT)
