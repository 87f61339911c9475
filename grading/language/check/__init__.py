"""Checks of a ruleset whose files are well formed: what can't mean anything, and what is missing or idle."""

from grading.language.check.computed import check_computed
from grading.language.check.conditions import check_conditions
from grading.language.check.facts import check_labels, check_names, check_reading
from grading.language.check.gates import check_gate_effects
from grading.language.check.head import check_head, check_windows
from grading.language.check.levels import check_differences, check_levels, check_order
from grading.language.check.measures import check_alerts, check_measures
from grading.language.check.prices import check_prices, check_ranges
from grading.language.check.provenance import check_estimates, check_figures, check_gates, check_indicators
from grading.language.check.synonyms import check_synonyms
from grading.language.check.texts import check_texts
from grading.language.check.units import check_known_units, check_units
from grading.language.loaded import Loaded
from grading.language.problems import Problem
from grading.problems.ruleset_codes import RulesetCode

MEANING = (
    check_names,
    check_synonyms,
    check_computed,
    check_units,
    check_conditions,
    check_levels,
    check_gate_effects,
    check_measures,
    check_estimates,
)
"""With an error of these a ruleset could give a wrong grade, so it is not used at all."""

COMPLETENESS = (
    check_head,
    check_windows,
    check_reading,
    check_indicators,
    check_gates,
    check_figures,
    check_differences,
    check_order,
    check_alerts,
    check_prices,
    check_ranges,
    check_labels,
    check_known_units,
    check_texts,
)
"""With an error of these a ruleset is not fit to be shipped."""
CONTRADICTIONS = frozenset(
    {
        RulesetCode.TEXT_STATES_OTHER_FIGURE.value,
        RulesetCode.TEXT_STATES_OTHER_ORDER.value,
        RulesetCode.TEXT_STATES_OTHER_UNIT.value,
        RulesetCode.FACT_LABEL_TWICE.value,
        RulesetCode.OPTION_LABEL_TWICE.value,
    }
)
"""Warnings of what contradicts itself: a workbook that has it is not read."""
SLIPS = CONTRADICTIONS | {
    RulesetCode.UNIT_UNKNOWN.value,
    RulesetCode.DAY_UNLIKELY.value,
    RulesetCode.JURISDICTION_UNKNOWN.value,
    RulesetCode.INDUSTRY_CODE_FORM.value,
}
"""Warnings of what is likely a slip of the pen: whoever signs an edition looks at them first."""


def check(loaded: Loaded) -> tuple[Problem, ...]:
    """All findings about one ruleset, in the order of its files and lines."""
    found = {problem for find in MEANING for problem in find(loaded)}
    # Conditions that can't mean anything can't be compared with each other either, nor computed facts in a circle followed.
    sound = all(problem.severity == "warning" for problem in found)
    of_sound_ones = (check_differences, check_order, check_prices, check_texts)
    finds = [find for find in COMPLETENESS if sound or find not in of_sound_ones]
    return tuple(sorted(found | {problem for find in finds for problem in find(loaded)}))


def unusable(loaded: Loaded) -> tuple[Problem, ...]:
    """The errors for which a ruleset can't be used; empty when it can."""
    return tuple(problem for find in MEANING for problem in find(loaded) if problem.severity == "error")
