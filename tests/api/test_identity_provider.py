"""Signing in at the organisation's identity provider: whom it vouches for is let in, and nobody else."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey
from pydantic import SecretStr
from sqlalchemy import select

from api.context import cookie_name
from api.server.app import create_app
from api.services import users
from api.settings import SettingsError, load
from api.store import SignInSession, User
from tests.api.world import World

ON_SQLITE_ALONE = True

CLIENT, SECRET = "grading", "a secret of this test alone"


@dataclass
class Provider:
    """An identity provider of this machine; what it says of a person can be turned wrong."""

    address: str = ""
    subject: str = "1001"
    account: str = "City"
    claims: dict[str, Any] = field(default_factory=dict)
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "one"}))
    signed_by: ECKey | OctKey | None = None
    asked: dict[str, str] = field(default_factory=dict)
    """What the browser brought."""
    form: dict[str, str] = field(default_factory=dict)
    """What the service sent for the code."""

    def document(self, path: str) -> Any:
        if path.endswith("openid-configuration"):
            return {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
            }
        return KeySet([self.key]).as_dict(private=False)

    def token(self) -> dict[str, Any]:
        claims = {
            "iss": self.address,
            "aud": CLIENT,
            "sub": self.subject,
            "exp": int(time.time()) + 60,
            "nonce": self.asked["nonce"],
            "preferred_username": self.account,
        } | self.claims
        key = self.signed_by or self.key
        header = {"alg": "HS256" if isinstance(key, OctKey) else "ES256", "kid": "one"}
        return {"access_token": "x", "token_type": "Bearer", "id_token": jwt.encode(header, claims, key)}


class Handler(BaseHTTPRequestHandler):
    """The provider over HTTP."""

    def __init__(self, provider: Provider, *args: Any) -> None:
        self.provider = provider
        super().__init__(*args)

    def do_GET(self) -> None:
        self.answer(self.provider.document(self.path))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.provider.form = {name: values[0] for name, values in parse_qs(body).items()}
        self.answer(self.provider.token())

    def answer(self, document: Any) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, provider))
    provider.address = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    yield provider
    server.shutdown()
    server.server_close()


@pytest.fixture
def browser(world: World, provider: Provider) -> Iterator[TestClient]:
    settings = world.service.settings.model_copy(
        update={
            "oidc_issuer": provider.address,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SecretStr(SECRET),
            "second_factor_required": True,
        }
    )
    world.service.settings = settings
    with TestClient(create_app(world.service), follow_redirects=False, headers={"accept": "text/html"}) as client:
        yield client


def go(browser: TestClient, provider: Provider) -> str:
    """Go to the provider; the way back with which it sends the person home."""
    there = browser.get("/sign-in/provider?next=/enterprises")
    assert there.status_code == 303
    split = urlsplit(there.headers["location"])
    assert f"{split.scheme}://{split.netloc}{split.path}" == f"{provider.address}/authorize"
    provider.asked = {name: values[0] for name, values in parse_qs(split.query).items()}
    return f"/sign-in/provider/return?code=42&state={provider.asked['state']}"


def words(browser: TestClient, way_back: str) -> str:
    """What the form says to one who isn't let in."""
    answer = browser.get(way_back)
    assert answer.status_code >= 400
    assert cookie_name(browser.app.state.service) not in answer.cookies  # type: ignore[attr-defined]
    return answer.text


def test_a_person_is_let_in_and_led_where_they_wanted_without_a_password_or_a_code_of_ours(
    browser: TestClient, provider: Provider, world: World
) -> None:
    assert "用统一身份认证登录" in browser.get("/sign-in").text
    answer = browser.get(go(browser, provider))
    assert (answer.status_code, answer.headers["location"]) == (303, "/enterprises")
    assert browser.get("/enterprises").status_code == 200
    assert provider.asked["code_challenge_method"] == "S256"
    assert provider.form["redirect_uri"] == provider.asked["redirect_uri"]
    assert provider.form["code_verifier"] not in provider.asked.values()
    with world.service.database.reading() as db:
        assert db.scalars(select(SignInSession.provider)).all() == [provider.address]


def test_a_person_is_known_by_what_never_changes_and_an_account_given_to_another_is_not_theirs(
    browser: TestClient, provider: Provider, world: World
) -> None:
    assert browser.get(go(browser, provider)).status_code == 303
    provider.account = "renamed"
    assert browser.get(go(browser, provider)).status_code == 303
    provider.subject, provider.account = "1002", "city"
    assert "已与另一个统一身份认证账号绑定" in words(browser, go(browser, provider))
    with world.at("root", writing=False) as context:
        city = context.db.scalars(select(User).where(User.login == "city")).one().id
    world.do("root", users.remove_provider, city)
    assert browser.get("/enterprises").status_code == 303, "sessions end with the binding"
    assert browser.get(go(browser, provider)).status_code == 303


def test_who_has_no_user_here_is_told_so(browser: TestClient, provider: Provider, world: World) -> None:
    provider.account = "stranger"
    assert "账号“stranger”在本系统没有用户" in words(browser, go(browser, provider))
    provider.account = "city"
    with world.service.database.writing() as db:
        db.scalars(select(User).where(User.login == "city")).one().active = False
    assert "在本系统没有用户" in words(browser, go(browser, provider))


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another attempt"},
        {"aud": "another-service"},
        {"iss": "http://elsewhere.example"},
        {"exp": 1_700_000_000},
    ],
    ids=lambda claims: next(iter(claims)),
)
def test_a_token_that_is_not_for_this_attempt_lets_nobody_in(
    browser: TestClient, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    assert "没有正确应答" in words(browser, go(browser, provider))


def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(browser: TestClient, provider: Provider) -> None:
    for forged in (ECKey.generate_key("P-256"), OctKey.import_key(json.dumps(provider.document("/keys")))):
        provider.signed_by = forged
        assert "没有正确应答" in words(browser, go(browser, provider))


def test_a_way_back_that_this_browser_did_not_begin_leads_nowhere(browser: TestClient, provider: Provider) -> None:
    assert "不是从本浏览器发起的" in words(browser, "/sign-in/provider/return?code=42&state=guessed")
    way_back = go(browser, provider)
    assert "不是从本浏览器发起的" in words(browser, way_back + "x")
    browser.cookies.clear()
    assert "不是从本浏览器发起的" in words(browser, way_back)


def test_a_provider_that_refuses_or_does_not_answer_leaves_the_password(
    browser: TestClient, provider: Provider
) -> None:
    refused = go(browser, provider).replace("code=42", "error=access_denied")
    assert "统一身份认证没有通过" in words(browser, refused)
    provider.address = "http://127.0.0.1:9"
    assert "没有正确应答" in words(browser, "/sign-in/provider")


def test_without_a_provider_there_is_no_such_way(world: World) -> None:
    with TestClient(create_app(world.service), headers={"accept": "text/html"}) as browser:
        assert "统一身份认证" not in browser.get("/sign-in").text
        assert browser.get("/sign-in/provider").status_code == 404


def test_half_a_provider_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsError) as caught:
        load(oidc_issuer="https://sso.example.gov.cn")
    assert [problem.split("：")[0] for problem in caught.value.problems] == [
        "请设置 GRADING_OIDC_CLIENT_ID",
        "请设置 GRADING_OIDC_CLIENT_SECRET",
    ]
