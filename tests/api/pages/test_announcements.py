"""A bureau makes grades public: the list, the publicity period, an objection; at each width nothing runs out of the page."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from api.services import workflow
from grading import calendar
from tests.api.pages.conftest import Place, violations
from tests.api.world import content

SitDown = Callable[..., Page]


def fits(page: Page) -> bool:
    """Nothing runs out of the page at either width, and axe finds nothing."""
    wide = []
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        wide.append(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
    found = violations(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    return wide == [0, 0] and found == []


def test_an_officer_lists_confirmed_audits_puts_them_to_the_public_and_registers_an_objection(
    place: Place, sit_down: SitDown
) -> None:
    made = place.world.do("wang", workflow.create_audit, place.world.tyre, content())
    place.world.do("wang", workflow.submit, made.id)
    place.world.do("li", workflow.confirm, made.id)
    page = sit_down("city", "/overview")
    page.get_by_role("link", name="成批公布").click()
    assert fits(page)
    page.get_by_label("公告标题").fill("第二批结果")
    page.get_by_role("button", name="拟定公告").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("第二批结果")
    page.get_by_label("最后一天").fill((calendar.today() + timedelta(days=5)).isoformat())
    page.get_by_role("button", name="开始公示").click()
    expect(page.get_by_text("其后可以公布")).to_be_visible()
    page.get_by_text("登记异议", exact=True).first.click()
    page.get_by_label("异议人").fill("邻近居民")
    page.get_by_label("内容").fill("夜间有异味")
    page.get_by_role("button", name="登记异议").click()
    expect(page.get_by_text("夜间有异味")).to_be_visible()
    assert fits(page)
