"""What is typed into the form is saved or told as not saved, and never lost: not by a session that ends, nor by the network."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from api.services import workflow
from api.store import Audit
from grading import calendar
from tests.api.pages.conftest import Place, submit
from tests.api.world import PASSWORD, content

SitDown = Callable[..., Page]
YEARS = "[name='v.enterprise.facts.ledger_retention_years'][form]"
MONTHS = "[name='v.enterprise.facts.gate_video_retention_months'][form]"
FACT = {YEARS: "ledger_retention_years", MONTHS: "gate_video_retention_months"}


def begun(place: Place) -> UUID:
    return place.world.do("wang", workflow.create_audit, place.world.tyre, content()).id


def opened(page: Page, place: Place, audit: UUID) -> Page:
    page.goto(f"{place.url}/audits/{audit}/form")
    return page


def type_(page: Page, field: str, value: str) -> None:
    page.locator(field).fill(value)
    page.locator(field).press("Tab")


def said(page: Page, field: str) -> Locator:
    """What is told beside a field."""
    return page.locator(".q", has=page.locator(field)).locator(".said")


def banner(page: Page) -> Locator:
    """What is told above the form."""
    return page.get_by_label("未保存的填写")


def stored(place: Place, audit: UUID, field: str) -> Any:
    with place.world.at("wang", writing=False) as context:
        raw = json.loads(workflow.revision_of(context, context.find(Audit, audit)).content)
    value = raw["enterprise"]["facts"][FACT[field]]
    return value["value"] if isinstance(value, dict) else value


def sign_in_again(page: Page, password: str = PASSWORD) -> None:
    page.locator("#sign-in-again").get_by_label("密码").fill(password)
    page.locator("#sign-in-again").get_by_role("button", name="重新登录").click()


def test_a_session_that_is_over_is_told_and_renewed_in_place_and_everything_typed_meanwhile_is_saved(
    place: Place, sit_down: SitDown
) -> None:
    audit = begun(place)
    page = opened(sit_down("wang"), place, audit)
    type_(page, YEARS, "3")
    expect(said(page, YEARS)).to_contain_text("✓ 已保存")
    page.context.clear_cookies()
    type_(page, YEARS, "4")
    expect(said(page, YEARS)).to_contain_text("未保存")
    expect(said(page, YEARS)).not_to_contain_text("✓")
    expect(banner(page)).to_contain_text("有 1 项未保存")
    type_(page, MONTHS, "17")
    sign_in_again(page, "wrong")
    expect(page.locator("#sign-in-again")).to_contain_text("用户名或密码不正确")
    sign_in_again(page)
    for field, value in ((YEARS, 4), (MONTHS, 17)):
        expect(said(page, field)).to_contain_text("✓ 已保存")
        assert stored(place, audit, field) == value
    expect(banner(page)).to_have_count(0)
    expect(page.locator("#sign-in-again")).to_have_count(0)


def test_nothing_is_saved_under_the_name_of_another_who_signed_in_meanwhile(place: Place, sit_down: SitDown) -> None:
    audit = begun(place)
    page = opened(sit_down("wang"), place, audit)
    tab = page.context.new_page()
    page.context.clear_cookies()
    tab.goto(f"{place.url}/sign-in")
    tab.get_by_label("用户名").fill("li")
    tab.get_by_label("密码").fill(PASSWORD)
    tab.get_by_role("button", name="登录").click()
    tab.wait_for_url(lambda url: "/sign-in" not in url)
    type_(page, YEARS, "4")
    expect(said(page, YEARS)).to_contain_text("未保存")
    expect(page.locator("#notices")).to_contain_text("另一位用户")
    assert stored(place, audit, YEARS) == 5


def test_a_session_begun_in_another_tab_is_taken_over(place: Place, sit_down: SitDown) -> None:
    audit = begun(place)
    page = opened(sit_down("wang"), place, audit)
    tab = page.context.new_page()
    page.context.clear_cookies()
    tab.goto(f"{place.url}/sign-in")
    tab.get_by_label("用户名").fill("wang")
    tab.get_by_label("密码").fill(PASSWORD)
    tab.get_by_role("button", name="登录").click()
    tab.wait_for_url(lambda url: "/sign-in" not in url)
    type_(page, YEARS, "4")
    expect(said(page, YEARS)).to_contain_text("✓ 已保存")
    assert stored(place, audit, YEARS) == 4


def test_an_audit_that_a_colleague_submitted_is_told_and_what_was_typed_is_shown_on_its_page(
    place: Place, sit_down: SitDown
) -> None:
    audit = begun(place)
    page = opened(sit_down("wang"), place, audit)
    type_(page, YEARS, "3")
    expect(said(page, YEARS)).to_contain_text("✓ 已保存")
    place.world.do("li", workflow.submit, audit)
    type_(page, YEARS, "4")
    expect(said(page, YEARS)).to_contain_text("已提交")
    expect(banner(page)).to_contain_text("已提交")
    page.goto(f"{place.url}/audits/{audit}")
    expect(banner(page)).to_contain_text("4")
    banner(page).get_by_role("button", name="不再保留").click()
    page.reload()
    expect(banner(page)).to_have_count(0)


def refusing(status: int) -> Callable[[Route], None]:
    """What stands in the network's place and refuses everything."""
    return lambda route: route.fulfill(status=status, body="<h1>Bad gateway</h1>", content_type="text/html")


