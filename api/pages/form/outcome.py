"""The outcome of answers that a form sent: problems, conflicts, and what the page must show anew."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from api.services.workflow.draft import Draft

Part = Callable[[Draft], Any]
"""Reads a part of a draft, of any of its versions."""


@dataclass(frozen=True)
class Clash:
    """A part that somebody else has changed since the page showed it; sending `fields` again overwrites it."""

    place: str
    label: str
    mine: str
    theirs: str
    part: Part
    """The part of the draft that the clash is about."""
    take_mine: Callable[[Draft], None]
    fields: tuple[tuple[str, str], ...]


@dataclass
class Answered:
    """The outcome of each value that was sent, by the place it was sent for."""

    places: list[str] = field(default_factory=list)
    """Places that could be answered, by their present names."""
    problems: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Text that was typed and can't be stored, with the reason."""
    clashes: list[Clash] = field(default_factory=list)
    renewed: set[str] = field(default_factory=set)
    """Places and tables where the draft now says something else than the page shows."""
    renamed: dict[str, str] = field(default_factory=dict)
    """Rows whose key has changed: their places before and after."""
    confirmed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Places confirmed to be as last time, with the evidence that was named there."""
    refused: dict[str, str] = field(default_factory=dict)
    """Reasons why fields that were sent, by their names, were not saved."""

    @property
    def problems_now(self) -> dict[str, tuple[str, str]]:
        """The problems by their places after rows have got other keys."""
        return {self._now(place): problem for place, problem in self.problems.items()}

    def _now(self, place: str) -> str:
        for old, new in self.renamed.items():
            if place.startswith(f"{old}."):
                return new + place.removeprefix(old)
        return place
