"""The form on a phone in a yard: opened once with a network, filled in without one, closed, opened again: nothing is lost."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from api.services.attachments import evidence_of
from api.services.workflow import create_audit
from api.store import Audit
from tests.api.pages.conftest import Place, violations
from tests.api.pages.test_saving import FACT, MONTHS, YEARS, said, sign_in_again, stored, type_
from tests.api.world import content

SitDown = Callable[..., Page]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "service_workers": "allow"}
YARD = {"longitude": 108.70541, "latitude": 34.32926, "accuracy": 12}


def test_a_day_without_a_network_on_a_phone_loses_nothing_though_the_page_is_closed_and_the_session_ends(
    place: Place, sit_down: SitDown, tmp_path: Path
) -> None:
    audit = place.world.do("wang", create_audit, place.world.tyre, content()).id
    page = sit_down("wang", **PHONE, geolocation=YARD, permissions=["geolocation"])
    form = f"{place.url}/audits/{audit}/form"
    page.goto(form)
    sync = page.locator("#sync")
    expect(sync).to_contain_text("可离线使用")
    assert violations(page) == []
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    type_(page, YEARS, "3")
    expect(said(page, YEARS)).to_contain_text("✓ 已保存")
    page.get_by_label("记录拍照的位置").check()

    device = page.context
    device.set_offline(True)
    type_(page, MONTHS, "17")
    (tmp_path / "现场.pdf").write_bytes(b"%PDF-1.7 a photo")
    page.locator(".q", has=page.locator(YEARS)).locator("input[type=file][capture]").set_input_files(
        tmp_path / "现场.pdf"
    )
    expect(sync).to_contain_text("待同步 2 项")
    page.close()

    page = device.new_page()
    page.goto(f"{place.url}/enterprises")
    page.locator("#forms a").click()
    expect(page.locator(YEARS)).to_have_value("3")
    expect(page.locator(MONTHS)).to_have_value("17")
    expect(page.locator("#sync")).to_contain_text("待同步 2 项")
    assert violations(page) == []

    device.clear_cookies()
    device.set_offline(False)
    sign_in_again(page)
    expect(said(page, MONTHS)).to_contain_text("✓ 已保存")
    expect(page.get_by_role("link", name="现场.pdf")).to_be_visible()
    expect(page.locator("#sync")).not_to_contain_text("待同步")
    assert (stored(place, audit, YEARS), stored(place, audit, MONTHS)) == (3, 17)
    with place.world.at("wang", writing=False) as context:
        (file,) = evidence_of(context, context.find(Audit, audit))
    assert file.taken_at is not None
    assert file.taken_where == "108.70541,34.32926±12"


def test_two_devices_without_a_network_are_merged_field_by_field(place: Place, sit_down: SitDown) -> None:
    audit = place.world.do("wang", create_audit, place.world.tyre, content()).id
    first, second = (sit_down("wang"), sit_down("li"))
    for page, field, value in ((first, YEARS, "3"), (second, MONTHS, "17")):
        page.goto(f"{place.url}/audits/{audit}/form")
        page.context.set_offline(True)
        type_(page, field, value)
        expect(page.locator("#sync")).to_contain_text("待同步 1 项")
    type_(second, YEARS, "4")
    for page in (first, second):
        page.context.set_offline(False)
        expect(page.locator("#sync")).to_be_hidden()
    assert {FACT[field]: stored(place, audit, field) for field in (YEARS, MONTHS)} == {FACT[YEARS]: 3, FACT[MONTHS]: 17}
    expect(second.get_by_role("alert")).to_contain_text("他人已先保存")


def test_only_the_form_may_ask_for_camera_and_place(place: Place, sit_down: SitDown) -> None:
    page = sit_down("wang")
    policies = {}
    for path in ("/", f"/audits/{place.draft}/form"):
        answer = page.goto(place.url + path)
        assert answer is not None
        policies[path] = answer.headers["permissions-policy"]
    assert "camera=(), geolocation=()" in policies["/"]
    assert "camera=(self), geolocation=(self)" in policies[f"/audits/{place.draft}/form"]
    for path in ("/static/manifest.webmanifest", "/service-worker.js"):
        assert page.request.get(place.url + path).ok
