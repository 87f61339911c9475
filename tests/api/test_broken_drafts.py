"""Drafts of another shape than an audit: refused with the place when they are stored; those that are stored open as a form."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.context import cookie_name
from api.identity import csrf, sessions
from api.pages.place_words import place_words
from api.problems import Problem
from api.server.app import create_app
from api.services import workflow
from api.services.workflow.content import storable
from api.store import AuditRevision
from tests.api.world import PASSWORD, TYRE, World, content

ON_SQLITE_ALONE = True

SAID: dict[str, Any] = json.loads(TYRE.read_text(encoding="utf-8"))
UNIT: dict[str, Any] = SAID["units"][0]
FACT = next(iter(UNIT["facts"]))


def unit(**changes: Any) -> dict[str, Any]:
    return {"units": [{**UNIT, **changes}]}


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "units null": ({"units": None}, "units"),
    "units a string": ({"units": "two"}, "units"),
    "units a number": ({"units": 2}, "units"),
    "units true": ({"units": True}, "units"),
    "units an object": ({"units": {"0": UNIT}}, "units"),
    "a unit null": ({"units": [None]}, "units[0]"),
    "a unit a string": ({"units": [UNIT, "line"]}, "units[1]"),
    "a unit a list": ({"units": [[UNIT]]}, "units[0]"),
    "unit's id a list": (unit(id=["a"]), "units[0].id"),
    "unit's id a number": (unit(id=7), "units[0].id"),
    "unit's ruleset an object": (unit(ruleset={"id": "x"}), "units[0].ruleset"),
    "unit's ruleset a list": (unit(ruleset=[]), "units[0].ruleset"),
    "groups a list": (unit(groups=[]), "units[0].groups"),
    "groups a string": (unit(groups="none"), "units[0].groups"),
    "a group an object": (unit(groups={"outlets": {"a": 1}}), "units[0].groups.outlets"),
    "a group a string": (unit(groups={"outlets": "x"}), "units[0].groups.outlets"),
    "a row a string": (unit(groups={"outlets": ["x"]}), "units[0].groups.outlets[0]"),
    "a row null": (unit(groups={"outlets": [None]}), "units[0].groups.outlets[0]"),
    "a row a list": (unit(groups={"outlets": [[1]]}), "units[0].groups.outlets[0]"),
    "a cell nested": (unit(groups={"outlets": [{"a": {"b": {"c": 1}}}]}), "units[0].groups.outlets[0].a.b"),
    "facts a list": (unit(facts=[1]), "units[0].facts"),
    "facts a number": (unit(facts=3), "units[0].facts"),
    "a value nested": (unit(facts={FACT: {"value": {"a": {"b": 1}}}}), f"units[0].facts.{FACT}.value"),
    "a value a list of objects": (unit(facts={FACT: [{"a": 1}]}), f"units[0].facts.{FACT}"),
    "evidence an object": (unit(facts={FACT: {"value": 1, "evidence": {"a": 1}}}), f"units[0].facts.{FACT}.evidence"),
    "a note a list of lists": (unit(facts={FACT: {"value": 1, "note": [[1]]}}), f"units[0].facts.{FACT}.note"),
    "enterprise a string": ({"enterprise": "x"}, "enterprise"),
    "enterprise a list": ({"enterprise": []}, "enterprise"),
    "enterprise's name a number": ({"enterprise": {**SAID["enterprise"], "name": 5}}, "enterprise.name"),
    "enterprise's code an object": ({"enterprise": {**SAID["enterprise"], "uscc": {}}}, "enterprise.uscc"),
    "enterprise's facts a list": ({"enterprise": {**SAID["enterprise"], "facts": [1]}}, "enterprise.facts"),
    "day a number": ({"assessed_on": 20230910}, "assessed_on"),
    "day an object": ({"assessed_on": {"year": 2023}}, "assessed_on"),
}
ODD: dict[str, dict[str, Any]] = {
    "nothing at all": {"units": [], "enterprise": None, "assessed_on": None},
    "facts null": unit(facts=None, groups=None),
    "a group null": unit(groups={"outlets": None}),
    "values of every kind": unit(facts={name: {"value": {"below": 1}} for name in UNIT["facts"]}),
    "lists for values": unit(facts={name: ["a", 1, None] for name in UNIT["facts"]}),
    "numbers for values": unit(facts=dict.fromkeys(UNIT["facts"], 7)),
    "texts for values": unit(facts=dict.fromkeys(UNIT["facts"], "x")),
    "truth for values": unit(facts=dict.fromkeys(UNIT["facts"], True)),
    "evidence a number": unit(facts={name: {"value": None, "evidence": 5, "note": 5} for name in UNIT["facts"]}),
}
"""Drafts that may be stored: incomplete, or wrong in what the submission will say."""


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    """The assessor's browser."""
    service = world.service
    with TestClient(create_app(service), raise_server_exceptions=False, follow_redirects=False) as made:
        cookie = sessions.sign_in(service.database, service.settings, "wang", PASSWORD, "127.0.0.1").cookie
        made.cookies.set(cookie_name(service), cookie)
        made.headers["X-CSRF-Token"] = csrf.token_for(service.settings, cookie)
        yield made


