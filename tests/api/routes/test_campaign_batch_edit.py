"""Many plants of a roster edited at once, the map, and the emergency list."""

import json
import re
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import openpyxl
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.pages.campaign.map_labels import place_labels
from api.pages.campaign.map_view import map_view
from api.problems import Problem
from api.services.campaigns.batch_edit import Edit, edit_plants
from api.services.campaigns.emergency import emergency_list
from api.services.campaigns.outlines import give_outlines, outlines_of
from api.services.campaigns.plant_rows import rows_on
from api.store import Campaign, CampaignPlant
from grading import calendar
from tests.api.routes.conftest import Ask
from tests.api.routes.test_campaigns import begin
from tests.api.world import PERMIT, Furnished


def test_each_plant_is_checked_by_itself_and_the_refused_are_told(ask: Ask, furnished: Furnished) -> None:
    campaign_id, world = UUID(begin(ask)["id"]), furnished.world
    due = calendar.today() + timedelta(days=40)
    done = world.do("city", edit_plants, campaign_id, [PERMIT, "nobody's"], Edit(responsible="张局长", due=due), "会议")
    assert (done.changed, [(r.permit, r.reason) for r in done.refused]) == (
        (PERMIT,),
        [("nobody's", "本次行动的范围内没有这家企业")],
    )
    with world.at("city") as context:
        row = context.db.scalars(select(CampaignPlant).where(CampaignPlant.campaign_id == campaign_id)).one()
        assert (row.responsible, row.due, row.target) == ("张局长", due, "A")
    again = world.do("city", edit_plants, campaign_id, [PERMIT], Edit(responsible="张局长"), "会议")
    assert (again.changed, again.same) == ((), 1)


def test_what_no_plant_could_be_given_is_refused_whole(ask: Ask, furnished: Furnished) -> None:
    campaign_id = UUID(begin(ask)["id"])
    wrong = Edit(target="Z", due=calendar.today() - timedelta(days=1), expert=campaign_id)
    with pytest.raises(Problem) as refused:
        furnished.world.do("city", edit_plants, campaign_id, [], wrong, "会议")
    assert [error.place for error in refused.value.errors] == ["permits", "target", "due", "expert"]
    with pytest.raises(Problem, match="reasons_missing"):
        furnished.world.do("city", edit_plants, campaign_id, [PERMIT], Edit(responsible="张局长"))


def test_a_map_has_the_outlines_that_were_last_given_and_plants_by_their_coordinates(
    ask: Ask, furnished: Furnished
) -> None:
    roster = json.dumps({"permit": PERMIT, "point": {"lon": 108.8, "lat": 34.4}})
    campaign_id, world = UUID(begin(ask, roster=roster)["id"]), furnished.world
    square = [[108.5, 34.2], [109.0, 34.2], [109.0, 34.6], [108.5, 34.2]]
    county = {
        "type": "Feature",
        "properties": {"county": "610404"},
        "geometry": {"type": "Polygon", "coordinates": [square]},
    }
    world.do("city", give_outlines, campaign_id, json.dumps({"type": "FeatureCollection", "features": [county]}))
    with world.at("city") as context:
        campaign = context.find(Campaign, campaign_id)
        _, _, plants = rows_on(context, campaign, calendar.today())
        view = map_view(plants.rows, outlines_of(context, campaign), {})
    assert view is not None
    assert ([mark.row.permit for mark in view.marks], len(view.outlines)) == ([PERMIT], 1)
    assert all(0 < mark.x < view.width and 0 < mark.y < view.height for mark in view.marks)
    with pytest.raises(Problem, match="invalid_outlines"):
        world.do("city", give_outlines, campaign_id, "[]")


def test_the_emergency_list_says_what_a_unit_does_at_each_alert(ask: Ask, furnished: Furnished) -> None:
    campaign_id = UUID(begin(ask)["id"])
    with furnished.world.at("city") as context:
        content = emergency_list(context, context.find(Campaign, campaign_id), calendar.today())
    rows = list(openpyxl.load_workbook(BytesIO(content)).active.iter_rows(min_row=2, values_only=True))
    heads = dict(zip(rows[0], rows[1], strict=True))
    assert heads["排污许可证编号"] == PERMIT
    assert all("停" in str(heads[alert]) for alert in ("橙色预警（Ⅱ级）", "红色预警（Ⅰ级）"))


