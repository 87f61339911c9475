"""Many plants of a roster edited at once, the map, and the emergency list."""

import json
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import openpyxl
import pytest
from sqlalchemy import select

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
