"""A plant goes by an edition of elsewhere only if somebody who may says why, at each step, in the log and on the page."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from api.problems import Problem
from api.services import workflow
from api.store import Grading, LogEntry, Site
from tests.api.routes.conftest import Ask
from tests.api.world import FOUNDRY, TYRE, Furnished, World, content

WHY = "经省厅函复，沿用咸阳版"


def of_elsewhere(file: Path = FOUNDRY, **head: str) -> str:
    """The foundry of Baoji (or the enterprise of another example), which makes tyres under the edition of Xianyang."""
    said: dict[str, Any] = json.loads(content(TYRE))
    named = json.loads(content(file))["enterprise"]
    said["enterprise"] = {name: named[name] for name in ("name", "uscc", "county", "permit")} | head
    for unit in said["units"]:
        unit["ruleset"] = "xianyang-2023/rubber"
    said["enterprise"]["facts"] = dict.fromkeys(("holds_permit", "permit_requirements_met", "stable_compliance"), True)
    said["enterprise"]["facts"] |= dict.fromkeys(
        (
            "winter_task_overdue",
            "uses_obsolete_equipment",
            "rating_revoked_last_year",
            "violation_last_year",
            "monitoring_falsified",
            "assessment_falsified",
            "alert_measures_not_executed",
        ),
        False,
    )
    return json.dumps(said, ensure_ascii=False)


@pytest.fixture
def draft(world: World) -> UUID:
    return world.do("zhao", workflow.create_audit, world.foundry, of_elsewhere()).id


def refused(code: str) -> Any:
    """Expects a Problem with this code."""
    return pytest.raises(Problem, match=f"^{code}:")


def test_each_step_is_refused_without_a_reason_and_logged_with_one(world: World, draft: UUID) -> None:
    for login, step in (("zhao", workflow.submit), ("sun", workflow.confirm), ("elsewhere", workflow.publish)):
        with refused("outside_jurisdiction") as caught:
            world.do(login, step, draft)
        assert "610304" in caught.value.errors[0].message
        assert caught.value.errors[0].place == "units[0].ruleset"
        world.do(login, step, draft, outside_reason=f"{WHY}（{login}）")
    with world.at("root", writing=False) as context:
        logged = context.db.scalars(select(LogEntry).where(LogEntry.audit_id == draft).order_by(LogEntry.seq)).all()
        reasons = {entry.action: json.loads(entry.details).get("outside_reason") for entry in logged}
    assert reasons["audit.submitted"] == f"{WHY}（zhao）"
    assert reasons["audit.confirmed"] == f"{WHY}（sun）"
    assert reasons["audit.published"] == f"{WHY}（elsewhere）"


def test_an_enterprise_can_t_give_the_reason_itself(world: World) -> None:
    own = world.do("foundry", workflow.create_audit, world.foundry, of_elsewhere())
    with refused("role_not_allowed"):
        world.do("foundry", workflow.submit, own.id, outside_reason=WHY)


def test_a_reason_goes_when_the_returned_audit_takes_an_edition_that_applies(world: World) -> None:
    made = world.do("zhao", workflow.create_audit, world.foundry, of_elsewhere())
    world.do("zhao", workflow.submit, made.id, outside_reason=WHY)
    returned = world.do("sun", workflow.send_back, made.id, "请改用适用的版本")
    assert returned.outside_reason == WHY
    world.do("zhao", workflow.save_draft, made.id, content(FOUNDRY), returned.version)
    assert world.do("zhao", workflow.submit, made.id).outside_reason is None


def test_where_the_edition_applies_no_reason_is_asked_nor_kept(world: World) -> None:
    said = json.loads(content(TYRE))
    for unit in said["units"]:
        unit["ruleset"] = "xianyang-2023/rubber"
    said["enterprise"]["facts"] = dict.fromkeys(("holds_permit", "permit_requirements_met", "stable_compliance"), True)
    said["enterprise"]["facts"] |= dict.fromkeys(
        (
            "winter_task_overdue",
            "uses_obsolete_equipment",
            "rating_revoked_last_year",
            "violation_last_year",
            "monitoring_falsified",
            "assessment_falsified",
            "alert_measures_not_executed",
        ),
        False,
    )
    made = world.do("wang", workflow.create_audit, world.tyre, json.dumps(said))
    assert world.do("wang", workflow.submit, made.id).outside_reason is None


@pytest.fixture
def site(world: World) -> UUID:
    """A site of the tyre works in another province."""
    with world.service.database.writing() as db:
        made = Site(enterprise_id=world.tyre, name="石家庄分厂", county="130102")
        db.add(made)
        db.flush()
        return made.id


def test_a_new_audit_of_a_site_begins_with_the_county_of_the_site(world: World, site: UUID) -> None:
    begun = world.do("wang", workflow.create_audit, world.tyre, site_id=site)
    with world.at("wang") as context:
        assert json.loads(workflow.revision_of(context, begun).content)["enterprise"]["county"] == "130102"


def test_an_audit_of_a_site_says_where_the_site_lies_and_its_grading_by_which_edition_of_elsewhere(
    world: World, site: UUID
) -> None:
    made = world.do("wang", workflow.create_audit, world.tyre, of_elsewhere(TYRE, county="130102"), site_id=site)
    with refused("outside_jurisdiction"):
        world.do("wang", workflow.submit, made.id)
    world.do("wang", workflow.submit, made.id, outside_reason=WHY)
    with world.at("wang") as context:
        grading = context.db.scalars(select(Grading).where(Grading.audit_id == made.id)).one()
        assert all("outside_jurisdiction" in unit["notices"] for unit in json.loads(grading.document)["units"])


def test_a_third_county_is_refused_for_a_site(world: World, site: UUID) -> None:
    made = world.do("wang", workflow.create_audit, world.tyre, of_elsewhere(TYRE, county="610304"), site_id=site)
    with refused("invalid_audit") as caught:
        world.do("wang", workflow.submit, made.id, outside_reason=WHY)
    assert [error.place for error in caught.value.errors] == ["enterprise.county"]
    assert "130102" in caught.value.errors[0].message


def test_what_was_submitted_with_the_county_of_the_enterprise_is_still_graded_again(world: World, site: UUID) -> None:
    made = world.do("wang", workflow.create_audit, world.tyre, content(), site_id=site)
    world.do("wang", workflow.submit, made.id)
    assert world.do("wang", workflow.regrade, made.id).audit_id == made.id


def test_before_submission_it_is_told_that_an_edition_is_of_elsewhere_or_not_in_force(
    ask: Ask, furnished: Furnished
) -> None:
    begun = ask("zhao", "POST", "/audits", json={"enterprise_id": str(furnished.world.foundry)})
    said = json.loads(of_elsewhere()) | {"assessed_on": "2001-05-01"}
    path, headers = f"/audits/{begun.json()['id']}", {"if-match": begun.headers["etag"]}
    assert ask("zhao", "PUT", f"{path}/content", json=said, headers=headers).status_code == 200
    told = ask("zhao", "GET", f"{path}/check").json()
    assert told["ready"]
    messages = [notice["message"] for notice in told["notices"]]
    assert any("早于" in message for message in messages)
    assert any("610304" in message for message in messages)


def test_the_interface_takes_the_reason_with_each_step(ask: Ask, furnished: Furnished) -> None:
    begun = ask("zhao", "POST", "/audits", json={"enterprise_id": str(furnished.world.foundry)})
    path, headers = f"/audits/{begun.json()['id']}", {"if-match": begun.headers["etag"]}
    ask(
        "zhao",
        "PUT",
        f"{path}/content",
        json=json.loads(of_elsewhere()) | {"assessed_on": "2024-01-10"},
        headers=headers,
    )
    for login, step in (("zhao", "submission"), ("sun", "confirmation"), ("elsewhere", "publication")):
        assert ask(login, "POST", f"{path}/{step}", json={}).json()["code"] == "outside_jurisdiction"
        done = ask(login, "POST", f"{path}/{step}", json={"outside_reason": WHY, "reasons": "已核对"})
        assert done.status_code == 200, done.text
        assert done.json()["outside_reason"] == WHY
