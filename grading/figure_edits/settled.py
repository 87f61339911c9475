"""The settled part of an edition: figures that a person must review, and the edition in which only signed figures count."""

from collections.abc import Collection

from grading.figure_edits.fields import put, with_conditions
from grading.figure_edits.figures import ESTABLISHED, Figure, figures, place_of_site
from grading.language.figures import sites
from grading.language.normal import normal
from grading.model.condition import LIST_OPERATORS, ConditionBase, ProvisionalMany, ProvisionalOne
from grading.model.ruleset import Ruleset


def figures_to_review(former: Ruleset | None, ruleset: Ruleset) -> tuple[Figure, ...]:
    """The figures that would count and that a second person has to look at before they do.

    Those are all of what differs from the former edition, what selects rows and plants included; of the rest those that a
    level or a gate rests on and that were neither read in a source nor quoted from a standard. What is open waits.
    """
    before = {} if former is None else {place_of_site(site): site.condition for site in sites(former)}
    known = {} if former is None else {figure.place: _known(figure) for figure in figures(former)}
    found = []
    for figure in figures(ruleset):
        if figure.is_open:
            continue
        was = before.get(place_of_site(figure.site))
        alike = was is not None and normal(was) == normal(figure.site.condition)
        alike = alike and known.get(figure.place) == _known(figure)
        decides = figure.role in ("requirement", "gate") and figure.basis not in ESTABLISHED
        if not alike or decides:
            found.append(figure)
    return tuple(found)


def settled(former: Ruleset | None, ruleset: Ruleset, signed: Collection[str]) -> Ruleset:
    """The edition in which, of the figures to review, those that were not signed (by place) are provisional."""
    changed: dict[str, ConditionBase] = {}
    for figure in figures_to_review(former, ruleset):
        if figure.place in signed:
            continue
        at = place_of_site(figure.site)
        c = figure.comparison
        many = c.operator in LIST_OPERATORS
        guess = ProvisionalMany(provisional=c.operand) if many else ProvisionalOne(provisional=c.operand)
        changed[at] = put(
            changed.get(at, figure.site.condition), figure.inner, c.model_copy(update={c.operator: guess})
        )
    return with_conditions(ruleset, changed)


def open_figures(ruleset: Ruleset) -> tuple[Figure, ...]:
    """The figures that do not count officially."""
    return tuple(figure for figure in figures(ruleset) if figure.is_open)


def _known(figure: Figure) -> tuple[object, ...]:
    return figure.comparison.operand, figure.basis, figure.confidence, figure.cite
