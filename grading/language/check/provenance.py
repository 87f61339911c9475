"""Provenance of figures: every one states it, none claims more than is known."""

from collections.abc import Iterator

from grading.language.figures import Place, comparisons
from grading.language.loaded import Loaded
from grading.language.problems import Problem
from grading.model.base import Mode
from grading.model.condition import Comparison, walk
from grading.model.ruleset import Indicator, Requirement
from grading.problems.phrases import Phrase
from grading.problems.reason import Reason, reason_of
from grading.problems.ruleset_codes import RulesetCode

PROVENANCE = {"cite": Phrase.CITATION, "basis": Phrase.BASIS, "confidence": Phrase.CONFIDENCE}


def check_indicators(loaded: Loaded) -> Iterator[Problem]:
    """Indicators without provenance, text or remedy, and renamings that can't be."""
    known = {indicator.id for indicator in loaded.ruleset.indicators}
    for indicator in loaded.ruleset.indicators:
        if indicator.renamed_from in known:
            reason = reason_of(RulesetCode.RENAMED_FROM_PRESENT, indicator=indicator.renamed_from or "")
            yield loaded.problem("indicators", indicator.id, ("renamed_from",), reason)
        yield from _lacking(loaded, indicator)


def check_gates(loaded: Loaded) -> Iterator[Problem]:
    """Gates without provenance or title."""
    for gate in loaded.ruleset.gates:
        for name, what in PROVENANCE.items():
            if getattr(gate, name) is None and getattr(gate.when, name) is None:
                yield loaded.problem("gates", gate.id, (), reason_of(RulesetCode.LACKING, what=what, name=name))
        if gate.title is None:
            yield loaded.problem("gates", gate.id, (), reason_of(RulesetCode.TITLE_LACKING), warning=True)


def check_estimates(loaded: Loaded) -> Iterator[Problem]:
    """Estimates that would count officially."""
    for place, comparison in comparisons(loaded.ruleset):
        if place.basis == "estimated" and not comparison.is_open(Mode.OFFICIAL):
            operator = comparison.operator
            reason = reason_of(RulesetCode.ESTIMATE_COUNTS, operator=operator)
            yield loaded.problem(place.site.kind, place.site.id, (*place.inner, operator), reason)


def check_figures(loaded: Loaded) -> Iterator[Problem]:
    """Figures that nobody knows, that claim more than is known, or that do not say where they come from."""
    for place, comparison in comparisons(loaded.ruleset):
        if comparison.is_unresolved:
            operator = comparison.operator
            reason = reason_of(RulesetCode.FIGURE_UNRESOLVED, operator=operator)
            yield loaded.problem(place.site.kind, place.site.id, (*place.inner, operator), reason, warning=True)
        if place.basis == "estimated":
            for reason in _estimate(place):
                yield loaded.problem(place.site.kind, place.site.id, place.inner, reason)
        elif place.confidence == "low" and not comparison.is_open(Mode.OFFICIAL):
            operator = comparison.operator
            reason = reason_of(RulesetCode.LOW_CONFIDENCE_COUNTS, operator=operator)
            yield loaded.problem(place.site.kind, place.site.id, (*place.inner, operator), reason)
        unplaced = _refuse_seen(place, comparison)
        if unplaced is not None:
            yield loaded.problem(place.site.kind, place.site.id, place.inner, unplaced)


def _estimate(place: Place) -> Iterator[Reason]:
    """The parts that an estimated figure lacks: a low confidence, and beside its basis the reasons it rests on."""
    if place.confidence != "low":
        given = place.confidence or Phrase.NOT_STATED
        yield reason_of(RulesetCode.ESTIMATE_TOO_CONFIDENT, given=given)
    if next(layer for layer in place.layers if layer.basis).note is None:
        yield reason_of(RulesetCode.ESTIMATE_WITHOUT_REASON)


def _refuse_seen(place: Place, comparison: Comparison) -> Reason | None:
    """`seen` means that somebody read it somewhere: a citation of what stands around it won't do."""
    layers = place.layers
    stated = next((i for i, layer in enumerate(layers) if layer.basis), None)
    if stated is None or layers[stated].basis != "seen":
        return None
    cited = next((i for i, layer in enumerate(layers) if layer.cite), None)
    if cited is None:
        return reason_of(RulesetCode.SEEN_WITHOUT_CITATION)
    others = {layer.basis for layer in layers[stated + 1 : cited + 1] if layer.basis not in (None, "seen")}
    if others:
        return reason_of(RulesetCode.SEEN_ELSEWHERE, fact=comparison.fact, other=others.pop())
    return None


def _lacking(loaded: Loaded, indicator: Indicator) -> Iterator[Problem]:
    for name, what in {**PROVENANCE, "remedy": Phrase.REMEDY}.items():
        if getattr(indicator, name) is not None:
            continue
        # A remedy nobody knows is better left out than made up; a figure of unknown origin must not be used.
        warning = name == "remedy"
        without = [key for key, requirement in indicator.levels.items() if not _states(requirement, name)]
        if len(without) == len(indicator.levels):
            reason = reason_of(RulesetCode.LACKING_EVERYWHERE, what=what, name=name)
            yield loaded.problem("indicators", indicator.id, (), reason, warning)
            continue
        for key in without:
            reason = reason_of(RulesetCode.LACKING_IN_LEVEL, what=what, name=name)
            yield loaded.problem("indicators", indicator.id, ("levels", key), reason, warning)
    for key, requirement in indicator.levels.items():
        if requirement.text is None and requirement.require.text is None:
            yield loaded.problem("indicators", indicator.id, ("levels", key), reason_of(RulesetCode.TEXT_LACKING))


def _states(requirement: Requirement, name: str) -> bool:
    """True when a level or its condition states it; a remedy may stand on the single conditions instead."""
    if getattr(requirement, name) is not None or getattr(requirement.require, name) is not None:
        return True
    return name == "remedy" and any(c.remedy is not None for _, c in walk(requirement.require))