def test_an_answer_of_any_kind_but_success_is_told_until_a_later_attempt_succeeds(
    place: Place, sit_down: SitDown
) -> None:
    audit = begun(place)
    page = opened(sit_down("wang"), place, audit)
    for years, status in enumerate((400, 404, 413, 422, 429, 500, 502, 503), start=6):
        page.route("**/answers", refusing(status))
        type_(page, YEARS, str(years))
        expect(said(page, YEARS), f"HTTP {status}").to_contain_text("✗ 未保存")
        expect(banner(page)).to_contain_text("有 1 项未保存")
        page.unroute("**/answers")
        banner(page).get_by_role("button", name="立即重试").click()
        expect(said(page, YEARS)).to_contain_text("✓ 已保存")
        expect(banner(page)).to_have_count(0)
        assert stored(place, audit, YEARS) == years


def test_on_a_train_nothing_typed_is_lost_though_the_network_goes_and_comes(place: Place, sit_down: SitDown) -> None:
    audit = begun(place)
    page = opened(sit_down("wang"), place, audit)
    page.context.set_offline(True)
    type_(page, YEARS, "3")
    type_(page, MONTHS, "17")
    expect(said(page, YEARS)).to_contain_text("网络不通")
    expect(page.locator("#sync")).to_contain_text("待同步 2 项")
    type_(page, YEARS, "4")
    page.context.set_offline(False)
    for field, value in ((YEARS, 4), (MONTHS, 17)):
        expect(said(page, field)).to_contain_text("✓ 已保存")
        assert stored(place, audit, field) == value


def test_an_answer_that_was_saved_though_its_receipt_was_lost_is_no_conflict_with_oneself(
    place: Place, sit_down: SitDown
) -> None:
    audit = begun(place)
    page = opened(sit_down("wang"), place, audit)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/answers", lose)
    type_(page, YEARS, "3")
    expect(said(page, YEARS)).to_contain_text("未保存")
    page.unroute("**/answers")
    type_(page, YEARS, "4")
    expect(said(page, YEARS)).to_contain_text("✓ 已保存")
    assert stored(place, audit, YEARS) == 4


