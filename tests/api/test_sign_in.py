"""Signing in and staying so: passwords, sessions, tokens, forgery, limits."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from api.access import Rule
from api.context import Context, cookie_name, needs, open_context, public, with_contexts
from api.identity import csrf, passwords, sessions, tokens
from api.identity.limits import CostlyLimit
from api.problems import Problem
from api.server.app import create_app
from api.service import Service
from api.services import users
from api.store import CostlyUse, FailedSignIn, Role, SignInSession, Token, User
from api.store.base import now
from api.store.database import Database
from tests.api.conftest import HASHER
from tests.api.world import PASSWORD, World

router = APIRouter()


@router.get("/who")
def who(context: Annotated[Context, needs(Rule.READ)]) -> dict[str, str]:
    return {"login": context.actor.login, "via": context.actor.via}


@router.post("/change")
def change(context: Annotated[Context, needs(Rule.OWN_ACCOUNT)]) -> dict[str, str]:
    return {"login": context.actor.login}


@router.post("/open")
def open_(_: Annotated[Service, public()]) -> dict[str, str]:
    return {}


@router.post("/costly")
def costly(context: Annotated[Context, needs(Rule.TRY_OUT, costly=True)]) -> dict[str, str]:
    return {"login": context.actor.login}


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    app: FastAPI = create_app(world.service)
    app.include_router(with_contexts(router))
    with TestClient(app, base_url="http://service", headers={"accept": "application/json"}) as client:
        yield client


def refused(code: str) -> Any:
    """Expects a Problem with this code."""
    return pytest.raises(Problem, match=f"^{code}:")


def sign_in(world: World, login: str = "wang", password: str = PASSWORD, address: str = "10.0.0.1") -> str:
    return sessions.sign_in(world.service.database, world.service.settings, login, password, address).cookie


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


# Passwords


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "12 至 256"),
        ("x" * 300, "12 至 256"),
        ("wang-is-my-name", "用户名"),
        ("aaaaaaaaaaaaaa", "5 个不同"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password: str, said: str) -> None:
    with pytest.raises(Problem, match=said):
        passwords.hashed(password, "wang")


def test_passwords_are_kept_as_argon2_hashes_that_differ_for_the_same_password() -> None:
    one, other = (passwords.hashed(PASSWORD, "wang") for _ in range(2))
    assert one.startswith("$argon2id$")
    assert one != other
    assert passwords.matches(PASSWORD, one)[0]
    assert not passwords.matches(PASSWORD + "x", one)[0]
    assert not passwords.matches(PASSWORD, None)[0]


def test_a_password_outside_of_the_tests_is_as_dear_to_guess_as_argon2_recommends() -> None:
    assert "$m=65536,t=3,p=4$" in HASHER.hash(PASSWORD)


def test_generated_passwords_are_accepted_and_differ() -> None:
    made = {passwords.generated() for _ in range(50)}
    assert len(made) == 50
    assert all(passwords.hashed(password, "wang") for password in list(made)[:2])


# Sessions


def test_a_session_shows_who_one_is_until_one_signs_out(world: World, client: TestClient) -> None:
    cookie = sign_in(world)
    client.cookies.set(cookie_name(world.service), cookie)
    assert client.get("/who").json() == {"login": "wang", "via": "session"}
    sessions.sign_out(world.service.database, world.service.settings, cookie)
    assert code_of(client.get("/who")) == (401, "session_over")


def test_nobody_is_not_signed_in(client: TestClient) -> None:
    assert code_of(client.get("/who")) == (401, "not_signed_in")


def test_a_browser_is_shown_the_way_to_sign_in(client: TestClient) -> None:
    answer = client.get("/who", headers={"accept": "text/html"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/who")
    answer = client.get("/who", headers={"accept": "text/html", "hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in?next=/who")


def test_the_cookie_is_not_in_the_database(world: World) -> None:
    cookie = sign_in(world)
    with world.service.database.reading() as db:
        assert cookie not in db.scalars(select(SignInSession)).one().hash


def test_a_session_ends_by_itself(world: World, client: TestClient) -> None:
    client.cookies.set(cookie_name(world.service), sign_in(world))
    with world.service.database.writing() as db:
        db.execute(update(SignInSession).values(expires_at=now() - timedelta(seconds=1)))
    assert code_of(client.get("/who")) == (401, "session_over")


def test_a_user_who_is_shut_out_is_out_at_once(world: World, client: TestClient) -> None:
    client.cookies.set(cookie_name(world.service), sign_in(world))
    world.do("root", users.set_active, world.users["wang"], False)
    assert code_of(client.get("/who")) == (401, "session_over")
    with refused("wrong_login"):
        sign_in(world)


def test_a_new_password_ends_the_other_sessions(world: World) -> None:
    sign_in(world), sign_in(world)
    world.do("wang", users.change_own_password, PASSWORD, "another-good-password")
    with world.service.database.reading() as db:
        assert db.scalars(select(SignInSession)).all() == []
    with refused("wrong_login"):
        sign_in(world)
    assert sign_in(world, password="another-good-password")


def test_the_old_password_is_asked_for(world: World) -> None:
    with refused("wrong_password"):
        world.do("wang", users.change_own_password, "not-the-old-one", "another-good-password")


def test_over_https_the_cookie_is_one_that_no_other_host_can_set(world: World) -> None:
    assert cookie_name(world.service) == "grading"
    world.service.settings = world.service.settings.model_copy(update={"public_url": "https://grading.example"})
    assert cookie_name(world.service) == "__Host-grading"


# Limits


def test_which_of_login_and_password_was_wrong_is_not_said(world: World) -> None:
    said = set()
    for login in ("wang", "nobody"):
        with refused("wrong_login") as caught:
            sign_in(world, login, "wrong-password-123")
        said.add(caught.value.detail)
    assert len(said) == 1


def test_after_ten_failures_a_login_is_closed_for_a_while_also_for_the_right_password(world: World) -> None:
    for number in range(sessions.PER_LOGIN):
        with refused("wrong_login"):
            sign_in(world, password="wrong-password-123", address=f"10.0.0.{number}")
    with refused("too_many_attempts") as caught:
        sign_in(world)
    assert (caught.value.status, caught.value.retry_after) == (429, 900)
    assert sign_in(world, "li")
    with world.service.database.writing() as db:
        db.execute(update(FailedSignIn).values(at=now() - timedelta(minutes=16)))
    assert sign_in(world)


def test_an_address_that_tries_many_logins_is_closed_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "PER_ADDRESS", 3)
    for login in ("a1", "a2", "a3"):
        with refused("wrong_login"):
            sign_in(world, login, "wrong-password-123")
    with refused("too_many_attempts"):
        sign_in(world)
    assert sign_in(world, address="10.0.0.2")


def test_a_success_takes_the_failures_back(world: World) -> None:
    for _ in range(3):
        for _ in range(sessions.PER_LOGIN - 1):
            with refused("wrong_login"):
                sign_in(world, password="wrong-password-123")
        sign_in(world)


def test_logins_and_addresses_of_failures_are_not_readable(world: World) -> None:
    with refused("wrong_login"):
        sign_in(world, password="wrong-password-123")
    with world.service.database.reading() as db:
        keys = db.scalars(select(FailedSignIn.key)).all()
    assert len(keys) == 2
    assert all(len(key) == 64 for key in keys)


def test_costly_requests_are_limited_by_actor(world: World, client: TestClient) -> None:
    world.service.costly = CostlyLimit(world.service.database, 2)
    secrets = {login: bearer(world, login) for login in ("wang", "li")}
    answers = [client.post("/costly", headers=secrets["wang"]) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert client.post("/costly", headers=secrets["li"]).status_code == 200


def test_costly_requests_are_counted_together_by_processes_that_share_a_database(world: World) -> None:
    """Each has the database to itself here, as processes have; they ask at the same moment."""
    databases = [Database(world.service.settings.database) for _ in range(3)]
    limits = [CostlyLimit(database, 5) for database in databases]

    def refusal(number: int) -> Problem | None:
        try:
            limits[number % 3].take(world.users["wang"])
        except Problem as problem:
            return problem
        return None

    with ThreadPoolExecutor(12) as asking:
        refusals = [problem for problem in asking.map(refusal, range(12)) if problem is not None]
    assert [(problem.code, problem.status) for problem in refusals] == [("too_many_requests", 429)] * 7
    assert all(1 <= (problem.retry_after or 0) <= 12 for problem in refusals)
    for database in databases:
        database.close()


def test_costly_requests_are_saved_up_again_to_a_minutes_worth(world: World) -> None:
    limit = CostlyLimit(world.service.database, 2)

    def taken(often: int) -> None:
        for _ in range(often):
            limit.take(world.users["wang"])
        with refused("too_many_requests"):
            limit.take(world.users["wang"])

    taken(2)
    for seconds, often in ((30, 1), (86400, 2)):
        with world.service.database.writing() as db:
            db.execute(update(CostlyUse).values(full_at=CostlyUse.full_at - seconds))
        taken(often)


# Forgery


def test_a_change_with_a_session_needs_the_sessions_own_token(world: World, client: TestClient) -> None:
    cookie, other = sign_in(world), sign_in(world, "li")
    client.cookies.set(cookie_name(world.service), cookie)
    right = csrf.token_for(world.service.settings, cookie)
    wrong = csrf.token_for(world.service.settings, other)
    assert code_of(client.post("/change")) == (403, "csrf")
    assert code_of(client.post("/change", headers={"x-csrf-token": wrong})) == (403, "csrf")
    assert client.post("/change", headers={"x-csrf-token": right}).status_code == 200
    assert client.post("/change", data={"csrf_token": right}).status_code == 200
    assert client.post("/change", files={"file": b"x"}, data={"csrf_token": right}).status_code == 200
    assert client.get("/who").status_code == 200


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}]
)
def test_a_form_of_another_site_is_refused_also_where_nobody_is_signed_in(
    client: TestClient, headers: dict[str, str]
) -> None:
    assert code_of(client.post("/open", headers=headers)) == (403, "foreign_origin")
    assert client.post("/open", headers={"origin": "http://service"}).status_code == 200
    assert client.post("/open").status_code == 200


# Tokens


def bearer(world: World, login: str = "wang", days: int = 30) -> dict[str, str]:
    with world.at(login) as context:
        return {"authorization": f"Bearer {tokens.create(context.db, world.service.settings, '接口', days).secret}"}


def test_a_token_acts_for_its_user_without_cookie_or_csrf(world: World, client: TestClient) -> None:
    assert client.post("/change", headers=bearer(world)).json() == {"login": "wang"}
    assert client.get("/who", headers=bearer(world)).json()["via"] == "token"


def test_a_token_is_kept_as_a_hash_with_a_name_and_a_hint(world: World) -> None:
    secret = bearer(world)["authorization"].removeprefix("Bearer ")
    with world.service.database.reading() as db:
        token = db.scalars(select(Token)).one()
    assert token.name == "接口"
    assert secret.startswith(token.hint)
    assert secret not in (token.hash, token.hint)


def test_a_revoked_and_an_expired_token_are_worth_nothing(world: World, client: TestClient) -> None:
    headers = bearer(world)
    with world.at("wang") as context:
        token = context.db.scalars(select(Token)).one()
    world.do("wang", lambda context: tokens.revoke(context.db, token.id))
    assert code_of(client.get("/who", headers=headers)) == (401, "invalid_token")
    headers = bearer(world)
    with world.service.database.writing() as db:
        for token in db.scalars(select(Token)):
            token.expires_at = now() - timedelta(seconds=1)
    assert code_of(client.get("/who", headers=headers)) == (401, "invalid_token")


def test_nobody_revokes_another_persons_token(world: World) -> None:
    bearer(world)
    with world.at("wang") as context:
        token = context.db.scalars(select(Token)).one()
    with refused("not_found"):
        world.do("li", lambda context: tokens.revoke(context.db, token.id))


def test_a_token_needs_a_name_and_an_end(world: World) -> None:
    for name, days in (("", 30), ("接口", 0), ("接口", 10_000)):
        with world.at("wang") as context, refused("invalid_token"):
            tokens.create(context.db, world.service.settings, name, days)


def test_a_token_makes_no_tokens(world: World) -> None:
    headers = bearer(world)
    secret = headers["authorization"].removeprefix("Bearer ")
    with world.service.database.reading() as db:
        found = tokens.of_secret(db, world.service.settings, secret)
    assert found is not None
    with open_context(world.service, found[0]) as context, refused("token_not_allowed"):
        tokens.create(context.db, world.service.settings, "再一个", 30)


def test_when_a_token_was_used_is_noted(world: World, client: TestClient) -> None:
    client.get("/who", headers=bearer(world))
    with world.service.database.reading() as db:
        assert db.scalars(select(Token)).one().last_used_at is not None


def test_a_reset_password_is_new_and_ends_everything(world: World, client: TestClient) -> None:
    headers = bearer(world)
    sign_in(world)
    password = world.do("root", users.reset_password, world.users["wang"])
    assert code_of(client.get("/who", headers=headers)) == (401, "invalid_token")
    assert sign_in(world, password=password)


# Users


def test_an_administrator_makes_users_and_it_is_logged(world: World) -> None:
    made = world.do(
        "root", users.add_user, login="New.One", name="新人", role=Role.ADMINISTRATOR, password="a-good-password"
    )
    assert made.login == "new.one"
    with refused("login_taken"):
        world.do("root", users.add_user, login="new.one", name="x", role=Role.ADMINISTRATOR, password="a-good-password")
    with refused("role_not_allowed"):
        world.do("city", users.add_user, login="x1", name="x", role=Role.ADMINISTRATOR, password="a-good-password")


def test_everything_wrong_about_a_user_is_told_at_once(world: World) -> None:
    with refused("invalid_user") as caught:
        world.do(
            "root",
            users.add_user,
            login="有空格 的",
            name=" ",
            role=Role.BUREAU,
            password="a-good-password",
            team_id=world.tyre,
        )
    assert [error.place for error in caught.value.errors] == ["login", "name", "team_id", "area"]


def test_nobody_shuts_themselves_out(world: World) -> None:
    with refused("not_oneself"):
        world.do("root", users.set_active, world.users["root"], False)
    with world.service.database.reading() as db:
        assert db.scalars(select(User.active).where(User.login == "root")).one()
