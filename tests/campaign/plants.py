"""Plants and campaigns for the tests of this folder, each made of the few things that a test is about."""

from datetime import date
from typing import Any

from grading.campaign.evaluate import Evaluation, Evaluator
from grading.campaign.model import Campaign
from grading.campaign.plants import Plant
from grading.campaign.vocabulary import vocabulary_of
from grading.language.load import Library

VOCABULARY = vocabulary_of(Library())
START, DEADLINE = "2023-03-01", "2023-10-31"


def grading(grade: str, published: str | None, **others: Any) -> dict[str, Any]:
    """A grading that is confirmed on the day of its publication."""
    return {"grade": grade, "attainable": grade, "confirmed": published, "published": published, **others}


def plant(permit: str, *gradings: dict[str, Any], units: list[dict[str, Any]] | None = None, **others: Any) -> Plant:
    """A foundry of 秦都区, 30 km away, with one unit."""
    enterprise = {"name": f"{permit}厂", "permit": permit, "county": "610402", "distance_km": 30, **others}
    own = [{"id": "u", "industry": "foundry", "gradings": list(gradings)}]
    return Plant.model_validate({"enterprise": enterprise, "units": units or own})


def campaign(**others: Any) -> Campaign:
    """Xianyang's campaign of 2023 with one share and no roster."""
    stated: dict[str, Any] = {
        "id": "xianyang-2023",
        "title": "创A、增B、减C、清D",
        "jurisdiction": "610400",
        "period": {"start": START, "deadline": DEADLINE},
        "reached": "B",
        "zones": {"core": {"within_km": 25}, "other": {}},
        "shares": [{"zone": "other", "at_least_percent": 40}],
        **others,
    }
    return Campaign.model_validate(stated)


def evaluate(plants: list[Plant], on: str = DEADLINE, **others: Any) -> Evaluation:
    """The campaign of these plants on a day."""
    return Evaluator(campaign(**others), plants, VOCABULARY).on(date.fromisoformat(on))
