"""What an enterprise reads: measures of alerts on its own page; no places, step numbers or ids that nobody asked for."""

import re
from collections.abc import Callable

import httpx2 as httpx
import pytest

from grading.language.load import Library
from grading.ruleset_id import industry_of
from tests.api.pages.conftest import Place
from tests.api.pages.test_without_scripts import signed_in

LIBRARY = Library()
PLACE = re.compile(r"units\[\d+\]|enterprise\.facts\.")
STEP = re.compile(r"第 \d+ 步")
Path = Callable[[Place], str]


def read(place: Place, path: str, login: str = "tyre") -> str:
    """The words of a page, without its tags and what they carry."""
    with signed_in(place, login) as client:
        answer: httpx.Response = client.get(path)
    assert answer.status_code == 200
    return re.sub(r"<[^>]*>", "", answer.text)


@pytest.mark.parametrize(
    "path",
    [
        lambda place: f"/enterprises/{place.world.tyre}",
        lambda place: f"/audits/{place.published}",
        lambda place: f"/audits/{place.published}?mode=trial",
        lambda place: f"/audits/{place.published}/comparison",
        lambda _: "/",
        lambda _: "/rulesets",
        lambda _: "/rulesets/national-2020/rubber",
    ],
)
def test_a_page_shows_no_places_steps_or_words_of_the_workshop(path: Path, place: Place) -> None:
    said = read(place, path(place))
    assert not PLACE.search(said)
    assert not STEP.search(said)
    assert "凭记忆" not in said
    assert "填空集" not in said


@pytest.mark.parametrize("ruleset_id", LIBRARY.ids())
def test_what_a_ruleset_says_to_people_names_no_ids(ruleset_id: str) -> None:
    ruleset = LIBRARY.ruleset(ruleset_id)
    owners = (*ruleset.indicators, *ruleset.gates)
    said = [*ruleset.notes, ruleset.industry.includes, ruleset.industry.excludes]
    said += [text for owner in owners for text in (owner.title, owner.note)]
    said += [text for gate in ruleset.gates for text in (gate.text, gate.remedy and gate.remedy.note)]
    ids = {*ruleset.facts, *ruleset.computed, *(owner.id for owner in owners), *map(industry_of, LIBRARY.ids())}
    named = {word for text in said if isinstance(text, str) for word in re.findall(r"[a-z0-9_]+", text)} & ids
    # The names of substances are words of people too.
    assert not {word for word in named if "_" in word}


def test_steps_and_places_are_shown_to_who_asks(place: Place) -> None:
    said = read(place, f"/audits/{place.published}?trace=1", "wang")
    assert STEP.search(said)
    assert PLACE.search(said)


def test_the_enterprise_reads_on_its_page_what_an_alert_asks_now_and_at_the_target(place: Place) -> None:
    said = read(place, f"/enterprises/{place.world.tyre}")
    assert "预警期间应执行的措施" in said
    for alert in ("黄色预警", "橙色预警", "红色预警"):
        assert alert in said
    assert "停产：停产" not in said
