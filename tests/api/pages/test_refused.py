"""What a page refuses changes nothing, and nothing of what was typed is lost."""

from sqlalchemy import select

from api.services import workflow
from api.services.verification import verify
from api.store import Audit, AuditRevision, AuditState, Grading
from tests.api.pages.conftest import SignIn
from tests.api.pages.test_without_scripts import token
from tests.api.world import WORD, World, content


def test_a_refused_submission_leaves_nothing_behind_and_goes_through_with_a_word(world: World, sign_in: SignIn) -> None:
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
