"""What every answer carries and how the service says no."""

from collections.abc import Iterator
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import pytest
from fastapi import APIRouter, Request
from fastapi.testclient import TestClient
from pydantic import BaseModel
from starlette import formparsers

from api.context import public
from api.identity import tokens
from api.problems import ErrorAt, Problem
from api.server.app import create_app
from api.service import Service
from api.store import migrate
from tests.api.world import World

ON_SQLITE_ALONE = True

router = APIRouter(prefix="/test")
Anyone = Annotated[Service, public()]


@router.get("/breaks")
def breaks(_: Anyone) -> None:
    raise ZeroDivisionError("a secret of the inside")


@router.get("/refuses")
def refuses(_: Anyone) -> None:
    raise Problem("no_tea", "没有茶。", status=409, errors=[ErrorAt("cup", "空了")], more={"cups": 0})


@router.get("/number")
def number(n: int, _: Anyone) -> int:
    return n


class Wanted(BaseModel):
    id: UUID
    on: date
    level: Literal["A", "B"]


@router.post("/wanted")
def wanted(_: Wanted, __: Anyone) -> None:
    return


@router.post("/body")
async def body(request: Request, _: Anyone) -> int:
    return len(await request.body())


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    app = create_app(world.service)
    app.include_router(router)
    headers = {"accept": "application/json"}
    with TestClient(app, base_url="http://service", headers=headers, raise_server_exceptions=False) as client:
        yield client


def test_every_answer_has_the_security_headers(client: TestClient) -> None:
    for path in ("/healthz", "/v1/nothing", "/nothing", "/test/breaks", "/test/refuses"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-request-id"]


def test_a_request_keeps_its_id_unless_it_could_do_harm(client: TestClient) -> None:
    assert client.get("/healthz", headers={"x-request-id": "abc-12345"}).headers["x-request-id"] == "abc-12345"
    for wrong in ("short", "x" * 100, "a b c d e f g", '{"level": "error"}'):
        assert client.get("/healthz", headers={"x-request-id": wrong}).headers["x-request-id"] != wrong


def test_a_refusal_is_a_problem_document(client: TestClient) -> None:
    answer = client.get("/test/refuses")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:grading:problem:no_tea",
        "title": "当前状态不允许",
        "status": 409,
        "detail": "没有茶。",
        "code": "no_tea",
        "errors": [{"place": "cup", "code": "no_tea", "message": "空了"}],
        "cups": 0,
        "request_id": answer.headers["x-request-id"],
    }


def test_a_refusal_is_a_page_for_people(client: TestClient) -> None:
    answer = client.get("/test/refuses", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (409, "text/html; charset=utf-8")
    assert "没有茶。" in answer.text


def test_an_error_of_ours_says_where_to_turn_and_nothing_of_the_inside(client: TestClient) -> None:
    answer = client.get("/test/breaks")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.headers["x-request-id"] in answer.json()["detail"]
    assert "secret" not in answer.text


def test_what_does_not_fit_is_told_with_its_place(client: TestClient) -> None:
    said = client.get("/test/number?n=x").json()
    assert (said["status"], said["errors"][0]["place"]) == (422, "query.n")
    assert said["errors"] == [{"place": "query.n", "code": "type_expected", "message": "应为整数，现为“x”"}]


def test_what_is_wrong_with_a_body_is_told_in_chinese_with_codes(client: TestClient) -> None:
    wrong = client.post("/test/wanted", json={"id": "7", "on": "soon", "level": "E", "more": 1}).json()["errors"]
    assert [(error["place"], error["code"]) for error in wrong] == [
        ("id", "type_expected"),
        ("on", "type_expected"),
        ("level", "literal_expected"),
    ]
    assert [error["message"] for error in wrong] == [
        "应为 UUID 形式的编号，现为“7”",
        "应为形如 2023-09-10 的日期，现为“soon”",
        "应为 A、B，现为“E”",
    ]
    broken = client.post("/test/wanted", content=b'{"id":', headers={"content-type": "application/json"}).json()
    assert broken["errors"] == [
        {"place": "", "code": "json_expected", "message": "不是 JSON：此处应有一个值（第 6 个字符后）"}
    ]


def test_a_body_that_is_too_large_is_cut_off(world: World) -> None:
    world.service.settings = world.service.settings.model_copy(update={"upload_megabytes": 1})
    app = create_app(world.service)
    app.include_router(router)
    with TestClient(app, raise_server_exceptions=False) as small:
        assert small.post("/test/body", content=b"x" * 1_000_000).json() == 1_000_000
        told = small.post("/test/body", content=b"x" * 1_200_000)
        counted = small.post("/test/body", content=(b"x" * 100_000 for _ in range(12)))
    assert [answer.status_code for answer in (told, counted)] == [413, 413]


def test_nothing_is_kept_by_browsers_or_proxies_unless_a_route_says_so(client: TestClient) -> None:
    assert client.get("/healthz").headers["cache-control"] == "private, no-store"


def test_over_https_browsers_are_told_to_stay_there(world: World) -> None:
    world.service.settings = world.service.settings.model_copy(update={"public_url": "https://grading.example"})
    with TestClient(create_app(world.service)) as client:
        assert client.get("/healthz").headers["strict-transport-security"].startswith("max-age=31536000")


def test_a_service_is_ready_until_it_stops(world: World, client: TestClient) -> None:
    assert client.get("/readyz").json()["status"] == "ready"
    world.service.stopping.set()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["running"]) == (503, False)
    assert client.get("/healthz").status_code == 200


def test_a_service_on_another_schema_is_not_ready(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "newest", lambda: "9999")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["schema"]) == (503, False)


def test_counters_are_for_administrators_and_name_routes_not_ids(world: World, client: TestClient) -> None:
    def counted(login: str) -> Any:
        with world.at(login) as context:
            secret = tokens.create(context.db, world.service.settings, "监控", 30).secret
        return client.get("/metrics", headers={"authorization": f"Bearer {secret}"})

    assert counted("wang").status_code == 403
    client.get(f"/v1/audits/{world.tyre}")
    text = counted("root").text
    assert 'grading_http_requests_total{method="GET"' in text
    assert str(world.tyre) not in text


@pytest.mark.parametrize("login", [None, "tyre", "county"])
def test_a_file_that_comes_with_a_refused_form_is_closed(
    client: TestClient, world: World, monkeypatch: pytest.MonkeyPatch, login: str | None
) -> None:
    opened: list[SpooledTemporaryFile[bytes]] = []

    def spooled(**options: Any) -> SpooledTemporaryFile[bytes]:
        opened.append(SpooledTemporaryFile(**options))  # noqa: SIM115  the service is to close it
        return opened[-1]

    monkeypatch.setattr(formparsers, "SpooledTemporaryFile", spooled)
    headers = {}
    if login is not None:
        with world.at(login) as context:
            token = tokens.create(context.db, world.service.settings, "测试", 1)
        headers["authorization"] = f"Bearer {token.secret}"
    path = f"/audits/{uuid4()}/workbook"
    answer = client.post(path, headers=headers, files={"file": ("核查表.xlsx", b"PK")}, data={"version": "1"})
    assert answer.status_code == {None: 401, "tyre": 404, "county": 403}[login]
    assert [file.closed for file in opened] == [True]


def test_the_description_of_the_interface_is_there_for_everyone(client: TestClient) -> None:
    said = client.get("/v1/openapi.json").json()
    assert said["openapi"].startswith("3.")
    assert "/healthz" in said["paths"]
