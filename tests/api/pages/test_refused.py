"""What a page refuses changes nothing, and nothing of what was typed is lost."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.context import cookie_name
from api.identity import sessions
from api.server.app import create_app
from api.services import workflow
from api.services.verification import verify
from api.store import Audit, AuditRevision, AuditState, Grading
from tests.api.pages.test_without_scripts import token
from tests.api.world import PASSWORD, WORD, World, content

SignIn = Callable[[str], TestClient]


@pytest.fixture
def sign_in(world: World) -> Iterator[SignIn]:
    """Signs somebody in with a browser without scripts."""
    service = world.service
    with ExitStack() as stack:

        def open_(login: str) -> TestClient:
            client = stack.enter_context(TestClient(create_app(service), headers={"accept": "text/html"}))
            signed_in = sessions.sign_in(service.database, service.settings, login, PASSWORD, "127.0.0.1")
            client.cookies.set(cookie_name(service), signed_in.cookie)
            return client

        yield open_


def test_a_refused_submission_leaves_nothing_behind_and_goes_through_with_a_word(
    world: World, sign_in: SignIn
) -> None:
    audit = world.do("wang", workflow.create_audit, world.tyre, content())
    client = sign_in("wang")
    said = {"csrf_token": token(client.get(f"/audits/{audit.id}/form").text), "version": "1"}
    refused = client.post(f"/audits/{audit.id}/submission", data=said)
    assert refused.status_code == 422
    assert "请先核对以下" in refused.text
    with world.service.database.reading() as db:
        assert db.scalars(select(Grading)).all() == []
        assert [revision.frozen for revision in db.scalars(select(AuditRevision))] == [False]
    assert verify(world.service).findings == ()
    client.post(f"/audits/{audit.id}/submission", data=said | {"reasons": WORD})
    with world.service.database.reading() as db:
        assert [found.state for found in db.scalars(select(Audit))] == [AuditState.SUBMITTED]
    assert verify(world.service).findings == ()
