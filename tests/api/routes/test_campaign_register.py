"""Plants that change in the register stay on the rosters of campaigns, with their targets and plans."""

from typing import Any

from fastapi.testclient import TestClient

from api.services.verification import verify
from tests.api.routes.conftest import Ask
from tests.api.routes.test_campaigns import begin
from tests.api.world import PERMIT, Furnished

OTHER = "91610400305514682T001P"


def change(ask: Ask, furnished: Furnished, **changes: Any) -> None:
    path = f"/enterprises/{furnished.ids['tyre']['enterprise_id']}"
    version = ask("county", "GET", path).headers["etag"]
    answer = ask("county", "PATCH", path, json=changes, headers={"If-Match": version})
    assert answer.status_code == 200, answer.text


def test_a_plant_with_another_permit_stays_on_the_roster(ask: Ask, furnished: Furnished) -> None:
    made = begin(ask)
    path = f"/campaigns/{made['id']}"
    change(ask, furnished, permit=OTHER)
    found = ask("city", "GET", f"{path}/evaluation").json()
    assert found["base"] == {"core": 0, "other": 1, "zone_unknown": 0}
    assert found["overdue"] == [{"permit": OTHER, "why": "target_not_reached"}]
    (entry,) = ask("city", "GET", f"{path}/roster").json()
    assert (entry["permit"], entry["target"]) == (OTHER, "A")
    assert verify(furnished.world.service).findings == ()


def test_a_site_with_another_permit_stays_on_the_roster_as_long_as_nothing_else_has_the_old_one(
    ask: Ask, furnished: Furnished
) -> None:
    enterprise = f"/enterprises/{furnished.ids['tyre']['enterprise_id']}"
    (site,) = ask("county", "GET", f"{enterprise}/sites").json()
    made = begin(ask)
    path = f"/campaigns/{made['id']}/roster"

    def permits() -> list[str]:
        return [entry["permit"] for entry in ask("city", "GET", path).json()]

    assert ask("county", "PATCH", f"/sites/{site['id']}", json={"permit": PERMIT}).status_code == 200
    change(ask, furnished, permit=None)
    assert permits() == [PERMIT]
    assert ask("county", "PATCH", f"/sites/{site['id']}", json={"permit": OTHER}).status_code == 200
    assert permits() == [OTHER]


def test_the_page_names_plants_of_the_roster_that_the_area_no_longer_has(
    ask: Ask, client: TestClient, furnished: Furnished
) -> None:
    path = f"/campaigns/{begin(ask)['id']}"
    change(ask, furnished, permit=None)
    headers = {"authorization": f"Bearer {furnished.tokens['city']}", "accept": "text/html"}
    assert (
        f"名单上有 1 家在本次行动的范围内已没有登记（许可证编号已注销，或企业已迁出），未计入：{PERMIT}"
        in client.get(path, headers=headers).text
    )
