"""A bureau finds where systems are told of events, registers one, sees its secret once, and what it was told."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.api.pages.conftest import Place, violations


def test_a_webhook_is_registered_with_a_secret_that_is_shown_once(place: Place, sit_down: Callable[..., Page]) -> None:
    page = sit_down("city")
    page.goto(f"{place.url}/log")
    page.get_by_role("link", name="事件推送").click()
    page.get_by_label("网址").fill("https://10.0.0.8/hook")
    page.get_by_label("等级公布").check(force=True)
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_role("alert")).to_contain_text("内部网络")
    assert violations(page) == []
    page.get_by_label("网址").fill("https://93.184.215.14/hook")
    page.get_by_role("button", name="登记").click()
    expect(page.locator(".secret")).to_contain_text("whsec_")
    secret = page.locator(".secret").inner_text()
    page.get_by_role("link", name="查看推送记录").click()
    expect(page.locator("main")).to_contain_text("还没有推送过")
    assert secret not in page.content()
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(page) == []
