"""The document that a ruleset puts into data, its industry and its review."""

from datetime import date
from typing import Literal

from pydantic import model_validator

from grading.model.base import Strict, Text
from grading.problems.reason import ReasonError
from grading.problems.ruleset_codes import RulesetCode

EditionStanding = Literal["edition_not_yet_in_force", "edition_in_force", "edition_superseded"]


class Edition(Strict):
    """The document that a ruleset puts into data, with the days from and until which it applies."""

    document: Text
    section: Text | None = None
    effective: date
    superseded: date | None = None

    def standing_on(self, day: date) -> EditionStanding:
        """The standing of the edition on a day; on the day of its successor it is superseded."""
        if day < self.effective:
            return "edition_not_yet_in_force"
        return "edition_superseded" if self.superseded is not None and day >= self.superseded else "edition_in_force"


class Industry(Strict):
    """The industry of a ruleset: the plants that it is for."""

    gbt4754: tuple[Text, ...] = ()
    includes: Text | None = None
    excludes: Text | None = None


class Review(Strict):
    """The sign-off of the edition by an expert."""

    status: Literal["draft", "reviewed"]
    reviewer: Text | None = None
    on: date | None = None

    @model_validator(mode="after")
    def says_who(self) -> "Review":
        """A reviewed edition names its reviewer and the day."""
        if self.status == "reviewed" and (self.reviewer is None or self.on is None):
            raise ReasonError(RulesetCode.REVIEW_UNSIGNED)
        return self