def test_what_was_typed_without_a_network_is_there_and_saved_when_the_form_is_opened_again(
    place: Place, sit_down: SitDown
) -> None:
    audit = begun(place)
    page = opened(sit_down("wang"), place, audit)
    page.context.set_offline(True)
    type_(page, YEARS, "3")
    expect(said(page, YEARS)).to_contain_text("网络不通")
    # Only half typed: the field was not even left.
    page.locator(MONTHS).press_sequentially("1")
    page.locator(MONTHS).fill("18")
    page.close()
    context_page = None
    for values in [page.context]:
        values.set_offline(False)
        context_page = values.new_page()
    assert context_page is not None
    opened(context_page, place, audit)
    for field, value in ((YEARS, 3), (MONTHS, 18)):
        expect(context_page.locator(field)).to_have_value(str(value))
        expect(said(context_page, field)).to_contain_text("✓ 已保存")
        assert stored(place, audit, field) == value


def test_other_pages_say_that_answers_of_a_form_are_not_saved_yet(place: Place, sit_down: SitDown) -> None:
    audit = begun(place)
    page = opened(sit_down("wang"), place, audit)
    page.route("**/answers", lambda route: route.abort())
    type_(page, YEARS, "3")
    expect(said(page, YEARS)).to_contain_text("未保存")
    page.goto(place.url)
    banner(page).get_by_role("link", name="打开核查表").click()
    expect(page.locator(YEARS)).to_have_value("3")


def test_leaving_with_unsaved_answers_asks_and_without_any_does_not(place: Place, sit_down: SitDown) -> None:
    audit = begun(place)
    page = opened(sit_down("wang"), place, audit)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    type_(page, YEARS, "3")
    expect(said(page, YEARS)).to_contain_text("✓ 已保存")
    page.context.set_offline(True)
    type_(page, YEARS, "4")
    expect(said(page, YEARS)).to_contain_text("未保存")
    page.close(run_before_unload=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    page.context.set_offline(False)
    expect(said(page, YEARS)).to_contain_text("✓ 已保存")
    page.goto(place.url)
    assert asked == ["beforeunload"]


def test_saved_is_not_said_any_more_as_soon_as_somebody_types_again(place: Place, sit_down: SitDown) -> None:
    page = opened(sit_down("wang"), place, begun(place))
    type_(page, YEARS, "3")
    expect(said(page, YEARS)).to_contain_text("✓ 已保存")
    page.locator(YEARS).press_sequentially("1")
    expect(said(page, YEARS)).to_have_text("尚未保存")


def test_what_is_no_value_is_told_above_the_form_too_until_it_is_one(place: Place, sit_down: SitDown) -> None:
    page = opened(sit_down("wang"), place, begun(place))
    type_(page, YEARS, "很多")
    expect(said(page, YEARS)).to_contain_text("未保存")
    expect(banner(page)).to_contain_text("很多")
    type_(page, MONTHS, "17")
    expect(said(page, MONTHS)).to_contain_text("✓ 已保存")
    expect(banner(page)).to_contain_text("很多")
    type_(page, YEARS, "3")
    expect(banner(page)).to_have_count(0)


def test_submitting_waits_for_what_is_typed_and_is_not_done_while_something_is_unsaved(
    place: Place, sit_down: SitDown
) -> None:
    audit = begun(place)
    page = opened(sit_down("wang"), place, audit)
    page.route("**/answers", lambda route: route.abort())
    type_(page, YEARS, "3")
    expect(said(page, YEARS)).to_contain_text("未保存")
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator("#notices")).to_contain_text("还有未保存的填写")
    page.unroute("**/answers")
    page.locator(MONTHS).fill("17")
    submit(page)
    expect(page.locator(".kicker .state")).to_have_text("已提交")
    assert (stored(place, audit, YEARS), stored(place, audit, MONTHS)) == (3, 17)


