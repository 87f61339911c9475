"""Evidence taken off again: gone when nothing needs it, kept when it was part of a submission."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from api.problems import Problem
from api.services import workflow
from api.services.attachments import attach, detach, evidence_of, rename_row
from api.store import Audit, EvidenceFile, LogEntry
from tests.api.world import WORD, World, content

PDF = b"%PDF-1.7 a permit"


def put(world: World, audit_id: UUID, said: bytes = PDF, login: str = "wang", place: str | None = None) -> EvidenceFile:
    return world.do(login, attach, audit_id, BytesIO(said), "许可证.pdf", place)


def there(world: World, file: EvidenceFile) -> bool:
    return world.service.evidence.is_intact(file.sha256)


def refused(code: str) -> Any:
    """Expects a Problem with this code."""
    return pytest.raises(Problem, match=f"^{code}:")


@pytest.fixture
def draft(world: World) -> UUID:
    return world.do("wang", workflow.create_audit, world.tyre, content()).id


def test_what_is_taken_off_a_draft_is_gone_and_logged(world: World, draft: UUID) -> None:
    file = put(world, draft)
    world.do("li", detach, file.id)
    assert not there(world, file)
    with world.at("wang") as context:
        assert evidence_of(context, context.find(Audit, draft)) == []
        logged = select(LogEntry).where(LogEntry.action == "audit.evidence_detached")
        entry = context.db.scalars(logged).one()
    assert entry.actor_id == world.users["li"]
    assert str(file.id) in entry.details
    with refused("not_found"):
        world.do("wang", detach, file.id)


def test_a_file_stays_until_the_last_audit_that_refers_to_it_lets_it_go(world: World, draft: UUID) -> None:
    other = world.do("zhao", workflow.create_audit, world.foundry).id
    first, second = put(world, draft), put(world, other, login="zhao")
    again = put(world, draft, place="units[0].facts.holds_permit")
    assert first.sha256 == second.sha256 == again.sha256
    world.do("wang", detach, first.id)
    world.do("wang", detach, again.id)
    assert there(world, second)
    world.do("zhao", detach, second.id)
    assert not there(world, second)


def test_nothing_is_taken_off_what_was_submitted(world: World, draft: UUID) -> None:
    file = put(world, draft)
    world.do("wang", workflow.submit, draft)
    with refused("wrong_state"):
        world.do("wang", detach, file.id)
    assert there(world, file)


def test_of_a_returned_audit_what_was_submitted_is_kept_and_what_was_added_since_is_not(
    world: World, draft: UUID
) -> None:
    submitted = put(world, draft)
    world.do("wang", workflow.submit, draft)
    world.do("li", workflow.send_back, draft, "证据不清楚")
    added = put(world, draft, b"%PDF-1.7 the wrong one")
    for file in (submitted, added):
        world.do("wang", detach, file.id)
    with world.at("wang") as context:
        assert evidence_of(context, context.find(Audit, draft)) == []
    assert (there(world, submitted), there(world, added)) == (True, False)


def test_what_was_attached_while_the_submission_waited_for_its_turn_is_part_of_it(world: World, draft: UUID) -> None:
    file = put(world, draft)
    with world.at("wang") as context:
        waited = replace(context, at=context.at - timedelta(minutes=1))
        workflow.submit(waited, draft, reasons=WORD)
    world.do("li", workflow.send_back, draft, "证据不清楚")
    world.do("wang", detach, file.id)
    assert there(world, file)


def test_files_follow_a_row_whose_key_changes_those_of_the_whole_row_too(world: World, draft: UUID) -> None:
    old, new = 'units[0].groups.outlets["DA003"]', 'units[0].groups.outlets["DA004"]'
    for said, place in ((b"%PDF-1.7 row", old), (b"%PDF-1.7 value", f"{old}.nmhc")):
        put(world, draft, said, place=place)
    with world.at("wang") as context:
        audit = workflow.take(context, draft, workflow.Action.SAVE)
        rename_row(context, audit, old, new)
        assert [file.place for file in evidence_of(context, audit)] == [new, f"{new}.nmhc"]


@pytest.mark.parametrize(
    ("login", "code"),
    [("tyre", "not_found"), ("zhao", "not_found"), ("city", "not_found"), ("root", "role_not_allowed")],
)
def test_only_who_writes_a_draft_takes_its_evidence_off(world: World, draft: UUID, login: str, code: str) -> None:
    file = put(world, draft)
    with refused(code):
        world.do(login, detach, file.id)
    assert there(world, file)


def test_an_enterprise_takes_nothing_off_the_experts_audit(world: World, draft: UUID) -> None:
    file = put(world, draft)
    world.do("wang", workflow.submit, draft)
    world.do("li", workflow.confirm, draft)
    world.do("city", workflow.publish, draft)
    with refused("not_yours"):
        world.do("tyre", detach, file.id)
    assert there(world, file)


def test_what_was_not_committed_neither_leaves_a_file_nor_takes_one_away(world: World, draft: UUID) -> None:
    def attach_and_fail() -> None:
        with world.at("wang") as context:
            attach(context, draft, BytesIO(b"%PDF-1.7 in vain"), "a.pdf")
            raise ZeroDivisionError

    def detach_and_fail(file: EvidenceFile) -> None:
        with world.at("wang") as context:
            detach(context, file.id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        attach_and_fail()
    assert [path for path in world.service.evidence.folder.rglob("*") if path.is_file()] == []
    file = put(world, draft)
    with pytest.raises(ZeroDivisionError):
        detach_and_fail(file)
    assert there(world, file)


def test_of_many_who_put_and_take_the_same_file_at_once_nobody_loses_theirs(world: World, draft: UUID) -> None:
    def put_and_take(number: int) -> None:
        file = put(world, draft, place=f"units[0].facts.place_{number}")
        if number % 2:
            world.do("wang", detach, file.id)

    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(put_and_take, range(24)))
    with world.service.database.reading() as db:
        left = db.scalars(select(EvidenceFile)).all()
    assert len(left) == 12
    assert all(there(world, file) for file in left)
