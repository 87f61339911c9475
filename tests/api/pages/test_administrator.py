"""The administrator's way: people, their scope and their passwords, teams, tokens, the log."""

import re
from collections.abc import Callable

import httpx2 as httpx
from playwright.sync_api import Page, expect

from tests.api.pages.conftest import Place, violations
from tests.api.pages.test_without_scripts import signed_in, token
from tests.api.world import PASSWORD

SitDown = Callable[..., Page]


def signs_in(place: Place, login: str, password: str) -> bool:
    said = {"login": login, "password": password, "next": "/"}
    answer = httpx.post(f"{place.url}/sign-in", data=said, headers={"accept": "text/html"}, timeout=30)
    return answer.status_code == 303


def test_an_administrator_makes_a_user_moves_them_gives_a_new_password_and_shuts_them_out(
    place: Place, sit_down: SitDown
) -> None:
    page = sit_down("root")
    page.get_by_role("link", name="用户", exact=True).click()
    page.get_by_label("用户名", exact=True).fill("qian.yi")
    page.get_by_label("姓名", exact=True).fill("钱一")
    page.locator("form.person").get_by_label("角色").select_option("评审专家")
    page.get_by_label("评审专家：评审组").select_option("评审一组")
    page.get_by_role("button", name="新建，并显示密码").click()
    password = page.locator(".secret").inner_text()
    assert violations(page) == []
    assert signs_in(place, "qian.yi", password)

    page.get_by_role("link", name="查看这名用户").click()
    page.get_by_label("评审专家：评审组").select_option("评审二组")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存")).to_be_visible()
    expect(page.locator(".head-line")).to_contain_text("评审二组")

    page.get_by_role("button", name="重置密码").click()
    changed = page.locator(".secret").inner_text()
    assert not signs_in(place, "qian.yi", password)
    assert signs_in(place, "qian.yi", changed)
    page.get_by_role("link", name="查看这名用户").click()
    page.get_by_role("button", name="停用账号").click()
    expect(page.locator(".head-line")).to_contain_text("已停用")
    assert not signs_in(place, "qian.yi", changed)
    page.goto(f"{place.url}/users?q=qian&active=no")
    expect(page.get_by_role("link", name="qian.yi")).to_be_visible()
    page.get_by_role("link", name="qian.yi").click()
    page.get_by_role("button", name="重新启用").click()
    assert signs_in(place, "qian.yi", changed)


def test_what_is_wrong_about_a_user_is_told_beside_the_field_and_nothing_typed_is_lost(sit_down: SitDown) -> None:
    page = sit_down("root", "/users")
    page.get_by_label("用户名", exact=True).fill("Zhou 周")
    page.get_by_label("姓名", exact=True).fill("周二")
    page.locator("form.person").get_by_label("角色").select_option("生态环境部门")
    page.get_by_label("生态环境部门：辖区代码").fill("61")
    page.get_by_role("button", name="新建，并显示密码").click()
    expect(page.get_by_label("用户名", exact=True)).to_have_value("Zhou 周")
    expect(page.get_by_text("✗ 用户名由 2 至 64 个小写字母")).to_be_visible()
    expect(page.get_by_text("✗ 辖区应为六位行政区划代码")).to_be_visible()
    assert violations(page) == []


def test_a_token_is_shown_once_acts_for_its_owner_and_can_be_revoked(place: Place, sit_down: SitDown) -> None:
    page = sit_down("tyre")
    page.get_by_role("link", name="我的账号").click()
    page.get_by_label("名称：由哪个系统使用").fill("集团数据平台")
    page.get_by_role("button", name="新建，并显示令牌").click()
    secret = page.locator(".secret").inner_text()

    def ask() -> int:
        return httpx.get(f"{place.url}/v1/me", headers={"authorization": f"Bearer {secret}"}).status_code

    assert ask() == 200
    page.get_by_role("link", name="返回我的账号").click()
    row = page.get_by_role("row", name="集团数据平台")
    expect(row).to_contain_text("有效")
    assert secret not in page.content()
    row.get_by_role("button", name="撤销").click()
    expect(page.get_by_role("row", name="集团数据平台")).to_contain_text("已撤销")
    assert ask() == 401


