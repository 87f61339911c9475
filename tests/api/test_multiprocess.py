"""A service that is several processes is one service to those who use and watch it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx2 as httpx
import pytest
from sqlalchemy import func, select

from api.store import Worker
from api.store.database import Database
from tests.api.test_operation import PATIENCE, Running, finishes_what_it_answers, running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("several"), processes=2, workers=1, costly=5) as started:
        wait_until(lambda: len(answering(started)) == 2)
        yield started


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(600):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it does not come to pass")


def ask(service: Running, path: str, token: str | None = None) -> httpx.Response:
    """By a connection of its own, so that any of the processes may answer."""
    return httpx.get(
        service.url + path, headers={"authorization": f"Bearer {token or service.token}"}, timeout=30, trust_env=False
    )


def metrics(service: Running) -> str:
    return ask(service, "/metrics", service.operator).text


def children(service: Running) -> dict[int, str]:
    """The commands of the processes that the service has started, by their ids."""
    listed = Path(f"/proc/{service.process.pid}/task").glob("*/children")
    pids = [int(pid) for file in listed for pid in file.read_text().split()]
    return {pid: Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode() for pid in pids}


def answering(service: Running) -> set[int]:
    """Those that answer, and have begun to count."""
    counting = set(re.findall(r'process_resident_memory_bytes\{pid="(\d+)"\}', metrics(service)))
    return {pid for pid, command in children(service).items() if "api.server" in command and str(pid) in counting}


def counted(service: Running) -> float:
    found = re.search(
        r'grading_http_requests_total\{method="GET",route="/v1/me",status="200"\} (\S+)', metrics(service)
    )
    return float(found[1]) if found else 0


def test_what_is_counted_is_told_of_all_processes_together_whoever_is_asked(service: Running) -> None:
    before = counted(service)
    for _ in range(20):
        assert ask(service, "/v1/me").status_code == 200
    assert {counted(service) for _ in range(8)} == {before + 20}


def holders(service: Running, connections: list[socket.socket]) -> Counter[int]:
    """How many of some connections each process holds, by the kernel's tables; those that nobody has accepted aren't counted."""
    ports = {connection.getsockname()[1] for connection in connections}
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ends = [(row[1].split(":")[1], row[2].split(":")[1], row[9]) for row in rows]
    mine = {
        f"socket:[{inode}]" for here, there, inode in ends if int(here, 16) == service.port and int(there, 16) in ports
    }
    found: Counter[int] = Counter()
    for pid in children(service):
        for opened in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                found[pid] += str(opened.readlink()) in mine
    return +found


def test_people_who_come_together_are_shared_out(service: Running) -> None:
    def shared() -> bool:
        """Whether of twenty both processes take four at least."""
        with ExitStack() as held:
            coming = [
                held.enter_context(socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE))
                for _ in range(20)
            ]
            wait_until(lambda: holders(service, coming).total() == len(coming))
            taken = holders(service, coming)
        return len(taken) == 2 and min(taken.values()) >= 4

    # A process that has something else to do meanwhile leaves all of them to the other.
    wait_until(shared)


def test_costly_requests_are_limited_together(service: Running) -> None:
    asked = [ask(service, f"/v1/audits/{service.audit}/comparison").status_code for _ in range(10)]
    # There is no other audit to compare with.
    assert sorted(asked) == [409] * 5 + [429] * 5


def test_jobs_have_the_workers_that_were_asked_for_and_no_more(service: Running) -> None:
    assert sum("api.jobs" in command for command in children(service).values()) == 1
    folder = Path(f"/proc/{service.process.pid}/environ").read_bytes().split(b"GRADING_DATA=")[1].split(b"\0")[0]
    database = Database(f"sqlite:///{folder.decode()}/grading.db")

    def registered() -> int:
        with database.reading() as db:
            return db.scalar(select(func.count()).select_from(Worker)) or 0

    wait_until(lambda: registered() == 1)
    database.close()


def test_one_that_dies_is_replaced_and_nothing_that_was_counted_is_lost(service: Running) -> None:
    before, number = answering(service), counted(service)
    killed = min(before)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: killed not in children(service))
    assert ask(service, "/v1/me").status_code == 200
    wait_until(lambda: len(answering(service) - before) == 1)
    assert counted(service) == number + 1
    assert f'pid="{killed}"' not in metrics(service)


def test_all_finish_what_they_answer_when_the_service_is_told_to_stop(service: Running) -> None:
    left = children(service)
    assert len(left) == 3
    finishes_what_it_answers(service)
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in left))


@pytest.mark.parametrize("module", ["api.server", "api.jobs"])
def test_one_that_is_left_alone_ends(module: str) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        command = [sys.executable, "-m", module, str(listening.fileno())]
        alone = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[listening.fileno()])
    # As when whoever holds it is killed.
    alone.communicate(timeout=30)
    assert alone.returncode in (0, -signal.SIGTERM)
