"""Days in the service are China's, whatever the zone of the server: assignments, what a new audit begins with, names of files."""

import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from api.problems import Problem
from api.queries.log import Filter, entries
from api.services import workflow
from api.services.enterprises import assign
from api.store import Enterprise, Team
from grading import calendar
from tests.api.world import World, content

TODAY = datetime.now(UTC).date()


@pytest.fixture(params=[(time(23, 30), 1), (time(0, 30), 0)], ids=["23:30 UTC", "00:30 UTC"])
def today(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> date:
    """China's day at a time of the server's clock, which runs by UTC."""
    clock, ahead = request.param
    monkeypatch.setattr(calendar, "now", lambda: datetime.combine(TODAY, clock, UTC))
    return TODAY + timedelta(days=ahead)


def sees_the_foundry(world: World, since: date, until: date | None) -> bool:
    """Whether team one's assessor sees the foundry when it is assigned for these days."""
    with world.at("root") as context:
        team = context.db.scalar(select(Team).where(Team.name == "评审一组"))
        assert team is not None
        assign(context, team_id=team.id, enterprise_id=world.foundry, since=since, until=until)
    with world.at("wang", writing=False) as context:
        return context.db.scalar(select(Enterprise.id).where(Enterprise.id == world.foundry)) is not None


def test_an_assignment_begins_and_ends_with_the_day_in_china(world: World, today: date) -> None:
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    assert not sees_the_foundry(world, yesterday - timedelta(days=5), yesterday)
    assert not sees_the_foundry(world, tomorrow, None)
    assert sees_the_foundry(world, today, today)


def test_a_new_audit_is_of_today_in_china(world: World, today: date) -> None:
    made = world.do("wang", workflow.create_audit, world.tyre)
    with world.at("wang", writing=False) as context:
        said = json.loads(workflow.revision_of(context, made).content)
    assert said["assessed_on"] == today.isoformat()


def test_the_log_is_filtered_by_days_in_china(world: World, today: date) -> None:
    made = world.do("wang", workflow.create_audit, world.tyre)
    with world.at("wang", writing=False) as context:
        found, _ = entries(context, Filter(audit_id=made.id, since=today, until=today), None, 10)
        assert [entry.action for entry in found] == ["audit.created"]
        assert entries(context, Filter(audit_id=made.id, until=today - timedelta(days=1)), None, 10)[0] == []


def test_an_audit_of_tomorrow_is_not_submitted_and_one_of_today_is(world: World, today: date) -> None:
    tomorrow = (today + timedelta(days=1)).isoformat()
    early = world.do("wang", workflow.create_audit, world.tyre, content(assessed_on=tomorrow))
    with pytest.raises(Problem, match=r"^invalid_audit:") as refused:
        world.do("wang", workflow.submit, early.id)
    assert [error.place for error in refused.value.errors] == ["assessed_on"]
    on_time = world.do("wang", workflow.create_audit, world.tyre, content(assessed_on=today.isoformat()))
    assert world.do("wang", workflow.submit, on_time.id).assessed_on == today


@pytest.mark.parametrize(("since", "until"), [(date(1, 1, 1), None), (date(2023, 1, 1), date(9999, 12, 31))])
def test_an_assignment_of_no_sensible_days_is_refused(world: World, since: date, until: date | None) -> None:
    with pytest.raises(Problem, match=r"^invalid_request:"):
        sees_the_foundry(world, since, until)
