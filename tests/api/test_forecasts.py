"""Grades that end in the service: workers look ahead, bureaus get a list, plants a calendar, both a notice in time."""

import json
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from api.queries.endings import Filter, endings
from api.services import forecasts, waivers, workflow
from api.services.notices import NoticeMaker
from api.store import GradingForecast, Notice, Unit
from grading import calendar
from grading.language.prose import day_text
from tests.api.world import World, content

TODAY = calendar.today()
LAST = TODAY + timedelta(days=20)


def with_permit_until_the_last_day() -> str:
    """The tyre works' audit, its permit valid for another twenty days."""
    said = json.loads(content())
    for facts in (said["enterprise"].get("facts", {}), *(unit["facts"] for unit in said["units"])):
        if "holds_permit" in facts:
            facts["holds_permit"] = {"value": True, "evidence": ["许可证"], "valid_until": LAST.isoformat()}
    return json.dumps(said, ensure_ascii=False)


def published(world: World) -> UUID:
    audit = world.do("wang", workflow.create_audit, world.tyre, with_permit_until_the_last_day())
    world.do("wang", workflow.submit, audit.id)
    world.do("li", workflow.confirm, audit.id)
    world.do("city", workflow.publish, audit.id)
    return audit.id


def test_workers_look_ahead_once_and_the_bureaus_list_says_what_ends_and_what_follows(world: World) -> None:
    published(world)

    def listed(login: str, **wanted: object) -> list[tuple[str, int, bool]]:
        with world.at(login, writing=False) as context:
            found = endings(context, Filter(**wanted))  # type: ignore[arg-type]
            return [(one.kind, one.days_left, one.changes) for one in found.listed]

    with world.at("city", writing=False) as context:
        assert endings(context, Filter()).waiting == 1
    assert forecasts.work_out(world.service) == 1
    assert forecasts.work_out(world.service) == 0
    assert set(listed("city")) == {("evidence", 20, True)}
    assert listed("city", days=19) == listed("city", kind="waiver") == listed("city", text="没有这家") == []
    assert listed("elsewhere") == []
    with world.at("city", writing=False) as context:
        found = endings(context, Filter())
        assert found.waiting == 0
        assert {one.after for one in found.listed} != {one.before for one in found.listed}
        assert all(day_text(LAST) in one.text for one in found.listed)


def test_a_forecast_that_looks_too_short_ahead_is_worked_out_again(world: World) -> None:
    published(world)
    forecasts.work_out(world.service)
    with world.service.database.writing() as db:
        row = db.scalars(select(GradingForecast)).one()
        row.until = TODAY + timedelta(days=100)
    assert forecasts.work_out(world.service) == 1
    with world.service.database.reading() as db:
        assert db.scalars(select(GradingForecast.until)).one() == TODAY + timedelta(days=forecasts.DAYS)


def test_plant_and_bureau_are_told_once_before_the_grade_ends(world: World) -> None:
    published(world)
    forecasts.work_out(world.service)
    maker = NoticeMaker(world.service)
    maker.make_due()
    maker.make_due()
    with world.service.database.reading() as db:
        told = [notice for notice in db.scalars(select(Notice)) if notice.link.endswith("#calendar")]
    assert {notice.user_id for notice in told} == {world.users["tyre"], world.users["county"]}
    assert {notice.due for notice in told} == {LAST + timedelta(days=1)}
    assert all("除非在此之前更新凭证" in notice.text for notice in told)


def test_a_waiver_that_ends_is_told_by_its_indicator_in_words(world: World) -> None:
    with world.at("city") as context:
        unit = context.db.scalars(select(Unit).where(Unit.enterprise_id == world.tyre).order_by(Unit.id)).first()
        assert unit is not None
        ruleset = context.service.grader.library.ruleset(unit.ruleset_id)
        waived = next(one for one in ruleset.indicators if one.id == "road_transport")
        waivers.grant(
            context,
            unit.id,
            indicator=waived.id,
            authority="咸阳市生态环境局",
            reason="改造期",
            document_number="咸环函〔2026〕1号",
            document_date=TODAY,
            until=LAST,
        )
    with world.at("city", writing=False) as context:
        (one,) = endings(context, Filter()).listed
    assert (one.kind, one.unit, one.last_day) == ("waiver", unit.code, LAST)
    assert f"“{waived.title}”的豁免" in one.text
    NoticeMaker(world.service).make_due()
    with world.service.database.reading() as db:
        assert all(f"“{waived.title}”的豁免" in text for text in db.scalars(select(Notice.text)))
