"""Progress of plants: steps in their order and by who may say them, gaps closed by gradings, visits and photos for good."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from api.services.campaigns.gap_states import GapState
from api.services.campaigns.steps import (
    CLOSED,
    GAP_WAYS,
    LISTED,
    PLANNED,
    PLANT_WAYS,
    PUBLISHED,
    gap_state,
    plant_state,
)
from api.services.verification import verify
from api.store import CampaignStep, CampaignStepState
from tests.api.routes.conftest import Ask
from tests.api.world import PICTURE, Furnished

S = CampaignStepState
AT = datetime(2026, 3, 1, tzinfo=UTC)


def steps(*states: S, at: datetime = AT) -> list[CampaignStep]:
    ids = {name: uuid4() for name in ("campaign_id", "plant_id", "enterprise_id", "by")}
    return [CampaignStep(state=state, at=at + timedelta(hours=i), **ids) for i, state in enumerate(states)]


@pytest.mark.parametrize(
    ("said", "planned", "reached", "published", "state"),
    [
        ((), False, False, None, LISTED),
        ((), True, False, AT, PLANNED),
        ((S.RECTIFYING, S.SELF_CHECKED), True, False, AT, S.SELF_CHECKED),
        ((S.RECTIFYING, S.PUBLICITY), True, True, AT + timedelta(days=1), PUBLISHED),
        # Looked at again after it was published.
        ((S.RECTIFYING,), True, True, AT - timedelta(days=1), S.RECTIFYING),
    ],
)
def test_a_plant_is_published_by_its_grade(
    said: tuple[S, ...], planned: bool, reached: bool, published: datetime | None, state: str
) -> None:
    assert plant_state(steps(*said), planned=planned, reached=reached, published=published) == state


@pytest.mark.parametrize(
    ("said", "found", "published", "state"),
    [
        ((), GapState.OPEN, AT, LISTED),
        ((S.ASSIGNED, S.RECTIFIED, S.VERIFIED), GapState.OPEN, AT - timedelta(days=1), S.VERIFIED),
        ((S.ASSIGNED, S.RECTIFIED, S.VERIFIED), GapState.OPEN, AT + timedelta(days=1), S.REOPENED),
        ((S.ASSIGNED,), GapState.CLOSED, AT + timedelta(days=1), CLOSED),
        ((S.REOPENED, S.RECTIFIED), GapState.CLOSED, AT - timedelta(days=1), S.RECTIFIED),
        ((S.REOPENED, S.RECTIFIED), GapState.CLOSED, AT + timedelta(days=1), CLOSED),
    ],
)
def test_a_gap_is_closed_by_the_published_audit_and_not_by_ticking(
    said: tuple[S, ...], found: GapState, published: datetime, state: str
) -> None:
    assert gap_state(steps(*said), found, published) == state


def test_every_state_that_can_be_said_belongs_to_plants_or_to_gaps() -> None:
    assert set(PLANT_WAYS) | set(GAP_WAYS) == set(S)
    assert not set(PLANT_WAYS) & set(GAP_WAYS)


def test_steps_follow_on_each_other_and_each_is_somebodys_to_say(ask: Ask, furnished: Furnished) -> None:
    path = f"/campaign-plants/{furnished.ids['tyre']['campaign_plant_id']}"
    assert ask("tyre", "GET", f"{path}/progress").json()["state"] == "listed"
    refused = ask("tyre", "POST", f"{path}/steps", json={"state": "rectifying"})
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_step")
    gap = ask("tyre", "POST", f"{path}/plan/from-gaps").json()["measures"][0]["gap"]
    for who, state in (("tyre", "rectifying"), ("tyre", "self_checked"), ("tyre", "applied"), ("city", "city")):
        assert ask(who, "POST", f"{path}/steps", json={"state": state}).status_code == 201
    assert ask("tyre", "POST", f"{path}/steps", json={"state": "publicity"}).status_code == 409
    assert ask("city", "POST", f"{path}/steps", json={"state": "rejected"}).json()["code"] == "note_missing"
    assert ask("city", "POST", f"{path}/steps", json={"state": "rejected", "note": "缺监测报告"}).status_code == 201
    for who, state in (("county", "assigned"), ("tyre", "rectified"), ("wang", "verified")):
        assert ask(who, "POST", f"{path}/steps", json={"state": state, "gap": gap}).status_code == 201
    assert ask("wang", "POST", f"{path}/steps", json={"state": "verified", "gap": "GFFFFFFFFF"}).status_code == 422
    found = ask("tyre", "GET", f"{path}/progress").json()
    assert (found["state"], found["offered"]) == ("rejected", ["rectifying"])
    assert {g["gap"]: g["state"] for g in found["gaps"]}[gap] == "verified"
    assert ask("foundry", "GET", f"{path}/progress").status_code == 404


def test_visits_and_photos_are_kept_and_held_against_the_log(ask: Ask, furnished: Furnished) -> None:
    path = f"/campaign-plants/{furnished.ids['tyre']['campaign_plant_id']}"
    wrong = {"day": "2999-01-01", "findings": " ", "advice": "", "next_day": "2020-01-01"}
    errors = ask("wang", "POST", f"{path}/visits", json=wrong).json()["errors"]
    assert [error["place"] for error in errors] == ["day", "next_day", "findings", "advice"]
    visit = {"day": "2026-01-05", "findings": "无门禁", "advice": "安装门禁", "next_day": "2026-02-01"}
    assert ask("wang", "POST", f"{path}/visits", json=visit).status_code == 201
    assert ask("tyre", "POST", f"{path}/visits", json=visit).status_code == 403
    sent = {"files": {"file": ("门禁.png", PICTURE + b"1", "image/png")}}
    added = [ask("tyre", "POST", f"{path}/photos", **sent).json()["id"] for _ in range(2)]
    assert added[0] == added[1]
    report = {"files": {"file": ("报告.pdf", b"%PDF-1.7", "application/pdf")}}
    assert ask("tyre", "POST", f"{path}/photos", **report).status_code == 415
    content = ask("county", "GET", f"/campaign-photos/{added[0]}/content")
    assert content.content == PICTURE + b"1"
    found = ask("county", "GET", f"{path}/progress").json()
    assert [v["findings"] for v in found["visits"]] == ["无门禁"]
    assert len(found["photos"]) == 2
    assert verify(furnished.world.service).findings == ()
