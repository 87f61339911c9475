"""Levels, dimensions and scopes: the frame in which all rulesets stand."""

from functools import cached_property
from typing import Annotated

from pydantic import Field, StringConstraints

from grading.model.base import Identifier, Level, Strict, Text

LevelKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_+, -]*$")]
"""A level, or levels joined by a comma."""


class ScaleLevel(Strict):
    """One level of a scale; `standing` (1 = best) alone compares levels of different scales."""

    id: Level
    label: Text
    standing: int = Field(ge=1)


class Scale(Strict):
    """A level scale, best level first; the last level is the floor."""

    label: Text
    levels: tuple[ScaleLevel, ...] = Field(min_length=2)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """All levels, best first."""
        return tuple(level.id for level in self.levels)

    @cached_property
    def graded(self) -> tuple[str, ...]:
        """The levels that have conditions: all but the floor."""
        return self.ids[:-1]

    @property
    def floor(self) -> str:
        """The level of a unit that meets no other."""
        return self.ids[-1]

    def label_of(self, level: str) -> str:
        """The label of a level; the id of one that the scale does not have."""
        return next((known.label for known in self.levels if known.id == level), level)


class Dimension(Strict):
    """A row of the guideline's indicator tables."""

    label: Text


class Scope(Strict):
    """A named set of dimensions that a plan speaks of."""

    label: Text
    dimensions: tuple[Identifier, ...] = Field(min_length=1)


class Frame(Strict):
    """The frame in which all rulesets stand: the scales, the dimensions, the scopes."""

    scales: dict[Identifier, Scale]
    dimensions: dict[Identifier, Dimension]
    scopes: dict[Identifier, Scope]


def split_levels(key: str) -> tuple[str, ...]:
    """`"B,C"` → `("B", "C")`."""
    return tuple(level.strip() for level in key.split(","))
