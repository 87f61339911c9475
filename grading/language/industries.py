"""The register of key industries: their numbers, names, GB/T 4754 codes, scales and rulesets."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cached_property
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from grading.language.invalid import invalid
from grading.language.load import Library
from grading.language.problems import LanguageError, Problem
from grading.language.source import read_source
from grading.model.base import Confidence, Identifier, Strict, Text
from grading.ruleset_id import industry_of

MISSPELT = 0.85
"""So much alike are an id and a misspelling of it; ids of what lies outside the register are less so."""

Gbt4754 = Annotated[str, StringConstraints(pattern=r"^[A-Z]\d{2,4}$")]


class Industry(Strict):
    """A key industry of the guideline."""

    number: Annotated[int, Field(ge=1)]
    id: Identifier
    label: Text
    name_en: Text
    gbt4754: tuple[Gbt4754, ...]
    scale: Identifier
    scale_confidence: Confidence
    rulesets: tuple[Identifier, ...]

    @property
    def ids(self) -> frozenset[str]:
        """The industry's id with the names of its rulesets: a unit may be known by either."""
        return frozenset((self.id, *self.rulesets))


class Words(Strict):
    """Everyday words, and the rulesets that what they name may be graded by."""

    rulesets: tuple[Identifier, ...]
    gbt4754: tuple[Gbt4754, ...] = ()
    """Classes that mean these of an industry's rulesets alone."""
    words: tuple[Text, ...]


class Industries(Strict):
    """All key industries, by number, and the words by which they are found."""

    industries: tuple[Industry, ...]
    words: tuple[Words, ...] = ()
    outside: tuple[Text, ...] = ()
    """Words for what belongs to no key industry, though a word of one may be part of them."""
    trades: tuple[Text, ...] = ()
    """Words for who deals with things without making them."""
    making: tuple[Text, ...] = ()
    """Words that say that something is made."""

    @cached_property
    def ids(self) -> frozenset[str]:
        """Every id by which a unit may name a key industry."""
        return frozenset().union(*(industry.ids for industry in self.industries))

    def named(self, names: Iterable[str]) -> frozenset[str]:
        """Every id by which a unit of these industries may be known; a ruleset's name alone stands for itself."""
        by_own_id = {industry.id: industry.ids for industry in self.industries}
        return frozenset().union(*(by_own_id.get(name, {name}) for name in names))

    def by_id(self, id_: str) -> Industry | None:
        """The industry of that id, or whose ruleset has that name."""
        return next((industry for industry in self.industries if id_ in industry.ids), None)

    def meant_by(self, written: str) -> str | None:
        """The id that somebody meant who wrote another text: in other letters, with its edition, as a label or word, misspelt."""
        if written not in self._meant:
            self._meant[written] = self._find((industry_of(written) or written).strip().casefold())
        return self._meant[written]

    @cached_property
    def _meant(self) -> dict[str, str | None]:
        """What was asked for already: a file names the same few industries over and over."""
        return {}

    def _find(self, name: str) -> str | None:
        if name in self.ids:
            return name
        labelled = next((industry.id for industry in self.industries if industry.label.casefold() == name), None)
        spoken = {words.rulesets for words in self.words if name in words.words}
        if labelled is None and len(spoken) == 1 and len(only := next(iter(spoken))) == 1:
            labelled = only[0]
        return labelled or next(iter(get_close_matches(name, sorted(self.ids), n=1, cutoff=MISSPELT)), None)


def industries_or_none(library: Library) -> Industries | None:
    """The register, or None where a library has none that can be used."""
    try:
        return industries(library)
    except LanguageError:
        return None


def industries(library: Library) -> Industries:
    """The register that lies beside a library's rulesets; raises LanguageError."""
    path = library.root / "industries.yaml"
    source = read_source(path, path.name)
    if source.problems:
        raise LanguageError(source.problems)
    try:
        return Industries.model_validate(source.data)
    except ValidationError as error:
        problems: list[Problem] = invalid(source, (), source.data, error)
        raise LanguageError(problems) from None
