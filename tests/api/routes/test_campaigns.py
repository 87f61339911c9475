"""Campaigns over the interface: begun whole or not at all, counted from what is published, rosters kept with reasons."""

import json
from io import BytesIO
from typing import Any
from uuid import UUID

import openpyxl

from api.services import workflow
from api.services.verification import verify
from tests.api.routes.conftest import Ask
from tests.api.world import PERMIT, Furnished, campaign_text

FACTS = json.dumps({"permit": PERMIT, "distance_km": 30.5, "opened": "2015-06-01"})


def begin(ask: Ask, code: str = "second", roster: str = FACTS, **others: Any) -> dict[str, Any]:
    document = campaign_text("610400", PERMIT, id=code, **others)
    answer = ask("city", "POST", "/campaigns", json={"document": document, "roster": roster})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_campaign_counts_what_is_published_and_not_what_waits(ask: Ask, furnished: Furnished) -> None:
    made = begin(ask)
    found = ask("city", "GET", f"/campaigns/{made['id']}/evaluation").json()
    grade = ask("city", "GET", f"/gradings/{furnished.ids['tyre']['grading_id']}").json()["grade"]
    assert found["base"] == {"core": 0, "other": 1, "zone_unknown": 0}
    assert found["by_grade"][grade] == 1
    assert found["undecided"] == [PERMIT]
    assert found["overdue"] == [{"permit": PERMIT, "why": "target_not_reached"}]
    before = ask("city", "GET", f"/campaigns/{made['id']}/evaluation?on=2023-10-31").json()
    assert before["by_grade"]["unrated"] == 1
    assert ask("city", "GET", f"/campaigns/{made['id']}/evaluation?on=2199-01-01").status_code == 422


def test_a_withdrawn_grade_no_longer_counts_at_once(ask: Ask, furnished: Furnished) -> None:
    made = begin(ask)
    path = f"/campaigns/{made['id']}/evaluation"
    assert ask("city", "GET", path).json()["by_grade"]["unrated"] == 0
    furnished.world.do("city", workflow.withdraw, UUID(furnished.ids["tyre"]["audit_id"]), "数据有误")
    assert ask("city", "GET", path).json()["by_grade"]["unrated"] == 1


def test_a_county_sees_its_own_plants_of_the_citys_campaign_and_others_see_nothing(ask: Ask) -> None:
    made = begin(ask)
    path = f"/campaigns/{made['id']}"
    assert ask("county", "GET", f"{path}/evaluation").json()["base"]["other"] == 1
    assert ask("county", "POST", f"{path}/closing", json={"reasons": "到期"}).json()["code"] == "not_in_charge"
    assert ask("elsewhere", "GET", f"{path}/evaluation").status_code == 404
    assert ask("tyre", "GET", f"{path}/evaluation").status_code == 403


def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_half_made(ask: Ask) -> None:
    before = len(ask("city", "GET", "/campaigns").json()["items"])
    document = campaign_text(
        "610400",
        "none-has-it",
        shares=[{"zone": "other", "at_least_percent": 140}],
        new=[{"county": "610199", "at_least": 1}],
        period={"start": "2023-10-31", "deadline": "2023-03-01"},
    )
    roster = f'{{"permit": "{PERMIT}"}}\n{{"permit": "{PERMIT}", "target": "Z"}}\nnot JSON'
    answer = ask("city", "POST", "/campaigns", json={"document": document, "roster": roster})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_campaign")
    places = [error["place"] for error in answer.json()["errors"]]
    for place in (
        "行动方案 第 1 行 shares[0].at_least_percent",
        "行动方案 第 1 行 new[0].county",
        "行动方案 第 1 行 period.deadline",
        "行动方案 第 1 行 roster[0].permit",
        "行动方案 第 1 行 id",
        "企业名单 第 2 行 permit",
        "企业名单 第 2 行 target",
        "企业名单 第 3 行",
    ):
        assert place in places
    assert len(ask("city", "GET", "/campaigns").json()["items"]) == before
    outside = ask("city", "POST", "/campaigns", json={"document": campaign_text("610300", PERMIT, id="x")})
    assert "不在您的辖区" in outside.text


def test_after_the_freeze_a_roster_changes_with_a_reason_that_stays_visible(ask: Ask) -> None:
    made = begin(ask)
    path = f"/campaigns/{made['id']}"
    refused = ask("city", "POST", f"{path}/roster", json={"remove": [PERMIT]})
    assert refused.json()["code"] == "reasons_missing"
    assert ask("city", "POST", f"{path}/roster", json={"remove": [PERMIT], "reasons": "已搬迁"}).status_code == 200
    assert ask("city", "GET", f"{path}/evaluation").json()["overdue"] == []
    (change,) = ask("city", "GET", f"{path}/changes?after_freeze=true").json()
    assert (change["kind"], change["reasons"], change["details"]) == ("removed", "已搬迁", {"target": ["A", None]})
    unknown = ask("city", "POST", f"{path}/roster", json={"remove": [PERMIT, "none"], "reasons": "x"})
    assert [error["place"] for error in unknown.json()["errors"]] == ["remove[0]", "remove[1]"]


def test_a_closed_campaign_is_read_only_and_everything_stays_verifiable(ask: Ask, furnished: Furnished) -> None:
    made = begin(ask)
    path = f"/campaigns/{made['id']}"
    assert ask("city", "POST", f"{path}/closing", json={"reasons": "到期"}).json()["state"] == "closed"
    assert ask("city", "POST", f"{path}/roster", json={"remove": [PERMIT]}).json()["code"] == "campaign_closed"
    assert ask("city", "GET", f"{path}/evaluation").status_code == 200
    assert verify(furnished.world.service).findings == ()


def test_all_below_the_level_can_be_put_on_the_roster(ask: Ask) -> None:
    document = campaign_text("610400", PERMIT, id="third", roster=[], reached="A")
    made = ask("city", "POST", "/campaigns", json={"document": document, "below_reached": True}).json()
    (entry,) = ask("city", "GET", f"/campaigns/{made['id']}/roster").json()
    assert (entry["permit"], entry["target"]) == (PERMIT, "A")


def test_the_ledger_and_the_report_have_the_plant(ask: Ask) -> None:
    made = begin(ask)
    book = openpyxl.load_workbook(BytesIO(ask("city", "GET", f"/campaigns/{made['id']}/ledger.xlsx").content))
    assert book["台账"]["C3"].value == PERMIT
    assert PERMIT in ask("city", "GET", f"/campaigns/{made['id']}/report.html").text