def stored(world: World, changes: dict[str, Any]) -> UUID:
    """A draft that was stored before drafts were looked at."""
    audit_id = world.do("wang", workflow.create_audit, world.tyre, content()).id
    with world.service.database.writing() as db:
        revision = db.scalars(select(AuditRevision).where(AuditRevision.audit_id == audit_id)).one()
        revision.content = content(**changes)
    return audit_id


def answers_of(client: TestClient, audit_id: UUID) -> dict[str, int]:
    """What every way to a draft answers."""
    form = {"version": "1", "csrf_token": client.headers["X-CSRF-Token"]}
    typed = form | {f"v.units[0].facts.{FACT}": "1", "v.assessed_on": "2023-09-10"}
    found = {}
    for path in (
        f"/audits/{audit_id}/form",
        f"/audits/{audit_id}",
        f"/audits/{audit_id}/workbook",
        f"/v1/audits/{audit_id}",
    ):
        found[path.replace(str(audit_id), "…")] = client.get(path).status_code
    for path in ("content", "check", "form", "revisions", "evidence"):
        found[f"/v1/{path}"] = client.get(f"/v1/audits/{audit_id}/{path}").status_code
    found["add row"] = client.post(
        f"/audits/{audit_id}/answers", data=form | {"add": "units[0].groups.outlets"}
    ).status_code
    found["submit by page"] = client.post(f"/audits/{audit_id}/submission", data=form).status_code
    found["submit"] = client.post(f"/v1/audits/{audit_id}/submission").status_code
    found["answer"] = client.post(f"/audits/{audit_id}/answers", data=typed).status_code
    found["answer inside"] = client.post(
        f"/audits/{audit_id}/answers", data=typed, headers={"HX-Request": "true"}
    ).status_code
    return found


@pytest.mark.parametrize("case", BROKEN, ids=[name.replace(" ", "_") for name in BROKEN])
def test_a_broken_draft_is_refused_with_the_place(case: str) -> None:
    changes, place = BROKEN[case]
    with pytest.raises(Problem) as caught:
        storable(content(**changes))
    assert caught.value.status == 422
    assert place in [error.place for error in caught.value.errors]


def test_a_broken_draft_is_neither_begun_nor_saved(world: World) -> None:
    audit = world.do("wang", workflow.create_audit, world.tyre, content())
    with pytest.raises(Problem, match="invalid_audit"):
        world.do("wang", workflow.create_audit, world.tyre, content(units="two"))
    with pytest.raises(Problem, match="invalid_audit"):
        world.do("wang", workflow.save_draft, audit.id, content(units="two"), audit.version)


@pytest.mark.parametrize("case", BROKEN, ids=[name.replace(" ", "_") for name in BROKEN])
def test_a_broken_draft_that_is_stored_opens_as_a_form_that_says_what_is_wrong(
    world: World, client: TestClient, case: str
) -> None:
    changes, place = BROKEN[case]
    audit_id = stored(world, changes)
    opened = client.get(f"/audits/{audit_id}/form")
    assert opened.status_code == 200
    assert place_words(place, world.service.grader.library, {**SAID, **changes}) in opened.text
    assert f"{place}</code>" not in opened.text
    found = answers_of(client, audit_id)
    assert {path: status for path, status in found.items() if status >= 500} == {}


@pytest.mark.parametrize("case", ODD, ids=[name.replace(" ", "_") for name in ODD])
def test_a_draft_may_be_incomplete_and_wrong_and_never_fails(world: World, client: TestClient, case: str) -> None:
    audit_id = world.do("wang", workflow.create_audit, world.tyre, content(**ODD[case])).id
    found = answers_of(client, audit_id)
    assert {path: status for path, status in found.items() if status >= 500} == {}
