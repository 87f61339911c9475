"""Names that a campaign may use: levels, key industries, counties."""

from collections.abc import Mapping
from dataclasses import dataclass

from grading.campaign.levels import Levels, levels_of
from grading.language.industries import Industries, industries
from grading.language.load import Library
from grading.language.regions import regions


@dataclass(frozen=True)
class Vocabulary:
    """The levels of all scales, the key industries, and the counties that are known by name."""

    levels: Levels
    industries: Industries
    regions: Mapping[str, str]


def vocabulary_of(library: Library) -> Vocabulary:
    """The levels, industries and counties of a library; raises LanguageError."""
    return Vocabulary(levels_of(library), industries(library), regions(library.root))
