"""Every page is in order for those who hear it or use the keyboard (axe-core), and at the widths of a tablet and a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.api.pages.conftest import Place, squeezed, violations
from tests.api.world import PERMIT

PAGES = {
    "assessor's home": ("wang", "/"),
    "audit form": ("wang", "/audits/{draft}/form"),
    "empty audit form": ("zhao", "/audits/{empty}/form"),
    "result": ("wang", "/audits/{published}"),
    "trial result": ("wang", "/audits/{published}?mode=trial"),
    "side by side": ("tyre", "/audits/{published}/comparison?other={own}"),
    "enterprises": ("wang", "/enterprises"),
    "enterprise": ("tyre", "/enterprises/{tyre}"),
    "unit to be registered": ("city", "/enterprises/{tyre}/units/new?industry=C2651"),
    "enterprise to be registered": ("city", "/enterprises/new"),
    "users": ("root", "/users"),
    "user": ("root", "/users/{wang}"),
    "teams": ("root", "/teams?all=1"),
    "bureau's teams": ("city", "/teams"),
    "account": ("wang", "/account"),
    "log": ("root", "/log"),
    "log, filtered": ("root", "/log?action=audit.published&by=city&since=2024-01-01"),
    "log verified": ("root", "/log/verification"),
    "enterprise by provisional figures": ("tyre", "/enterprises/{tyre}?mode=trial&fill=1"),
    "overview": ("province", "/overview"),
    "what ends soon": ("city", "/endings?days=365"),
    "files to download": ("province", "/exports"),
    "campaign": ("city", "/campaigns/{campaign}"),
    "campaign's plants": ("city", "/campaigns/{campaign}/plants?list=overdue"),
    "campaign's map": ("city", "/campaigns/{campaign}/map"),
    "campaign's plant": ("city", "/campaigns/{campaign}/plant?permit=" + PERMIT),
    "what would reach its targets": ("city", "/campaigns/{campaign}/outlook"),
    "plants to help": ("wang", "/campaigns/{campaign}/help"),
    "upgrade plan": ("tyre", "/campaign-plants/{plant}"),
    "register of admission": ("city", "/admission?all=1"),
    "project to be admitted": ("city", "/admission/new?supersedes={opinion}"),
    "opinion of admission": ("city", "/admission/{opinion}"),
    "rulesets": ("city", "/rulesets"),
    "ruleset": ("city", "/rulesets/national-2020/rubber"),
    "editions compared": ("city", "/rulesets/xianyang-2023/rubber?compare=national-2020/rubber"),
}


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_violation_and_nothing_is_too_narrow_on_tablet_and_phone(
    name: str, place: Place, sit_down: Callable[..., Page]
) -> None:
    login, path = PAGES[name]
    page = sit_down(login, path.format(**vars(place), tyre=place.world.tyre, wang=place.world.users["wang"]))
    assert violations(page) == []
    page.set_viewport_size({"width": 800, "height": 1100})
    assert page.evaluate("document.documentElement.scrollWidth") <= 800
    assert squeezed(page) == []
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert squeezed(page) == []


def test_axe_finds_no_violation_on_the_sign_in_page(sit_down: Callable[..., Page]) -> None:
    page = sit_down("wang", "/sign-in")
    assert violations(page) == []
