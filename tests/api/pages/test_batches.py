"""A bureau tries a tightened edition out: uploads it, sees what it would do, follows a change down to the value, publishes it
by a second person, and takes it back."""

import re
from collections.abc import Callable
from io import BytesIO
from uuid import UUID

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from api.services.regrading.steps import work_off
from tests.api.pages.conftest import Place, violations
from tests.api.plants import HEAD, TIGHTER, publish_plants, varied

SitDown = Callable[..., Page]


@pytest.fixture(scope="module", autouse=True)
def plants(place: Place) -> None:
    publish_plants(place.world, varied(6))


def upload(page: Page, place: Place, text: str) -> None:
    page.goto(f"{place.url}/batches")
    page.get_by_role("link", name="新建批次").first.click()
    page.get_by_label("规则文件").set_input_files(
        [{"name": "edition.yaml", "mimeType": "application/yaml", "buffer": text.encode()}]
    )
    page.get_by_role("button", name="上传并检查").click()


def ordered(page: Page, place: Place, name: str) -> str:
    """A batch against a tightened edition, as far as a worker gets at once; its address."""
    upload(page, place, TIGHTER)
    page.get_by_label("批次名称").fill(name)
    page.get_by_role("button", name="开始试算").click()
    expect(page).to_have_url(re.compile(r"/batches/[0-9a-f-]{36}$"))
    return page.url


def work(place: Place, url: str) -> None:
    for _ in work_off(place.world.service, UUID(url.rpartition("/")[2])):
        pass


def test_a_tightened_edition_is_tried_out_understood_published_by_another_and_taken_back(
    place: Place, sit_down: SitDown
) -> None:
    page = sit_down("city")
    url = ordered(page, place, "收紧人员要求")
    expect(page.get_by_role("heading", name="收紧人员要求")).to_be_visible()
    work(place, url)
    # The page asks by itself, and is made anew when the impact is known.
    expect(page.get_by_role("heading", name="原因")).to_be_visible()
    expect(page.get_by_text("可公布").first).to_be_visible()
    expect(page.get_by_role("button", name="公布全部变化")).to_have_count(0)
    cause = page.get_by_role("region", name="原因列表").get_by_role("row", name="专职环保人员（咸阳）")
    expect(cause).to_contain_text("新增")
    cause.get_by_role("link").click()
    rows = page.get_by_role("region", name="变化的单元列表").get_by_role("row")
    expect(rows).to_have_count(3)
    rows.nth(1).get_by_role("link").click()
    why = page.get_by_role("region", name="变化原因")
    expect(why).to_contain_text("环保管理人员配备为专职")
    expect(why).to_contain_text("无此项")
    trace = page.locator("section", has=page.get_by_role("heading", name="新规则下")).locator(".top-tree")
    indicator = trace.locator("li.is-indicator", has_text="专职环保人员（咸阳）").first
    for summary in indicator.locator("xpath=ancestor::li/details/summary").all():
        summary.click()
    indicator.locator("summary").first.click()
    indicator.locator("li.is-condition summary").first.click()
    expect(indicator.locator("li.is-value").first).to_contain_text("兼职")
    # Only what is concluded otherwise is on the page; the whole trace is one step away.
    assert set(page.locator(".top-tree li.is-indicator > details > summary .reason-text").all_text_contents()) == {
        "专职环保人员（咸阳）：须有专职环保人员"
    }
    page.get_by_role("link", name="原规则下的完整推理过程").click()
    expect(page.locator(".top-tree").first).to_contain_text("A级")
    expect(page.locator(".top-tree").first).not_to_contain_text("专职环保人员（咸阳）")
    page.get_by_role("link", name="新规则下的推理过程").click()
    expect(page.locator(".top-tree").first).to_contain_text("专职环保人员（咸阳）")

    other = sit_down("province")
    other.goto(url)
    other.get_by_role("button", name="公布全部变化").click()
    expect(other.get_by_text("已公布").first).to_be_visible()
    expect(other.get_by_text("以后的审核仍按服务所装的规则集评级")).to_be_visible()
    other.get_by_text("整体收回").click()
    other.get_by_label("收回理由").fill("方案尚未生效。")
    other.get_by_role("button", name="收回", exact=True).click()
    expect(other.get_by_text("已收回").first).to_be_visible()
    expect(other.get_by_text("方案尚未生效。")).to_be_visible()


