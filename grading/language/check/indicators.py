"""Indicators: whether each says what it asks, from where it is known, and what to do about it."""

from collections.abc import Iterator

from grading.language.check.words import listed, near
from grading.language.figures import comparisons
from grading.language.load import Loaded
from grading.language.problems import Problem
from grading.model.condition import walk
from grading.model.ruleset import Indicator, Requirement, split_levels

PROVENANCE = {"cite": "citation", "basis": "basis", "confidence": "confidence", "remedy": "remedy"}


def check_indicators(loaded: Loaded) -> Iterator[Problem]:
    """Unknown dimensions and levels, missing provenance, texts and remedies, renamings that can't be."""
    ruleset = loaded.ruleset
    known = {indicator.id for indicator in ruleset.indicators}
    for indicator in ruleset.indicators:
        if indicator.dimension not in ruleset.dimensions:
            hint = near(indicator.dimension, ruleset.dimensions)
            message = f"there is no dimension `{indicator.dimension}`{hint}"
            yield loaded.problem("indicators", indicator.id, ("dimension",), message)
        if indicator.renamed_from in known:
            message = f"`{indicator.renamed_from}` is still an indicator of this ruleset, so it was not renamed"
            yield loaded.problem("indicators", indicator.id, ("renamed_from",), message)
        yield from _levels(loaded, indicator)
        yield from _lacking(loaded, indicator)
    yield from _seen(loaded)


def _levels(loaded: Loaded, indicator: Indicator) -> Iterator[Problem]:
    scale = loaded.ruleset.scale
    seen: dict[str, str] = {}
    for key in indicator.levels:
        for level in split_levels(key):
            at = ("levels", key)
            if level == scale.floor:
                message = f"`{level}` is the floor of the scale and has no conditions; leave it out"
                yield loaded.problem("indicators", indicator.id, at, message)
            elif level not in scale.ids:
                message = f"`{level}` is no level of {loaded.ruleset.id}; there are {listed(scale.graded)}"
                yield loaded.problem("indicators", indicator.id, at, message)
            elif level in seen:
                message = f"level `{level}` is already stated under `{seen[level]}`"
                yield loaded.problem("indicators", indicator.id, at, message)
            seen.setdefault(level, key)


def _lacking(loaded: Loaded, indicator: Indicator) -> Iterator[Problem]:
    for name, what in PROVENANCE.items():
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


def _seen(loaded: Loaded) -> Iterator[Problem]:
    """`seen` means that somebody read it somewhere: a citation of what stands around it won't do."""
    for place, comparison in comparisons(loaded.ruleset):
        layers = place.layers
        stated = next((i for i, layer in enumerate(layers) if layer.basis), None)
        if stated is None or layers[stated].basis != "seen":
            continue
        cited = next((i for i, layer in enumerate(layers) if layer.cite), None)
        if cited is None:
            message = "is `seen` without a citation; say where: `cite: {document: …, url: …}`"
            yield loaded.problem(place.site.kind, place.site.id, place.inner, message)
            continue
        others = {layer.basis for layer in layers[stated + 1 : cited + 1] if layer.basis not in (None, "seen")}
        if others:
            message = (
                f"`{comparison.fact}` is `seen`, but the only citation is that of a figure that is "
                f"`{others.pop()}`; say where it was seen: `cite: {{document: …, url: …}}`"
            )
            yield loaded.problem(place.site.kind, place.site.id, place.inner, message)
