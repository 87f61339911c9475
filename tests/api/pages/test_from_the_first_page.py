"""A person of each role, who knows an address and a password, finds their work by the words on the first page; at both widths."""

from collections.abc import Callable
from io import BytesIO

from openpyxl import load_workbook
from playwright.sync_api import Browser, FilePayload, Page, expect
from pydantic import SecretStr

from api.pages.browser_names import browser_text
from api.services import workflow
from api.services.register_table import written
from tests.api.pages.conftest import PATIENCE, Place
from tests.api.pages.test_announcements import fits
from tests.api.test_register_import import LINE
from tests.api.world import content

SitDown = Callable[..., Page]


def table(data: bytes) -> FilePayload:
    return {"name": "名录.xlsx", "mimeType": "application/octet-stream", "buffer": data}


def test_a_second_expert_confirms_ticked_audits_and_reads_why_others_are_not(place: Place, sit_down: SitDown) -> None:
    world = place.world
    for day in ("2024-03-01", "2024-03-02"):
        world.do(
            "wang", workflow.submit, world.do("wang", workflow.create_audit, world.tyre, content(assessed_on=day)).id
        )
    page = sit_down("li")
    assert fits(page)
    waiting = page.get_by_role("region", name="待我复核", exact=True)
    for box in waiting.get_by_label("勾选 ").all():
        box.check()
    page.get_by_role("button", name="复核勾选的审核").click()
    expect(page.get_by_role("status")).to_contain_text("0 份审核可以办理，2 份审核不能。还没有写入任何内容")
    refused = page.get_by_role("region", name="不能办理的")
    expect(refused.get_by_role("row")).to_have_count(3)
    expect(refused).to_contain_text("请填写复核说明")
    assert fits(page)
    page.get_by_label("说明（有缺项或异常的审核须填）").fill("已查原始记录")
    page.get_by_role("button", name="再核对一次").click()
    page.get_by_role("button", name="确认办理 2 份审核").click()
    expect(page.get_by_role("status")).to_contain_text("已办理 2 份审核")
    page.get_by_role("link", name="绩效分级", exact=True).click()
    expect(waiting).to_contain_text("没有等待复核的审核")


def test_an_officer_finds_announcements_under_way_on_the_first_page(place: Place, sit_down: SitDown) -> None:
    world = place.world
    made = world.do("wang", workflow.create_audit, world.tyre, content(assessed_on="2024-04-01"))
    world.do("wang", workflow.submit, made.id)
    world.do("li", workflow.confirm, made.id)
    page = sit_down("city")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="公告").click()
    page.get_by_label("公告标题").fill("第五批结果")
    page.get_by_role("button", name="拟定公告").click()
    page.get_by_role("link", name="辖区总览").click()
    page.get_by_role("region", name="待办", exact=True).get_by_role("link", name="第五批结果").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("拟公布")


def test_an_officer_takes_the_register_in_after_every_mistake_of_a_table_was_marked(sit_down: SitDown) -> None:
    page = sit_down("city")
    page.get_by_role("link", name="企业", exact=True).click()
    page.get_by_role("link", name="导入、导出名录").click()
    wrong = written([LINE | {"county": "999999", "state": "停了"}])
    page.get_by_label("名录表（.xlsx）").set_input_files(table(wrong))
    page.get_by_role("button", name="检查并写入").click()
    told = page.get_by_role("alert")
    expect(told).to_contain_text("企业名录 C3 区县代码")
    expect(told).to_contain_text("企业名录 L3 经营状态：应为")
    assert fits(page)
    with page.expect_download() as marked:
        page.get_by_role("link", name="下载已标出错误的副本").click()
    book = load_workbook(BytesIO(marked.value.path().read_bytes()))
    assert {book["企业名录"][cell].comment is not None for cell in ("C3", "L3")} == {True}
    right = written([LINE])
    page.get_by_label("名录表（.xlsx）").set_input_files(table(right))
    page.get_by_role("button", name="检查并写入").click()
    expect(page.get_by_role("status")).to_contain_text("1 行")


def test_a_plant_goes_by_the_contents_of_its_page_to_its_appeal_and_its_calendar(sit_down: SitDown) -> None:
    page = sit_down("tyre", viewport={"width": 390, "height": 844})
    contents = page.get_by_role("navigation", name="本页内容")
    for link, heading in (("申诉：对等级有异议的从这里提出", "申诉"), ("等级日历", "等级日历")):
        contents.get_by_role("link", name=link).click()
        expect(page.get_by_role("heading", name=heading, exact=False).first).to_be_in_viewport()
    assert fits(page)


def test_what_to_ask_next_stands_before_the_first_question_on_a_phone(place: Place, sit_down: SitDown) -> None:
    page = sit_down("zhao", f"/audits/{place.empty}/form", viewport={"width": 390, "height": 844})
    following = page.get_by_role("heading", name="接下来先问").bounding_box()
    question = page.locator(".q").first.bounding_box()
    assert following is not None
    assert question is not None
    assert following["y"] < question["y"]
    assert fits(page)


def test_the_sessions_of_an_account_are_told_by_their_browsers_and_ended(sit_down: SitDown) -> None:
    other, page = sit_down("li"), sit_down("li")
    page.get_by_role("link", name="我的账号").click()
    sessions = page.get_by_role("region", name="我的登录")
    expect(sessions.get_by_role("row").filter(has_text="本次登录")).to_have_count(1)
    assert fits(page)
    page.get_by_role("button", name="结束其他所有登录").click()
    expect(sessions.get_by_role("row")).to_have_count(2)
    other.reload()
    expect(other.get_by_role("button", name="登录", exact=True)).to_be_visible()


def test_a_browser_is_told_in_words_people_know() -> None:
    chrome = (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0 Safari/537.36"
    )
    assert browser_text(chrome) == "Chrome，Windows"
    assert browser_text(f"{chrome} Edg/128.0") == "Edge，Windows"
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1 Mobile MicroMessenger/8.0"
    assert browser_text(phone) == "微信，iPhone"
    assert (browser_text("curl/8"), browser_text(None)) == ("curl/8", "—")


def test_the_organisations_own_sign_in_stands_beside_the_password(place: Place, browser: Browser) -> None:
    service = place.world.service
    before = service.settings
    provider = {"oidc_issuer": "https://id.example.cn", "oidc_client_id": "grading", "oidc_name": "政务统一认证"}
    service.settings = before.model_copy(update=provider | {"oidc_client_secret": SecretStr("secret")})
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE)
    try:
        page.goto(place.url)
        expect(page.get_by_role("link", name="用政务统一认证登录")).to_be_visible()
        assert fits(page)
    finally:
        page.close()
        service.settings = before
