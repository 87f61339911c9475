"""The bureau's way through a batch over HTTP, with workers beside the service, while somebody else has audits graded."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx2 as httpx

from api.context import open_context
from api.identity import tokens
from api.service import make_service
from api.settings import load
from benchmarks.bureau_plants import DRAFT, people
from benchmarks.service import EXAMPLE, Connection, answering_of, free_port, seconds_of, wait_for

RATE = 4.0
"""Gradings asked for a second."""
QUIET_SECONDS, LOOK_SECONDS, PATIENCE = 30, 0.5, 3600
WORKING = ("waiting", "assessing", "concluding")
TARGET = 100
"""Milliseconds, 95 of 100 gradings."""


class Asking:
    """Asks for gradings while it is open, at a steady pace; what each took counts from when it was due."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.took: list[tuple[float, float]] = []
        """When it was due, and milliseconds."""
        self._stop = Event()
        self._thread = Thread(target=lambda: asyncio.run(self._ask()))

    def __enter__(self) -> "Asking":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    async def _ask(self) -> None:
        body = EXAMPLE.read_bytes()
        connection = await Connection(self.port, self.token).open()
        due = time.perf_counter()
        while not self._stop.is_set():
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            waited = time.perf_counter() - due
            status, milliseconds = await connection.ask("/v1/grade", body)
            assert status == 200, status
            self.took.append((due, waited * 1000 + milliseconds))
            due += 1 / RATE

    def tell(self, when: str, began: float, ended: float) -> None:
        """Print what was asked for in a stretch of time."""
        took = sorted(milliseconds for due, milliseconds in self.took if began <= due < ended)
        if took:
            p50, p95 = took[len(took) // 2], took[int(len(took) * 0.95)]
            print(
                f"  POST /v1/grade {when:<40} p50 {p50:6.1f} ms  p95 {p95:6.1f} ms  max {took[-1]:6.0f} ms  ({len(took)})"
            )
            sys.stdout.flush()


class Bureau:
    """Somebody of the bureau, with a token."""

    def __init__(self, url: str, token: str) -> None:
        self.client = httpx.Client(
            base_url=url,
            headers={"authorization": f"Bearer {token}", "accept": "text/html, application/json"},
            timeout=600,
        )

    def page(self, path: str, what: str) -> str:
        """A page; prints how long it took and how large it is."""
        began = time.perf_counter()
        answer = self.client.get(path)
        took = time.perf_counter() - began
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        print(f"  {what:<75} {took:8.2f} s   {len(answer.content) / 1000:8.0f} KB")
        return answer.text

    def ask(self, method: str, path: str, said: Any = None) -> dict[str, Any]:
        """An answer as JSON."""
        answer = self.client.request(method, f"/v1{path}", json=said)
        assert answer.status_code < 300, (path, answer.status_code, answer.text[:500])
        told: dict[str, Any] = answer.json()
        return told


def run(folder: Path) -> None:
    """Everything, over HTTP."""
    service = make_service(load(data=folder))
    secrets = {}
    for login, actor in people(service).items():
        with open_context(service, actor) as context:
            secrets[login] = tokens.create(context.db, service.settings, "benchmark", 1).secret
    service.close()
    with served(folder) as (process, port):
        url = f"http://127.0.0.1:{port}"
        maker, publisher = Bureau(url, secrets["bureau"]), Bureau(url, secrets["other"])
        with Asking(port, secrets["author"]) as asking:
            time.sleep(2)
            quiet = time.perf_counter()
            time.sleep(QUIET_SECONDS)
            began = time.perf_counter()
            asking.tell("while nothing else is done", quiet, began)
            batch = _dry_run(maker, process, asking)
            _published_and_back(maker, publisher, batch, process, asking)


def _dry_run(maker: Bureau, process: "subprocess.Popen[bytes]", asking: Asking) -> str:
    before = family_seconds(process.pid)
    began = time.perf_counter()
    draft = maker.ask("POST", "/ruleset-drafts", {"text": DRAFT})
    batch = maker.ask("POST", "/batches", {"name": "收紧", "draft_id": draft["id"]})["id"]

    def until(states: tuple[str, ...]) -> dict[str, Any]:
        while time.perf_counter() - began < PATIENCE:
            found = maker.ask("GET", f"/batches/{batch}")
            if found["state"] not in states:
                return found
            time.sleep(LOOK_SECONDS)
        raise TimeoutError(batch)

    until(WORKING[:2])
    known = time.perf_counter()
    print(
        f"  {'uploaded, ordered, first pass done':<75} {known - began:8.1f} s {family_seconds(process.pid) - before:8.1f} s"
    )
    page = maker.page(f"/batches/{batch}", "the impact's page, first time")
    seen = time.perf_counter()
    print(f"  {'from the upload until the impact is seen':<75} {seen - began:8.1f} s")
    maker.page(f"/batches/{batch}", "the impact's page, again")
    unit = page.partition(f"/batches/{batch}/units/")[2].partition('"')[0]
    maker.page(f"/batches/{batch}/units/{unit}", "a changed unit's page, first time")
    maker.page(f"/batches/{batch}/units/{unit}", "a changed unit's page, again")
    found = until(WORKING)
    done = time.perf_counter()
    assert found["state"] == "assessed", found
    print(
        f"  {'until everything is concluded':<75} {done - began:8.1f} s {family_seconds(process.pid) - before:8.1f} s"
    )
    asking.tell("during the first pass", began, known)
    asking.tell("while the impact is worked out", known, seen)
    asking.tell("while the engine concludes", seen, done)
    return batch


def _published_and_back(
    maker: Bureau, publisher: Bureau, batch: str, process: "subprocess.Popen[bytes]", asking: Asking
) -> None:
    for path, said in (("publication", None), ("taking-back", {"reasons": "基准测试"})):
        by = publisher if said is None else maker
        before, began = answering_seconds(process.pid), time.perf_counter()
        by.ask("POST", f"/batches/{batch}/{path}", said)
        ended = time.perf_counter()
        print(f"  {path:<75} {ended - began:8.1f} s {answering_seconds(process.pid) - before:8.1f} s")
        asking.tell(f"during the {path}", began, ended)


@contextmanager
def served(folder: Path) -> "Iterator[tuple[subprocess.Popen[bytes], int]]":
    """The service as a process, with its workers."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("grading")), "serve", "--data", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        time.sleep(3)
        yield process, port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def answering_seconds(pid: int) -> float:
    """Seconds of processor that the processes of a service that answer have spent."""
    return sum(map(seconds_of, answering_of(pid)))


def family_seconds(pid: int) -> float:
    """Seconds of processor that a process and its children have spent."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    children = [int(child) for task in tasks for child in (task / "children").read_text(encoding="ascii").split()]
    return sum(seconds_of(one) for one in (pid, *children))
