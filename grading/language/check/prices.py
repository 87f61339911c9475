"""Prices per piece: whether a plan can count the pieces, or at least say that it counts one."""

import re
from collections.abc import Iterator

from grading.language.figures import comparisons, places, sites
from grading.language.loaded import Loaded
from grading.language.problems import Problem
from grading.model.base import Remedy
from grading.model.ruleset import Ruleset
from grading.places import group_of, sources
from grading.problems.reason import reason_of
from grading.problems.ruleset_codes import RulesetCode

_PIECE = re.compile(r"（每(?:个|条)?[^（），；、]{1,8}）|^每[^（），；、日月年周季次]{1,8}(?:；|$)")
"""A piece whose price is meant, in brackets or at the beginning of a note: （每台）, 每条线."""


def check_prices(loaded: Loaded) -> Iterator[Problem]:
    """Prices of pieces that nothing counts, though the words or `per_row` say that there may be several."""
    found: set[Remedy] = set()
    for place, comparison in comparisons(loaded.ruleset):
        remedy = place.remedy
        if remedy is None or remedy in found or remedy.cost_wan_cny is None or remedy.priced_per is not None:
            continue
        if remedy.per_row and _is_of_the_unit(loaded.ruleset, comparison.fact):
            found.add(remedy)
            reason = reason_of(RulesetCode.PRICE_PER_NO_ROW, fact=comparison.fact)
            yield loaded.problem(place.site.kind, place.site.id, place.inner, reason, warning=True)
        elif not remedy.per_row and (piece := _piece(remedy)) is not None:
            found.add(remedy)
            reason = reason_of(RulesetCode.PRICE_OF_PIECE_IN_WORDS, words=piece)
            yield loaded.problem(place.site.kind, place.site.id, place.inner, reason, warning=True)


def check_ranges(loaded: Loaded) -> Iterator[Problem]:
    """Weeks and costs of remedies whose least is more than their most."""
    for site in sites(loaded.ruleset):
        stated = [(site.inner[:-1] if layer is not site.layers[0] else (), layer.remedy) for layer in site.layers]
        stated += [(place.inner, place.condition.remedy) for place in places(site)]
        for at, remedy in stated:
            for name in ("weeks", "cost_wan_cny"):
                ends = getattr(remedy, name, None)
                if ends is not None and ends[0] > ends[1]:
                    reason = reason_of(RulesetCode.RANGE_INVERTED, name=name, low=ends[0], high=ends[1])
                    yield loaded.problem(site.kind, site.id, (*at, "remedy", name), reason)


def _is_of_the_unit(ruleset: Ruleset, fact: str) -> bool:
    """True where a fact stands in no row and changes at the plant make it another."""
    behind = [ruleset.facts[source] for source, _, _ in sources(ruleset, fact, None) if source in ruleset.facts]
    return group_of(ruleset, fact) is None and any(not declared.is_given for declared in behind)


def _piece(remedy: Remedy) -> str | None:
    found = (_PIECE.search(text) for text in (remedy.text, remedy.note) if text is not None)
    return next((match.group() for match in found if match is not None), None)
