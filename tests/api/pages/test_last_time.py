"""An assessor begins from last year's audit: confirms, changes, and sees what is still only last time's."""

from collections.abc import Callable
from uuid import UUID

from playwright.sync_api import Page, expect

from api.pages.form.items import Item
from api.pages.form.questionnaire import questionnaire
from api.pages.form.view import draft_of
from api.services import workflow
from api.store import Audit
from grading.last_time import Recheck
from tests.api.conftest import GRADER
from tests.api.pages.conftest import Place, confirm, violations
from tests.api.world import WORD


def asked(place: Place, audit_id: UUID) -> dict[str, Item]:
    with place.world.at("wang") as context:
        draft = draft_of(context, context.find(Audit, audit_id))
    return {item.place: item for item in questionnaire(draft, GRADER).items.values()}


def test_each_answer_of_last_time_is_confirmed_or_changed_by_somebody(
    place: Place, sit_down: Callable[..., Page]
) -> None:
    page = sit_down("wang")
    page.goto(f"{place.url}/enterprises/{place.world.tyre}")
    page.get_by_role("button", name="从上次").click()
    page.wait_for_url("**/form")
    audit_id = UUID(page.url.split("/")[-2])
    panel = page.locator("#standing")
    expect(panel).to_contain_text("与上次相同、待确认")
    before = asked(place, audit_id)
    pending = [item for item in before.values() if item.recheck is Recheck.PENDING and item.applies]
    assert len(pending) > 20
    assert not any(item.answered for item in before.values())
    same = next(item for item in pending if item.fact.type == "boolean" and item.last and item.last.value is True)
    other = next(item for item in pending if item.fact.type == "boolean" and item is not same)
    expect(page.locator(f"#lt-{same.id}")).to_contain_text("与上次相同，待确认")
    assert violations(page) == []

    page.locator(f"#lt-{same.id} button").click()
    expect(page.locator(f"#lt-{same.id}")).to_contain_text("与上次相同，本次已确认")
    page.locator(f"#{other.id} label", has_text="否").first.click()
    expect(page.locator(f"#lt-{other.id} button")).to_have_count(0)
    page.get_by_role("button", name="确认仍是这些").first.click()
    row = page.get_by_role("button", name="本行与上次相同").first
    row.click()
    expect(page.locator("td.cell").first).to_contain_text("✓ 相同")
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(page) == []

    after = asked(place, audit_id)
    assert after[same.place].recheck is Recheck.CONFIRMED
    assert after[other.place].recheck is Recheck.ANEW
    place.world.do("wang", workflow.submit, audit_id, reasons=WORD)
    page.goto(f"{place.url}/audits/{audit_id}")
    expect(page.locator("#rechecked")).to_contain_text("上次填报、本次未确认")

    second = sit_down("li")
    second.goto(f"{place.url}/audits/{audit_id}")
    second.get_by_label("复核意见").first.fill("所附台账齐全，同意")
    confirm(second)
    expect(second.locator("main")).to_contain_text("复核意见（李专家）：所附台账齐全，同意")
    record = second.request.get(f"{place.url}/audits/{audit_id}/record.html").text()
    assert "所附台账齐全，同意" in record
    assert "经本次确认" in record
