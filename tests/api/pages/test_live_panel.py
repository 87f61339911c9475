"""Beside the form stands why: what fails now, what is satisfied, what to ask next; no verdict while gates are open."""

import json
from collections.abc import Callable

from playwright.sync_api import Page, expect

from api.pages.form.questionnaire import questionnaire
from api.services import workflow
from api.services.workflow.draft import Draft
from tests.api.conftest import GRADER
from tests.api.pages.conftest import Place
from tests.api.pages.test_announcements import fits
from tests.api.world import TYRE, content


def test_the_panel_says_what_fails_and_what_to_ask_next_as_answers_change(
    place: Place, sit_down: Callable[..., Page]
) -> None:
    document = json.loads(content(TYRE))
    facts = document["units"][0]["facts"]
    facts |= document["enterprise"].pop("facts", {})
    del facts["holds_permit"]
    facts["gate_ledger"] = False
    made = place.world.do("wang", workflow.create_audit, place.world.tyre, json.dumps(document))
    page = sit_down("wang", f"/audits/{made.id}/form")
    panel = page.locator("#standing")
    expect(panel).to_contain_text("暂不能判定")
    expect(panel).to_contain_text("不纳入分级的情形还有 1 项没有回答")
    first = panel.locator(".next li").first
    expect(first).to_contain_text("持有有效的排污许可证")
    expect(first).to_contain_text("决定能否评级")
    expect(panel.locator(".failing li")).not_to_have_count(0)
    asked = questionnaire(Draft(json.dumps(document), GRADER.library), GRADER)
    ledger, permit = (
        next(i for i in asked.items.values() if i.fact.id == id_) for id_ in ("gate_ledger", "holds_permit")
    )
    expect(page.locator(f"#m-{ledger.id}")).to_contain_text("✗ 达不到")
    assert fits(page)

    page.locator(f"#i-{permit.id}").check(force=True)
    expect(panel).not_to_contain_text("暂不能判定")
    page.locator(f"#i-{ledger.id}").check(force=True)
    expect(page.locator(f"#m-{ledger.id}")).not_to_contain_text("✗")
