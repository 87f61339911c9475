"""Opinions of admission: tried out, given, replaced, looked for, printed, and their projects completed."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from api.services import workflow
from api.services.verification import verify
from tests.api.test_verification import tamper
from tests.api.world import EXAMPLES, TYRE, Furnished, content, project

Ask = Callable[..., Any]
COATING = EXAMPLES / "industrial_coating" / "qindu-waterborne-frames.json"
JSON = {"content-type": "application/json"}


def design() -> Any:
    """A coating shop that is officially A."""
    return json.loads(COATING.read_text(encoding="utf-8"))


@pytest.fixture
def give(ask: Ask) -> Callable[..., dict[str, Any]]:
    """Gives an opinion as the city's bureau."""

    def send(supersedes: str = "", **changes: Any) -> dict[str, Any]:
        query = f"?supersedes={supersedes}" if supersedes else ""
        answer = ask("city", "POST", f"/admission-opinions{query}", content=project(**changes), headers=JSON)
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        return told

    return send


class TestOpinion:
    def test_a_preview_says_what_would_decide_and_keeps_nothing(self, ask: Ask) -> None:
        before = ask("city", "GET", "/admission-opinions").json()
        answer = ask("wang", "POST", "/admission-opinions/preview", content=project(), headers=JSON)
        assert answer.status_code == 200
        assert (answer.json()["outcome"], answer.json()["missing"]) == ("undecided", ["audit"])
        assert ask("city", "GET", "/admission-opinions").json() == before

    def test_an_opinion_tells_rulesets_policies_and_engine_that_it_rests_on(self, give: Any, ask: Ask) -> None:
        made = give(audit=design())
        assert (made["outcome"], made["zone"], made["grade"]) == ("admitted", "core", "A")
        assert made["required"] == {"level": "A", "scope": "whole"}
        assert list(made["rulesets"]) == ["national-2020/industrial_coating"]
        assert "xianyang-2023/admission" in made["policies"]
        got = ask("county", "GET", f"/admission-opinions/{made['id']}")
        assert got.json() == made
        known = {"if-none-match": got.headers["etag"]}
        assert ask("county", "GET", f"/admission-opinions/{made['id']}", headers=known).status_code == 304
        sent = ask("county", "GET", f"/admission-opinions/{made['id']}/project")
        assert sent.text == project(audit=design())

    def test_everything_that_is_wrong_is_told_with_its_place(self, ask: Ask) -> None:
        wrong = project(name="", industry="coting", county="x", audit={"units": []})
        answer = ask("city", "POST", "/admission-opinions", content=wrong, headers=JSON)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_project")
        places = {error["place"] for error in answer.json()["errors"]}
        assert {"project.name", "project.county", "audit.enterprise"} <= places

    def test_a_county_outside_of_the_area_is_refused_at_its_place(self, ask: Ask) -> None:
        answer = ask("elsewhere", "POST", "/admission-opinions", content=project(), headers=JSON)
        assert (answer.status_code, answer.json()["errors"][0]["place"]) == (422, "project.county")

    def test_sent_twice_under_a_key_it_is_given_once(self, ask: Ask) -> None:
        headers = JSON | {"idempotency-key": "one-opinion"}
        first = ask("city", "POST", "/admission-opinions", content=project(), headers=headers)
        again = ask("city", "POST", "/admission-opinions", content=project(), headers=headers)
        assert first.json() == again.json()
        assert again.headers["idempotent-replayed"] == "true"

    def test_a_new_one_takes_the_place_of_an_earlier_one_once(self, give: Any, ask: Ask) -> None:
        first = give()
        second = give(first["id"], audit=design())
        assert (second["supersedes_id"], second["outcome"]) == (first["id"], "admitted")
        told = ask("city", "GET", f"/admission-opinions/{first['id']}").json()
        assert (told["superseded_by"], told["outcome"]) == (second["id"], "undecided")
        third = ask("city", "POST", f"/admission-opinions?supersedes={first['id']}", content=project(), headers=JSON)
        assert (third.status_code, third.json()["code"]) == (409, "opinion_superseded")

    @pytest.mark.filterwarnings("ignore:(?s).*sRGB2014:pytest.PytestUnraisableExceptionWarning")
    def test_the_report_is_the_same_to_the_byte(self, give: Any, ask: Ask) -> None:
        address = f"/admission-opinions/{give()['id']}/report.pdf"
        first, second = ask("city", "GET", address), ask("city", "GET", address)
        assert first.content.startswith(b"%PDF-")
        assert first.content == second.content


