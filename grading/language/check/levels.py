"""The levels: those that indicators speak of are there, each has conditions and differs from the next."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from grading.language.check.words import listed, near
from grading.language.loaded import Loaded
from grading.language.normal import normal
from grading.language.problems import Problem
from grading.model.ruleset import Cap, Indicator, Ruleset, split_levels


def check_levels(loaded: Loaded) -> Iterator[Problem]:
    """Indicators of a dimension or with levels that the ruleset does not have, or with one level twice."""
    dimensions = loaded.ruleset.dimensions
    for indicator in loaded.ruleset.indicators:
        if indicator.dimension not in dimensions:
            message = f"there is no dimension `{indicator.dimension}`{near(indicator.dimension, dimensions)}"
            yield loaded.problem("indicators", indicator.id, ("dimension",), message)
        yield from _levels(loaded, indicator)


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


def check_differences(loaded: Loaded) -> Iterator[Problem]:
    """Levels that nothing conditions, and levels that no plant can tell from the next."""
    ruleset = loaded.ruleset
    for level in ruleset.scale.graded:
        if not any(indicator.requirement(level) for indicator in ruleset.indicators):
            message = f"no indicator has conditions for level `{level}` of scale `{ruleset.scale_id}`"
            yield loaded.own.problem(("indicators",), message)
    for level, worse in pairwise(ruleset.scale.graded):
        if _conditioned(ruleset, level) and _asked(ruleset, level) == _asked(ruleset, worse):
            if any(isinstance(gate.effect, Cap) and gate.effect.cap == worse for gate in ruleset.gates):
                continue
            message = f"level `{level}` asks for the same as `{worse}` everywhere, and no gate tells them apart"
            yield loaded.own.problem(("indicators",), message)


def _conditioned(ruleset: Ruleset, level: str) -> bool:
    return any(indicator.requirement(level) for indicator in ruleset.indicators)


def _asked(ruleset: Ruleset, level: str) -> list[Any]:
    asked = ((indicator, indicator.requirement(level)) for indicator in ruleset.indicators)
    return [None if requirement is None else normal(requirement.require) for _, requirement in asked]