def test_of_two_in_one_field_both_values_are_shown_and_the_other_s_can_be_taken(
    place: Place, sit_down: SitDown
) -> None:
    audit = begun(place)
    first, second = (opened(sit_down(login), place, audit) for login in ("wang", "li"))
    type_(first, YEARS, "2")
    expect(said(first, YEARS)).to_contain_text("✓ 已保存")
    type_(second, MONTHS, "17")
    expect(said(second, MONTHS)).to_contain_text("✓ 已保存")
    type_(second, YEARS, "4")
    alert = second.get_by_role("alert").filter(has_text="他人已先保存")
    for text in ("王专家", "“2", "“4"):
        expect(alert).to_contain_text(text)
    expect(said(second, YEARS)).to_contain_text("未保存")
    alert.get_by_role("link", name="采用王专家填的").click()
    expect(second.locator(YEARS)).to_have_value("2")
    expect(banner(second)).to_have_count(0)
    assert (stored(place, audit, YEARS), stored(place, audit, MONTHS)) == (2, 17)


def test_in_a_table_the_row_that_was_meant_is_written_though_the_rows_before_it_are_gone(
    place: Place, sit_down: SitDown
) -> None:
    audit = begun(place)
    first, second = (opened(sit_down(login), place, audit) for login in ("wang", "li"))
    first.once("dialog", lambda dialog: dialog.accept())
    first.get_by_role("button", name="删除 DA001", exact=True).click()
    expect(first.get_by_role("button", name="删除 DA001", exact=True)).to_have_count(0)
    field = second.locator("""[name='v.units[0].groups.outlets["DA003"].nmhc']""")
    field.fill("17.5")
    field.press("Tab")
    expect(second.locator("td", has=field).locator(".said")).to_contain_text("✓ 已保存")
    with place.world.at("wang", writing=False) as context:
        raw = json.loads(workflow.revision_of(context, context.find(Audit, audit)).content)
    rows = {row["outlet_id"]: row.get("nmhc") for row in raw["units"][0]["groups"]["outlets"]}
    assert rows["DA003"] == 17.5
    assert "DA001" not in rows


def test_a_row_renamed_goes_on_being_filled_in(place: Place, sit_down: SitDown) -> None:
    page = opened(sit_down("wang"), place, begun(place))
    name = page.locator("""[name='k.units[0].groups.outlets["DA003"]']""")
    name.fill("三号 排口")
    name.press("Tab")
    field = page.locator("""[name='v.units[0].groups.outlets["三号 排口"].nmhc']""")
    field.fill("9")
    field.press("Tab")
    expect(page.locator("td", has=field).locator(".said")).to_contain_text("✓ 已保存")


def test_typing_goes_on_where_a_part_of_the_page_is_replaced_meanwhile(place: Place, sit_down: SitDown) -> None:
    page = opened(sit_down("wang"), place, begun(place))
    table = page.locator(".table-part:not([hidden])").first
    field = page.locator("""[name='v.units[0].groups.outlets["DA003"].nmhc']""")
    rows = table.locator("tbody tr")
    before = rows.count()
    field.fill("12.")
    page.evaluate("() => document.querySelector('button[name=add]').click()")
    expect(rows).to_have_count(before + 1)
    expect(field).to_have_value("12.")
    expect(field).to_be_focused()
    page.keyboard.type("5")
    field.press("Tab")
    expect(page.locator("td", has=field).locator(".said")).to_contain_text("✓ 已保存")
    expect(field).to_have_value("12.5")


