"""A bureau grants and ends a waiver on the plant's page; the page of rulesets tells which edition applies to a plant."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from grading import calendar
from tests.api.pages.conftest import Place

TYPED = {
    "准予单位": "咸阳市生态环境局",
    "原因": "新能源车辆采购中",
    "文号": "咸环函〔2026〕12号",
    "文件日期": "2023-01-01",
}
UNTIL = (calendar.today() + timedelta(days=60)).isoformat()


def test_a_waiver_is_granted_and_ended_on_the_plant_s_page(place: Place, sit_down: Callable[..., Page]) -> None:
    page = sit_down("city", f"/enterprises/{place.world.tyre}")
    page.get_by_text("准予豁免：").first.click()
    form = page.locator("form[action$='/waivers']").first
    form.get_by_label("指标").select_option("road_transport")
    for label, text in TYPED.items():
        form.get_by_label(label, exact=True).fill(text)
    form.get_by_label("截止日期（含当日）").fill("2022-12-31")
    form.get_by_role("button", name="准予豁免").click()
    expect(page.get_by_role("alert")).to_contain_text("截止日期早于开始日期")
    form = page.locator("form[action$='/waivers']").first
    expect(form.get_by_label("准予单位")).to_have_value("咸阳市生态环境局")
    form.get_by_label("截止日期（含当日）").fill(UNTIL)
    form.get_by_label("证明材料（批复扫描件等）").set_input_files(
        {"name": "批复.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 waiver"}
    )
    form.get_by_role("button", name="准予豁免").click()
    listed = page.get_by_role("region", name="豁免的清单")
    expect(listed).to_contain_text("有效，还有 60 天到期")
    expect(listed.get_by_role("link", name="批复.pdf")).to_be_visible()
    page.goto(f"{place.url}/audits/{place.published}")
    expect(page.get_by_text("豁免有变化")).to_be_visible()
    page.goto(f"{place.url}/overview")
    expect(page.locator("#ending + ul")).to_contain_text("还有 60 天")
    page.goto(f"{place.url}/enterprises/{place.world.tyre}")
    page.get_by_text("终止", exact=True).click()
    page.get_by_label("终止理由").fill("车辆已到位")
    page.get_by_role("button", name="即日起终止").click()
    expect(page.get_by_role("region", name="豁免的清单")).to_contain_text("起终止：车辆已到位")


def test_the_page_of_rulesets_tells_which_edition_applies(place: Place, sit_down: Callable[..., Page]) -> None:
    page = sit_down("wang", "/rulesets?industry=橡胶&county=610404&day=2023-09-10")
    expect(page.get_by_role("status").first).to_contain_text(
        "市级（610400） xianyang-2023/rubber；另有 national-2020/rubber"
    )
    page.goto(f"{place.url}/rulesets?industry=cement&county=610404&day=2025-01-01")
    expect(page.get_by_role("status").first).to_contain_text("同样具体的现行版本不止一个")
