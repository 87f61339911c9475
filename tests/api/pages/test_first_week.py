"""What people look for in their first week: account, history, public list, brief, notices, help; walked at both widths."""

from collections.abc import Callable

import pyotp
from playwright.sync_api import Browser, Page, expect

from api.services.notices import NoticeMaker
from tests.api.pages.conftest import PATIENCE, Place
from tests.api.pages.test_announcements import fits
from tests.api.world import PASSWORD

SitDown = Callable[..., Page]


def test_a_second_factor_is_set_up_on_the_account_page_and_asked_for_at_the_next_sign_in(
    place: Place, sit_down: SitDown
) -> None:
    page = sit_down("elsewhere")
    page.goto(f"{place.url}/account")
    page.get_by_text("启用动态验证码", exact=True).click()
    app = pyotp.TOTP(page.locator("#second-factor code").inner_text())
    assert fits(page)
    factor = page.locator("#second-factor")
    factor.get_by_label("密码", exact=True).fill(PASSWORD)
    factor.get_by_label("动态验证码").fill("000000" if app.now() != "000000" else "111111")
    factor.get_by_role("button", name="启用").click()
    expect(page.locator("#second-factor")).to_contain_text("动态验证码不正确")
    factor.get_by_text("启用动态验证码", exact=True).wait_for()
    # What is refused keeps the key that the phone has read.
    assert pyotp.TOTP(page.locator("#second-factor code").inner_text()).secret == app.secret
    factor.get_by_label("密码", exact=True).fill(PASSWORD)
    factor.get_by_label("动态验证码").fill(app.now())
    factor.get_by_role("button", name="启用").click()
    expect(page.locator("#second-factor")).to_contain_text("已启用")
    expect(page.locator("#sessions")).to_contain_text("本次登录")
    page.context.clear_cookies()
    page.goto(f"{place.url}/sign-in")
    page.get_by_label("用户名").fill("elsewhere")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("动态验证码")


def test_a_plant_s_page_tells_who_did_what_to_its_grade_and_why(place: Place, sit_down: SitDown) -> None:
    page = sit_down("city")
    page.goto(f"{place.url}/enterprises/{place.world.tyre}")
    history = page.get_by_role("region", name="等级变动", exact=True)
    expect(history).to_contain_text("公布")
    expect(history).to_contain_text("咸阳市局")
    assert fits(page)


def test_the_public_finds_a_published_grade_and_whether_a_report_is_the_one_in_force(
    place: Place, browser: Browser
) -> None:
    service = place.world.service
    before = service.settings
    service.settings = before.model_copy(update={"public_list": True})
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE)
    try:
        page.goto(f"{place.url}/sign-in")
        page.get_by_role("link", name="查询已公布的绩效等级").click()
        expect(page.locator("tbody tr")).to_have_count(1)
        assert fits(page)
        page.locator("tbody a").click()
        expect(page.locator("main")).to_contain_text("有效")
        assert fits(page)
    finally:
        page.close()
        service.settings = before


def test_a_plant_reads_what_its_grade_means_and_tries_what_would_lift_it(place: Place, sit_down: SitDown) -> None:
    page = sit_down("tyre", f"/enterprises/{place.world.tyre}?mode=trial")
    brief = page.get_by_role("region", name="概要")
    expect(brief).to_contain_text("红色预警期间须")
    expect(brief).to_contain_text("改后复评为")
    assert fits(page)
    page.get_by_role("button", name="试算等级").first.click()
    expect(page.locator("#outcome").first).to_contain_text("未保存")
    assert fits(page)


def test_notices_are_counted_listed_and_read_once(place: Place, sit_down: SitDown) -> None:
    NoticeMaker(place.world.service).make_due()
    page = sit_down("tyre")
    page.get_by_role("link", name="条未读").click()
    unread = page.get_by_role("region", name="未读的")
    expect(unread.get_by_role("listitem").first).to_contain_text("公布")
    assert fits(page)
    page.get_by_role("button", name="全部标为已读").click()
    expect(unread).to_contain_text("没有。")
    expect(page.get_by_role("link", name="条未读")).to_have_count(0)


def test_each_role_finds_its_page_of_help_with_its_pictures(sit_down: SitDown) -> None:
    for login, word in (("wang", "填一份审核"), ("city", "辖区")):
        page = sit_down(login)
        page.get_by_role("link", name="帮助", exact=True).click()
        expect(page.locator("main")).to_contain_text(word)
        pictures = page.locator("main img")
        expect(pictures.first).to_be_visible()
        shown = "all => Promise.all(all.map(one => one.decode().then(() => one.naturalWidth > 0 && one.alt !== '')))"
        sizes = pictures.evaluate_all(shown)
        assert sizes
        assert all(sizes)
        assert fits(page)
