"""Announcements: grades made public together, each checked by itself, after a publicity period with its objections."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook

from api.pages.labels import level_labels, ruleset_titles
from api.problems import Problem
from api.queries import announcements as queries
from api.services import workflow
from api.services.announcements import objections, steps
from api.services.verification import verify_records
from api.settings import RunMode
from api.store import Announcement, Audit, AuditState
from grading import calendar
from reports.announcement.report import annex_workbook, announcement_html
from tests.api.routes.conftest import Ask
from tests.api.world import WORD, Furnished, World, content


def confirmed(world: World) -> UUID:
    made = world.do("wang", workflow.create_audit, world.tyre, content())
    world.do("wang", workflow.submit, made.id)
    world.do("li", workflow.confirm, made.id)
    return UUID(str(made.id))


def code_of(action: Any) -> str:
    with pytest.raises(Problem) as caught:
        action()
    return caught.value.code


def later(world: World, days: int, function: Any, *given: Any, **more: Any) -> Any:
    """A step of the city's bureau some days from now."""
    with world.at("city") as context:
        return function(replace(context, at=context.at + timedelta(days=days)), *given, **more)


@pytest.fixture
def world(furnished: Furnished) -> Iterator[World]:
    return furnished.world


def test_grades_go_out_after_the_publicity_period_and_no_sooner(world: World) -> None:
    audit_id, today = confirmed(world), calendar.today()
    row = world.do("city", steps.begin, "第二批结果", [audit_id])
    over = {"number": "咸环函〔2026〕12号", "announced_on": today}
    assert code_of(lambda: world.do("city", steps.publish, row.id, **over)) == "wrong_state"
    world.do("city", steps.put_to_public, row.id, today, today + timedelta(days=5))
    assert code_of(lambda: world.do("city", steps.publish, row.id, **over)) == "publicity_open"
    on_the_last = {"number": over["number"], "announced_on": today + timedelta(days=5)}
    sent = {"reasons": WORD, **on_the_last}
    assert code_of(lambda: later(world, 5, steps.publish, row.id, **sent)) == "publicity_open"
    assert code_of(lambda: later(world, 6, steps.publish, row.id, **sent)) == "invalid_announcement"
    after = {"number": over["number"], "announced_on": today + timedelta(days=6)}
    done = later(world, 6, steps.publish, row.id, reasons=WORD, **after)
    assert (done.state.value, done.number) == ("published", over["number"])
    with world.at("city", writing=False) as context:
        audit = context.find(Audit, audit_id)
        item = queries.items(context, row.id)[0]
        assert audit.state is AuditState.PUBLISHED
        assert audit.published_grading_id is not None
        assert (item.left_out, item.refused) == (None, None)


def test_an_objection_holds_it_until_it_is_answered(world: World) -> None:
    audit_id, today = confirmed(world), calendar.today()
    row = world.do("city", steps.begin, "第二批结果", [audit_id])
    said = {"objector": "某某", "text": "数据不实", "received_on": today, "audit_id": audit_id}
    assert code_of(lambda: world.do("city", objections.receive, row.id, **said)) == "wrong_state"
    world.do("city", steps.put_to_public, row.id, today, today)
    made = world.do("city", objections.receive, row.id, **said)
    after = {"number": "1号", "announced_on": today + timedelta(days=1), "reasons": WORD}
    assert code_of(lambda: later(world, 1, steps.publish, row.id, **after)) == "objections_open"
    world.do("city", objections.answer, row.id, made.id, "经复核属实，不予公布。")
    world.do("city", steps.leave_out, row.id, audit_id, "异议属实")
    assert code_of(lambda: later(world, 1, steps.publish, row.id, **after)) == "nothing_published"
    with world.at("city", writing=False) as context:
        assert context.find(Audit, audit_id).state is AuditState.CONFIRMED
        assert context.find(Announcement, row.id).state.value == "publicity"


