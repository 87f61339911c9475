"""A batch on PostgreSQL, done by one worker and by two: `python -m benchmarks.workers [PLANTS]`.

The server is one of the tests' own, in a temporary folder, and does not wait for the disk (`fsync` off).
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import select

from api.context import open_context
from api.server.supervisor import environment_of
from api.service import Service, make_service
from api.services.draft_rulesets import upload
from api.services.regrading import lifecycle
from api.services.regrading.states import WORKING
from api.settings import load
from api.store import Batch, BatchState, Worker
from api.store.base import now
from api.store.migrate import migrate
from benchmarks.bureau_plants import DRAFT, RULESET, fill, people
from benchmarks.service import seconds_of
from tests.api.conftest import postgresql
from tests.api.postgres import server

PLANTS, LOOK_SECONDS = 5_000, 0.2
ALIVE = timedelta(seconds=3)


def main() -> None:
    """Run everything and print it."""
    plants = int(sys.argv[1]) if len(sys.argv) > 1 else PLANTS
    with tempfile.TemporaryDirectory() as folder, server() as running:
        url = postgresql(running.url).new(None)
        service = make_service(load(data=Path(folder), database_url=SecretStr(url), log_level="error"))
        migrate(service.database)
        fill(service, RULESET, plants)
        with open_context(service, people(service)["bureau"]) as context:
            draft_id = upload(context, DRAFT.encode()).id
        print(f"{plants:,} plants of {RULESET}; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        one = two = 0.0
        for count in (1, 2):
            with working(service, count) as pids:
                before, began = sum(map(seconds_of, pids)), time.perf_counter()
                with open_context(service, people(service)["bureau"]) as context:
                    batch = lifecycle.order(context, f"{count}", lifecycle.Selection(), draft_id=draft_id)
                first = wait(service, batch, (BatchState.WAITING, BatchState.ASSESSING)) - began
                whole = wait(service, batch, WORKING) - began
                own = sum(map(seconds_of, pids)) - before
            with open_context(service, people(service)["bureau"]) as context:
                lifecycle.cancel(context, batch.id)
            one, two = (whole, two) if count == 1 else (one, whole)
            said = f"first pass {first:6.1f} s, everything {whole:6.1f} s, {own:6.1f} s of processor"
            print(f"  {count} worker{'s' if count > 1 else ' '}: {said}")
        print(f"  two workers are {one / two:.2f} times as quick as one")
        service.close()


@contextmanager
def working(service: Service, count: int) -> Iterator[list[int]]:
    """So many workers that are ready; their processes."""
    environment = os.environ | environment_of(service.settings)
    started = [
        subprocess.Popen([sys.executable, "-m", "api.jobs"], stdin=subprocess.PIPE, env=environment)
        for _ in range(count)
    ]
    try:
        while len(alive(service)) < count:
            time.sleep(LOOK_SECONDS)
        yield [process.pid for process in started]
    finally:
        for process in started:
            process.kill()
            process.wait()
        while alive(service):
            time.sleep(LOOK_SECONDS)


def alive(service: Service) -> list[Worker]:
    """The workers that have said lately that they are there."""
    with service.database.reading() as db:
        return list(db.scalars(select(Worker).where(Worker.seen_at > now() - ALIVE)))


def wait(service: Service, batch: Batch, states: tuple[BatchState, ...] | frozenset[BatchState]) -> float:
    """When a batch has left some states; raises RuntimeError where it went wrong."""
    while True:
        with service.database.reading() as db:
            found = db.get_one(Batch, batch.id)
        if found.problem is not None:
            raise RuntimeError(found.problem)
        if found.state not in states:
            return time.perf_counter()
        time.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    main()
