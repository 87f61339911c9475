"""Audits over the interface: begun, saved by two people, submitted, confirmed, published, appealed."""

import json
from typing import Any
from uuid import uuid4

from api.queries.waiting import waiting
from api.services import workflow
from tests.api.routes.conftest import Ask
from tests.api.world import TYRE, WORD, Furnished, content

JSON = {"content-type": "application/json"}
DRAFT = TYRE.read_text(encoding="utf-8")


def _begin(ask: Ask, furnished: Furnished, login: str = "wang") -> dict[str, Any]:
    answer = ask(login, "POST", "/audits", json={"enterprise_id": str(furnished.world.tyre)})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/audits/{answer.json()['id']}"
    begun: dict[str, Any] = answer.json()
    return begun


def _save(ask: Ask, audit_id: str, text: str, tag: str, login: str = "wang") -> Any:
    path = f"/audits/{audit_id}/content"
    return ask(login, "PUT", path, content=text.encode(), headers=JSON | {"if-match": tag})


def test_an_audit_goes_from_the_empty_form_to_a_published_grade(ask: Ask, furnished: Furnished) -> None:
    audit = f"/audits/{_begin(ask, furnished)['id']}"
    seen = ask("wang", "GET", f"{audit}/content").headers["etag"]
    assert _save(ask, audit[8:], DRAFT, seen).status_code == 200
    checked = ask("wang", "GET", f"{audit}/check").json()
    assert (checked["ready"], checked["errors"]) == (True, [])
    # The city has an edition of its own.
    assert [notice["code"] for notice in checked["notices"]] == ["more_local_edition"]
    assert ask("wang", "POST", f"{audit}/submission", json={"reasons": WORD}).json()["state"] == "submitted"
    assert ask("li", "POST", f"{audit}/confirmation", json={"reasons": WORD}).json()["state"] == "confirmed"
    published = ask("city", "POST", f"{audit}/publication", json={"reasons": WORD}).json()
    assert published["state"] == "published"
    assert published["grading"]["id"] == published["published_grading_id"]
    grades = ask("tyre", "GET", f"/enterprises/{furnished.world.tyre}").json()["grades"]
    assert [grade["grade"] for grade in grades] == [published["grading"]["grade"]]


def test_what_is_saved_comes_back_to_the_letter(ask: Ask, furnished: Furnished) -> None:
    audit = _begin(ask, furnished)
    text = '{"units": [], "exact": 6.2000000000000000000001}'
    tag = _save(ask, audit["id"], text, f'"{audit["version"]}"').headers["etag"]
    again = ask("wang", "GET", f"/audits/{audit['id']}/content")
    assert (again.text, again.headers["etag"]) == (text, tag)
    known = ask("wang", "GET", f"/audits/{audit['id']}/content", headers={"if-none-match": tag})
    assert (known.status_code, known.content) == (304, b"")


def test_saving_without_saying_what_was_seen_is_refused(ask: Ask, furnished: Furnished) -> None:
    audit = _begin(ask, furnished)
    refused = ask("wang", "PUT", f"/audits/{audit['id']}/content", content=b"{}", headers=JSON)
    assert (refused.status_code, refused.json()["code"]) == (428, "if_match_missing")


def test_who_saves_too_late_is_told_and_loses_nothing(ask: Ask, furnished: Furnished) -> None:
    audit = _begin(ask, furnished)
    tag = f'"{audit["version"]}"'
    assert _save(ask, audit["id"], '{"first": 1}', tag).status_code == 200
    late = _save(ask, audit["id"], '{"second": 2}', tag, login="li")
    assert (late.status_code, late.json()["code"]) == (412, "edited_meanwhile")
    kept = late.json()["kept_revision"]
    assert ask("li", "GET", f"/audits/{audit['id']}/revisions/{kept}/content").text == '{"second": 2}'
    assert kept in ask("wang", "GET", f"/audits/{audit['id']}").json()["conflicts"]


def test_submission_tells_the_place_of_every_error(ask: Ask, furnished: Furnished) -> None:
    audit = _begin(ask, furnished)
    said = json.loads(DRAFT)
    said["units"][0]["id"] = None
    said["assessed_on"] = "yesterday"
    _save(ask, audit["id"], json.dumps(said), f'"{audit["version"]}"')
    refused = ask("wang", "POST", f"/audits/{audit['id']}/submission")
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert {"assessed_on", "units[0].id"} <= {error["place"] for error in refused.json()["errors"]}


