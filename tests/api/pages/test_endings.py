"""A bureau sees what ends soon and exports it; the plant sees from which day on its grade is another, on a phone too."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from api.services import forecasts
from tests.api.pages.conftest import Place, violations
from tests.api.pages.test_announcements import fits
from tests.api.test_forecasts import LAST, published

HEAD = ("企业名称", "统一社会信用代码", "行政区划", "核查单元", "种类")


def test_what_ends_soon_is_listed_filtered_and_exported_and_stands_on_the_plants_page(
    place: Place, sit_down: Callable[..., Page]
) -> None:
    published(place.world)
    page = sit_down("city", "/overview")
    expect(page.get_by_role("region", name="待办", exact=True)).to_contain_text("份等级没有推算完")
    forecasts.work_out(place.world.service)
    page.reload()
    page.get_by_role("link", name="到期清单").click()
    listed = page.get_by_role("region", name="到期的事项")
    expect(listed).to_contain_text("凭证到期")
    expect(listed).to_contain_text("还有 20 天")
    assert fits(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    rows = list(load_workbook(BytesIO(Path(download.value.path()).read_bytes()))["到期清单"].values)
    assert rows[0][:5] == HEAD
    assert (LAST.isoformat(), "20") in {(row[6], row[7]) for row in rows[1:]}
    page.get_by_label("种类").select_option("waiver")
    page.get_by_role("button", name="筛选").click()
    expect(page.get_by_text("没有符合条件的到期事项")).to_be_visible()

    plant = sit_down("tyre")
    plant.set_viewport_size({"width": 390, "height": 844})
    plant.goto(f"{place.url}/enterprises/{place.world.tyre}#calendar")
    calendar = plant.locator("#calendar")
    expect(calendar).to_contain_text("除非在此之前更新凭证")
    expect(calendar).to_contain_text(f"自 {LAST + timedelta(days=1)} 起为")
    assert plant.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(plant) == []
