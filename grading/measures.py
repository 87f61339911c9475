"""Measures of a grade when an alert is called."""

from grading.model.result import UNGRADED
from grading.model.ruleset import Measure, Ruleset


def measures_at(ruleset: Ruleset, alert: str, level: str) -> tuple[Measure, ...]:
    """The measures of a level in an alert (`yellow`, `orange`, `red`); a unit that is not graded is managed as the floor."""
    return ruleset.measures.at(alert, ruleset.scale.floor if level == UNGRADED else level)
