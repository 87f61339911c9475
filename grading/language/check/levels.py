"""The levels: those that indicators speak of are there, each has conditions and differs from the next."""

from collections.abc import Iterator
from itertools import pairwise

from grading.language.check.words import listed, near
from grading.language.loaded import Loaded
from grading.language.normal import Form, normal
from grading.language.problems import Problem
from grading.language.windows import first_days, is_there
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
    """Levels that nothing conditions, always or for a time, and levels that no plant can tell from the next."""
    ruleset = loaded.ruleset
    for level in ruleset.scale.graded:
        yield from _unconditioned(loaded, level)
    for level, worse in pairwise(ruleset.scale.graded):
        asked = _asked(ruleset, level)
        told_apart = any(isinstance(gate.effect, Cap) and gate.effect.cap == worse for gate in ruleset.gates)
        if any(asked) and asked == _asked(ruleset, worse) and not told_apart:
            message = f"level `{level}` asks for the same as `{worse}` everywhere, and no gate tells them apart"
            yield loaded.own.problem(("indicators",), message)


def _unconditioned(loaded: Loaded, level: str) -> Iterator[Problem]:
    """Every plant would reach a level that asks for nothing."""
    ruleset = loaded.ruleset
    asked = [r.require for i in ruleset.indicators if (r := i.requirement(level)) is not None]
    if not asked:
        message = f"no indicator has conditions for level `{level}` of scale `{ruleset.scale_id}`"
        yield loaded.own.problem(("indicators",), message)
        return
    for day in first_days(ruleset):
        if not any(is_there(condition, day) for condition in asked):
            message = f"no indicator has conditions for level `{level}` from {day}: all are outside their windows"
            yield loaded.own.problem(("indicators",), message)


def _asked(ruleset: Ruleset, level: str) -> list[Form | None]:
    asked = (indicator.requirement(level) for indicator in ruleset.indicators)
    return [None if requirement is None else normal(requirement.require) for requirement in asked]