def test_an_own_password_is_changed_with_the_old_one(place: Place, sit_down: SitDown) -> None:
    page = sit_down("sun", "/account")

    def change(old: str, new: str, again: str) -> None:
        page.get_by_label("原密码").fill(old)
        page.get_by_label("新密码", exact=True).fill(new)
        page.get_by_label("再输一次新密码").fill(again)
        page.get_by_role("button", name="修改密码").click()

    change("not-the-old-one", "another-good-one", "another-good-one")
    expect(page.get_by_role("alert")).to_contain_text("原密码不正确")
    change(PASSWORD, "another-good-one", "another-good-two")
    expect(page.get_by_role("alert")).to_contain_text("两次输入的新密码不一致")
    change(PASSWORD, "another-good-one", "another-good-one")
    expect(page.get_by_text("密码已修改")).to_be_visible()
    assert signs_in(place, "sun", "another-good-one")


def test_a_bureau_assigns_a_team_and_ends_the_assignment(place: Place, sit_down: SitDown) -> None:
    page = sit_down("province")
    page.get_by_role("link", name="评审组").click()
    page.locator("#team").select_option("评审二组")
    page.get_by_label("企业的统一社会信用代码").fill("91610404MA7D2P8L3F")
    page.get_by_label("自", exact=True).fill("2024-01-01")
    page.get_by_role("button", name="指派", exact=True).click()
    made = page.get_by_role("row").filter(has_text="2024-01-01")
    expect(made).to_contain_text("评审二组")
    with signed_in(place, "zhao") as zhao:
        assert zhao.get(f"/enterprises/{place.world.tyre}").status_code == 200
    made.locator("input[type=date]").fill("2024-01-31")
    made.get_by_role("button", name="设为最后一天").click()
    expect(page.get_by_role("row").filter(has_text="2024-01-01")).to_have_count(0)
    with signed_in(place, "zhao") as zhao:
        assert zhao.get(f"/enterprises/{place.world.tyre}").status_code == 404
    page.get_by_label("企业的统一社会信用代码").fill("91610404MA7D2P8L3X")
    page.locator("#team").select_option("评审二组")
    page.get_by_role("button", name="指派", exact=True).click()
    expect(page.get_by_text("✗ 没有统一社会信用代码为")).to_be_visible()


def test_the_log_is_filtered_and_verified(sit_down: SitDown) -> None:
    page = sit_down("root")
    page.get_by_role("link", name="日志", exact=True).click()
    page.get_by_label("操作", exact=True).select_option("公布等级")
    page.get_by_label("操作人的用户名").fill("city")
    page.get_by_role("button", name="筛选").click()
    rows = page.locator("table.log tbody tr")
    assert rows.count() >= 1
    assert set(rows.locator("td:nth-child(3)").all_inner_texts()) == {"公布等级"}
    page.get_by_label("操作人的用户名").fill("nobody")
    page.get_by_role("button", name="筛选").click()
    expect(page.get_by_role("alert")).to_contain_text("没有用户“nobody”")
    page.get_by_role("link", name="核对全部日志").click()
    expect(page.get_by_text("日志完好")).to_be_visible()
    head = page.locator("dl code").inner_text()
    assert re.fullmatch(r"[0-9a-f]{64}", head)
    page.get_by_label("以前记下的校验值").fill("0" * 64)
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_role("alert")).to_contain_text("没有所给校验值的记录")


def test_only_administrators_keep_users(place: Place) -> None:
    with signed_in(place, "city") as city:
        assert city.get("/users").status_code == 403
        assert city.get("/log/verification").status_code == 403
        said = {"csrf_token": token(city.get("/account").text), "name": "第三评审组"}
        assert city.post("/teams", data=said).status_code == 403
    with signed_in(place, "wang") as wang:
        assert wang.get("/teams").status_code == 403
        text = wang.get("/log").text
    assert "核对全部日志" not in text
    assert "新建用户" not in re.sub(r"<option.*?</option>", "", text)
