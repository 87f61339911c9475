"""The scales, which all rulesets share."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from grading.language.problems import Problem
from grading.language.source import Source
from grading.model.ruleset import Scale


def check_scales(source: Source, scales: Mapping[str, Scale]) -> Iterator[Problem]:
    """Levels that are named twice, whose standing does not fall along the scale or is another one in another scale."""
    standings: dict[str, int] = {}
    for name, scale in scales.items():
        for i, (level, worse) in enumerate(pairwise(scale.levels), start=1):
            if worse.standing <= level.standing:
                message = (
                    f"standing {worse.standing} should be above {level.standing}, "
                    f"that of the better level `{level.id}`; 1 is best"
                )
                yield source.problem((name, "levels", i, "standing"), message)
        for i, level in enumerate(scale.levels):
            elsewhere = standings.setdefault(level.id, level.standing)
            if elsewhere != level.standing and level.id not in scale.ids[:i]:
                message = f"standing of `{level.id}` is {elsewhere} in another scale; levels compare by their ids"
                yield source.problem((name, "levels", i, "standing"), message)
        for i, level_id in enumerate(scale.ids):
            if level_id in scale.ids[:i]:
                yield source.problem((name, "levels", i, "id"), f"duplicate level `{level_id}`")