def test_what_is_wrong_with_an_uploaded_edition_is_told_line_by_line(place: Place, sit_down: SitDown) -> None:
    page = sit_down("city")
    upload(page, place, f"{HEAD}gates: nothing\ncolour: green\n")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("第 7 行")
    expect(alert).to_contain_text("第 8 行")


NARROWER = HEAD + (
    "facts:\n  - {id: ledger_retention_years, label: 台账保存年限, type: number, changed_by: discipline, unit: 年, min: 0, "
    "max: 4, decimals: 0, evidence: [台账]}\n"
)


def test_audits_that_the_new_edition_can_not_read_are_listed_with_their_reasons(
    place: Place, sit_down: SitDown
) -> None:
    page = sit_down("city")
    upload(page, place, NARROWER)
    page.get_by_label("批次名称").fill("收窄年限")
    page.get_by_label("行业").select_option("rubber")
    page.get_by_role("button", name="开始试算").click()
    expect(page).to_have_url(re.compile(r"/batches/[0-9a-f-]{36}$"))
    work(place, page.url)
    unread = page.get_by_role("region", name="不能读入的审核列表")
    expect(unread).to_contain_text("轮胎厂0")
    expect(unread).to_contain_text("台账保存年限：应在 0 至 4 之间")
    expect(page.get_by_text("行业 橡胶制品制造")).to_be_visible()
    expect(page.get_by_text("行业 rubber")).to_have_count(0)
    unread.get_by_role("link").first.click()
    expect(page.get_by_role("main")).to_contain_text("台账保存年限")


def test_a_batch_may_be_of_a_whole_city(place: Place, sit_down: SitDown) -> None:
    page = sit_down("province")
    page.goto(f"{place.url}/batches/new")
    choices = page.get_by_label("行政区划").get_by_role("option").all_text_contents()
    assert "陕西省咸阳市（610400）" in choices
    assert choices[0] == "陕西省（610000）（全部辖区）"


def test_a_batch_is_paused_gone_on_with_and_cancelled(place: Place, sit_down: SitDown) -> None:
    page = sit_down("city")
    ordered(page, place, "暂停试试")
    page.get_by_role("button", name="暂停").click()
    expect(page.get_by_text("（已暂停）").first).to_be_visible()
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("button", name="暂停")).to_be_visible()
    page.get_by_text("取消批次").click()
    page.get_by_role("button", name="取消", exact=True).click()
    expect(page.get_by_text("已取消").first).to_be_visible()


def test_the_impact_is_downloaded_with_every_reason(place: Place, sit_down: SitDown) -> None:
    page = sit_down("city")
    url = ordered(page, place, "下载")
    work(place, url)
    answer = page.request.get(f"{url}/export")
    book = openpyxl.load_workbook(BytesIO(answer.body()))
    assert book.sheetnames == ["影响", "原因", "变化单元", "逐项原因"]
    heads = [cell.value for cell in book["逐项原因"][1]]
    rows = [dict(zip(heads, [c.value for c in row], strict=True)) for row in book["逐项原因"].iter_rows(min_row=2)]
    mine = [row for row in rows if row["指标或否决项"].startswith("专职")]
    assert {row["企业名称"] for row in mine} == {"轮胎厂0", "轮胎厂3"}
    assert {row["原要求"] for row in mine} == {"无此项"}


def test_the_pages_are_in_order_for_those_who_hear_them_and_on_a_tablet(place: Place, sit_down: SitDown) -> None:
    page = sit_down("city")
    url = ordered(page, place, "无障碍")
    assert violations(page) == []
    work(place, url)
    expect(page.get_by_role("heading", name="原因")).to_be_visible()
    unit = page.get_by_role("region", name="变化的单元列表").get_by_role("link").first.get_attribute("href")
    for path in ("/batches", "/batches/new", url.removeprefix(place.url), unit):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(f"{place.url}{path}")
        assert violations(page) == []
        page.set_viewport_size({"width": 800, "height": 1100})
        assert page.evaluate("document.documentElement.scrollWidth") <= 800
        assert violations(page) == []
    page.goto(f"{place.url}{unit}/trace")
    assert page.evaluate("document.documentElement.scrollWidth") <= 800
