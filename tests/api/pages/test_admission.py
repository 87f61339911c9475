"""The approval bureau's way through admission, in a browser without scripts."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest

from tests.api.pages.conftest import Place
from tests.api.pages.test_without_scripts import signed_in, token
from tests.api.world import EXAMPLES

COATING = EXAMPLES / "industrial_coating" / "qindu-waterborne-frames.json"
FIELDS = {
    "name": "门窗型材喷涂线",
    "accepted_on": "2023-05-10",
    "county": "秦都",
    "industry": "工业涂装",
    "kind": "new",
    "emits_to_air": "true",
    "in_urban_area": "false",
    "distance_km": "20",
    "distance_method": "fence",
    "treatment": "rto",
}


@pytest.fixture
def city(place: Place) -> Iterator[httpx.Client]:
    with signed_in(place, "city") as client:
        yield client


def send(client: httpx.Client, path: str, fields: dict[str, Any], design: Any = None) -> httpx.Response:
    """Send a form of the page, as a browser does."""
    csrf = token(client.get("/admission/new").text)
    files = {} if design is None else {"design_file": ("设计.json", json.dumps(design).encode(), "application/json")}
    return client.post(path, data=fields | {"csrf_token": csrf}, files=files)


def design(**facts: Any) -> Any:
    audit = json.loads(COATING.read_text(encoding="utf-8"))
    audit["enterprise"]["facts"] |= facts
    return audit


def words(answer: httpx.Response) -> str:
    return re.sub(r"<[^>]*>", "", answer.text)


def test_a_project_is_chosen_by_words_and_gets_its_opinion_with_the_rule_and_where_it_is_written(
    city: httpx.Client,
) -> None:
    answer = send(city, "/admission", FIELDS, design())
    assert (answer.status_code, "/admission/" in str(answer.url)) == (200, True)
    said = words(answer)
    for expected in ("准入", "A级及以上（全部指标）", "达到", "市区及周边", "第1项", "准入意见（PDF）", "待竣工验收"):
        assert expected in said
    assert "门窗型材喷涂线" in words(city.get("/admission?q=门窗&outcome=admitted"))


def test_a_look_at_the_outcome_keeps_nothing_and_carries_the_design_data(city: httpx.Client) -> None:
    answer = send(city, "/admission", FIELDS | {"name": "只看一看", "preview": "1"}, design())
    assert "试看的结论" in words(answer)
    assert "已载入设计资料" in words(answer)
    assert "只看一看" not in words(city.get("/admission"))
    carried = re.search(r'name="design" value="([^"]+)"', answer.text)
    assert carried


def test_everything_that_is_wrong_is_told_at_its_field_and_what_was_typed_stays(city: httpx.Client) -> None:
    wrong = FIELDS | {"name": "", "county": "区", "industry": "制造", "distance_km": "近", "emits_to_air": ""}
    answer = send(city, "/admission", wrong)
    assert answer.status_code == 422
    for field in ("p-name", "p-county", "p-industry"):
        assert f'id="w-{field}"' in answer.text
    assert 'value="近"' in answer.text
    assert "符合多项，请选择其一" in answer.text


@pytest.mark.parametrize(
    ("missing", "facts"), [({"industry": ""}, {}), ({}, {"violation_last_year": None})], ids=["of project", "of design"]
)
def test_what_would_decide_is_filled_in_in_place_and_gives_a_new_opinion(
    missing: dict[str, Any], facts: dict[str, Any], city: httpx.Client
) -> None:
    answer = send(city, "/admission", FIELDS | missing, design(**facts))
    assert 'class="seal long unknown"' in answer.text
    first = str(answer.url)
    named = re.findall(r'name="(audit\.[^"]*violation_last_year)" value="false"', answer.text)
    assert len(named) == len(facts)
    answer = send(city, f"{first}/supplement", {"industry": "工业涂装"} | dict.fromkeys(named, "false"))
    assert 'class="seal long met"' in answer.text
    assert "已被取代" in words(city.get(first))


def test_a_completed_project_is_found_among_those_whose_grade_is_due(city: httpx.Client) -> None:
    answer = send(city, "/admission", FIELDS | {"name": "已验收项目"}, design())
    page = str(answer.url)
    wrong = send(city, f"{page}/completion", {"completed_on": "2022-01-01", "reasons": "验收意见"})
    assert wrong.status_code == 422
    assert "不得早于受理日期" in words(wrong)
    answer = send(city, f"{page}/completion", {"completed_on": "2024-06-30", "reasons": "验收意见"})
    assert "复核到期" in words(answer)
    assert "已验收项目" in words(city.get("/admission?regrading=due"))


def test_others_than_bureaus_have_no_way_there(place: Place) -> None:
    with signed_in(place, "wang") as client:
        assert "项目准入" not in client.get("/").text
        assert client.get(f"/admission/{place.opinion}").status_code in (403, 404)
