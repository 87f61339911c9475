"""Takes the pictures of the help from a demo: `python -m tests.api.pages.help_pictures` writes them anew."""

import io
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from pydantic import SecretStr

from api.server.app import create_app
from api.service import make_service
from api.services import demo
from api.settings import Settings
from tests.api.conftest import KEY
from tests.api.pages.conftest import ARGUMENTS, CHROMIUM
from tests.api.pages.served import served

FOLDER = Path(__file__).resolve().parents[3] / "api" / "pages" / "assets" / "help"
MOST_BYTES = 60_000
DESK: dict[str, Any] = {"viewport": {"width": 1200, "height": 800}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True}


def form(page: Page) -> None:
    """A draft, at its first questions."""
    page.locator("main a[href$='/form']").first.click()
    page.get_by_text("可离线使用").wait_for()
    page.locator(".part").first.scroll_into_view_if_needed()


def form_without_network(page: Page) -> None:
    """The same on a phone in a yard."""
    page.locator("main a[href$='/form']").first.click()
    page.get_by_text("可离线使用").wait_for()
    page.context.set_offline(True)
    page.locator(".part .pick", has_text="未查").first.click()
    page.get_by_text("待同步 1 项").wait_for()


def way(label: str) -> Callable[[Page], None]:
    """A page of the main navigation."""
    return lambda page: page.get_by_label("主导航").get_by_role("link", name=label, exact=True).click()


PICTURES: dict[str, tuple[str, dict[str, Any], Callable[[Page], None]]] = {
    "assessor-form": ("demo-expert", DESK, form),
    "assessor-phone": ("demo-expert", PHONE, form_without_network),
    "enterprise-grade": ("demo-enterprise", DESK, way("本企业")),
    "bureau-overview": ("demo-bureau", DESK, way("辖区总览")),
    "bureau-campaigns": ("demo-bureau", DESK, way("行动")),
    "administrator-log": ("demo-admin", DESK, way("日志")),
}
"""By name: who looks, at what screen, and the way to what they see after signing in."""


def take(url: str, passwords: Mapping[str, str]) -> None:
    """Write all pictures of a demo that runs."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, (login, screen, go) in PICTURES.items():
            (FOLDER / f"{name}.webp").write_bytes(_picture(browser, url, login, passwords[login], screen, go))
        browser.close()


def _picture(
    browser: Browser, url: str, login: str, password: str, screen: dict[str, Any], go: Callable[[Page], None]
) -> bytes:
    context = browser.new_context(locale="zh-CN", **screen)
    page = context.new_page()
    page.goto(f"{url}/sign-in")
    page.get_by_label("用户名").fill(login)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    page.get_by_label("主导航").wait_for()
    go(page)
    page.wait_for_load_state("networkidle")
    shown = Image.open(io.BytesIO(page.screenshot()))
    context.close()
    for quality in range(80, 10, -10):
        packed = io.BytesIO()
        shown.convert("RGB").save(packed, "WEBP", quality=quality, method=6)
        if packed.tell() <= MOST_BYTES:
            break
    return packed.getvalue()


@contextmanager
def _running_demo() -> Iterator[tuple[str, dict[str, str]]]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        settings = Settings(database_url=SecretStr(f"sqlite:///{data}/pictures.db"), data=data, secret_key=KEY)
        passwords = {account.login: account.password for account in demo.make(settings)}
        with served(create_app(make_service(demo.settings_of(settings)))) as address:
            yield address, passwords


if __name__ == "__main__":
    with _running_demo() as (address, accounts):
        take(address, accounts)
