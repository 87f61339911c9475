"""The history of a published grade: each step with its moment, its grade, who took it and why."""

from io import BytesIO

from openpyxl import load_workbook

from api.pages.overview_workbook import CHANGE_HEADS, workbook
from api.queries import overview
from api.queries.grade_history import history
from api.services import workflow
from api.store.base import now
from tests.api.routes.conftest import Ask
from tests.api.world import Furnished, content


def told(ask: Ask, furnished: Furnished, login: str) -> list[tuple[str, str]]:
    path = f"/enterprises/{furnished.world.tyre}/grade-history"
    return [(event["step"], event["reasons"]) for event in ask(login, "GET", path).json()]


def test_each_step_is_told_the_newest_first_alike_to_bureau_and_plant(ask: Ask, furnished: Furnished) -> None:
    world, audit_id = furnished.world, furnished.ids["tyre"]["audit_id"]
    appeal = ask("city", "GET", "/appeals", params={"state": "open"}).json()["items"][0]
    ask("city", "POST", f"/appeals/{appeal['id']}/answer", json={"upheld": True, "answer": "重新核查。"})
    ask("city", "POST", f"/audits/{audit_id}/withdrawal", json={"reasons": "申诉成立"})
    events = told(ask, furnished, "city")
    assert [step for step, _ in events] == ["撤销等级", "答复申诉", "企业申诉", "公布等级"]
    assert [reasons for _, reasons in events[:3]] == ["申诉成立", "申诉成立：重新核查。", "申请复核"]
    assert told(ask, furnished, "tyre") == events
    first = ask("tyre", "GET", f"/enterprises/{world.tyre}/grade-history").json()[-1]
    assert (first["before"], first["after"]["decision"]["kind"]) == (None, "undecided")
    assert first["rulesets"] == ["national-2020/rubber"]
    assert first["actor_name"]


def test_drafts_and_self_assessments_are_no_part_of_it(ask: Ask, furnished: Furnished) -> None:
    before = told(ask, furnished, "tyre")
    for _ in range(2):
        made = furnished.world.do("tyre", workflow.create_audit, furnished.world.tyre, content())
        furnished.world.do("tyre", workflow.submit, made.id)
    draft = furnished.world.do("wang", workflow.create_audit, furnished.world.tyre, content())
    furnished.world.do("wang", workflow.withdraw, draft.id, "重复")
    assert told(ask, furnished, "tyre") == before


def test_who_does_not_see_the_plant_is_told_nothing(ask: Ask, furnished: Furnished) -> None:
    path = f"/enterprises/{furnished.world.tyre}/grade-history"
    assert {ask(login, "GET", path).status_code for login in ("elsewhere", "foundry", "zhao")} == {404}


def test_the_exported_list_has_a_sheet_of_changes(furnished: Furnished) -> None:
    with furnished.world.at("city", writing=False) as context:
        listed = overview.lines(context.db, overview.Filter())
        made = workbook(listed, history(context.db, [line.id for line in listed]), {"D": "D级", "A": "A级"}, {}, now())
    rows = list(load_workbook(BytesIO(made))["等级变动"].values)
    assert rows[0] == CHANGE_HEADS
    assert [row[3] for row in rows[1:]] == ["企业申诉", "公布等级"]
    assert rows[2][5] == "待定 (D～A)"
