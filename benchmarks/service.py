"""What the service adds to the engine and how many readers it bears, beside a bare route: `python -m benchmarks.service`.

`grading serve` runs on loopback with an embedded database, a bare application beside it; this process asks both, so clients
and servers share the machine's cores.
"""

import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import Response

from api.access import Via, actor_of
from api.context import open_context
from api.identity import tokens
from api.service import Service, make_service
from api.services import workflow
from api.services.users import create_user
from api.settings import load
from api.store import Assignment, Enterprise, Role, Team, User
from api.store.migrate import migrate
from grading import uscc
from grading.engine.grade import Engine
from grading.intake import read_audit

EXAMPLE = Path(__file__).parents[1] / "examples" / "rubber" / "weicheng_tyre.json"
ENTERPRISES, USERS, SECONDS, GRADINGS, WARMING = 100, 30, 12, 200, 20
RATE = 100.0
"""Requests a second in all, of the users who take their time."""
PASSWORD = "benchmark-only-9137"
WORD = "基准测试"
PAYLOAD = json.dumps({"grade": "B", "attainable": "A"}).encode()
bare = FastAPI(openapi_url=None)


@bare.get("/")
def read() -> Response:
    """As little as a route can do."""
    return Response(PAYLOAD, media_type="application/json")


@bare.post("/")
async def echo(request: Request) -> Response:
    """Takes the same body."""
    await request.body()
    return Response(PAYLOAD, media_type="application/json")


