"""Batches over the interface: from the upload of an edition to its publication and back."""

from typing import Any
from uuid import UUID

from api.services.regrading.steps import work_off
from tests.api.plants import HEAD, TIGHTER, publish_plants, varied
from tests.api.routes.conftest import Ask
from tests.api.world import Furnished


def ordered(ask: Ask, furnished: Furnished, **more: Any) -> dict[str, Any]:
    """A batch of the city's over six plants beside the tyre works, when it is worked off."""
    publish_plants(furnished.world, varied(6))
    draft = ask("city", "POST", "/ruleset-drafts", json={"text": TIGHTER})
    assert draft.status_code == 201, draft.text
    answer = ask("city", "POST", "/batches", json={"name": "收紧人员要求", "draft_id": draft.json()["id"], **more})
    assert answer.status_code == 202, answer.text
    assert (answer.json()["state"], answer.json()["progress"]["phase"]) == ("waiting", None)
    for _ in work_off(furnished.world.service, UUID(answer.json()["id"])):
        pass
    told: dict[str, Any] = ask("city", "GET", answer.headers["location"]).json()
    return told


def test_a_draft_is_uploaded_listed_and_read_back(ask: Ask) -> None:
    made = ask("city", "POST", "/ruleset-drafts", json={"text": HEAD})
    assert ask("city", "GET", made.headers["location"]).json()["text"] == HEAD
    assert "xianyang-2026/rubber" in [draft["ruleset_id"] for draft in ask("city", "GET", "/ruleset-drafts").json()]
    assert "xianyang-2026/rubber" not in str(ask("elsewhere", "GET", "/ruleset-drafts").json())


def test_everything_wrong_with_a_draft_comes_with_its_line(ask: Ask) -> None:
    refused = ask("city", "POST", "/ruleset-drafts", json={"text": f"{HEAD}gates: nothing\ncolour: green\n"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_ruleset")
    assert [finding["line"] for finding in refused.json()["findings"]] == [7, 8]


def test_a_dry_run_is_followed_and_its_changes_are_read(ask: Ask, furnished: Furnished) -> None:
    batch = ordered(ask, furnished)
    assert batch["state"] == "assessed"
    # Six plants, of which two lack full-time staff, and the tyre works.
    counts = {"selected": 7, "changed": 2, "unchanged": 5, "unreadable": 0, "undecided": 0, "released": 0, "checked": 7}
    assert batch["counts"] == counts
    assert batch["actions"] == ["cancel", "renew"]
    first = ask("city", "GET", f"/batches/{batch['id']}/units?changed=true&limit=1").json()
    second = ask("city", "GET", f"/batches/{batch['id']}/units?changed=true&limit=1&cursor={first['next']}").json()
    units = first["items"] + second["items"]
    assert second["next"] is None
    assert {unit["enterprise"] for unit in units} == {"轮胎厂0", "轮胎厂3"}
    assert {(unit["before_attainable"], unit["after_attainable"]) for unit in units} == {("B", "D")}
    told = ask("city", "GET", f"/batches/{batch['id']}/audits/{units[0]['audit_id']}").json()
    assert (told["outcome"], told["checked"]) == ("changed", True)
    assert "staff_on_site" in str(told["grading"]["units"][0]["trace"])


def test_a_batch_is_published_by_another_person_and_taken_back(ask: Ask, furnished: Furnished) -> None:
    batch = ordered(ask, furnished)
    path = f"/batches/{batch['id']}"
    assert ask("city", "POST", f"{path}/publication").json()["code"] == "own_batch"
    assert "publish" in ask("province", "GET", path).json()["actions"]
    stale = ask("province", "POST", f"{path}/publication", headers={"if-match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    published = ask("province", "POST", f"{path}/publication", headers={"if-match": f'"{batch["version"]}"'})
    assert published.json()["state"] == "published", published.text
    audit_id = ask("city", "GET", f"{path}/units?changed=true").json()["items"][0]["audit_id"]
    shown = ask("city", "GET", f"/audits/{audit_id}").json()["published_grading_id"]
    assert ask("city", "GET", f"/gradings/{shown}").json()["attainable"] == "D"
    assert ask("city", "GET", f"/gradings/{shown}/explanation").status_code == 200
    back = ask("province", "POST", f"{path}/taking-back", json={"reasons": "方案尚未生效。"})
    assert (back.json()["state"], back.json()["reasons"]) == ("taken_back", "方案尚未生效。")
    assert ask("city", "GET", f"/audits/{audit_id}").json()["published_grading_id"] != shown


def test_a_batch_is_held_gone_on_with_cancelled_and_begun_anew(ask: Ask) -> None:
    made = ask("city", "POST", "/batches", json={"name": "现行版本", "against": "national-2020"})
    path = f"/batches/{made.json()['id']}"
    assert ask("city", "POST", f"{path}/hold").json()["paused"]
    assert not ask("city", "POST", f"{path}/going-on").json()["paused"]
    assert ask("city", "POST", f"{path}/cancellation").json()["state"] == "cancelled"
    assert ask("city", "POST", f"{path}/hold").json()["code"] == "wrong_state"
    assert ask("city", "POST", f"{path}/renewal").json()["state"] == "waiting"
    listed = ask("city", "GET", "/batches?state=waiting").json()["items"]
    assert [batch["name"] for batch in listed] == ["现行版本"]


def test_what_is_wrong_with_an_order_is_told_at_once(ask: Ask) -> None:
    refused = ask("city", "POST", "/batches", json={"name": "x", "within": "610300", "against": "national-1999"})
    assert [error["place"] for error in refused.json()["errors"]] == ["within", "against"]


def test_the_same_order_sent_twice_is_one_batch(ask: Ask) -> None:
    sent = {"json": {"name": "现行版本", "against": "national-2020"}, "headers": {"idempotency-key": "order-0001"}}
    assert ask("city", "POST", "/batches", **sent).json()["id"] == ask("city", "POST", "/batches", **sent).json()["id"]
