"""Publications of the service → plants of the campaign contract: what is in force of a plant on each day."""

from datetime import date
from typing import Any
from uuid import uuid4

from api.services.campaigns.plants import contract_plants
from api.services.campaigns.published import Period, RegisteredPlant, RegisteredUnit, UnitGrade
from grading.campaign.evaluate import Evaluator
from grading.campaign.plants import StateSince
from tests.campaign.plants import VOCABULARY, campaign

COUNTED = VOCABULARY.industries.ids


def period(published: str | None, ended: str | None = None, **units: str) -> Period:
    """A publication of foundry units with these grades."""
    days = [None if day is None else date.fromisoformat(day) for day in (published, ended)]
    graded = tuple(UnitGrade(unit, "foundry", grade, grade) for unit, grade in units.items())
    return Period(days[0], days[0], days[1], graded, uuid4(), uuid4())


def grades(*periods: Period, registered: dict[str, str] | None = None, **others: Any) -> dict[str, str | None]:
    """The grade in force of a plant with these publications on the days asked about."""
    plant = RegisteredPlant(uuid4(), "P", "厂", "", "610402", **others)
    plant.periods[None].extend(periods)
    plant.registered = {
        code: RegisteredUnit("foundry", date.fromisoformat(day)) for code, day in (registered or {}).items()
    }
    plants = contract_plants({"P": plant}, {}, COUNTED, VOCABULARY.levels)
    history = Evaluator(campaign(), plants, VOCABULARY).plants["P"]
    return {str(day): history.on(day).grade for day in (date(2023, 1, 1), date(2023, 7, 1), date(2023, 12, 1))}


def test_the_worst_unit_of_the_publication_in_force_counts_each_day() -> None:
    found = grades(period("2022-01-01", "2023-06-01", a="D", b="B"), period("2023-06-01", a="B", b="B"))
    assert list(found.values()) == ["D", "B", "B"]


def test_a_unit_that_came_or_went_with_an_audit_is_not_there_in_the_others() -> None:
    went = grades(period("2022-01-01", "2023-06-01", old="D", b="B"), period("2023-06-01", b="B"))
    came = grades(period("2022-01-01", "2023-06-01", b="C"), period("2023-06-01", b="B", new="A"))
    assert (list(went.values()), list(came.values())) == (["D", "B", "B"], ["C", "B", "B"])


def test_a_registered_unit_without_a_grade_leaves_the_plant_unrated_from_its_registration_on() -> None:
    found = grades(period("2022-01-01", a="B"), registered={"a": "2020-01-01", "second": "2023-09-01"})
    assert list(found.values()) == ["B", "B", None]


def test_what_was_withdrawn_does_not_let_the_one_before_it_come_back() -> None:
    found = grades(period("2022-01-01", "2023-06-01", a="B"), period("2023-06-01", "2023-11-01", a="C"))
    assert list(found.values()) == ["B", "C", None]


def test_a_plant_that_is_registered_as_shut_is_closed_from_that_day() -> None:
    closed = StateSince.model_validate({"from": date(2023, 9, 1), "state": "closed"})
    plant = RegisteredPlant(uuid4(), "P", "厂", "", "610402", states=(closed,))
    plant.periods[None].append(period("2022-01-01", a="B"))
    plants = contract_plants({"P": plant}, {}, COUNTED, VOCABULARY.levels)
    evaluator = Evaluator(campaign(), plants, VOCABULARY)
    history = evaluator.plants["P"]
    assert [evaluator.counts_on(history, date(2023, month, 1)) for month in (8, 9)] == [True, False]