class Connection:
    """One kept-alive HTTP/1.1 connection; answers have a length."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token

    async def open(self) -> "Connection":
        """Connect."""
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def ask(self, path: str, body: bytes | None = None) -> tuple[int, float]:
        """Status, and milliseconds until the whole answer was there."""
        head = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {self.token}\r\n"
        if body is not None:
            head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
        began = time.perf_counter()
        self.writer.write(head.encode() + b"\r\n" + (body or b""))
        answer = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = next(int(line[15:]) for line in answer.split("\r\n") if line.startswith("content-length:"))
        await self.reader.readexactly(length)
        return int(answer.split(" ", 2)[1]), (time.perf_counter() - began) * 1000


def fill(service: Service) -> tuple[dict[str, str], list[str]]:
    """A bureau's and an assessor's token, and what there is to read: published audits of many enterprises."""
    example = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    with service.database.writing() as db:
        team = Team(name="评审组")
        db.add(team)
        db.flush()
        logins: dict[str, dict[str, Any]] = {
            "author": {"role": Role.ASSESSOR, "team_id": team.id},
            "second": {"role": Role.ASSESSOR, "team_id": team.id},
            "bureau": {"role": Role.BUREAU, "area": "610000"},
        }
        for login, said in logins.items():
            create_user(db, login=login, name=login, password=PASSWORD, **said)
        made = []
        for number in range(ENTERPRISES):
            enterprise = Enterprise(name=f"企业{number}", uscc=_code(number), county="610404")
            db.add(enterprise)
            db.flush()
            db.add(Assignment(team_id=team.id, enterprise_id=enterprise.id, since=date(2020, 1, 1)))
            made.append((enterprise.id, enterprise.uscc))
    actors = {}
    with service.database.reading() as db:
        for login in logins:
            actors[login] = actor_of(db.query(User).filter(User.login == login).one(), Via.COMMAND)
    paths = ["/v1/audits", "/v1/enterprises", "/v1/rulesets/national-2020/rubber", "/v1/log", "/v1/gradings"]
    for enterprise_id, code in made:
        head = {**example["enterprise"], "uscc": code, "county": "610404"}
        text = json.dumps({**example, "enterprise": head}, ensure_ascii=False)
        with open_context(service, actors["author"]) as context:
            audit = workflow.create_audit(context, enterprise_id, text)
            workflow.submit(context, audit.id, reasons=WORD)
        with open_context(service, actors["second"]) as context:
            workflow.confirm(context, audit.id, reasons=WORD)
        with open_context(service, actors["bureau"]) as context:
            grading = workflow.publish(context, audit.id, reasons=WORD).published_grading_id
        paths += [f"/v1/audits/{audit.id}", f"/v1/audits/{audit.id}/content", f"/v1/enterprises/{enterprise_id}"]
        paths += [f"/v1/gradings/{grading}?trace=false", f"/v1/gradings/{grading}"]
    found = {}
    for login in ("bureau", "author"):
        with open_context(service, actors[login]) as context:
            found[login] = tokens.create(context.db, service.settings, "benchmark", 1).secret
    # Lists are read as often as single things.
    return found, paths + paths[:5] * (len(paths) // 10)


def _code(number: int) -> str:
    """A social credit code whose check digit is right."""
    stem = f"91610404MA{number:07d}"
    for digit in "0123456789ABCDEFGHJKLMNPQRTUWXY":
        try:
            return uscc.checked(stem + digit)
        except ValueError:
            continue
    raise AssertionError(stem)


async def grade(ports: Sequence[int], token: str, body: bytes, alone: Callable[[], object]) -> list[list[float]]:
    """Milliseconds of the engine alone, of the service and of the bare route, in turn, so that all bear the same load."""
    service = await Connection(ports[0], token).open()
    plain = await Connection(ports[1], token).open()
    took: list[list[float]] = [[], [], []]
    for number in range(GRADINGS + WARMING):
        began = time.perf_counter()
        alone()
        measured = [(time.perf_counter() - began) * 1000]
        for connection, path in ((service, "/v1/grade"), (plain, "/")):
            status, milliseconds = await connection.ask(path, body)
            assert status == 200, (path, status)
            measured.append(milliseconds)
        if number >= WARMING:
            for kept, milliseconds in zip(took, measured, strict=True):
                kept.append(milliseconds)
    return took


async def crowd(port: int, token: str, paths: Sequence[str], rate: float | None = None) -> tuple[float, list[float]]:
    """Requests a second, and the milliseconds of each, of many users at once.

    With `rate` they ask so often in all, each when it is time whether the one before was answered late or not: what a request
    took counts from when it was due. Without it each asks again as soon as it is answered.
    """
    took: list[float] = []
    began = time.perf_counter()
    until = began + SECONDS

    async def user(number: int) -> None:
        chance = random.Random(number)
        connection = await Connection(port, token).open()
        pause = 0.0 if rate is None else USERS / rate
        due = began + chance.random() * pause
        while due < until:
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            waited = max(time.perf_counter() - due, 0) * 1000
            status, milliseconds = await connection.ask(chance.choice(paths))
            assert status == 200, status
            took.append(milliseconds if rate is None else waited + milliseconds)
            due = time.perf_counter() if rate is None else due + pause

    await asyncio.gather(*(user(number) for number in range(USERS)))
    return len(took) / (time.perf_counter() - began), sorted(took)


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def answering_of(pid: int) -> list[int]:
    """The processes of a service that answer: those that it has started for it, or it alone."""
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    started = [int(child) for file in listed for child in file.read_text(encoding="ascii").split()]
    found = [child for child in started if b"api.server" in Path(f"/proc/{child}/cmdline").read_bytes()]
    return found or [pid]


def seconds_of(pid: int) -> float:
    """Seconds of CPU that a process has spent."""
    times = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
    return sum(int(ticks) for ticks in times) / os.sysconf("SC_CLK_TCK")


def settle(pids: Sequence[int]) -> None:
    """Wait until processes that have been started have nothing more to do."""
    before = -1.0
    while (spent := sum(map(seconds_of, pids))) > before + 0.05:
        before = spent
        time.sleep(1)


def wait_for(port: int) -> None:
    """Wait until something listens; raises TimeoutError after a minute."""
    for _ in range(600):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on port {port}")


def main() -> None:
    """Run everything and print it."""
    body = EXAMPLE.read_bytes()
    engine = Engine()
    audit = read_audit(body, engine.library)
    engine.grade(audit)
    with tempfile.TemporaryDirectory() as folder:
        service = make_service(load(data=Path(folder)))
        migrate(service.database)
        secrets, paths = fill(service)
        service.close()
        port, bare_port = free_port(), free_port()
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        served = [str(Path(sys.executable).with_name("grading")), "serve", "--data", folder, "--port", str(port)]
        plain = [
            sys.executable,
            "-m",
            "uvicorn",
            "benchmarks.service:bare",
            "--port",
            str(bare_port),
            "--no-access-log",
        ]
        running = [subprocess.Popen(command, **quiet) for command in (served, plain)]
        try:
            for waited in (port, bare_port):
                wait_for(waited)
            answering = answering_of(running[0].pid)
            settle(answering)
            print(f"grading serve with {len(answering)} processes that answer, {os.cpu_count()} cores")
            own, graded, echoed = asyncio.run(
                grade((port, bare_port), secrets["bureau"], body, lambda: engine.grade(audit))
            )
            _print_grading(median(own), median(graded), median(echoed))
            for pace in (RATE, None):
                before = [seconds_of(pid) for pid in answering]
                rate, took = asyncio.run(crowd(port, secrets["bureau"], paths, pace))
                spent = [seconds_of(pid) - known for pid, known in zip(answering, before, strict=True)]
                bare_rate, bare_took = asyncio.run(crowd(bare_port, "", ["/"], pace))
                _print_crowd(pace, rate, took, bare_rate, bare_took, spent)
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait()


def _print_grading(own: float, graded: float, echoed: float) -> None:
    print(f"one after another, median of {GRADINGS}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"  engine alone                 {own:7.2f} ms")
    print(f"  POST /v1/grade               {graded:7.2f} ms")
    print(f"  beyond the engine            {graded - own:7.2f} ms   target at most 15 ms")
    print(f"  bare route, same body        {echoed:7.2f} ms   the rest is {(graded - own) / echoed:.1f} times as much")


def _print_crowd(
    pace: float | None,
    rate: float,
    took: Sequence[float],
    bare_rate: float,
    bare_took: Sequence[float],
    spent: Sequence[float],
) -> None:
    (p50, p99), (_, bare_p99) = ((each[len(each) // 2], each[int(len(each) * 0.99)]) for each in (took, bare_took))
    how = "as fast as they are answered" if pace is None else f"asking {pace:.0f} times a second in all"
    print(f"{USERS} users at once for {SECONDS} s, mixed reading, {how} ({len(took)} requests)")
    print(f"  requests a second            {rate:7.0f}" + ("" if pace is None else "      target at least 100"))
    shares = " and ".join(f"{one / sum(spent):.0%}" for one in spent)
    print(
        f"  CPU of the service           {sum(spent) * 1000 / len(took):7.1f} ms a request, whatever else runs; shared {shares}"
    )
    print(
        f"  median, p99                  {p50:7.1f} ms {p99:7.1f} ms"
        + ("" if pace is None else "   target p99 below 300 ms")
    )
    print(
        f"  bare route                   {bare_rate:7.0f}      p99 {bare_p99:.1f} ms: {p99 / bare_p99:.1f} times as long"
    )


if __name__ == "__main__":
    main()