FILES = {
    "批文.ofd": (b"PK\x03\x04" + bytes(100), "不接受这种类型的文件"),
    "报告.png": (b"%PDF-1.4 report", "内容是 application/pdf"),
    "空.pdf": (b"", "文件是空的"),
    "大.pdf": (b"%PDF-1.4\n" + b"0" * 31_000_000, "30 MB 的上限"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_refused_says_why_on_the_page(
    place: Place, sit_down: SitDown, tmp_path: Path, name: str
) -> None:
    content_, why = FILES[name]
    (tmp_path / name).write_bytes(content_)
    page = opened(sit_down("wang"), place, begun(place))
    question = page.locator(".q", has=page.locator(YEARS))
    question.locator("input[name=file]").set_input_files(tmp_path / name)
    expect(question.locator(".said")).to_contain_text(why)
    expect(page.locator("#notices")).to_contain_text(why)
    (tmp_path / "好.pdf").write_bytes(b"%PDF-1.4 good")
    question.locator("input[name=file]").set_input_files(tmp_path / "好.pdf")
    expect(question.get_by_role("link", name="好.pdf")).to_be_visible()
    expect(page.locator("#notices")).not_to_contain_text(why)


def test_a_file_is_uploaded_after_all_when_one_has_signed_in_again(
    place: Place, sit_down: SitDown, tmp_path: Path
) -> None:
    (tmp_path / "好.pdf").write_bytes(b"%PDF-1.4 good")
    page = opened(sit_down("wang"), place, begun(place))
    page.context.clear_cookies()
    question = page.locator(".q", has=page.locator(YEARS))
    question.locator("input[name=file]").set_input_files(tmp_path / "好.pdf")
    expect(question.locator(".said")).to_contain_text("登录已失效")
    sign_in_again(page)
    expect(question.get_by_role("link", name="好.pdf")).to_be_visible()


def test_a_button_without_a_network_says_so(place: Place, sit_down: SitDown) -> None:
    page = opened(sit_down("wang"), place, begun(place))
    page.context.set_offline(True)
    page.get_by_role("button", name="添加一行").first.click()
    expect(page.locator("#notices")).to_contain_text("网络不通")
    page.context.set_offline(False)
    page.get_by_role("button", name="添加一行").first.click()
    expect(page.locator("#notices")).not_to_contain_text("网络不通")


def test_a_what_if_that_fails_says_so(place: Place, sit_down: SitDown) -> None:
    page = sit_down("tyre")
    page.goto(f"{place.url}/enterprises/{place.world.tyre}?fill=1")
    page.route("**/what-if", lambda route: route.fulfill(status=503, body="", content_type="text/plain"))
    page.get_by_role("button", name="试算等级").click()
    expect(page.locator("#notices")).to_contain_text("服务暂不可用")
    page.unroute("**/what-if")
    page.get_by_role("button", name="试算等级").click()
    expect(page.locator("#outcome")).to_contain_text("假设结果，未保存")
    expect(page.locator("#notices")).not_to_contain_text("服务暂不可用")


def test_what_was_typed_before_any_script_ran_is_saved(place: Place, sit_down: SitDown) -> None:
    audit, held = begun(place), list[Route]()
    page = sit_down("wang")
    page.route("**/static/answers.js", lambda route: held.append(route))
    page.goto(f"{place.url}/audits/{audit}/form", wait_until="commit")
    expect(page.locator(YEARS)).to_be_visible()
    page.locator(YEARS).fill("7")
    held[0].continue_()
    expect(said(page, YEARS)).to_contain_text("✓ 已保存")
    assert stored(place, audit, YEARS) == 7


def test_a_figure_of_an_edition_that_was_typed_before_any_script_ran_is_saved(sit_down: SitDown) -> None:
    page, held = sit_down("county", "/rulesets/national-2020/brick"), list[Route]()
    page.get_by_label("版本代号").fill("weicheng-2031")
    page.get_by_label("指标表的文件名或文号").fill("渭城区砖瓦窑分级表")
    page.get_by_label("拟施行日").fill(calendar.today().isoformat())
    page.get_by_role("button", name="新建修订稿").click()
    page.route("**/static/figures.js", lambda route: held.append(route))
    page.get_by_role("link", name="原料固废掺兑比例").click(no_wait_after=True)
    column = page.get_by_role("region", name="A级", exact=True)
    column.get_by_label("可信度").select_option(label="高")
    held[0].continue_()
    expect(column.get_by_role("status")).to_contain_text("✓ 已保存")
    page.unroute("**/static/figures.js")
    page.reload()
    expect(column.get_by_label("可信度")).to_have_value("high")
