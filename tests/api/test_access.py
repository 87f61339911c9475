"""Every route, as everybody, with what is theirs and with what isn't, and with a valid body where it takes one.

What is expected follows from two tables: `MAY` (which roles each rule is for) and `SEES` below (who sees which side of the
tests' world). A new route is walked without anything being written here, unless it has a new kind of path parameter.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from pydantic import SecretStr
from starlette.routing import Mount

from api.access import MAY, Rule
from api.context import FREE, SUBJECTS, Declared
from api.server.app import create_app
from api.service import make_service
from api.settings import Settings
from api.store import Role
from api.store.database import Database
from api.store.migrate import migrate
from tests.api.bodies import Bodies
from tests.api.conftest import GRADER, KEY
from tests.api.world import FOUNDRY, TYRE, Furnished, furnish, people_it

ROLE = {
    "wang": Role.ASSESSOR,
    "zhao": Role.ASSESSOR,
    "tyre": Role.ENTERPRISE,
    "foundry": Role.ENTERPRISE,
    "county": Role.BUREAU,
    "city": Role.BUREAU,
    "province": Role.BUREAU,
    "elsewhere": Role.BUREAU,
    "root": Role.ADMINISTRATOR,
}
OF_TYRE = {"wang", "tyre", "county", "city", "province", "root"}
OF_FOUNDRY = {"zhao", "foundry", "elsewhere", "province", "root"}
EVERYBODY = set(ROLE)
SEES: dict[str, dict[str, set[str]]] = {
    "tyre": dict.fromkeys(SUBJECTS, OF_TYRE)
    | {
        "assignment_id": OF_TYRE - {"tyre"},
        "team_id": {"wang", "county", "city", "province", "elsewhere", "root"},
        "export_id": {"tyre"},
        "campaign_id": OF_TYRE,
        "batch_id": {"city", "province", "root"},
        "draft_id": {"city", "province", "root"},
        "working_id": {"county", "city", "province", "root"},
        "scan_id": {"county", "city", "province", "root"},
        "proposal_id": {"county", "city", "province", "root"},
        "opinion_id": {"county", "city", "province", "root"},
        "webhook_id": {"city", "province", "root"},
        "announcement_id": {"city", "province", "root"},
        "objection_id": {"city", "province", "root"},
        "notice_id": {"tyre"},
        "user_id": {"tyre", "root"},
        "token_id": {"tyre", "root"},
        "ruleset_digest": EVERYBODY,
    },
    "foundry": dict.fromkeys(SUBJECTS, OF_FOUNDRY)
    | {
        "assignment_id": OF_FOUNDRY - {"foundry"},
        "team_id": {"zhao", "county", "city", "province", "elsewhere", "root"},
        "export_id": {"foundry"},
        "campaign_id": OF_FOUNDRY,
        "batch_id": {"elsewhere", "province", "root"},
        "draft_id": {"elsewhere", "province", "root"},
        "working_id": {"elsewhere", "province", "root"},
        "scan_id": {"elsewhere", "province", "root"},
        "proposal_id": {"elsewhere", "province", "root"},
        "notice_id": {"foundry"},
        "opinion_id": {"elsewhere", "province", "root"},
        "webhook_id": {"elsewhere", "province", "root"},
        "announcement_id": {"elsewhere", "province", "root"},
        "objection_id": {"elsewhere", "province", "root"},
        "user_id": {"foundry", "root"},
        "token_id": {"foundry", "root"},
        "ruleset_digest": EVERYBODY,
    },
}
FREE_VALUES = {
    "edition": "national-2020",
    "industry": "rubber",
    "number": "1",
    "position": "0",
    "unit": "tyre-1",
    "indicator": "dcs_records",
    "level": "A",
    "path": "app.css",
    "role": "bureau",
    "name": "app.css",
}
COSTLY = {"/v1/grade/report", "/v1/me/password", "/account/password"}
"""Take a second for each who asks: one of each role is enough, since they are about nothing of one side."""
ONE_OF_EACH = {role: login for login, role in ROLE.items()}
NOT_BY_TOKEN = {"/v1/tokens", "/account/tokens"}
"""Refused to tokens whatever is sent; `test_sign_in` asks with a session."""
NOT_HANDLED = {400, 403, 415, 422, 428}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def _declared(dependant: Dependant) -> list[Declared]:
    found = [dependant.call] if isinstance(dependant.call, Declared) else []
    return [*found, *(one for inner in dependant.dependencies for one in _declared(inner))]


def _walk(app: FastAPI) -> list[tuple[str, str, list[Declared]]]:
    """Method, path and declared rules of every route."""
    found = []
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, Mount):
            assert route.path == "/static", f"{route.path}: only the static files are mounted"
            continue
        for method in sorted(route.methods or ()):
            if method not in ("HEAD", "OPTIONS"):
                found.append((method, route.path or "", _declared(route.dependant)))
    return found


def _settings(folder: Path) -> Settings:
    return Settings(
        data=folder, database_url=SecretStr(f"sqlite:///{folder}/walk.db"), secret_key=KEY, costly_per_minute=10_000
    )


APP = create_app(make_service(_settings(Path(gettempdir(), "grading-routes-alone"))))
ROUTES = _walk(APP)
PROTECTED = [
    (method, path, rules[0].rule) for method, path, rules in ROUTES if rules and rules[0].rule is not Rule.PUBLIC
]


class Walk:
    """Asks on a copy of the furnished world, which is renewed after every request that may have changed it."""

    def __init__(self, furnished: Furnished, folder: Path, client: TestClient) -> None:
        self.furnished, self.client, self.file = furnished, client, folder / "copy.db"
        # One engine for all requests: it remembers the statements that it has compiled.
        self.database = Database(f"sqlite:///{self.file}")
        furnished.world.service.database.close()
        APP.state.service = replace(furnished.world.service, database=self.database)
        self.renew()

    def renew(self) -> None:
        """Begin with a fresh copy."""
        self.database.close()
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self.furnished.world.service.settings.data / "walk.db", self.file)

    def ask(self, method: str, path: str, login: str | None, body: dict[str, Any]) -> tuple[int, str]:
        """Status and problem code of the answer to a user, or to nobody."""
        headers = {"accept": "application/json"} | ({"if-match": '"1"'} if method in ("PUT", "PATCH") else {})
        if login is not None:
            headers["authorization"] = f"Bearer {self.furnished.tokens[login]}"
        unsafe = method in UNSAFE
        answer = self.client.request(method, path, headers=headers, follow_redirects=False, **body)
        if unsafe and answer.status_code < 400:
            self.renew()
        said: Any = answer.json() if "problem+json" in answer.headers.get("content-type", "") else {}
        return answer.status_code, said.get("code", "")


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """The furnished world behind the app."""
    folder = tmp_path_factory.mktemp("walk")
    service = make_service(_settings(folder))
    service.grader = GRADER
    migrate(service.database)
    furnished = furnish(people_it(service))
    with TestClient(APP, raise_server_exceptions=False) as client:
        made = Walk(furnished, folder, client)
        yield made
        made.database.close()


@pytest.fixture(scope="module")
def bodies(walk: Walk) -> dict[str, Bodies]:
    """Valid bodies about each side."""
    document = APP.openapi()
    examples = {"tyre": TYRE, "foundry": FOUNDRY}
    return {side: Bodies(document, walk.furnished.ids[side], example) for side, example in examples.items()}


@pytest.mark.parametrize(("method", "path", "rules"), ROUTES, ids=[f"{m} {p}" for m, p, _ in ROUTES])
def test_every_route_declares_exactly_one_rule(method: str, path: str, rules: list[Declared]) -> None:
    assert len(rules) == 1, f"{method} {path} declares {len(rules)} rules; use needs(Rule.…) or public() once"


@pytest.mark.parametrize("path", sorted({path for _, path, _ in ROUTES}))
def test_every_path_parameter_is_a_subject_or_free(path: str) -> None:
    names = {part.strip("{}").partition(":")[0] for part in path.split("/") if part.startswith("{")}
    assert names <= SUBJECTS.keys() | FREE, f"{path}: say in api/context.py what {names - SUBJECTS.keys() - FREE} are"
    assert FREE_VALUES.keys() == FREE


# WeasyPrint leaves its colour profile open.
@pytest.mark.filterwarnings("ignore:(?s).*sRGB2014:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(("method", "path", "rule"), PROTECTED, ids=[f"{m} {p}" for m, p, _ in PROTECTED])
def test_a_route_answers_whom_it_is_for_about_what_they_see_and_nobody_else(
    walk: Walk, bodies: dict[str, Bodies], method: str, path: str, rule: Rule
) -> None:
    subjects = [name for name in SUBJECTS if "{" + name in path]
    wrong, handled = [], method not in UNSAFE or path in NOT_BY_TOKEN
    for side, sees in SEES.items():
        address = path.replace(":path}", "}").format_map(walk.furnished.ids[side] | FREE_VALUES)
        body = bodies[side].of(method, path) if method in UNSAFE else {}
        named = bodies[side].named(body)
        asked = (
            [None, *(ONE_OF_EACH.values() if path in COSTLY else ROLE)] if subjects or named or side == "tyre" else []
        )
        for login in asked:
            status, code = walk.ask(method, address, login, body)
            if login is None:
                expected, right = "401", status == 401
            elif ROLE[login] not in MAY[rule]:
                expected, right = "403 role_not_allowed", (status, code) == (403, "role_not_allowed")
            elif any(login not in sees[name] for name in subjects):
                expected, right = "404", status == 404
            elif any(login not in sees[name] for name in named):
                expected, right = "a refusal", 400 <= status < 500
            else:
                handled = handled or status not in NOT_HANDLED
                expected = "an answer"
                right = status < 500 and status not in (401, 404) and code != "role_not_allowed"
            if not right:
                wrong.append(f"{login or 'nobody'} asks for what is {side}'s: {expected} expected, got {status} {code}")
    assert not wrong, f"{method} {path} ({rule}):\n" + "\n".join(wrong)
    assert handled, f"{method} {path}: nobody's body came through to the handler; see tests/api/bodies.py"


def test_every_rule_is_for_some_role_and_every_role_may_do_something() -> None:
    assert MAY.keys() == set(Rule)
    assert all(MAY.values())
    assert set().union(*(MAY[rule] for rule in Rule if rule is not Rule.PUBLIC)) == set(Role)
