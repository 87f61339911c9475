"""A plant appeals by indicator with files, the bureau upholds it, and the plant follows what comes of it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.api.pages.conftest import Place, violations
from tests.api.pages.test_announcements import fits
from tests.api.world import PICTURE


def test_an_appeal_is_followed_from_its_receipt_to_the_re_examination(
    place: Place, sit_down: Callable[..., Page]
) -> None:
    plant = sit_down("tyre")
    plant.goto(f"{place.url}/enterprises/{place.world.tyre}")
    plant.get_by_label("对公布的等级有异议").fill("收集设施已改造")
    plant.get_by_text("按指标说明理由").first.click()
    why = plant.locator("textarea[name^='why.']").first
    title = plant.locator(f"label[for='{why.get_attribute('id')}']").inner_text()
    why.fill("检测报告见附件")
    plant.get_by_label("附件（检测报告").set_input_files(
        [{"name": "现场.png", "mimeType": "image/png", "buffer": PICTURE}]
    )
    plant.get_by_role("button", name="提交申诉").click()
    filed = plant.locator(".appeal").first
    expect(filed).to_contain_text("待生态环境部门答复")
    expect(filed).to_contain_text(title)
    expect(filed.get_by_role("link", name="现场.png")).to_be_visible()
    with plant.expect_download() as receipt:
        filed.get_by_role("link", name="回执").click()
    assert receipt.value.path().read_bytes().startswith(b"%PDF")

    bureau = sit_down("city")
    bureau.goto(f"{place.url}/audits/{place.published}")
    bureau.locator("input[name=upheld][value=yes]").check(force=True)
    bureau.get_by_label("答复", exact=True).fill("经核，申诉成立")
    assert fits(bureau)
    bureau.get_by_role("button", name="答复申诉").click()
    expect(bureau.locator(".appeal").first).to_contain_text("等待评审组重新核查")

    plant.set_viewport_size({"width": 390, "height": 800})
    plant.goto(f"{place.url}/enterprises/{place.world.tyre}")
    expect(plant.locator("#appeal")).to_contain_text("等待评审组重新核查")
    plant.wait_for_load_state()
    assert plant.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(plant) == []
