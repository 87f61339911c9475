"""What several people do with one audit, each in a browser of their own: published, returned, objected to, set side by side."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from playwright.sync_api import Page, expect

from api.services import workflow
from api.store import Audit, AuditState
from tests.api.pages.conftest import Place, confirm, publish, submit
from tests.api.pages.test_announcements import fits
from tests.api.test_workflow import state
from tests.api.world import FOUNDRY, content

SitDown = Callable[..., Page]
FOUNDRY_NAME = json.loads(FOUNDRY.read_text(encoding="utf-8"))["enterprise"]["name"]


def submitted(place: Place) -> UUID:
    audit = place.world.do("wang", workflow.create_audit, place.world.tyre, content())
    place.world.do("wang", workflow.submit, audit.id)
    return audit.id


def published(place: Place) -> UUID:
    audit_id = submitted(place)
    place.world.do("li", workflow.confirm, audit_id)
    place.world.do("city", workflow.publish, audit_id)
    return audit_id


def test_three_people_take_an_audit_from_the_empty_form_to_a_published_grade_and_its_gap_report(
    place: Place, sit_down: SitDown, tmp_path: Path
) -> None:
    author, second, bureau = sit_down("zhao"), sit_down("sun"), sit_down("elsewhere")
    author.get_by_role("link", name="企业", exact=True).click()
    author.get_by_role("link", name=FOUNDRY_NAME).click()
    author.get_by_role("button", name="开始审核").click()
    author.wait_for_url("**/form")
    audit_id = author.url.split("/")[-2]
    missing = author.locator("#standing .left strong")
    before = int(missing.inner_text())
    permit = author.locator(".q", has=author.locator("[name$='facts.holds_permit']")).first
    permit.get_by_role("radio", name="是", exact=True).check()
    expect(permit.locator(".said")).to_contain_text("已保存")
    expect(missing).to_have_text(str(before - 1))
    # Nearly all is open yet: what the others found comes in one go.
    with place.world.at("zhao", writing=False) as context:
        version = context.find(Audit, UUID(audit_id)).version
    place.world.do("zhao", workflow.save_draft, UUID(audit_id), content(FOUNDRY), version)
    author.reload()
    submit(author)
    expect(author.locator(".kicker .state")).to_have_text("已提交")

    second.goto(place.url)
    second.get_by_role("region", name="待我复核").locator(f"a[href='/audits/{audit_id}']").click()
    confirm(second)
    expect(second.locator(".kicker .state")).to_have_text("已复核")

    bureau.goto(place.url)
    bureau.get_by_role("region", name="待办").locator(f"a[href='/audits/{audit_id}']").click()
    publish(bureau)
    expect(bureau.locator(".kicker .state")).to_have_text("已公布")
    # The first report of a service loads its fonts.
    with bureau.expect_download(timeout=90_000) as download:
        bureau.get_by_role("link", name="差距报告（PDF）").click(timeout=90_000)
    kept = tmp_path / "report.pdf"
    download.value.save_as(kept)
    assert kept.read_bytes().startswith(b"%PDF-")
    assert FOUNDRY_NAME in download.value.suggested_filename
    assert state(place.world, UUID(audit_id)) is AuditState.PUBLISHED


def test_an_audit_is_returned_with_reasons_which_its_writer_reads_in_the_form(place: Place, sit_down: SitDown) -> None:
    audit_id = submitted(place)
    second, author = sit_down("li"), sit_down("wang")
    second.goto(f"{place.url}/audits/{audit_id}")
    second.get_by_text("退回修改").click()
    second.get_by_label("退回理由").fill("缺少 DA003 的监测报告")
    second.get_by_role("button", name="退回", exact=True).click()
    expect(second.locator(".kicker .state")).to_have_text("已退回")
    author.goto(f"{place.url}/audits/{audit_id}/form")
    expect(author.get_by_text("退回理由：缺少 DA003 的监测报告")).to_be_visible()
    submit(author)
    expect(author.locator(".kicker .state")).to_have_text("已提交")


def test_an_audit_is_not_returned_without_reasons(place: Place, sit_down: SitDown) -> None:
    audit_id = submitted(place)
    second = sit_down("li")
    second.goto(f"{place.url}/audits/{audit_id}")
    second.get_by_text("退回修改").click()
    second.get_by_role("button", name="退回", exact=True).click()
    assert second.get_by_label("退回理由").evaluate("field => field.validity.valueMissing")
    assert state(place.world, audit_id) is AuditState.SUBMITTED


def test_its_writer_withdraws_an_audit_and_says_why(place: Place, sit_down: SitDown) -> None:
    audit_id = submitted(place)
    author = sit_down("wang")
    author.goto(f"{place.url}/audits/{audit_id}")
    author.locator("summary", has_text="撤回").click()
    author.get_by_label("撤回理由").fill("企业停产")
    author.get_by_role("button", name="撤回").click()
    expect(author.get_by_text("撤回理由：企业停产")).to_be_visible()
    assert state(place.world, audit_id) is AuditState.WITHDRAWN


def test_an_enterprise_objects_and_reads_the_bureaus_answer(place: Place, sit_down: SitDown) -> None:
    audit_id = published(place)
    enterprise, bureau = sit_down("tyre"), sit_down("city")
    enterprise.goto(f"{place.url}/enterprises/{place.world.tyre}?audit={audit_id}")
    enterprise.get_by_label("对公布的等级有异议").fill("DA002 的监测报告未被采用")
    enterprise.get_by_role("button", name="提交申诉").click()
    expect(enterprise.get_by_text("待答复")).to_be_visible()
    bureau.goto(f"{place.url}/overview")
    bureau.locator(f"a[href='/audits/{audit_id}#appeals']").click()
    expect(bureau.get_by_text("DA002 的监测报告未被采用")).to_be_visible()
    bureau.get_by_role("radio", name="不成立", exact=True).check()
    bureau.get_by_label("答复", exact=True).fill("该报告早于评定日一年以上")
    bureau.get_by_role("button", name="答复申诉").click()
    expect(bureau.get_by_text("申诉不成立", exact=True)).to_be_visible()
    enterprise.reload()
    expect(enterprise.get_by_text("该报告早于评定日一年以上")).to_be_visible()


def test_an_own_assessment_is_set_beside_the_experts_audit_value_by_value(place: Place, sit_down: SitDown) -> None:
    published(place)
    said = json.loads(content())
    said["units"][0]["facts"]["boundary_nmhc"] = 0.9
    own = place.world.do("tyre", workflow.create_audit, place.world.tyre, json.dumps(said, ensure_ascii=False))
    place.world.do("tyre", workflow.submit, own.id)
    page = sit_down("tyre", f"/audits/{own.id}")
    page.get_by_role("link", name="与专家评审对照").click()
    row = page.get_by_role("row").filter(has_text="厂界非甲烷总烃")
    expect(row).to_contain_text("0.9 mg/m³")
    expect(row).to_contain_text("1.14 mg/m³")
    expect(page.get_by_text("1 项填报不同")).to_be_visible()
    assert fits(page)


def test_by_provisional_figures_an_enterprise_sees_its_grade_rise_with_the_values_of_the_plan(
    place: Place, sit_down: SitDown
) -> None:
    audit_id = published(place)
    page = sit_down("tyre", f"/enterprises/{place.world.tyre}?audit={audit_id}&mode=trial&fill=1")
    expect(page.get_by_role("status").filter(has_text="试算")).to_be_visible()
    page.get_by_role("button", name="试算等级").click()
    expect(page.locator("#outcome")).to_contain_text("假设结果（试算），未保存")
