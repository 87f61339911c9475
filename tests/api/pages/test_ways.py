"""Each role's main way through the pages, in a browser as people use it."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from api.services import workflow
from api.store import AuditState
from tests.api.pages.conftest import Place, confirm, publish, submit
from tests.api.test_workflow import state
from tests.api.world import content

SitDown = Callable[..., Page]


def begun(place: Place) -> str:
    audit = place.world.do("wang", workflow.create_audit, place.world.tyre, content())
    return f"{place.url}/audits/{audit.id}"


def test_an_answer_is_saved_by_itself_and_is_there_after_reloading(place: Place, sit_down: SitDown) -> None:
    page = sit_down("wang", f"{begun(place)}/form")
    years = page.locator(
        "[name='v.units[0].facts.ledger_retention_years'], [name='v.enterprise.facts.ledger_retention_years']"
    )
    years.first.fill("3")
    years.first.press("Tab")
    expect(page.locator(".q", has=years.first).locator(".said")).to_contain_text("已保存")
    page.reload()
    expect(years.first).to_have_value("3")


def test_what_is_no_value_is_told_beside_the_field_and_not_saved(place: Place, sit_down: SitDown) -> None:
    page = sit_down("wang", f"{begun(place)}/form")
    years = page.locator("[name$='facts.ledger_retention_years']").first
    before = years.input_value()
    years.fill("很多")
    years.press("Tab")
    expect(page.locator(".q", has=years).locator(".said")).to_contain_text("未保存")
    expect(years).to_have_value("很多")
    page.reload()
    expect(years).to_have_value(before)


def test_of_two_who_write_at_once_the_later_one_is_told_and_can_still_save(place: Place, sit_down: SitDown) -> None:
    url = f"{begun(place)}/form"
    first, second = sit_down("wang"), sit_down("li")
    for page in (first, second):
        page.goto(url)
    field = "[name$='facts.ledger_retention_years']"
    first.locator(field).first.fill("2")
    first.locator(field).first.press("Tab")
    expect(first.locator(".said", has_text="已保存")).to_be_visible()
    second.locator(field).first.fill("4")
    second.locator(field).first.press("Tab")
    expect(second.get_by_role("alert")).to_contain_text("王专家")
    second.get_by_role("button", name="仍用我填的").click()
    expect(second.locator(field).first).to_have_value("4")


def test_a_row_is_added_to_a_table_and_taken_away_again(place: Place, sit_down: SitDown) -> None:
    page = sit_down("wang", f"{begun(place)}/form")
    table = page.locator(".table-part:not([hidden])").first
    rows = table.locator("tbody tr")
    before = rows.count()
    table.get_by_role("button", name="添加一行").click()
    expect(rows).to_have_count(before + 1)
    page.once("dialog", lambda dialog: dialog.accept())
    rows.last.get_by_role("button", name="删除").click()
    expect(rows).to_have_count(before)


def test_a_file_becomes_evidence_of_the_answer_it_was_added_to(place: Place, sit_down: SitDown, tmp_path: Path) -> None:
    page = sit_down("wang", f"{begun(place)}/form")
    proof = tmp_path / "排污许可证.pdf"
    proof.write_bytes(b"%PDF-1.7 a permit")
    question = page.locator(".q", has=page.locator("[name$='facts.holds_permit']")).first
    question.locator("input[name=file]").set_input_files(proof)
    expect(question.get_by_role("link", name="排污许可证.pdf")).to_be_visible()
    page.reload()
    expect(question.locator("textarea")).to_have_value("排污许可证副本（有效期至 2027-05-18）\n排污许可证.pdf")


def test_a_file_of_evidence_is_taken_off_again(place: Place, sit_down: SitDown, tmp_path: Path) -> None:
    page = sit_down("wang", f"{begun(place)}/form")
    proof = tmp_path / "别家的许可证.pdf"
    proof.write_bytes(b"%PDF-1.7 somebody else's permit")
    question = page.locator(".q", has=page.locator("[name$='facts.holds_permit']")).first
    question.locator("input[name=file]").set_input_files(proof)
    link = question.get_by_role("link", name="别家的许可证.pdf")
    expect(link).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    question.get_by_role("button", name="证据文件 别家的许可证.pdf").click()
    expect(link).to_have_count(0)
    expect(question.locator("textarea")).to_have_value("排污许可证副本（有效期至 2027-05-18）")
    page.reload()
    expect(link).to_have_count(0)


def test_the_workbook_goes_out_and_comes_back(place: Place, sit_down: SitDown, tmp_path: Path) -> None:
    page = sit_down("wang", f"{begun(place)}/form")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载核查表").click()
    book = tmp_path / "form.xlsx"
    download.value.save_as(book)
    page.get_by_label("上传填好的核查表").set_input_files(book)
    page.get_by_role("button", name="读入").click()
    expect(page.get_by_text("已读入核查表")).to_be_visible()


def test_three_people_take_an_audit_to_a_published_grade_which_opens_down_to_its_evidence(
    place: Place, sit_down: SitDown
) -> None:
    url = begun(place)
    author, second, bureau = sit_down("wang"), sit_down("li"), sit_down("city")
    author.goto(f"{url}/form")
    submit(author)
    expect(author.get_by_text("已提交").first).to_be_visible()
    second.goto(place.url)
    second.get_by_role("region", name="待我复核").get_by_role("link").first.click()
    second.goto(url)
    confirm(second)
    bureau.goto(f"{place.url}/overview")
    bureau.goto(url)
    publish(bureau)
    expect(bureau.locator(".kicker .state")).to_have_text("已公布")
    from uuid import UUID

    assert state(place.world, UUID(url.rpartition("/")[2])) is AuditState.PUBLISHED
    tree = bureau.locator(".top-tree").first
    for _ in range(6):
        closed = tree.locator("details:not([open]) > summary:visible")
        if tree.get_by_text("证据：").locator("visible=true").count() or not closed.count():
            break
        closed.last.click()
    expect(tree.locator(".source:visible").first).to_be_visible()


def test_an_enterprise_sees_how_its_grade_would_change(place: Place, sit_down: SitDown) -> None:
    page = sit_down("tyre", f"/enterprises/{place.world.tyre}?fill=1")
    page.get_by_role("button", name="试算等级").click()
    expect(page.locator("#outcome")).to_contain_text("假设结果，未保存")


def test_a_bureau_filters_its_enterprises_and_exports_them(sit_down: SitDown) -> None:
    page = sit_down("province", "/overview")
    page.get_by_label("名称、信用代码或许可证号").fill("轮胎")
    page.get_by_role("button", name="筛选").click()
    expect(page.get_by_text("符合条件的有 1 家")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_a_reviewer_signs_an_edition_off_and_its_page_says_by_whom(sit_down: SitDown) -> None:
    page = sit_down("city", "/rulesets/xianyang-2023/concrete")
    page.get_by_label("审定意见").fill("与原文核对一致")
    page.get_by_role("button", name="审定").click()
    expect(page.get_by_text("已审定")).to_be_visible()
    expect(page.get_by_text("咸阳市局").first).to_be_visible()
