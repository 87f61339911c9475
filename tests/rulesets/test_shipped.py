"""Every shipped ruleset loads, is in order, and does what its cases say."""

from functools import cache

import pytest

from grading.case_runner import run_case
from grading.language.cases import read_cases
from grading.language.counts import count
from grading.language.problems import Problem
from grading.problems.ruleset_codes import RulesetCode
from grading.ruleset_findings import findings
from tests.shipped import ENGINE, LIBRARY

LEAST_CASES = 15


@cache
def found(ruleset_id: str) -> tuple[Problem, ...]:
    """Everything that `grading ruleset check` says of a ruleset."""
    return findings(LIBRARY, ruleset_id)


def test_there_are_rulesets() -> None:
    assert {
        "national-2020/rubber",
        "national-2020/foundry",
        "national-2020/cement",
        "national-2020/cement_grinding",
        "national-2020/concrete",
        "national-2020/brick",
        "national-2020/coking",
        "national-2020/ceramics",
        "national-2020/industrial_coating",
        "national-2024/cement",
        "national-2024/coking",
        "xianyang-2023/rubber",
    } <= set(LIBRARY.ids())


@pytest.mark.parametrize("ruleset_id", LIBRARY.ids())
def test_a_shipped_ruleset_is_checked_without_errors(ruleset_id: str) -> None:
    assert [str(problem) for problem in found(ruleset_id) if problem.severity == "error"] == []


@pytest.mark.parametrize("ruleset_id", LIBRARY.ids())
def test_a_shipped_ruleset_leaves_no_figure_unresolved(ruleset_id: str) -> None:
    unresolved = (RulesetCode.FIGURE_UNRESOLVED, RulesetCode.PERCENT_UNRESOLVED)
    assert [str(problem) for problem in found(ruleset_id) if problem.code in unresolved] == []
    assert count(LIBRARY.ruleset(ruleset_id)).unresolved == 0


@pytest.mark.parametrize("ruleset_id", LIBRARY.ids())
def test_a_shipped_ruleset_has_enough_cases(ruleset_id: str) -> None:
    assert len(read_cases(LIBRARY, ruleset_id)) >= LEAST_CASES


@pytest.mark.parametrize("ruleset_id", LIBRARY.ids())
def test_a_shipped_ruleset_does_what_its_cases_say(ruleset_id: str) -> None:
    results = [run_case(ENGINE, case) for case in read_cases(LIBRARY, ruleset_id)]
    failed = {r.case.name: [*map(str, r.differences), *map(str, r.problems)] for r in results if not r.passed}
    assert failed == {}


@pytest.mark.parametrize("ruleset_id", LIBRARY.ids())
def test_a_millionth_is_written_with_one_and_the_same_letter(ruleset_id: str) -> None:
    ruleset = LIBRARY.ruleset(ruleset_id)
    units = {fact.unit for fact in (*ruleset.facts.values(), *ruleset.computed.values()) if fact.unit}
    assert not {unit for unit in units if unit.startswith(("ug", "umol", "µ"))}