def test_the_others_go_out_and_the_log_has_everything(world: World) -> None:
    ids, today = [confirmed(world) for _ in range(3)], calendar.today()
    row = world.do("city", steps.begin, "第二批结果", ids)
    world.do("city", steps.put_to_public, row.id, today, today)
    for audit_id in ids[:2]:
        world.do("city", workflow.send_back, audit_id, "缺自行监测报告")
    after = {"number": "1号", "announced_on": today + timedelta(days=1), "reasons": WORD}
    later(world, 1, steps.publish, row.id, **after)
    with world.at("city", writing=False) as context:
        refused = {item.audit.id for item in queries.items(context, row.id) if item.refused is not None}
        assert refused == set(ids[:2])
        assert context.find(Audit, ids[2]).state is AuditState.PUBLISHED
    with world.service.database.reading() as db:
        assert verify_records(db, None).findings == ()


def test_one_that_is_refused_says_why_and_holds_up_nothing(world: World) -> None:
    first, today = confirmed(world), calendar.today()
    row = world.do("city", steps.begin, "第二批结果", [first])
    world.do("city", steps.put_to_public, row.id, today, today)
    world.do("city", workflow.send_back, first, "缺自行监测报告")
    after = {"number": "1号", "announced_on": today + timedelta(days=1), "reasons": WORD}
    with pytest.raises(Problem) as caught:
        later(world, 1, steps.publish, row.id, **after)
    assert caught.value.code == "nothing_published"
    assert "退回" in caught.value.errors[0].message


def test_the_list_takes_confirmed_audits_once_and_names_the_others(
    world: World, furnished: Furnished, ask: Ask
) -> None:
    audit_id = confirmed(world)
    ids = [str(audit_id), furnished.ids["tyre"]["audit_id"]]
    refused = ask("city", "POST", "/announcements", json={"title": "第二批", "audit_ids": ids})
    assert (refused.status_code, [e["place"] for e in refused.json()["errors"]]) == (409, ["audit_ids[1]"])
    made = ask("city", "POST", "/announcements", json={"title": "第二批", "audit_ids": ids[:1]})
    assert made.status_code == 201, made.text
    again = ask("city", "POST", "/announcements", json={"title": "第三批", "audit_ids": ids[:1]})
    assert "已列入公告“第二批”" in again.json()["errors"][0]["message"]
    gone = ask("city", "POST", f"{made.headers['location']}/cancellation", json={"reasons": "重拟"})
    assert gone.json()["state"] == "cancelled"
    assert ask("city", "POST", "/announcements", json={"title": "第三批", "audit_ids": ids[:1]}).status_code == 201


def test_the_printed_list_is_a_preview_until_it_is_published(world: World) -> None:
    row = world.do("city", steps.begin, "第二批=结果", [confirmed(world)])
    with world.at("city", writing=False) as context:
        listed = queries.items(context, row.id)
        printed = queries.printed(context, row, listed, level_labels(context), ruleset_titles(context))
    assert printed.is_draft
    assert "尚未公布，不得作为差异化管控的依据" in announcement_html(printed)
    rows = list(load_workbook(BytesIO(annex_workbook(printed)))["附件"].values)
    assert (rows[0][0], rows[2][1], rows[2][5]) == ("第二批=结果", listed[0].enterprise.name, "待定 (D～A)")


def test_in_production_nothing_goes_out_by_an_edition_that_nobody_has_reviewed(world: World) -> None:
    audit_id = confirmed(world)
    service = world.service
    service.settings = service.settings.model_copy(update={"mode": RunMode.PRODUCTION})
    assert code_of(lambda: world.do("city", workflow.publish, audit_id, reasons=WORD)) == "edition_not_reviewed"
    world.do("city", workflow.sign_off, "national-2020/rubber")
    assert world.do("city", workflow.publish, audit_id, reasons=WORD).state is AuditState.PUBLISHED