def test_a_submission_sent_twice_under_one_key_acts_once(ask: Ask, furnished: Furnished) -> None:
    key = {"idempotency-key": str(uuid4())}
    body = {"enterprise_id": str(furnished.world.tyre)}
    first = ask("wang", "POST", "/audits", json=body, headers=key)
    again = ask("wang", "POST", "/audits", json=body, headers=key)
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    other = ask("wang", "POST", "/audits", json=body | {"site_id": str(uuid4())}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_step_that_is_not_allowed_says_why(ask: Ask, furnished: Furnished) -> None:
    audit = _begin(ask, furnished)
    refused = ask("wang", "POST", f"/audits/{audit['id']}/confirmation")
    assert refused.status_code == 409
    assert "草稿" in refused.json()["detail"]
    stale = ask("wang", "POST", f"/audits/{audit['id']}/submission", headers={"if-match": '"99"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")


def test_a_self_assessment_stands_beside_the_experts_audits(ask: Ask, furnished: Furnished) -> None:
    own = _begin(ask, furnished, login="tyre")
    assert own["kind"] == "self"
    listed = ask("tyre", "GET", "/audits", params={"kind": "self"}).json()["items"]
    assert [audit["id"] for audit in listed] == [own["id"]]
    assert ask("wang", "GET", f"/audits/{own['id']}").status_code == 404


def test_lists_come_in_pages_the_newest_first(ask: Ask, furnished: Furnished) -> None:
    made = [_begin(ask, furnished)["id"] for _ in range(3)]
    first = ask("wang", "GET", "/audits", params={"limit": 2, "state": "draft"}).json()
    rest = ask("wang", "GET", "/audits", params={"limit": 2, "state": "draft", "cursor": first["next"]}).json()
    assert [audit["id"] for audit in first["items"] + rest["items"]] == made[::-1]
    assert rest["next"] is None


def test_an_appeal_is_answered_by_the_bureau(ask: Ask) -> None:
    appeal = ask("city", "GET", "/appeals", params={"state": "open"}).json()["items"][0]
    answer = {"upheld": False, "answer": "维持原结论。"}
    done = ask("city", "POST", f"/appeals/{appeal['id']}/answer", json=answer)
    assert (done.status_code, done.json()["state"]) == (200, "rejected")
    assert ask("tyre", "GET", f"/appeals/{appeal['id']}").json()["answer"] == "维持原结论。"


def test_an_upheld_appeal_waits_for_the_team_until_the_grade_is_replaced(ask: Ask, furnished: Furnished) -> None:
    world = furnished.world
    appeal = ask("city", "GET", "/appeals", params={"state": "open"}).json()["items"][0]
    ask("city", "POST", f"/appeals/{appeal['id']}/answer", json={"upheld": True, "answer": "重新核查排放口。"})

    def waits(login: str) -> int:
        with world.at(login, writing=False) as context:
            return len(waiting(context).to_examine)

    assert [waits(login) for login in ("wang", "city", "zhao", "elsewhere")] == [1, 1, 0, 0]
    made = world.do("wang", workflow.create_audit, world.tyre, content())
    world.do("wang", workflow.submit, made.id)
    world.do("li", workflow.confirm, made.id)
    world.do("city", workflow.publish, made.id)
    assert [waits(login) for login in ("wang", "city")] == [0, 0]


def test_an_enterprises_own_assessment_is_laid_beside_the_experts_audit(ask: Ask, furnished: Furnished) -> None:
    world = furnished.world
    said = json.loads(content())
    said["units"][0]["facts"]["boundary_nmhc"] = 0.9
    own = world.do("tyre", workflow.create_audit, world.tyre, json.dumps(said))
    assert ask("tyre", "GET", f"/audits/{own.id}/comparison").json()["code"] == "not_graded"
    world.do("tyre", workflow.submit, own.id)
    expert = furnished.ids["tyre"]["audit_id"]
    told = ask("tyre", "GET", f"/audits/{own.id}/comparison").json()
    assert (told["first"]["id"], told["first"]["kind"]) == (str(own.id), "self")
    assert (told["second"]["id"], told["second"]["kind"]) == (expert, "expert")
    (pair,) = told["units"][0]["values"]
    assert (pair["fact"], pair["first"]["value"], pair["second"]["text"]) == ("boundary_nmhc", "0.9", "1.14 mg/m³")
    assert ask("wang", "GET", f"/audits/{expert}/comparison").json() == told
    assert ask("wang", "GET", f"/audits/{expert}/comparison?other={own.id}").json() == told


def test_an_audit_is_compared_only_with_another_one_of_its_enterprise_that_is_in_scope(
    ask: Ask, furnished: Furnished
) -> None:
    mine, theirs = (furnished.ids[side]["audit_id"] for side in ("tyre", "foundry"))
    assert ask("wang", "GET", f"/audits/{mine}/comparison?other={theirs}").status_code == 404
    assert ask("root", "GET", f"/audits/{mine}/comparison?other={theirs}").json()["code"] == "not_comparable"
    assert ask("root", "GET", f"/audits/{mine}/comparison?other={mine}").json()["code"] == "not_comparable"
    assert ask("wang", "GET", f"/audits/{mine}/comparison").json()["code"] == "nothing_to_compare"


def test_changes_of_two_are_merged_field_by_field_or_named(ask: Ask, furnished: Furnished) -> None:
    audit = _begin(ask, furnished)
    path, seen = f"/audits/{audit['id']}/content", audit["version"]
    base = json.loads(ask("wang", "GET", path).text)
    ask("wang", "PUT", path, content=json.dumps(base | {"a": 1}), headers=JSON | {"if-match": f'"{seen}"'})
    mine = json.dumps(base | {"b": 2})
    late = ask("li", "PUT", path, content=mine, headers=JSON | {"if-match": f'"{seen}"'})
    assert (late.status_code, late.json()["conflicts"]) == (412, [])
    assert ask("li", "PATCH", f"{path}?seen={seen}", content=mine, headers=JSON).status_code == 200
    assert json.loads(ask("li", "GET", path).text) == base | {"a": 1, "b": 2}
    clash = ask("li", "PATCH", f"{path}?seen={seen}", content=json.dumps(base | {"a": "1.50"}), headers=JSON)
    assert (clash.status_code, clash.json()["code"]) == (412, "edited_meanwhile")
    assert clash.json()["conflicts"] == [{"place": "a", "seen": None, "sent": "1.50", "now": "1"}]
    assert clash.json()["kept_revision"] in ask("wang", "GET", f"/audits/{audit['id']}").json()["conflicts"]
    unknown = ask("li", "PATCH", f"{path}?seen=99", content=mine, headers=JSON)
    assert (unknown.status_code, unknown.json()["conflicts"]) == (412, None)
