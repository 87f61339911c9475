"""Everything that is wrong with one ruleset: its files, its meaning, its fit to the engine, the form of its cases."""

from datetime import timedelta

from grading.engine.network import NetworkError, build_network
from grading.language.cases import read_cases
from grading.language.check import check
from grading.language.load import Library
from grading.language.loaded import Loaded
from grading.language.problems import LanguageError, Problem
from grading.model.base import Mode
from grading.plan.build import boundaries, build_plan
from grading.problems.reason import Reason, reason_of
from grading.problems.ruleset_codes import RulesetCode


def findings(rulesets: Library, ruleset_id: str) -> tuple[Problem, ...]:
    """Everything that is wrong with one ruleset, in the order of its files."""
    try:
        loaded = rulesets.merged(ruleset_id)
    except LanguageError as error:
        return error.problems
    found = check(loaded)
    # What the findings already call wrong the engine would only complain of a second time.
    if any(problem.severity == "error" for problem in found):
        return found
    return (*found, *fits_engine(loaded), *_of_cases(rulesets, ruleset_id))


def fits_engine(loaded: Loaded) -> list[Problem]:
    """The reasons why the engine can't run the ruleset, in each mode and period; empty when it can."""
    ruleset = loaded.ruleset
    changes = boundaries(ruleset)
    first = changes[0] - timedelta(days=1) if changes else ruleset.edition.effective
    reasons: dict[Reason, None] = {}
    for mode in Mode:
        for day in (first, *changes):
            try:
                build_network(build_plan(ruleset, mode, day))
            except NetworkError as error:
                reasons[reason_of(RulesetCode.UNFIT_FOR_ENGINE, why=error.reason)] = None
    return [loaded.own.problem((), reason) for reason in reasons]


def _of_cases(rulesets: Library, ruleset_id: str) -> tuple[Problem, ...]:
    """The problems of the cases file's form; whether the cases pass is another command's matter."""
    try:
        read_cases(rulesets, ruleset_id)
    except LanguageError as error:
        return error.problems
    return ()
