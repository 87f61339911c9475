"""Runs the data cases of a ruleset: grades each like any audit and compares with what the case expects."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from grading.engine.grade import Engine
from grading.intake import AuditError, InputProblem, check_audit
from grading.language.cases import Case
from grading.language.problems import Problem, steps_of
from grading.model.base import Status
from grading.model.result import UnitGrading
from grading.problems.reason import reason_of
from grading.problems.ruleset_codes import RulesetCode

_UNIT = "units[0]."


@dataclass(frozen=True, slots=True)
class Difference:
    """One expectation that did not come true; lists are ids in the order of the ruleset."""

    what: str
    expected: str | tuple[str, ...]
    actual: str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """The result of a case: passed, or where the result differs, or why it can't be graded at all."""

    case: Case
    differences: tuple[Difference, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def passed(self) -> bool:
        """True when everything is as expected."""
        return not self.differences and not self.problems


def run_case(engine: Engine, case: Case) -> CaseResult:
    """Grade one case. Raises NetworkError or EngineError when its ruleset can't be run at all."""
    try:
        audit = check_audit(as_audit(case), engine.library, as_recorded=True)
    except AuditError as error:
        return CaseResult(case, problems=tuple(_in_file(case, p) for p in error.problems))
    grading = engine.grade(audit, case.mode)
    return CaseResult(case, differences=tuple(_differences(case, grading.units[0])))


def as_audit(case: Case) -> dict[str, Any]:
    """The case as an audit of one enterprise with one unit, numbers as Decimal."""
    return {
        "enterprise": {"name": case.name},
        "assessed_on": case.assessed_on.isoformat(),
        "units": [
            {
                "id": "unit",
                "ruleset": case.ruleset,
                "facts": _plain(case.facts),
                "groups": _plain(case.groups),
            }
        ],
    }


def _plain(value: Any) -> Any:
    """YAML's values as JSON has them: days as text."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _in_file(case: Case, found: InputProblem) -> Problem:
    """A problem of the audit, told at the line of the cases file that wrote the value."""
    if not found.place.startswith(_UNIT):
        unreadable = reason_of(RulesetCode.CASE_UNREADABLE, place=found.place, why=found.reason)
        return case.source.problem(case.path, unreadable)
    return case.problem(steps_of(found.place.removeprefix(_UNIT)), found.reason)


def _differences(case: Case, unit: UnitGrading) -> Iterable[Difference]:
    expect = case.expect
    if expect.grade is not None and expect.grade != unit.outcome.grade:
        yield Difference("grade", expect.grade, unit.outcome.grade)
    if expect.attainable is not None and expect.attainable != unit.outcome.attainable:
        yield Difference("attainable", expect.attainable, unit.outcome.attainable)
    for what, status, by_level in (
        ("unmet", Status.UNMET, expect.unmet),
        ("unknown", Status.UNKNOWN, expect.unknown),
    ):
        for level, ids in by_level.items():
            actual = tuple(result.id for result in unit.indicators if result.levels[level] is status)
            if set(ids) != set(actual):
                yield Difference(f"{what}.{level}", ids, actual)
    if expect.gates is not None:
        met = tuple(gate.id for gate in unit.gates if gate.status is Status.MET)
        if set(expect.gates) != set(met):
            yield Difference("gates", expect.gates, met)
