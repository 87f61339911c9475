"""A running service with the tests' world in it, for browsers with scripts and for clients without."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pydantic import SecretStr

from api.context import cookie_name
from api.identity import sessions
from api.queries.campaigns import roster
from api.server.app import create_app
from api.service import Service, make_service
from api.services import admission, workflow
from api.services.campaigns.creation import create as begin_campaign
from api.settings import Settings
from api.store.migrate import migrate
from tests.api.conftest import GRADER, KEY, nobody_signed
from tests.api.pages.served import served
from tests.api.world import PASSWORD, PERMIT, World, campaign_text, content, people_it, project

ARGUMENTS = ["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass(frozen=True)
class Place:
    """A service that answers: its address, its world, an audit that is published, the enterprise's own, drafts to write on."""

    url: str
    world: World
    published: UUID
    own: UUID
    draft: UUID
    empty: UUID
    campaign: UUID
    plant: UUID
    opinion: UUID


def service_in(folder: Path) -> Service:
    """A service whose database lies in a folder."""
    settings = Settings(database_url=SecretStr(f"sqlite:///{folder}/pages.db"), data=folder, secret_key=KEY)
    service = make_service(settings)
    service.grader = GRADER
    return service


@pytest.fixture(scope="session")
def place_template(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """What there is in every place, to be copied; nothing answers there."""
    service = service_in(tmp_path_factory.mktemp("place"))
    migrate(service.database)
    world = people_it(service)
    published = world.do("wang", workflow.create_audit, world.tyre, content()).id
    world.do("wang", workflow.submit, published)
    world.do("li", workflow.confirm, published)
    world.do("city", workflow.publish, published)
    own = world.do("tyre", workflow.create_audit, world.tyre, content(assessed_on="2023-08-01")).id
    world.do("tyre", workflow.submit, own)
    draft = world.do("wang", workflow.create_audit, world.tyre, content()).id
    empty = world.do("zhao", workflow.create_audit, world.foundry).id
    campaign = world.do("city", begin_campaign, campaign_text("610400", PERMIT)).id
    with world.at("city") as context:
        (entry,) = roster(context.db, campaign)
    opinion = world.do("city", admission.give, project(kind=None)).id
    service.close()
    return Place("", world, published, own, draft, empty, campaign, entry.id, opinion)


@pytest.fixture(scope="module")
def place(place_template: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One service for the tests of a file, which run in any order; each test that changes an audit begins one of its own."""
    folder = tmp_path_factory.mktemp("pages")
    shutil.copytree(place_template.world.service.settings.data, folder, dirs_exist_ok=True)
    service = service_in(folder)
    with served(create_app(service)) as url:
        yield replace(place_template, url=url, world=replace(place_template.world, service=service))
    # Editions that were signed here are no other tests' rulesets.
    GRADER.take_signed(nobody_signed())


SignIn = Callable[[str], TestClient]


@pytest.fixture
def sign_in(world: World) -> Iterator[SignIn]:
    """Signs somebody in with a browser without scripts."""
    service = world.service
    with ExitStack() as stack:

        def open_(login: str) -> TestClient:
            client = stack.enter_context(TestClient(create_app(service), headers={"accept": "text/html"}))
            signed_in = sessions.sign_in(service.database, service.settings, login, PASSWORD, "127.0.0.1")
            client.cookies.set(cookie_name(service), signed_in.cookie)
            return client

        yield open_


PATIENCE = 60_000
"""Milliseconds that a page may take on a busy machine: no test is about how long."""
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed (scripts/setup --dev installs it)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def sit_down(browser: Browser, place: Place) -> Iterator[Callable[..., Page]]:
    """Opens a browser of one's own, signs somebody in and goes to the home page, or to another at once.

    A script error or a refused resource fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_(login: str, path: str = "/", **options: Any) -> Page:
        # A service worker stands between pages and what tests put in the network's place.
        usual = {"viewport": {"width": 1280, "height": 900}, "service_workers": "block"}
        context = browser.new_context(bypass_csp=False, **usual | options)
        contexts.append(context)
        # The form is filled in where it is tested (`test_saving`): it costs as much as many a test.
        service = place.world.service
        signed_in = sessions.sign_in(service.database, service.settings, login, PASSWORD, "127.0.0.1")
        context.add_cookies(
            [
                {
                    "name": cookie_name(service),
                    "value": signed_in.cookie,
                    "url": place.url,
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None)
        page.goto(urljoin(place.url, path))
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def submit(page: Page) -> None:
    """Submit the form: what is missing or unusual is told first, and goes on with a word."""
    page.get_by_role("button", name="提交审核").click()
    page.get_by_label("改正后再提交").fill("补录 2023 年的核查")
    page.get_by_role("button", name="说明后提交").click()


def confirm(page: Page) -> None:
    """Confirm the audit of a page, with a word."""
    page.get_by_label("对上述情况的说明").fill("已查原始记录")
    page.get_by_role("button", name="复核通过").click()


def publish(page: Page) -> None:
    """Publish the grade of a page that is not decided, with a reason."""
    page.get_by_label("公布理由").fill("限值核实前先行公布")
    page.get_by_role("button", name="公布等级").click()


SQUEEZED = """() => {
  const out = [];
  for (const table of document.querySelectorAll("table")) {
    if (getComputedStyle(table).display !== "table") out.push(`no table: ${table.className}`);
  }
  for (const e of document.querySelectorAll("td, th, .button")) {
    if (!e.checkVisibility() || e.closest(".sr")) continue;
    const range = document.createRange();
    range.selectNodeContents(e);
    const text = range.getBoundingClientRect(), size = parseFloat(getComputedStyle(e).fontSize);
    const lines = text.height / (size * 1.35);
    if (text.width < size * 5 && lines >= (e.matches(".button") ? 3 : 5)) {
      out.push(`${e.tagName} of ${Math.round(text.width)} px: ${e.innerText.slice(0, 40)}`);
    }
  }
  return out;
}"""
"""Cells and buttons whose words stand one or two to a line, and tables that are not laid out as tables."""


def squeezed(page: Page) -> list[str]:
    """Whatever of a page is too narrow for its words."""
    found: list[str] = page.evaluate(SQUEEZED)
    return found


AXE = Path(__file__).resolve().parents[2] / "assets" / "axe.min.js"


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with a page, each with the first element that has it."""
    # Run beside the page: its own content policy would rightly refuse a script from elsewhere.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # What passes is not told element by element, which takes twice as long on large pages.
    found = page.evaluate("async () => (await axe.run({resultTypes: ['violations']})).violations")
    return [f"{v['id']}: {v['nodes'][0]['target']} {v['nodes'][0]['failureSummary']}" for v in found]
