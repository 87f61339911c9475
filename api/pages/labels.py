"""Levels and rulesets as people call them, where no single ruleset is at hand."""

from functools import lru_cache
from types import MappingProxyType

from api.context import Context
from api.queries.rulesets import usable
from api.service import Service
from grading.language.load import Library
from grading.model.decision import NOT_GRADED, UNDECIDED
from grading.model.result import UNGRADED
from grading.regions import NATION
from grading.ruleset_id import industry_of
from grading.vocabulary import NOT_GRADED as NOT_GRADED_LABEL
from grading.vocabulary import UNDECIDED as UNDECIDED_LABEL
from grading.vocabulary import UNGRADED as UNGRADED_LABEL


def prepare(library: Library) -> None:
    """Work out what the first page that asks would wait for; raises LanguageError when levels can't be read."""
    _levels(library)
    _titles(library, library.version)


def level_labels(context: Context) -> MappingProxyType[str, str]:
    """The labels of all levels of all scales by id, the best first, and of the other classes of decisions."""
    return levels_of(context.service)


def ruleset_titles(context: Context) -> MappingProxyType[str, str]:
    """The titles of today's rulesets by id."""
    return titles_of(context.service)


def levels_of(service: Service) -> MappingProxyType[str, str]:
    """As `level_labels`, for a page of everyone."""
    return _levels(service.grader.library)


def titles_of(service: Service) -> MappingProxyType[str, str]:
    """As `ruleset_titles`, for a page of everyone."""
    library = service.grader.library
    return _titles(library, library.version)


@lru_cache(maxsize=8)
def _levels(library: Library) -> MappingProxyType[str, str]:
    levels = [level for scale in library.frame().scales.values() for level in scale.levels]
    ordered = sorted(levels, key=lambda level: level.standing)
    return MappingProxyType(
        {level.id: level.label for level in ordered}
        | {UNGRADED: UNGRADED_LABEL, UNDECIDED: UNDECIDED_LABEL, NOT_GRADED: NOT_GRADED_LABEL}
    )


@lru_cache(maxsize=8)
def _titles(library: Library, _version: int) -> MappingProxyType[str, str]:
    titles = {ruleset_id: library.title(ruleset_id) for ruleset_id in library.ids()}
    return MappingProxyType({ruleset_id: title for ruleset_id, title in titles.items() if title is not None})


def industry_titles(context: Context) -> dict[str, str]:
    """What people call the industries of today's rulesets, by their names: a national ruleset's title, else a local one's."""
    titles: dict[str, str] = {}
    for brief in sorted(
        usable(context.service.grader.library), key=lambda brief: (brief.jurisdiction != NATION, brief.id)
    ):
        titles.setdefault(industry_of(brief.id), brief.title)
    return titles
