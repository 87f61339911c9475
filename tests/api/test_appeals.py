"""Appeals: reasons by indicator, files, deadlines with their source, and what follows."""

from io import BytesIO
from typing import Any

import pytest
from pydantic import ValidationError

from api.problems import Problem
from api.services import appeals, workflow
from api.services.workflow.appeals import Point
from api.settings import Settings
from api.store import Appeal
from grading import calendar
from reports.appeal.receipt import receipt_html
from tests.api.world import PICTURE, World, content

SOURCE = "市环发〔2026〕1号"


def with_deadlines(world: World, days: int) -> None:
    found = {"appeal_days": days, "appeal_answer_days": 10, "appeal_source": SOURCE}
    world.service.settings = world.service.settings.model_copy(update=found)


def published(world: World) -> Any:
    audit = world.do("wang", workflow.create_audit, world.tyre, content())
    world.do("wang", workflow.submit, audit.id)
    world.do("li", workflow.confirm, audit.id)
    return world.do("city", workflow.publish, audit.id)


def test_an_appeal_after_the_last_day_is_taken_only_with_the_reason_and_is_marked(world: World) -> None:
    with_deadlines(world, 5)
    audit = published(world)
    late = calendar.start_of(calendar.today()) + (calendar.now() - calendar.now().replace(year=calendar.now().year - 1))
    with calendar.clock_at(late):
        with pytest.raises(Problem) as refused:
            world.do("tyre", workflow.appeal, audit.id, "有异议")
        assert refused.value.code == "appeal_late"
        assert SOURCE in refused.value.detail
        made = world.do("tyre", workflow.appeal, audit.id, "有异议", late_reason="厂长住院")
    assert made.late_reason == "厂长住院"
    assert made.answer_due is not None


def test_reasons_about_indicators_that_were_not_graded_are_refused_with_their_places(world: World) -> None:
    audit = published(world)
    points = [Point("nobody", "dcs_records", "没有"), Point("tyre-1", "no_such", " ")]
    with pytest.raises(Problem) as refused:
        world.do("tyre", workflow.appeal, audit.id, "有异议", points)
    places = [error.place for error in refused.value.errors]
    assert places == ["points[0].indicator", "points[1].indicator", "points[1].reason"]


def test_the_receipt_lists_what_was_handed_in_and_where_it_stands_until_a_new_conclusion(world: World) -> None:
    with_deadlines(world, 30)
    audit = published(world)
    with world.at("tyre") as context:
        titles = appeals.indicator_titles(context, audit)
    (unit, indicator), title = next(iter(titles.items()))
    points, files = [Point(unit, indicator, "见检测报告")], [(BytesIO(PICTURE), "现场.png")]
    made = world.do("tyre", appeals.file_appeal, audit.id, "有异议", points, "", files)
    with world.at("tyre", writing=False) as context:
        html = receipt_html(appeals.receipt(context, context.find(Appeal, made.id)))
    assert all(text in html for text in (title, "见检测报告", "现场.png", SOURCE, "有异议"))

    world.do("city", workflow.answer_appeal, made.id, upheld=True, answer="成立")
    assert steps(world, made)[-2:] == ["等待评审组重新核查", "公布以前，现行等级照旧"]
    again = world.do("wang", workflow.create_audit, world.tyre, corrects_id=audit.id)
    assert steps(world, made)[-2].startswith("评审组正在办理")
    world.do("wang", workflow.submit, again.id)
    world.do("li", workflow.confirm, again.id)
    world.do("city", workflow.publish, again.id)
    assert steps(world, made)[-1].endswith("公布")
    with pytest.raises(Problem):
        world.do("tyre", appeals.add_file, made.id, BytesIO(PICTURE), "晚了.png")


def steps(world: World, made: Appeal) -> list[str]:
    with world.at("tyre", writing=False) as context:
        return [step.text for step in appeals.progress(context, context.find(Appeal, made.id))]


def test_days_without_the_document_that_sets_them_are_no_settings() -> None:
    with pytest.raises(ValidationError):
        Settings(appeal_days=10)
