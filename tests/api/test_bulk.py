"""Work on many plants at once: each is checked by itself, those refused are told with the reason, the others are done."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from api.problems import Problem
from api.queries.announcements import announced_audits
from api.services import bulk, enterprises, workflow
from api.services.bulk.announcing import announceable
from api.services.verification import verify_records
from api.store import Announcement, AnnouncementState, ExportState
from tests.api.world import WORD, World, content

ON_SQLITE_ALONE = True
SINCE = date(2026, 1, 1)


@pytest.fixture
def new(world: World) -> UUID:
    """A plant that nobody assesses yet."""
    return world.do("city", enterprises.add_enterprise, name="新厂", uscc="91350100M000100Y43", county="610404").id


def team(world: World, login: str) -> UUID:
    found = world.actor(login).team_id
    assert found is not None
    return found


def submitted(world: World, day: str) -> UUID:
    made = world.do("wang", workflow.create_audit, world.tyre, content(assessed_on=day)).id
    world.do("wang", workflow.submit, made)
    return made


def test_plants_are_assigned_but_for_those_that_are_already_or_are_out_of_scope(world: World, new: UUID) -> None:
    chosen = [world.tyre, new, world.foundry, new]
    asked = world.do("city", bulk.assign, team(world, "wang"), chosen, SINCE, dry_run=True)
    found = world.do("city", bulk.assign, team(world, "wang"), chosen, SINCE)
    assert asked == found, "what is asked first is what happens"
    assert [subject.id for subject in found.done] == [new]
    assert [(one.index, one.code) for one in found.refused] == [(0, "assignment_exists"), (2, "not_found")]
    with pytest.raises(Problem, match="nothing_done"):
        world.do("city", bulk.assign, team(world, "wang"), chosen, SINCE).require_some("enterprise_ids")
    with world.service.database.reading() as db:
        assert verify_records(db).findings == ()


def test_audits_are_confirmed_but_for_ones_own_those_without_a_word_and_those_in_another_state(world: World) -> None:
    first, mine = submitted(world, "2024-05-10"), world.do("li", workflow.create_audit, world.tyre, content()).id
    world.do("li", workflow.submit, mine)
    chosen = [first, mine, uuid4()]
    asked = world.do("li", bulk.confirm, chosen, dry_run=True)
    assert [one.code for one in asked.refused] == ["unusual_audit", "own_audit", "not_found"]
    assert asked.done == ()
    found = world.do("li", bulk.confirm, chosen, WORD)
    assert [subject.id for subject in found.done] == [first]
    again = world.do("li", bulk.confirm, [first], WORD)
    assert [one.code for one in again.refused] == ["wrong_state"]
    with world.service.database.reading() as db:
        assert verify_records(db).findings == ()


def test_the_confirmed_audits_of_plants_are_announced_and_plants_without_one_told(world: World, new: UUID) -> None:
    audit = submitted(world, "2024-05-10")
    world.do("li", workflow.confirm, audit)
    asked = world.do("city", announceable, [world.tyre, new])
    assert [one.code for one in asked.refused] == ["nothing_confirmed"]
    made, found = world.do("city", bulk.announce, "第三批", [world.tyre, new])
    assert found == asked
    with world.at("city") as context:
        assert [row.audit_id for row in announced_audits(context, made.id)] == [audit]
        assert context.find(Announcement, made.id).state is AnnouncementState.DRAFT
    again = world.do("city", announceable, [world.tyre])
    assert "已列入公告" in again.refused[0].reason


def test_reports_are_ordered_of_published_grades_and_plants_without_one_told(world: World, new: UUID) -> None:
    audit = submitted(world, "2024-05-10")
    world.do("li", workflow.confirm, audit)
    world.do("city", workflow.publish, audit)
    made, found = world.do("city", bulk.order_reports, [new, world.tyre])
    assert (made.total, made.state) == (1, ExportState.WAITING)
    assert [(one.index, one.code, one.name) for one in found.refused] == [(0, "nothing_published", "新厂")]
    with pytest.raises(Problem) as refused:
        world.do("city", bulk.order_reports, [new])
    assert refused.value.errors[0].message.startswith("新厂：还没有公布的等级")


def test_nothing_and_too_much_are_refused(world: World) -> None:
    for ids in ([], [uuid4() for _ in range(101)]):
        with pytest.raises(Problem, match="invalid_selection"):
            world.do("li", bulk.confirm, ids)
