"""Where figures come from: every one says so, none claims more than is known."""

from collections.abc import Iterator

from grading.language.figures import Place, comparisons
from grading.language.loaded import Loaded
from grading.language.problems import Problem
from grading.model.base import Mode
from grading.model.condition import Comparison, walk
from grading.model.ruleset import Indicator, Requirement

PROVENANCE = {"cite": "citation", "basis": "basis", "confidence": "confidence"}


def check_indicators(loaded: Loaded) -> Iterator[Problem]:
    """Indicators without provenance, text or remedy, and renamings that can't be."""
    known = {indicator.id for indicator in loaded.ruleset.indicators}
    for indicator in loaded.ruleset.indicators:
        if indicator.renamed_from in known:
            message = f"`{indicator.renamed_from}` is still an indicator of this ruleset, so it was not renamed"
            yield loaded.problem("indicators", indicator.id, ("renamed_from",), message)
        yield from _lacking(loaded, indicator)


def check_gates(loaded: Loaded) -> Iterator[Problem]:
    """Gates without provenance or title."""
    for gate in loaded.ruleset.gates:
        for name, what in PROVENANCE.items():
            if getattr(gate, name) is None and getattr(gate.when, name) is None:
                yield loaded.problem("gates", gate.id, (), f"has no {what} (`{name}`)")
        if gate.title is None:
            yield loaded.problem("gates", gate.id, (), "has no title; its text stands in for it", warning=True)


def check_estimates(loaded: Loaded) -> Iterator[Problem]:
    """Estimates that would count officially."""
    for place, comparison in comparisons(loaded.ruleset):
        if place.basis == "estimated" and not comparison.is_open(Mode.OFFICIAL):
            operator = comparison.operator
            message = f"an estimated figure counts as if it were established; write `{operator}: {{provisional: …}}`"
            yield loaded.problem(place.site.kind, place.site.id, (*place.inner, operator), message)


def check_figures(loaded: Loaded) -> Iterator[Problem]:
    """Figures that nobody knows, that claim more than is known, or that do not say where they come from."""
    for place, comparison in comparisons(loaded.ruleset):
        if comparison.is_unresolved:
            operator = comparison.operator
            message = (
                "is `unresolved`, so not even a trial can decide it; with a reason for a working value write "
                f"`{operator}: {{provisional: …}}, basis: estimated, confidence: low, note: …`"
            )
            yield loaded.problem(place.site.kind, place.site.id, (*place.inner, operator), message, warning=True)
        if place.basis == "estimated":
            for message in _estimate(place):
                yield loaded.problem(place.site.kind, place.site.id, place.inner, message)
        elif place.confidence == "low" and not comparison.is_open(Mode.OFFICIAL):
            operator = comparison.operator
            message = (
                "a figure of low confidence counts as if it were established; "
                f"write `{operator}: {{provisional: …}}` or `{operator}: unresolved`"
            )
            yield loaded.problem(place.site.kind, place.site.id, (*place.inner, operator), message)
        unplaced = _seen(place, comparison)
        if unplaced is not None:
            yield loaded.problem(place.site.kind, place.site.id, place.inner, unplaced)


def _estimate(place: Place) -> Iterator[str]:
    """What an estimated figure lacks: a low confidence, and beside its basis the reasons it rests on."""
    if place.confidence != "low":
        yield f"is `estimated`, so it says `confidence: low`, not {place.confidence or 'nothing'}"
    if next(layer for layer in place.layers if layer.basis).note is None:
        yield "is `estimated` without a reason; say beside `basis` on what it rests: `note: …`"


def _seen(place: Place, comparison: Comparison) -> str | None:
    """`seen` means that somebody read it somewhere: a citation of what stands around it won't do."""
    layers = place.layers
    stated = next((i for i, layer in enumerate(layers) if layer.basis), None)
    if stated is None or layers[stated].basis != "seen":
        return None
    cited = next((i for i, layer in enumerate(layers) if layer.cite), None)
    if cited is None:
        return "is `seen` without a citation; say where: `cite: {document: …, url: …}`"
    others = {layer.basis for layer in layers[stated + 1 : cited + 1] if layer.basis not in (None, "seen")}
    if others:
        return (
            f"`{comparison.fact}` is `seen`, but the only citation is that of a figure that is "
            f"`{others.pop()}`; say where it was seen: `cite: {{document: …, url: …}}`"
        )
    return None


def _lacking(loaded: Loaded, indicator: Indicator) -> Iterator[Problem]:
    for name, what in {**PROVENANCE, "remedy": "remedy"}.items():
        if getattr(indicator, name) is not None:
            continue
        # A remedy nobody knows is better left out than made up; a figure of unknown origin must not be used.
        warning = name == "remedy"
        without = [key for key, requirement in indicator.levels.items() if not _states(requirement, name)]
        if len(without) == len(indicator.levels):
            message = f"has no {what} (`{name}`), neither the indicator nor its levels"
            yield loaded.problem("indicators", indicator.id, (), message, warning)
            continue
        for key in without:
            message = f"has no {what} (`{name}`), and neither has the indicator"
            yield loaded.problem("indicators", indicator.id, ("levels", key), message, warning)
    for key, requirement in indicator.levels.items():
        if requirement.text is None and requirement.require.text is None:
            yield loaded.problem("indicators", indicator.id, ("levels", key), "has no text: the requirement in words")


def _states(requirement: Requirement, name: str) -> bool:
    """Whether a level or its condition says it; a remedy may stand on the single conditions instead."""
    if getattr(requirement, name) is not None or getattr(requirement.require, name) is not None:
        return True
    return name == "remedy" and any(c.remedy is not None for _, c in walk(requirement.require))
