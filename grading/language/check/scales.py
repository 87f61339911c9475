"""The scales, which all rulesets share."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from grading.language.problems import Problem
from grading.language.source import Source
from grading.model.ruleset import Scale
from grading.problems.reason import reason_of
from grading.problems.ruleset_codes import RulesetCode


def check_scales(source: Source, scales: Mapping[str, Scale]) -> Iterator[Problem]:
    """Levels that are named twice, whose standing does not fall along the scale or is another one in another scale."""
    standings: dict[str, int] = {}
    for name, scale in scales.items():
        for i, (level, worse) in enumerate(pairwise(scale.levels), start=1):
            if worse.standing <= level.standing:
                reason = reason_of(
                    RulesetCode.STANDING_NOT_WORSE, standing=worse.standing, above=level.standing, better=level.id
                )
                yield source.problem((name, "levels", i, "standing"), reason)
        for i, level in enumerate(scale.levels):
            elsewhere = standings.setdefault(level.id, level.standing)
            if elsewhere != level.standing and level.id not in scale.ids[:i]:
                reason = reason_of(RulesetCode.STANDING_DIFFERS, level=level.id, elsewhere=elsewhere)
                yield source.problem((name, "levels", i, "standing"), reason)
        for i, level_id in enumerate(scale.ids):
            if level_id in scale.ids[:i]:
                yield source.problem((name, "levels", i, "id"), reason_of(RulesetCode.LEVEL_TWICE, level=level_id))
