"""A grade that is not decided is shown as an interval, never as the floor; publishing it, or a change to it, needs a reason."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from api.services import workflow
from api.services.draft_rulesets import upload
from api.services.regrading.lifecycle import Selection, order
from api.services.regrading.steps import work_off
from tests.api.pages.conftest import Place, violations
from tests.api.plants import publish_plants, varied
from tests.api.regrading.test_holding import OPEN
from tests.api.world import content

SitDown = Callable[..., Page]


def test_the_overview_counts_what_is_not_decided_by_itself(sit_down: SitDown) -> None:
    page = sit_down("city", "/overview")
    legend = page.get_by_role("list", name="各等级企业数")
    expect(legend).to_contain_text("待定")
    expect(legend).not_to_contain_text("D级")
    page.get_by_label("等级", exact=True).select_option("undecided")
    page.get_by_role("button", name="筛选").click()
    expect(page.get_by_role("region", name="企业列表")).to_contain_text(
        re.compile(r"待定 \(D～A\): \d+ 项限值待主管部门核实")
    )
    assert violations(page) == []


def test_publishing_it_asks_for_a_reason_and_the_result_is_marked(place: Place, sit_down: SitDown) -> None:
    audit_id = place.world.do("wang", workflow.create_audit, place.world.tyre, content()).id
    place.world.do("wang", workflow.submit, audit_id)
    place.world.do("li", workflow.confirm, audit_id)
    page = sit_down("city", f"/audits/{audit_id}")
    expect(page.locator("#findings")).to_contain_text("等级待定，公布须说明理由")
    page.get_by_label("公布理由").fill("限值核实前先行公布")
    page.get_by_role("button", name="公布等级").click()
    expect(page.get_by_text("公布时等级待定。")).to_be_visible()
    expect(page.get_by_text("限值核实前先行公布")).to_be_visible()
    expect(page.locator(".seal.undecided").first).to_contain_text("D～A")
    assert violations(page) == []


def test_submitting_names_what_is_unusual_and_goes_on_with_a_word(place: Place, sit_down: SitDown) -> None:
    audit_id = place.world.do("wang", workflow.create_audit, place.world.tyre, content()).id
    page = sit_down("wang", f"/audits/{audit_id}/form")
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator("#findings")).to_contain_text("距今")
    page.get_by_label("改正后再提交").fill("补录 2023 年的核查")
    page.get_by_role("button", name="说明后提交").click()
    expect(page).to_have_url(re.compile(rf"/audits/{audit_id}$"))


@pytest.fixture(scope="module")
def batch(place: Place) -> UUID:
    publish_plants(place.world, varied(4))
    with place.world.at("city") as context:
        made = order(context, "收紧人员要求", Selection(), draft_id=upload(context, OPEN.encode()).id)
    for _ in work_off(place.world.service, made.id):
        pass
    return made.id


def test_a_batch_holds_back_what_is_not_decided_until_it_is_released(sit_down: SitDown, batch: UUID) -> None:
    page = sit_down("province", f"/batches/{batch}")
    expect(page.get_by_role("heading", name=re.compile("下降 0，上升 0，待定 2"))).to_be_visible()
    assert violations(page) == []
    rows = page.get_by_role("region", name="变化的单元列表").get_by_role("row")
    expect(rows.nth(1)).to_contain_text("待定（因无法判定）")
    rows.nth(1).get_by_role("link").click()
    expect(page.get_by_role("heading", name="新旧等级之间的每一级")).to_have_count(0)
    page.get_by_label("公布待定等级的理由").fill("已现场核实")
    page.get_by_role("button", name="放行这份审核").click()
    expect(page.get_by_text("1 份审核有待定的变化，不随本次公布")).to_be_visible()
    page.get_by_role("button", name="公布已定的变化").click()
    expect(page.get_by_text("已公布").first).to_be_visible()
