"""Upgrade plans: taken over from gaps, written by the enterprise, late measures counted, gaps closed by gradings alone."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import text

from api.services.campaigns import gap_states
from api.services.campaigns.gap_states import GapState, PlantGaps
from api.services.campaigns.snapshots import ends_between, take_due
from api.services.verification import verify_records
from api.store import Campaign
from api.store.base import now
from tests.api.routes.conftest import Ask
from tests.api.world import PERMIT, Furnished

LATE = {"text": "更换滤袋", "finish": "2023-06-30", "done_percent": 40}


def test_gaps_are_taken_over_once_and_the_enterprise_writes_on_them(ask: Ask, furnished: Furnished) -> None:
    path = f"/campaign-plants/{furnished.ids['tyre']['campaign_plant_id']}/plan"
    before = ask("tyre", "GET", path).json()
    assert (before["measures"], bool(before["uncovered"]), before["gaps_known"]) == ([], True, True)
    taken = ask("tyre", "POST", f"{path}/from-gaps").json()
    assert [m["gap"] for m in taken["measures"]] == [line["id"] for line in before["uncovered"]]
    assert {m["gap_state"] for m in taken["measures"]} == {"open"}
    assert taken["uncovered"] == []
    assert ask("tyre", "POST", f"{path}/from-gaps").json()["version"] == taken["version"]
    own = {name: value for name, value in taken["measures"][0].items() if name != "gap_state"} | {"done_percent": 100}
    body = {"measures": [own, LATE, {"gap": "GFFFFFFFFF", "finish": "2023-07-01", "start": "2023-08-01"}]}
    seen = {"if-match": f'"{taken["version"]}"'}
    wrong = ask("tyre", "PUT", path, json=body, headers=seen).json()
    assert [error["place"] for error in wrong["errors"]] == ["measures[2].finish", "measures[2].gap"]
    written = ask("tyre", "PUT", path, json={"measures": body["measures"][:2]}, headers=seen).json()
    # What is said to be done is not closed: the published audit still lacks it.
    assert [m["gap_state"] for m in written["measures"]] == ["open", None]
    assert ask("tyre", "PUT", path, json=body, headers=seen).status_code == 412
    assert ask("foundry", "GET", path).status_code == 404
    campaign = f"/campaigns/{furnished.ids['tyre']['campaign_id']}"
    overdue = ask("city", "GET", f"{campaign}/evaluation?on=2023-10-01").json()["overdue"]
    assert overdue == [{"permit": PERMIT, "why": "measure_overdue"}]
    assert [c["kind"] for c in ask("city", "GET", f"{campaign}/changes").json()] == ["planned", "planned", "added"]


@pytest.mark.parametrize(
    ("lines", "state"),
    [(None, GapState.UNKNOWN), ({"G1": None}, GapState.OPEN), ({}, GapState.CLOSED)],
)
def test_a_gap_is_closed_when_the_audit_in_force_no_longer_has_it(
    monkeypatch: pytest.MonkeyPatch, lines: dict[str, None] | None, state: GapState
) -> None:
    monkeypatch.setattr(gap_states, "lines_of_grading", lambda *_: {"G1": None})
    gaps = PlantGaps(lines, (uuid4(),), "A")  # type: ignore[arg-type]
    assert gaps.state(None, "G1") is state  # type: ignore[arg-type]
    assert PlantGaps({}, (), "A").state(None, "G1") is GapState.FOREIGN  # type: ignore[arg-type]


def test_ends_of_weeks_and_months_that_are_over_are_fixed_once_and_for_good(ask: Ask, furnished: Furnished) -> None:
    service, campaign_id = furnished.world.service, furnished.ids["tyre"]["campaign_id"]
    assert take_due(service) == 0
    with service.database.writing() as db:
        for campaign in db.query(Campaign):
            campaign.created_at = now().replace(day=1).replace(year=now().year - 1)
    assert take_due(service) > 2 * (12 + 50)
    assert take_due(service) == 0
    found = ask("city", "GET", f"/campaigns/{campaign_id}/snapshots").json()
    assert [snapshot["day"] for snapshot in found] == sorted(snapshot["day"] for snapshot in found)
    day = found[-1]["day"]
    assert found[-1]["evaluation"] == ask("city", "GET", f"/campaigns/{campaign_id}/evaluation?on={day}").json()
    with pytest.raises(Exception, match="append-only"), service.database.engine.begin() as connection:
        connection.execute(text("UPDATE campaign_snapshots SET digest = 'x'"))
    with service.database.reading() as db:
        assert verify_records(db).findings == ()


def test_what_is_fixed_are_the_last_days_of_weeks_and_months() -> None:
    found = ends_between(date(2024, 2, 19), date(2024, 3, 30))
    said = ["2024-02-25", "2024-02-29", "2024-03-03", "2024-03-10", "2024-03-17", "2024-03-24"]
    assert [day.isoformat() for day in found] == said
