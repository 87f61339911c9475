"""A service as its operator sees it: what it logs and counts, and how it stops; what nobody gets at from outside."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.identity.limits import CostlyLimit
from api.identity.tokens import create as create_token
from api.server.app import create_app
from api.service import make_service
from api.services import workflow
from api.settings import RunMode, Settings
from api.store.database import Database
from api.store.migrate import migrate
from tests.api.conftest import GRADER, KEY
from tests.api.test_command import answer, free_port
from tests.api.world import PASSWORD, TYRE, World, content, people_it

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Running:
    """A service in a process of its own."""

    url: str
    port: int
    process: subprocess.Popen[bytes]
    token: str
    audit: str
    operator: str
    """An administrator's token."""
    log: Path

    def stop(self) -> list[dict[str, object]]:
        """Tell it to stop; gives its log, an event a line."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]


PATIENCE = 120
"""Seconds that a busy machine may take to stop a service: no test here is about how long."""


@contextmanager
def running(folder: Path, processes: int = 1, workers: int = 0, costly: int = 60) -> Iterator[Running]:
    """A service with the tests' world, as `grading serve` starts it."""
    service = make_service(
        Settings(data=folder, database_url=SecretStr(f"sqlite:///{folder}/grading.db"), secret_key=KEY)
    )
    service.grader = GRADER
    migrate(service.database)
    world = people_it(service)
    audit = world.do("wang", workflow.create_audit, world.tyre, content()).id
    with world.at("wang") as context:
        token = create_token(context.db, service.settings, "接口", 30).secret
    with world.at("root") as context:
        operator = create_token(context.db, service.settings, "监控", 30).secret
    service.close()
    port = free_port()
    command = [sys.executable, "-c", "from grading.cli.main import main; main()", "serve", "--port", str(port)]
    environment = {**os.environ, "GRADING_DATA": str(folder), "GRADING_SECRET_KEY": KEY.get_secret_value()}
    numbers = {"WORKERS": workers, "PROCESSES": processes, "COSTLY_PER_MINUTE": costly}
    environment |= {f"GRADING_{name}": str(number) for name, number in numbers.items()}
    log = folder / "service.log"
    # A pipe that nobody reads would be full after some hundred requests, and the service would wait for ever.
    with log.open("wb") as to, subprocess.Popen(command, cwd=ROOT, env=environment, stderr=to) as process:
        try:
            answer(port, "/readyz")
            yield Running(f"http://127.0.0.1:{port}", port, process, token, str(audit), operator, log)
        finally:
            process.kill()


def test_a_request_that_is_being_answered_is_finished_when_the_service_is_told_to_stop(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        finishes_what_it_answers(service)


def finishes_what_it_answers(service: Running) -> None:
    """Tell a service to stop while it answers a request."""
    body = TYRE.read_bytes()
    with socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE) as connection:
        head = f"POST /v1/grade HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {service.token}\r\n"
        head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\nexpect: 100-continue\r\n\r\n"
        connection.sendall(head.encode() + body[:100])
        # It says so as soon as it waits for the body.
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        service.process.send_signal(signal.SIGTERM)
        for _ in range(20 * PATIENCE):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", service.port)):
                    break
            time.sleep(0.05)
        else:
            raise AssertionError("a service that stops takes no new requests")
        assert service.process.poll() is None
        connection.sendall(body[100:])
        told = b""
        while piece := connection.recv(65536):
            told += piece
        service.process.wait(PATIENCE)
    assert told.startswith(b"HTTP/1.1 200 ")
    assert json.loads(told.partition(b"\r\n\r\n")[2])["grade"]
    assert service.process.returncode in (0, -signal.SIGTERM)


