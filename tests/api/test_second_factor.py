"""Signing in with one-time codes; what an account asks for comes before anything else; sessions end by their owner's hand."""

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pyotp
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.context import cookie_name
from api.identity import second_factor, sessions
from api.problems import Problem
from api.server.app import create_app
from api.services import users
from api.store import Role, SignInSession, User
from api.store.base import now
from tests.api.world import PASSWORD, World

ON_SQLITE_ALONE = True

SEED = "a" * 43


def sign_in(world: World, login: str, code: str = "", password: str = PASSWORD) -> str:
    service = world.service
    return sessions.sign_in(
        service.database, service.settings, login, password, "10.0.0.1", code=code, agent="Firefox"
    ).cookie


def refused(world: World, login: str, code: str) -> str:
    with pytest.raises(Problem) as caught:
        sign_in(world, login, code)
    return caught.value.code


def app_of(world: World, login: str) -> pyotp.TOTP:
    with world.at(login, writing=False) as context:
        user = context.find(User, context.actor.id)
        return pyotp.TOTP(second_factor.secret_of(world.service.settings.key, user, SEED))


def turn_on(world: World, login: str) -> pyotp.TOTP:
    app = app_of(world, login)
    world.do(login, users.set_second_factor, PASSWORD, SEED, app.now())
    with world.service.database.writing() as db:  # as if it had been turned on some minutes ago
        db.scalars(select(User).where(User.login == login)).one().second_factor_step = 0
    return app


@pytest.fixture
def browser(world: World) -> Iterator[TestClient]:
    with TestClient(create_app(world.service), follow_redirects=False, headers={"accept": "text/html"}) as client:
        yield client


def test_a_code_is_asked_for_checked_and_taken_once(world: World) -> None:
    app = turn_on(world, "city")
    assert refused(world, "city", "") == "code_needed"
    assert refused(world, "city", "000000" if app.now() != "000000" else "111111") == "wrong_code"
    code = app.now()
    assert sign_in(world, "city", code)
    assert refused(world, "city", code) == "wrong_code"
    assert sign_in(world, "wang")


def test_codes_that_are_long_past_are_not_taken(world: World) -> None:
    app = turn_on(world, "city")
    assert refused(world, "city", app.at(now() - timedelta(minutes=5))) == "wrong_code"


def test_it_is_turned_on_only_with_a_right_password_and_code(world: World) -> None:
    app = app_of(world, "city")
    for password, code, expected in (("wrong-password-1", app.now(), "wrong_password"), (PASSWORD, "12", "wrong_code")):
        with pytest.raises(Problem, match=f"^{expected}:"):
            world.do("city", users.set_second_factor, password, SEED, code)
    assert sign_in(world, "city")


def test_an_administrator_turns_it_off_for_who_lost_the_phone(world: World) -> None:
    turn_on(world, "city")
    world.do("root", users.remove_second_factor, world.users["city"])
    assert sign_in(world, "city")


def test_the_secret_is_not_in_the_database(world: World) -> None:
    app = turn_on(world, "city")
    with world.service.database.reading() as db:
        stored = db.scalars(select(User.second_factor).where(User.login == "city")).one()
    assert stored is not None
    assert app.secret not in stored


def test_a_password_that_another_person_set_is_changed_before_anything_else(world: World, browser: TestClient) -> None:
    password = world.do("root", users.reset_password, world.users["wang"])
    browser.cookies.set(cookie_name(world.service), sign_in(world, "wang", password=password))
    assert browser.get("/").headers["location"] == "/account"
    answer = browser.get("/v1/audits", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (403, "password_change_needed")
    assert "请先修改密码" in browser.get("/account").text
    with pytest.raises(Problem, match=r"^weak_password:"):
        world.do("wang", users.change_own_password, password, password)
    world.do("wang", users.change_own_password, password, "another-good-password")
    browser.cookies.set(cookie_name(world.service), sign_in(world, "wang", password="another-good-password"))
    assert browser.get("/").status_code == 200


def test_where_it_is_required_bureaus_set_it_up_first(world: World, browser: TestClient) -> None:
    world.service.settings = world.service.settings.model_copy(update={"second_factor_required": True})
    browser.cookies.set(cookie_name(world.service), sign_in(world, "city"))
    assert browser.get("/overview").headers["location"] == "/account"
    page = browser.get("/account").text
    seed = re.search(r'name="seed" value="([^"]+)"', page)
    assert seed is not None
    with world.at("city", writing=False) as context:
        user = context.find(User, context.actor.id)
        code = pyotp.TOTP(second_factor.secret_of(world.service.settings.key, user, seed[1])).now()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    said = {"csrf_token": token[1], "seed": seed[1], "password": PASSWORD, "code": code}
    assert browser.post("/account/second-factor", data=said).status_code == 303
    assert browser.get("/overview").status_code == 200
    # Of others it is not required.
    assert world.actor("wang").role is Role.ASSESSOR
    browser.cookies.set(cookie_name(world.service), sign_in(world, "wang"))
    assert browser.get("/").status_code == 200


def test_sessions_are_listed_with_their_browser_and_ended_by_their_owner(world: World) -> None:
    sign_in(world, "wang"), sign_in(world, "wang"), sign_in(world, "li")

    def left() -> list[UUID]:
        with world.service.database.reading() as db:
            return list(db.scalars(select(SignInSession.id).order_by(SignInSession.id)))

    mine, _, others = left()
    world.do("wang", users.end_own_session, mine)
    assert mine not in left()
    with pytest.raises(Problem, match=r"^not_found:"):
        world.do("wang", users.end_own_session, others)
    world.do("wang", users.end_own_session, None)
    assert left() == [others]
