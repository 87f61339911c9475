"""A ruleset's errors and the results of its test cases, for those who write and review it."""

from collections.abc import Iterable

from api.grader import Grader
from api.problems import not_found
from api.schemas.rulesets import CaseOut, CheckedOut, FindingOut
from grading.case_runner import CaseResult, run_case
from grading.engine.durable_rules import EngineError
from grading.engine.rules import NetworkError
from grading.language.cases import read_cases
from grading.language.check import check
from grading.language.problems import LanguageError, Problem
from grading.problems.reason import reason_of
from grading.problems.ruleset_codes import RulesetCode


def checked(grader: Grader, ruleset_id: str) -> CheckedOut:
    """The findings about a ruleset and, when it can be used, its cases; raises Problem (404)."""
    library = grader.library
    try:
        findings: tuple[Problem, ...] = check(library.merged(ruleset_id))
    except KeyError:
        raise not_found() from None
    except LanguageError as error:
        return CheckedOut(id=ruleset_id, findings=_to_schemas(error.problems), cases=[])
    cases: list[CaseOut] = []
    try:
        library.ruleset(ruleset_id)
        cases = [_case(run_case(grader.engine, case)) for case in read_cases(library, ruleset_id)]
    except LanguageError as error:
        findings = (*findings, *error.problems)
    except (NetworkError, EngineError) as error:
        reason = reason_of(RulesetCode.NOT_RUNNABLE, why=error.reason)
        findings = (*findings, Problem(f"{ruleset_id}.yaml", 0, "", reason))
    return CheckedOut(id=ruleset_id, findings=_to_schemas(dict.fromkeys(findings)), cases=cases)


def _case(result: CaseResult) -> CaseOut:
    differences = [{"what": d.what, "expected": d.expected, "actual": d.actual} for d in result.differences]
    return CaseOut(
        name=result.case.name, passed=result.passed, differences=differences, problems=_to_schemas(result.problems)
    )


def _to_schemas(problems: Iterable[Problem]) -> list[FindingOut]:
    """Findings; of files only what is below the rulesets' folder, nothing of where the service keeps it."""
    return [
        FindingOut(
            file="/".join(problem.file.replace("\\", "/").split("/")[-2:]),
            line=problem.line,
            place=problem.place,
            code=problem.code,
            message=problem.message,
            severity=problem.severity,
        )
        for problem in problems
    ]
