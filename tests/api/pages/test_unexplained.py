"""A grading that today's engine can't explain is shown as it is stored, and nothing is made up about it."""

import json
import re
import zlib

import pytest
from sqlalchemy import select

from api.services import workflow
from api.store import Grading
from tests.api.pages.conftest import SignIn
from tests.api.test_verification import tamper
from tests.api.world import World, content


@pytest.fixture
def unexplained(world: World) -> str:
    """The id of a published audit of an undecided grade, which an engine of other conclusions has made."""
    audit = world.do("wang", workflow.create_audit, world.tyre, content())
    world.do("wang", workflow.submit, audit.id)
    world.do("li", workflow.confirm, audit.id)
    world.do("city", workflow.publish, audit.id)
    with world.service.database.reading() as db:
        document = json.loads(db.scalars(select(Grading.document)).one())
    told = document | {"engine": "grading 0.0.9", "grade": "D", "attainable": "B"}
    change = "UPDATE gradings SET document = :document, engine = :engine, grade = 'D', attainable = 'B'"
    tamper(world.service.database, change, document=zlib.compress(json.dumps(told).encode()), engine="grading 0.0.9")
    return str(audit.id)


@pytest.mark.parametrize("login", ["wang", "tyre", "city"])
def test_the_pages_show_the_stored_grade_as_undecided_as_it_is(
    world: World, sign_in: SignIn, unexplained: str, login: str
) -> None:
    client = sign_in(login)
    for path in (f"/audits/{unexplained}", f"/enterprises/{world.tyre}"):
        shown = client.get(path)
        assert shown.status_code == 200, shown.text
        assert "不能说明它的依据" in shown.text
        assert "待定" in re.findall(r'<span class="seal.*?</small></span>', shown.text)[0]
        assert "D～B" in shown.text
