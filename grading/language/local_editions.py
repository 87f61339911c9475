"""The edition that applies to a plant on a day: of its industry, in force, and the most local: county, city, province, nation.

Nothing is decided where two are equally local, where none is in force, or where the plant's place says too little: that is told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from grading.jurisdiction import COUNTRY, finding
from grading.language.industries import industries_or_none
from grading.language.industry_search import find
from grading.language.load import Library
from grading.language.problems import LanguageError
from grading.model.audit import EditionChoice, Scope
from grading.model.ruleset import Ruleset
from grading.problems.codes import ProblemCode
from grading.problems.phrases import Phrase
from grading.problems.reason import Reason, reason_of
from grading.ruleset_id import industry_of

SCOPES: tuple[Scope, ...] = ("county", "city", "province", "nation")
"""The most local first."""


@dataclass(frozen=True)
class Local:
    """The most local edition in force, and the others that would apply; or the reason why none is chosen."""

    ruleset: Ruleset | None
    others: tuple[str, ...] = ()
    refusal: Reason | None = None


def scope_of(jurisdiction: str) -> Scope:
    """The kind of place that a jurisdiction is."""
    if jurisdiction == COUNTRY:
        return "nation"
    return "province" if jurisdiction.endswith("0000") else "city" if jurisdiction.endswith("00") else "county"


def meant(library: Library, industry: str) -> frozenset[str]:
    """The names of rulesets that a text about an industry means: a name, an id, a GB/T 4754 class, words."""
    name = industry.strip()
    if name in {industry_of(id_) for id_ in library.ids()}:
        return frozenset((name,))
    register = industries_or_none(library)
    return frozenset(found.ruleset for found in find(register, name)) if register is not None else frozenset()


def most_local(library: Library, names: Iterable[str], county: str | None, day: date) -> Local:
    """The edition for a plant in a county on a day; `names` are the names of the industry's rulesets."""
    industries = sorted(set(names))
    known = _of_industries(library, tuple(industries))
    if not known:
        return Local(None, refusal=reason_of(ProblemCode.NO_EDITION, industries=tuple(industries) or Phrase.NONE))
    if len({industry_of(ruleset.id) for ruleset in known}) > 1:
        # However local their editions are: which industry a plant is of does not follow from where it lies.
        # Of several editions the first has the title that says no more than what the industry is.
        listed = _named({industry_of(ruleset.id): ruleset.title for ruleset in reversed(known)})
        return Local(None, refusal=reason_of(ProblemCode.INDUSTRY_MEANS_SEVERAL, industries=listed))
    in_force = [ruleset for ruleset in known if ruleset.edition.standing_on(day) == "edition_in_force"]
    here = [ruleset for ruleset in in_force if finding(county, ruleset.jurisdiction) is None]
    perhaps = [ruleset for ruleset in in_force if finding(county, ruleset.jurisdiction) == "county_unknown"]
    here.sort(key=lambda ruleset: (SCOPES.index(scope_of(ruleset.jurisdiction)), ruleset.id))
    if perhaps:
        listed = _named({ruleset.id: ruleset.title for ruleset in (*perhaps, *here)})
        return Local(None, refusal=reason_of(ProblemCode.EDITION_NEEDS_COUNTY, rulesets=listed))
    if not here:
        listed = _named({ruleset.id: ruleset.title for ruleset in known})
        return Local(None, refusal=reason_of(ProblemCode.NO_EDITION_IN_FORCE, day=day, rulesets=listed))
    first = here[0]
    tied = [ruleset for ruleset in here if scope_of(ruleset.jurisdiction) == scope_of(first.jurisdiction)]
    if len(tied) > 1:
        listed = _named({ruleset.id: ruleset.title for ruleset in tied})
        return Local(None, refusal=reason_of(ProblemCode.EDITIONS_TIED, rulesets=listed))
    return Local(first, tuple(ruleset.id for ruleset in here[1:]))


def choice_of(local: Local, industry: str, reason: str | None = None) -> EditionChoice:
    """The choice of an edition, as an audit stores it."""
    if local.ruleset is None:
        return EditionChoice(industry=industry, reason=reason)
    place = local.ruleset.jurisdiction
    return EditionChoice(
        industry=industry,
        most_local=local.ruleset.id,
        scope=scope_of(place),
        jurisdiction=place,
        others=local.others,
        reason=reason,
    )


def _named(titles: Mapping[str, str]) -> tuple[Reason, ...]:
    """Industries or rulesets as a person chooses among them: their titles, with the ids."""
    return tuple(reason_of(Phrase.WITH_ID, title=titles[id_], id=id_) for id_ in sorted(titles))


def _of_industries(library: Library, names: tuple[str, ...]) -> list[Ruleset]:
    """The usable rulesets of these names, in every edition."""
    found = []
    for ruleset_id in _ids_of(library.ids(), names):
        try:
            found.append(library.ruleset(ruleset_id))
        except LanguageError:
            # One that can't be used is told of by `check`; nothing is graded by it.
            continue
    return found


@lru_cache(maxsize=1_000)
def _ids_of(ids: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(id_ for id_ in ids if industry_of(id_) in names)
