"""A gap report as a web page can be read on a phone: its tables move sideways, the page does not."""

import pytest
from playwright.sync_api import Browser

from tests.reports.made import made

OVERFLOWING = """() => [...document.querySelectorAll("th, td")]
  .filter(cell => cell.scrollWidth > cell.clientWidth + 1).map(cell => cell.innerText)"""


@pytest.mark.parametrize("width", [390, 800, 1280])
def test_nothing_stands_outside_the_page_or_its_cell(browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.set_content(made("lime/fuping-mixed-feed").html)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(OVERFLOWING) == []
    page.close()
