"""The levels of a ruleset: each must have conditions, and differ from the next."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from grading.language.load import Loaded
from grading.language.normal import normal
from grading.language.problems import Problem
from grading.model.ruleset import Cap, Ruleset


def check_levels(loaded: Loaded) -> Iterator[Problem]:
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
