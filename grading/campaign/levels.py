"""Comparison of the levels of all scales, as a campaign counts them."""

from collections.abc import Mapping
from dataclasses import dataclass

from grading.language.load import Library
from grading.model.result import UNGRADED

UNRATED = "unrated"
"""A plant that has no grade in force."""


@dataclass(frozen=True)
class Levels:
    """The standing of every level of every scale, 1 the best; `ungraded` is worst of all."""

    standings: Mapping[str, int]
    labels: Mapping[str, str]

    def worst(self, grades: list[str]) -> str:
        """The grade that stands worst, the first of several alike."""
        return max(grades, key=self.standings.__getitem__)

    def better(self, one: str, other: str) -> bool:
        """True when a grade stands better than another."""
        return self.standings[one] < self.standings[other]

    def alike(self, one: str | None, other: str | None) -> bool:
        """True when two grades stand alike, as D and 非引领性 do, or there is neither."""
        return one == other or (one is not None and other is not None and self.standings[one] == self.standings[other])

    def threshold(self, reached: str) -> int:
        """The worst standing that counts as having reached a level: a level with a minus counts as the level itself."""
        return max(self.standings[level] for level in (reached, f"{reached}-") if level in self.standings)


def levels_of(library: Library) -> Levels:
    """The levels of a library's scales; raises LanguageError."""
    scales = library.frame().scales.values()
    standings = {level.id: level.standing for scale in scales for level in scale.levels}
    labels = {level.id: level.label for scale in scales for level in scale.levels}
    return Levels(standings | {UNGRADED: max(standings.values()) + 1}, labels)
