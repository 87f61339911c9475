"""What would reach a campaign's targets soonest: worked out by workers from published audits, shown to those in charge."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest

from api.services.campaigns.ways import Worker
from grading import calendar
from tests.api.routes.conftest import Ask
from tests.api.routes.test_campaigns import begin
from tests.api.world import PERMIT, Furnished

LATER = {"start": "2023-03-01", "roster_frozen": "2023-04-15", "deadline": "2099-10-31"}


@pytest.fixture
def made(ask: Ask, furnished: Furnished) -> dict[str, Any]:
    found = begin(ask, period=LATER, reached="A")
    assert Worker(furnished.world.service).work_out() > 0
    return found


def test_the_outlook_counts_the_proven_and_the_provisional_apart(ask: Ask, made: dict[str, Any]) -> None:
    found = ask("city", "GET", f"/campaigns/{made['id']}/outlook").json()
    assert found["waiting"] == 0
    zone = next(area for area in found["areas"] if area["kind"] == "zone")
    assert (zone["id"], zone["missing"], zone["below"], zone["unknown"]) == ("other", 1, 1, 0)
    (pick,) = zone["cheapest"]["picks"]
    assert pick["permit"] == PERMIT
    # The figures of the tyre plant's guideline are open, so nothing about it can be proven officially.
    assert (pick["provisional"], zone["cheapest"]["still_missing"], zone["cheapest"]["if_figures_hold"]) == (True, 1, 0)
    assert pick["audit_digest"].startswith("sha256:")
    assert zone["forecast"]["needed"] == 1


def test_an_assessor_sees_the_plants_of_the_team_and_nobody_elses(ask: Ask, made: dict[str, Any]) -> None:
    found = ask("wang", "GET", f"/campaigns/{made['id']}/plants-to-help").json()
    (plant,) = found["plants"]
    assert (plant["permit"], plant["target"]) == (PERMIT, "A")
    assert ask("zhao", "GET", f"/campaigns/{made['id']}/plants-to-help").status_code == 404
    assert ask("tyre", "GET", f"/campaigns/{made['id']}/plants-to-help").status_code == 403
    assert found["shared"]
    for gap in found["shared"]:
        assert gap["of"] == 1
        only = ask("wang", "GET", f"/campaigns/{made['id']}/plants-to-help?gap={gap['key']}").json()
        assert [p["permit"] for p in only["plants"]] == [PERMIT]
    assert ask("wang", "GET", f"/campaigns/{made['id']}/plants-to-help?sort=name").status_code == 422


def test_what_is_not_worked_out_yet_is_said(ask: Ask) -> None:
    fresh = begin(ask, code="fresh", period=LATER, reached="C")
    found = ask("city", "GET", f"/campaigns/{fresh['id']}/outlook").json()
    assert found["waiting"] == 1
    assert [(area["with_way"], area["unknown"]) for area in found["areas"] if area["kind"] == "zone"] == [(0, 1)]


def test_the_documents_tell_what_was_visited_and_lead_to_gradings(
    ask: Ask, made: dict[str, Any], furnished: Furnished
) -> None:
    entry = ask("city", "GET", f"/campaigns/{made['id']}/roster").json()[0]
    day = calendar.today().isoformat()
    visit = {"day": day, "findings": "密闭不严", "advice": "加装密闭间"}
    assert ask("wang", "POST", f"/campaign-plants/{entry['id']}/visits", json=visit).status_code == 201
    page = ask("city", "GET", f"/campaigns/{made['id']}/weekly.html").text
    assert "密闭不严" in page
    assert furnished.ids["tyre"]["grading_id"] in page
    monthly = ask("city", "GET", f"/campaigns/{made['id']}/report.html").text
    assert "怎样最快达标" in monthly
    assert "试算" in monthly
    pdf = ask("city", "GET", f"/campaigns/{made['id']}/quarterly.pdf").content
    assert pdf == ask("city", "GET", f"/campaigns/{made['id']}/quarterly.pdf").content
    book = openpyxl.load_workbook(BytesIO(ask("city", "GET", f"/campaigns/{made['id']}/ledger.xlsx").content))
    assert book["怎样最快达标"]["F3"].value == PERMIT