def test_the_interface_edits_plants_and_tells_what_became_of_each(ask: Ask) -> None:
    at = f"/campaigns/{begin(ask)['id']}"
    said = {"permits": [PERMIT, "nobody's"], "responsible": "张局长", "reasons": "会议"}
    done = ask("city", "POST", f"{at}/plant-edits", json=said).json()
    assert (done["changed"], done["same"], [r["permit"] for r in done["refused"]]) == ([PERMIT], 0, ["nobody's"])
    assert ask("county", "POST", f"{at}/plant-edits", json=said).status_code == 403
    wrong = ask("city", "POST", f"{at}/plant-edits", json={"permits": [PERMIT], "target": "Z", "reasons": "会议"})
    assert (wrong.status_code, [error["place"] for error in wrong.json()["errors"]]) == (422, ["target"])


def test_the_interface_tells_the_map_and_the_emergency_list(ask: Ask) -> None:
    roster = json.dumps({"permit": PERMIT, "distance_km": 30, "point": {"lon": 108.8, "lat": 34.4}})
    at = f"/campaigns/{begin(ask, roster=roster)['id']}"
    square = [[108.5, 34.2], [109.0, 34.2], [109.0, 34.6], [108.5, 34.2]]
    shape = {"type": "Polygon", "coordinates": [square]}
    county = {"type": "Feature", "properties": {"county": "610404"}, "geometry": shape}
    outlines = json.dumps({"type": "FeatureCollection", "features": [county]})
    assert ask("city", "POST", f"{at}/outlines", json={"outlines": "[]"}).status_code == 422
    assert ask("city", "POST", f"{at}/outlines", json={"outlines": outlines}).json()["counties"] == 1
    found = ask("county", "GET", f"{at}/map").json()
    (plant,) = found["plants"]
    assert (plant["permit"], plant["point"], found["without_point"]) == (PERMIT, [108.8, 34.4], 0)
    assert [outline["county"] for outline in found["outlines"]] == ["610404"]
    assert ask("city", "GET", f"{at}/map?band={'a' if plant['band'] != 'a' else 'b'}").json()["plants"] == []
    (unit,) = ask("city", "GET", f"{at}/emergency-list").json()["units"]
    assert (unit["permit"], unit["measures"].keys()) == (PERMIT, {"yellow", "orange", "red"})
    assert any("停" in line for line in unit["measures"]["red"])


def test_names_on_the_map_cover_no_plant_and_no_other_name_where_there_is_room() -> None:
    marks = [(500 + 12.0 * i, 300.0) for i in range(-4, 5)]
    one, other = place_labels([("渭城区", (500, 300)), ("秦都区", (500, 300))], marks, 1000, 600)
    for label in (one, other):
        assert not any(abs(x - label.x) < 33 and label.y - 29 < y < label.y + 11 for x, y in marks)
    assert abs(one.x - other.x) >= 45 or abs(one.y - other.y) >= 18


def test_who_answers_and_until_when_is_in_the_bulletin_and_late_after_that_day(ask: Ask, furnished: Furnished) -> None:
    campaign_id, world = UUID(begin(ask, code="due")["id"]), furnished.world
    edit = Edit(responsible="张局长", due=calendar.today())
    world.do("city", edit_plants, campaign_id, [PERMIT], edit, "会议")
    assert "张局长" in ask("city", "GET", f"/campaigns/{campaign_id}/weekly.html").text
    answer = ask("city", "POST", f"/campaigns/{campaign_id}/roster", json={"remove": [PERMIT], "reasons": "搬迁"})
    assert answer.json()[0]["details"].keys() == {"target", "responsible", "due"}
    with world.at("city") as context:
        row = context.db.scalars(select(CampaignPlant).where(CampaignPlant.campaign_id == campaign_id)).one()
        assert (row.target, row.responsible, row.due, row.expert) == (None, None, None, None)


def test_the_page_keeps_ticks_and_edits_no_other_plants_than_it_showed(
    ask: Ask, client: TestClient, furnished: Furnished
) -> None:
    at = f"/campaigns/{begin(ask)['id']}/plants"
    headers = {"authorization": f"Bearer {furnished.tokens['city']}", "accept": "text/html"}
    past = {"permit": PERMIT, "responsible": "张局长", "due": "2020-01-01", "reasons": "会议", "f.number": "1"}
    refused = client.post(at, headers=headers, data=past)
    assert refused.status_code == 422
    assert f'value="{PERMIT}" checked' in refused.text
    assert "<code>完成期限</code>" in refused.text
    assert 'value="张局长"' in refused.text
    others = client.post(at, headers=headers, data={**past, "due": "", "all": "1", "f.digest": "other", "f.found": "7"})
    assert (others.status_code, "原 7 家，现 1 家" in others.text) == (409, True)
    shown = re.search(r'name="f.digest" value="([^"]+)"', others.text)
    assert shown is not None
    done = client.post(at, headers=headers, data={**past, "due": "", "all": "1", "f.digest": shown[1]})
    assert (done.status_code, "已改动 1 家" in done.text) == (200, True)
