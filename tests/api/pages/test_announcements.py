"""A bureau makes grades public: the list, the publicity period, an objection; at each width nothing runs out of the page."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select

from api.services import workflow
from api.store import Announcement
from grading import calendar
from tests.api.pages.conftest import Place, squeezed, violations
from tests.api.world import content

SitDown = Callable[..., Page]


STICKING_OUT = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const out = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > root.clientWidth + 0.5);
  return out.slice(-4).map(e => `${e.tagName}.${e.className}: ${e.textContent.trim().slice(0, 40)}`);
}"""


def fits(page: Page) -> bool:
    """Nothing runs out of the page at either width, and axe finds nothing."""
    page.wait_for_load_state()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(STICKING_OUT) == []
        assert squeezed(page) == []
    assert violations(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    return True


def test_an_officer_lists_confirmed_audits_puts_them_to_the_public_answers_an_objection_and_publishes(
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

    with place.world.service.database.writing() as db:
        (row,) = db.scalars(select(Announcement).where(Announcement.title == "第二批结果"))
        row.publicity_from, row.publicity_until = (calendar.today() - timedelta(days=n) for n in (6, 1))
    page.reload()
    page.get_by_label("答复", exact=True).fill("已现场核实，夜间未生产。")
    page.get_by_role("button", name="答复").click()
    expect(page.get_by_text("已现场核实，夜间未生产。")).to_be_visible()
    expect(page.get_by_text("公示已结束")).to_be_visible()
    page.get_by_label("公告文号").fill("咸环函〔2026〕12号")
    page.get_by_label("说明").fill("限值待核实，按现有材料公布。")
    page.get_by_label("已核对名单和等级，确认公布").check()
    page.get_by_role("button", name="公布 1 家企业的等级").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已公布")
    expect(page.get_by_text("咸环函〔2026〕12号")).to_be_visible()
    assert fits(page)
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_text("已公布").first).to_be_visible()