def test_the_list_is_searched_by_name_area_industry_outcome_days_and_in_pages(give: Any, ask: Ask) -> None:
    first = give(name="甲厂喷涂", accepted_on="2023-01-10")
    second = give(name="乙厂铸造_1", industry="foundry", county="610402")

    def names(query: str) -> list[str]:
        return [item["name"] for item in ask("city", "GET", f"/admission-opinions?{query}").json()["items"]]

    assert names("q=甲厂") == ["甲厂喷涂"]
    assert names("q=_") == ["乙厂铸造_1"]
    assert names("area=610402") == names("industry=foundry") == names("outcome=refused") == ["乙厂铸造_1"]
    assert names("until=2023-02-28") == ["甲厂喷涂"]
    page = ask("city", "GET", "/admission-opinions?limit=1").json()
    assert [item["id"] for item in page["items"]] == [second["id"]]
    page = ask("city", "GET", f"/admission-opinions?limit=1&cursor={page['next']}").json()
    assert [item["id"] for item in page["items"]] == [first["id"]]


class TestCompletion:
    def test_the_grade_is_due_until_an_audit_made_since_is_published(
        self, give: Any, ask: Ask, furnished: Furnished
    ) -> None:
        made = give(audit=design())
        address = f"/admission-opinions/{made['id']}"
        assert made["regrading"] == "awaiting_completion"
        uscc = json.loads(TYRE.read_text(encoding="utf-8"))["enterprise"]["uscc"]
        body = {"completed_on": "2025-06-30", "reasons": "竣工验收意见（2025）12 号", "uscc": uscc}
        told = ask("city", "POST", f"{address}/completion", json=body)
        assert (told.status_code, told.json()["regrading"]) == (201, "due")
        due = ask("city", "GET", "/admission-opinions?regrading=due").json()["items"]
        assert [item["id"] for item in due] == [made["id"]]
        world = furnished.world
        audit = world.do("wang", workflow.create_audit, world.tyre, content(assessed_on="2025-07-10")).id
        world.do("wang", workflow.submit, audit)
        world.do("li", workflow.confirm, audit)
        world.do("city", workflow.publish, audit)
        assert ask("city", "GET", "/admission-opinions?regrading=due").json()["items"] == []
        told = ask("city", "GET", address).json()
        assert (told["regrading"], told["confirmed_by_audit_id"]) == ("done", str(audit))

    def test_only_a_project_that_was_admitted_is_completed_on_a_day_that_can_be(self, give: Any, ask: Ask) -> None:
        undecided, admitted = give(), give(audit=design())
        body = {"completed_on": "2099-01-01", "reasons": " ", "uscc": "91350100M000100Y43"}
        refused = ask("city", "POST", f"/admission-opinions/{undecided['id']}/completion", json=body)
        assert (refused.status_code, refused.json()["code"]) == (409, "not_admitted")
        wrong = ask("city", "POST", f"/admission-opinions/{admitted['id']}/completion", json=body)
        assert [error["place"] for error in wrong.json()["errors"]] == ["completed_on", "reasons", "uscc"]

    def test_a_completed_project_keeps_its_opinion(self, give: Any, ask: Ask) -> None:
        made = give(audit=design())
        body = {"completed_on": "2024-06-30", "reasons": "竣工验收意见"}
        assert ask("city", "POST", f"/admission-opinions/{made['id']}/completion", json=body).status_code == 201
        again = ask("city", "POST", f"/admission-opinions?supersedes={made['id']}", content=project(), headers=JSON)
        assert (again.status_code, again.json()["code"]) == (409, "project_completed")


EDITS = {
    "outcome": "outcome = 'admitted'",
    "project": "content = policies",
    "opinion": "document = (SELECT document FROM gradings LIMIT 1)",
    "policies": "policies = content",
    "level": "required_level = 'B'",
}


def test_whatever_of_an_opinion_is_edited_is_found_by_the_log_and_by_making_it_again(
    give: Any, furnished: Furnished
) -> None:
    service = furnished.world.service
    ids = {name: give(name=name)["id"] for name in EDITS}
    assert verify(service).findings == ()
    tamper(service.database, *(f"UPDATE admission_opinions SET {e} WHERE name = '{n}'" for n, e in EDITS.items()))
    found = verify(service).findings
    for name, id_ in ids.items():
        messages = [f.message for f in found if f.subject == f"admission_opinion:{id_}"]
        assert any("为止记下的不同" in message for message in messages), name
        assert any("不能重现" in message or "重新得出的准入意见" in message for message in messages), name
