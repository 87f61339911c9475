"""What is wrong with a ruleset that loads: what it can't mean, what it lacks, what has no effect."""

from grading.language.check.computed import check_computed
from grading.language.check.conditions import check_conditions
from grading.language.check.facts import check_facts
from grading.language.check.gates import check_gates
from grading.language.check.head import check_head
from grading.language.check.indicators import check_indicators
from grading.language.check.levels import check_levels
from grading.language.check.measures import check_measures
from grading.language.check.scales import check_scales
from grading.language.load import Loaded
from grading.language.problems import Problem

CHECKS = (
    check_head,
    check_facts,
    check_computed,
    check_conditions,
    check_indicators,
    check_levels,
    check_gates,
    check_measures,
)


def check(loaded: Loaded) -> tuple[Problem, ...]:
    """All findings about one ruleset, in the order of its files and lines."""
    return tuple(sorted({problem for find in CHECKS for problem in find(loaded)}))


__all__ = ["check", "check_scales"]
