"""The brick-kiln ruleset completed from a printed table by somebody who never sees YAML, signed by another, and used."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from api.services import workflow
from api.services.editions import preparation
from grading import calendar
from tests.api.pages.conftest import Place, violations
from tests.api.test_editions import kiln
from tests.api.world import PICTURE

SitDown = Callable[..., Page]
TABLE = {"A级": "80", "B级": "50", "C级": "30"}
WIDTHS = (1280, 800, 390)


@pytest.fixture(autouse=True)
def few_mistakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few mistakes and cases are tried: `grading/mutation` is tested elsewhere."""
    monkeypatch.setattr(preparation, "mutants", lambda ruleset: islice(_MUTANTS(ruleset), 5))
    monkeypatch.setattr(preparation, "read_cases", lambda library, id_: _CASES(library, id_)[:2])


_MUTANTS, _CASES = preparation.mutants, preparation.read_cases


def in_order(page: Page) -> None:
    """Nothing sticks out at any width, and those who hear the page or use the keyboard can follow it."""
    page.wait_for_load_state()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})


def fill_in(page: Page, level: str, value: str) -> None:
    """Type what the printed table says into the fields of a level, and choose how it is known."""
    column = page.get_by_role("region", name=level, exact=True)
    column.get_by_label("原料固体废物掺兑比例").fill(value)
    column.get_by_label("是否核实").select_option(label="已核实，计入正式评级")
    column.get_by_label("依据").select_option(label="见于原文")
    column.get_by_label("可信度").select_option(label="高")
    column.get_by_label("文件").fill("渭城区砖瓦窑分级表")
    column.get_by_label("页码").fill("3")
    column.get_by_label("页码").press("Tab")
    expect(column.get_by_role("status")).to_contain_text("已保存")


def test_a_table_is_typed_in_reviewed_by_a_second_person_signed_and_grades_a_plant(
    place: Place, sit_down: SitDown, tmp_path: Path
) -> None:
    scan = tmp_path / "第3页.png"
    scan.write_bytes(PICTURE)
    page = sit_down("county", "/rulesets/national-2020/brick")
    page.get_by_label("版本代号").fill("weicheng-2026")
    page.get_by_label("指标表的文件名或文号").fill("渭城区砖瓦窑分级表")
    page.get_by_label("拟施行日").fill(calendar.today().isoformat())
    page.get_by_role("button", name="新建修订稿").click()
    page.get_by_role("link", name="原料固废掺兑比例").click()
    for level, value in TABLE.items():
        fill_in(page, level, value)
    page.get_by_label("添加数值所在页的扫描件").set_input_files(scan)
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_role("link", name="第3页.png")).to_be_visible()
    expect(page.get_by_role("region", name="C级", exact=True).get_by_label("条文")).to_have_value(
        "原料固体废物掺兑比例不低于 30%"
    )
    expect(page.locator("#impact")).to_contain_text("本辖区还没有这一行业已公布的等级")
    in_order(page)
    page.get_by_role("link", name="砖瓦窑（烧结砖瓦） 修订稿").click()
    in_order(page)
    page.get_by_role("button", name="报审").click()
    expect(page.get_by_role("heading", name="逐项核对")).to_be_visible()
    assert preparation.prepare_waiting(place.world.service) == 1

    other = sit_down("city")
    other.goto(page.url)
    expect(other.locator("#attachments")).to_contain_text("证明：0 处发现")
    expect(other.locator("#attachments")).to_contain_text("与底本的差异：2 处")
    in_order(other)
    for title in ("原料固废掺兑比例", "预警期间未落实减排措施"):
        part = other.get_by_role("region", name=title, exact=True).first
        for row in range(part.get_by_label("核对无误").count()):
            part.get_by_label("核对无误").nth(row).check()
            part.get_by_label("读到之处", exact=True).nth(row).fill("渭城区砖瓦窑分级表 第 3 页")
        part.get_by_role("button", name="保存核对结果").click()
    expect(other.get_by_role("heading", name="已核对无误 4")).to_be_visible()
    other.get_by_role("button", name="签署").click()
    expect(other.get_by_text("由 咸阳市局 于")).to_be_visible()

    world = place.world
    audit = world.do("wang", workflow.create_audit, world.tyre, kiln(calendar.today().isoformat())).id
    world.do("wang", workflow.submit, audit)
    world.do("li", workflow.confirm, audit)
    world.do("city", workflow.publish, audit)
    other.goto(f"{place.url}/audits/{audit}")
    expect(other.locator("main")).to_contain_text("等级 D级")
    expect(other.locator("main")).to_contain_text("签署；数值由 咸阳市局 核对 4 处")


def test_of_two_who_fill_in_at_once_the_later_one_is_shown_both_values(place: Place, sit_down: SitDown) -> None:
    first, second = sit_down("county"), sit_down("city")
    first.goto(f"{place.url}/rulesets/national-2020/brick")
    first.get_by_label("版本代号").fill("weicheng-2027")
    first.get_by_label("指标表的文件名或文号").fill("分级表")
    first.get_by_role("button", name="新建修订稿").click()
    url = f"{first.url}/indicators/solid_waste_share"
    for page in (first, second):
        page.goto(url)
    for page, value in ((first, "40"), (second, "45")):
        column = page.get_by_role("region", name="C级", exact=True)
        column.get_by_label("原料固体废物掺兑比例").fill(value)
        column.get_by_label("原料固体废物掺兑比例").press("Tab")
        expect(column.get_by_role("status")).to_contain_text("已保存" if value == "40" else "渭城分局 已改为“40”")
    second.get_by_role("button", name="保留我的").click()
    expect(second.get_by_role("region", name="C级", exact=True).get_by_role("status")).to_contain_text("已保存")
    first.reload()
    expect(first.get_by_role("region", name="C级", exact=True).get_by_label("原料固体废物掺兑比例")).to_have_value("45")