def test_the_log_has_a_line_for_every_request_with_its_id_and_nobodys_data(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        with httpx.Client(base_url=service.url, headers={"accept": "text/html"}, timeout=30) as people:
            for password in ("a-wrong-password", PASSWORD):
                people.post("/sign-in", data={"login": "wang", "password": password, "next": "/"})
            people.get("/users?q=王专家")
            cookie = people.cookies["grading"]
        with httpx.Client(base_url=service.url, headers={"authorization": f"Bearer {service.token}"}) as system:
            system.get("/v1/log", headers={"x-request-id": "from-the-proxy-1"})
            put = system.post(
                f"/v1/audits/{service.audit}/evidence", files={"file": ("王专家的证明.pdf", b"%PDF-1.7", "text/plain")}
            )
            system.post("/v1/grade", content=b'{"enterprise": {"name": "\xe6\x9f\x90\xe5\x8e\x82"}}')
        events = service.stop()
    assert put.status_code == 201
    requests = [event for event in events if event["event"] == "request"]
    assert len(requests) >= 7
    assert all(
        {"request_id", "method", "route", "status", "ms", "timestamp", "level"} <= event.keys() for event in requests
    )
    assert "from-the-proxy-1" in [event["request_id"] for event in requests]
    assert "/v1/audits/{audit_id}/evidence" in [event["route"] for event in requests]
    # Where the service itself listens may be told.
    everything = json.dumps(events, ensure_ascii=False).replace(service.url, "")
    for secret in (
        "wang",
        "王专家",
        "某厂",
        PASSWORD,
        "wrong-password",
        cookie,
        service.token,
        service.audit,
        "127.0.0.1:5",
    ):
        assert secret not in everything, secret


def test_what_the_database_says_of_an_error_tells_no_values(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught, database.reading() as db:
        db.execute(text("SELECT * FROM nowhere WHERE name = :name"), {"name": "王专家"})
    assert "nowhere" in str(caught.value)
    assert "王专家" not in str(caught.value)


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with TestClient(create_app(world.service), base_url="http://service", raise_server_exceptions=False) as made:
        yield made


def counted(world: World, client: TestClient) -> str:
    with world.at("root") as context:
        secret = create_token(context.db, world.service.settings, "监控", 30).secret
    return client.get("/metrics", headers={"authorization": f"Bearer {secret}"}).text


def test_what_strangers_make_up_is_not_counted_by_itself(world: World, client: TestClient) -> None:
    client.request("FROBNICATE", "/healthz")
    client.get("/made-up-7f3a")
    client.get("/static/pages.css")
    told = counted(world, client)
    assert 'method="OTHER"' in told
    assert "FROBNICATE" not in told
    assert "made-up-7f3a" not in told
    assert re.search(r'route="/static",status="200"', told)


def test_sign_ins_are_counted_by_how_they_ended(world: World, client: TestClient) -> None:
    def number(outcome: str) -> float:
        found = re.search(rf'grading_sign_ins_total{{outcome="{outcome}"}} (\S+)', counted(world, client))
        return float(found[1]) if found else 0

    before = number("ok"), number("wrong_login")
    client.post("/sign-in", data={"login": "wang", "password": "a-wrong-password"})
    client.post("/sign-in", data={"login": "wang", "password": PASSWORD})
    assert (number("ok"), number("wrong_login")) == (before[0] + 1, before[1] + 1)


# From outside


@pytest.mark.parametrize(
    "path",
    [
        "/static/../api/server/app.py",
        "/static/..%2f__init__.py",
        "/static/%2e%2e/__init__.py",
        "/static//etc/passwd",
        "/static/..%5c__init__.py",
    ],
)
def test_no_path_leads_out_of_the_static_files(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_cookie_can_be_read_by_no_script_and_is_sent_to_us_alone(world: World, client: TestClient) -> None:
    said = {"login": "wang", "password": PASSWORD}
    plain = client.post("/sign-in", data=said, follow_redirects=False).headers["set-cookie"].lower()
    assert re.match(r"grading=[\w-]{43};", plain)
    assert {"httponly", "samesite=lax", "path=/", "max-age=43200"} <= set(plain.split("; "))
    assert "domain" not in plain
    world.service.settings = world.service.settings.model_copy(update={"public_url": "https://grading.example"})
    secure = client.post("/sign-in", data=said, follow_redirects=False).headers["set-cookie"].lower()
    assert secure.startswith("__host-grading=")
    assert "secure" in secure.split("; ")


def test_every_sign_in_has_a_cookie_of_its_own_and_signing_out_ends_it(client: TestClient) -> None:
    said = {"login": "wang", "password": PASSWORD}
    for _ in range(2):
        client.post("/sign-in", data=said, follow_redirects=False)
        kept = client.cookies["grading"]
        assert client.get("/v1/me").status_code == 200
        client.post("/sign-out", follow_redirects=False)
        client.cookies.set("grading", kept)
        assert client.get("/v1/me").status_code == 401
        client.cookies.clear()


@pytest.mark.parametrize(
    "onward", ["//evil.example/", "/\\evil.example", "https://evil.example/", "/\t/evil.example", ""]
)
def test_signing_in_leads_nowhere_else(client: TestClient, onward: str) -> None:
    said = {"login": "wang", "password": PASSWORD, "next": onward}
    target = client.post("/sign-in", data=said, follow_redirects=False).headers["location"]
    assert target == "/" or target.startswith("/%09/")


def test_production_answers_to_its_own_name_only(world: World) -> None:
    changes = {"mode": RunMode.PRODUCTION, "public_url": "https://grading.example"}
    world.service.settings = world.service.settings.model_copy(update=changes)
    with TestClient(create_app(world.service), base_url="http://grading.example") as made:
        assert made.get("/healthz").status_code == 200
        assert made.get("/healthz", headers={"host": "evil.example"}).status_code == 400


def test_pages_are_held_to_our_own_files_and_forms(client: TestClient) -> None:
    policy = client.get("/sign-in").headers["content-security-policy"]
    said = dict(part.split(" ", 1) for part in policy.split("; "))
    assert said["default-src"] == said["base-uri"] == said["frame-ancestors"] == "'none'"
    assert said["script-src"] == said["style-src"] == said["form-action"] == said["connect-src"] == "'self'"


def test_costly_pages_are_limited_as_the_interface_is(world: World, client: TestClient) -> None:
    audit = world.do("wang", workflow.create_audit, world.tyre, content()).id
    client.post("/sign-in", data={"login": "wang", "password": PASSWORD}, follow_redirects=False)
    world.service.costly = CostlyLimit(world.service.database, 2)
    answers = [client.get(f"/audits/{audit}/workbook").status_code for _ in range(3)]
    assert answers == [200, 200, 429]
