"""An officer works on lists, takes files in, keeps states and merges doubles: at both widths, with nothing wrong for axe."""

import json
from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from api.services import enterprises, workflow
from api.store import EvidenceFile
from tests.api.pages.conftest import Place
from tests.api.pages.test_announcements import fits
from tests.api.test_doubles import code_with
from tests.api.test_submissions import PHOTOS, form, sent
from tests.api.world import TYRE, content
from tests.xlsform.phone import kobo_json

SitDown = Callable[..., Page]
CODE = "91350100M000100Y43"


def test_an_officer_assigns_announces_and_reports_on_ticked_plants(place: Place, sit_down: SitDown) -> None:
    world = place.world
    made = world.do("wang", workflow.create_audit, world.tyre, content(assessed_on="2024-08-01"))
    world.do("wang", workflow.submit, made.id)
    world.do("li", workflow.confirm, made.id)
    world.do("city", enterprises.add_enterprise, name="新厂", uscc=CODE, county="610404")
    page = sit_down("city")
    page.goto(f"{place.url}/overview")
    for box in page.get_by_label("勾选 ").all():
        box.check()
    page.get_by_role("button", name="列入公告").click()
    expect(page.get_by_text("1 份审核可以办理，1 家企业不能")).to_be_visible()
    expect(page.get_by_text("没有已复核、等待公布的审核")).to_be_visible()
    assert fits(page)
    page.get_by_label("公告标题").fill("第三批结果")
    page.get_by_role("button", name="确认办理 1 份审核").click()
    page.get_by_role("link", name="到公告继续").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("第三批结果")
    page.goto(f"{place.url}/overview")
    assert fits(page)
    page.get_by_label("符合条件的全部 2 家").check()
    page.get_by_role("button", name="指派评审组").click()
    page.get_by_label("评审组").select_option(label="评审一组")
    page.get_by_role("button", name="逐一核对").click()
    expect(page.get_by_text("这个评审组已有自")).to_be_visible()
    page.get_by_role("button", name="确认办理 1 家企业").click()
    expect(page.get_by_role("status")).to_contain_text("已办理 1 家企业，1 家企业没有办理")


def test_an_officer_takes_a_file_in_twice_and_reads_what_is_wrong_in_another(place: Place, sit_down: SitDown) -> None:
    said = json.loads(TYRE.read_text(encoding="utf-8")) | {"assessed_on": "2024-09-01"}
    good = {"name": "审核.jsonl", "mimeType": "text/plain", "buffer": json.dumps(said, ensure_ascii=False).encode()}
    wrong = good | {"name": "错.jsonl", "buffer": b"{}\n{"}
    page = sit_down("city")
    page.goto(f"{place.url}/overview")
    page.get_by_role("link", name="成批导入审核").click()
    for file, told in ((good, "建立了 1 份审核草稿"), (good, "没有重复建立"), (wrong, "没有写入任何内容")):
        page.get_by_label("由哪个评审组办理").select_option(label="评审一组")
        page.get_by_label("文件（").set_input_files(files=[file])  # type: ignore[list-item]
        page.get_by_role("button", name="检查并建立草稿").click()
        expect(page.get_by_text(told)).to_be_visible()
    expect(page.get_by_text("错.jsonl 第 1 行").first).to_be_visible()
    assert fits(page)


def test_an_officer_records_a_state_with_proof_and_merges_a_double(place: Place, sit_down: SitDown) -> None:
    name = json.loads(TYRE.read_text(encoding="utf-8"))["enterprise"]["name"]
    twice = {"name": f"{name[:2]} {name[2:]}", "uscc": code_with("91610404MA6XW0P40"), "county": "610404"}
    double = place.world.do("city", enterprises.add_enterprise, **twice).id
    page = sit_down("city")
    page.goto(f"{place.url}/enterprises/{place.world.tyre}")
    page.get_by_role("link", name="名录信息").click()
    page.get_by_label("状态", exact=True).select_option(label="长期停产")
    page.get_by_label("自", exact=True).fill("2024-05-10")
    page.get_by_role("button", name="登记状态").click()
    expect(page.get_by_text("登记长期停产须写明证明文件")).to_be_visible()
    page.get_by_label("证明文件（").fill("市环停〔2024〕3号")
    page.get_by_role("button", name="登记状态").click()
    expect(page.get_by_role("cell", name="市环停〔2024〕3号")).to_be_visible()
    assert fits(page)
    page.goto(f"{place.url}/register")
    page.get_by_role("link", name="可能重复登记的企业").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("可能重复登记的企业")
    assert fits(page)
    page.get_by_role("link", name=f"{name}与{twice['name']}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("对照两家企业")
    assert fits(page)
    page.get_by_text(f"保留 {name}（").click()
    page.get_by_label("合并的理由").last.fill("同一家企业登记了两次")
    page.get_by_role("button", name=f"确认合并，保留 {name}", exact=True).click()
    expect(page.get_by_role("cell", name=twice["uscc"])).to_be_visible()
    page.goto(f"{place.url}/enterprises/{double}")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_an_assessor_takes_submissions_of_a_phone_in_with_their_photos(place: Place, sit_down: SitDown) -> None:
    export = {"name": "提交.json", "mimeType": "application/json", "buffer": kobo_json(sent(), form())}
    photos = {"name": "照片.zip", "mimeType": "application/zip", "buffer": PHOTOS}
    page = sit_down("wang")
    page.get_by_role("link", name="成批导入审核").click()
    assert fits(page)
    for files, told in (([export], "没有写入任何内容"), ([export, photos], "建立了 1 份审核草稿")):
        page.get_by_label("文件（").set_input_files(files=files)  # type: ignore[arg-type]
        page.get_by_role("button", name="检查并建立草稿").click()
        expect(page.get_by_text(told)).to_be_visible()
        assert fits(page)
        if told == "没有写入任何内容":
            expect(page.get_by_text("提交.json 第 1 份提交：持有有效的排污许可证")).to_contain_text("permit 1.jpg")
    page.get_by_role("link", name="到待办继续填写").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    with place.world.service.database.reading() as db:
        audit_id = db.scalars(select(EvidenceFile.audit_id).where(EvidenceFile.name == "permit 1.jpg")).one()
    page.goto(f"{place.url}/audits/{audit_id}/form")
    page.get_by_role("link", name="准入与降级情形").click()
    expect(page.locator("a.file-name", has_text="permit 1.jpg")).to_be_attached()
