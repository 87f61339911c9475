"""What the description promises the interface keeps: schemathesis sends what it allows and what it forbids, as each role."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import negative_data_rejection, positive_data_acceptance

from api.context import SUBJECTS
from api.server.app import create_app
from tests.api.routes.conftest import copied, make
from tests.api.world import Furnished

ROLES = ("wang", "tyre", "city", "root")
EXAMPLES = max(2, settings.default.max_examples // 100) if settings.default is not None else 2
"""Of each kind, for each operation and role; at night as many times more as everywhere."""
EVERY = 2 if EXAMPLES == 2 else 1
"""By day two of the roles share the operations: each is asked by a half of the roles. At night everybody asks for everything."""
KNOWN: dict[str, Any] = {"edition": "national-2020", "industry": "rubber", "indicator": "clean_energy", "number": 1}
PATIENCE = 120
"""Seconds for an answer on a busy machine: no test here is about how long."""
SLOW = ("report.pdf", "/grade/report", "/check")
"""Operations that take seconds each and have tests of their own."""
APP = create_app(make(Path(gettempdir(), "grading-routes-alone")))
SCHEMA = schemathesis.openapi.from_asgi("/v1/openapi.json", APP)


@pytest.fixture(scope="module", params=ROLES)
def asker(
    request: pytest.FixtureRequest, furnished_once: Furnished, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """A role, its token, and what there is to ask for, in a world of its own: the requests change it."""
    made = copied(furnished_once, tmp_path_factory.mktemp(request.param) / "world")
    APP.state.service = made.world.service
    # The own token and account stay usable.
    spared = {name: made.ids["foundry"][name] for name in ("token_id", "user_id")}
    yield request.param, made.tokens[request.param], KNOWN | made.ids["tyre"] | spared
    made.world.service.close()


@cache
def _operations(mode: GenerationMode) -> list[tuple[str, Any]]:
    """Path of each operation, and what draws cases for it: to make that costs more than to send a few."""
    operations = [found.ok() for found in SCHEMA.get_all_operations()]
    return [(operation.path, operation.as_strategy(generation_mode=mode)) for operation in operations]


# `hypothesis`: it is among the tests that the night gives many more examples.
@pytest.mark.hypothesis
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_as_described(asker: tuple[str, str, dict[str, Any]], mode: GenerationMode) -> None:
    role, token, ids = asker
    wrong: dict[tuple[str, int], str] = {}

    def send(case: Case) -> None:
        _point_at(case, ids)
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        response = case.call(headers=headers, timeout=PATIENCE)
        try:
            case.validate_response(response, excluded_checks=_unspoken(case))
        except (AssertionError, BaseExceptionGroup) as error:
            wrong.setdefault((case.operation.label, response.status_code), str(error))

    for n, (path, cases) in enumerate(_operations(mode)):
        if not path.endswith(SLOW) and (n + ROLES.index(role)) % EVERY == 0:
            _try(cases, send)
    assert not wrong, "\n\n".join(f"{label} {status}: {said}" for (label, status), said in wrong.items())


def _try(cases: Any, send: Any) -> None:
    quick = settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    try:
        quick(given(cases)(send))()
    except Unsatisfiable:
        # Of an operation without parameters nothing can be wrong.
        return


def _point_at(case: Case, ids: dict[str, Any]) -> None:
    """Ask for what is there, else every answer would be 404."""
    for name in case.path_parameters or {}:
        if name in SUBJECTS or name in KNOWN:
            case.path_parameters[name] = ids[name]


def _unspoken(case: Case) -> list[Any]:
    """Checks that can't be made: whether a body is accepted depends on where the audit is on its way; and what was wrong
    with the path or with the token has been put right before sending."""
    put_right = {
        location.value
        for location, component in case.meta.components.items()  # type: ignore[union-attr]
        if component.mode is GenerationMode.NEGATIVE
    } & {"path", "header", "cookie"}
    return [positive_data_acceptance, *([negative_data_rejection] if put_right else [])]
