"""Enterprises, sites and units over the interface."""

import re

from fastapi.testclient import TestClient

from tests.api.routes.conftest import Ask
from tests.api.world import PERMIT, Furnished

NEW = {"name": "咸阳新星橡胶有限公司", "uscc": "91350100M000100Y43", "county": "610404"}


def test_a_bureau_registers_an_enterprise_within_its_area(ask: Ask) -> None:
    made = ask("city", "POST", "/enterprises", json=NEW)
    assert made.status_code == 201, made.text
    assert ask("city", "GET", made.headers["location"]).json()["name"] == NEW["name"]
    elsewhere = ask("city", "POST", "/enterprises", json=NEW | {"county": "610304"})
    assert (elsewhere.status_code, elsewhere.json()["errors"][0]["place"]) == (403, "county")


def test_a_credit_code_is_verified_and_registered_once(ask: Ask) -> None:
    wrong = ask("city", "POST", "/enterprises", json=NEW | {"uscc": "91350100M000100Y44"})
    assert (wrong.status_code, wrong.json()["errors"][0]["place"]) == (422, "uscc")
    ask("city", "POST", "/enterprises", json=NEW)
    assert ask("city", "POST", "/enterprises", json=NEW).json()["code"] == "uscc_taken"


def test_a_county_of_no_province_is_refused_with_its_place(ask: Ask, furnished: Furnished) -> None:
    path = f"/enterprises/{furnished.world.tyre}"
    seen = {"if-match": ask("root", "GET", path).headers["etag"]}
    for refused in (
        ask("root", "POST", "/enterprises", json=NEW | {"county": "999999"}),
        ask("root", "PATCH", path, json={"county": "000000"}, headers=seen),
        ask("root", "POST", f"{path}/sites", json={"name": "二厂", "county": "160101"}),
    ):
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["place"] == "county"


def test_a_change_says_what_it_has_seen(ask: Ask, furnished: Furnished) -> None:
    path = f"/enterprises/{furnished.world.tyre}"
    seen = {"if-match": ask("city", "GET", path).headers["etag"]}
    assert ask("city", "PATCH", path, json={"active": False}, headers=seen).json()["active"] is False
    assert ask("city", "PATCH", path, json={"active": True}, headers=seen).status_code == 412
    assert ask("city", "PATCH", path, json={"active": True}).status_code == 428
    assert ask("tyre", "PATCH", path, json={"active": True}, headers=seen).status_code == 403


def test_enterprises_are_found_by_name_code_area_ruleset_and_grade(ask: Ask, furnished: Furnished) -> None:
    tyre = ask("province", "GET", f"/enterprises/{furnished.world.tyre}").json()

    def found(**by: str) -> list[str]:
        return [item["id"] for item in ask("province", "GET", "/enterprises", params=by).json()["items"]]

    assert len(found()) == 2
    assert found(q=tyre["name"][2:5]) == found(q=tyre["uscc"]) == found(area="610400") == [tyre["id"]]
    # It is a D at least, and what it is isn't decided: it is none of the D plants.
    assert (tyre["grades"][0]["grade"], tyre["grades"][0]["decision"]["kind"]) == ("D", "undecided")
    assert found(grade="D") == []
    assert tyre["id"] in found(grade="undecided")
    assert found(q="%") == []
    # By the number of its permit as people type it, and by several words at once.
    assert found(q=PERMIT[4:].lower()) == [tyre["id"]]
    assert found(q=f"{tyre['name'][-4:]} {tyre['uscc'][:8].lower()}") == [tyre["id"]]
    assert found(q=f"{tyre['name'][2:5]} 铸造") == []


def test_sites_and_units_are_registered_and_closed(ask: Ask, furnished: Furnished) -> None:
    path = f"/enterprises/{furnished.world.tyre}"
    site = ask("city", "POST", f"{path}/sites", json={"name": "北厂区", "county": "610404"}).json()
    unit = {"site_id": site["id"], "code": "tyre-9", "ruleset_id": "national-2020/rubber"}
    made = ask("city", "POST", f"{path}/units", json=unit)
    assert made.status_code == 201, made.text
    assert ask("city", "POST", f"{path}/units", json=unit).json()["code"] == "unit_exists"
    wrong = ask("city", "POST", f"{path}/units", json=unit | {"code": "x", "ruleset_id": "no/such"})
    assert wrong.json()["errors"][0]["place"] == "ruleset_id"
    closed = ask("city", "PATCH", f"/units/{made.json()['id']}", json={"active": False})
    assert closed.json()["active"] is False
    assert ask("city", "PATCH", f"/sites/{site['id']}", json={"name": "北区"}).json()["name"] == "北区"


def test_the_page_says_in_brief_what_the_grade_means_and_what_would_lift_it(
    client: TestClient, furnished: Furnished
) -> None:
    headers = {"authorization": f"Bearer {furnished.tokens['tyre']}", "accept": "text/html"}
    page = client.get(f"/enterprises/{furnished.world.tyre}?mode=trial", headers=headers).text
    brief = re.sub(r"<[^>]+>|\s+", "", page.partition('id="brief"')[2].partition("</section>")[0])
    assert "试算，不得作为评级结论" in brief
    assert "现在是C级。红色预警期间须：" in brief
    assert "达到B级后，黄色预警期间改为：" in brief
    assert "改后复评为B级。" in brief
