"""Test cases of policies: facts and grades in, statuses of rules out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from grading.intake import check_value
from grading.language.invalid import invalid
from grading.language.problems import LanguageError, Problem
from grading.language.source import Source, read_source
from grading.model.audit import Known, Row, UnitAudit
from grading.model.base import Day, Identifier, Level, Strict, Text
from grading.model.ruleset import Fact
from grading.policy.apply import PolicyEngine
from grading.policy.given import GRADES, PLACE, given_value, grade_facts
from grading.policy.library import CASES, FOLDER
from grading.problems.reason import reason_of
from grading.problems.ruleset_codes import RulesetCode

Expected = Literal["met", "unmet", "unknown", "absent"]


class CaseGrade(Strict):
    """A grade that is given; without `attainable` it is decided."""

    grade: Level
    attainable: Level | None = None


class PolicyCase(Strict):
    """A case as its file says it; a rule whose window does not hold on the day is `absent`."""

    name: Text
    on: Day
    facts: dict[Identifier, Any] = Field(default_factory=dict)
    groups: dict[Identifier, tuple[dict[Identifier, Any], ...]] = Field(default_factory=dict)
    grade: CaseGrade | None = None
    facility_grade: CaseGrade | None = None
    expect: dict[Identifier, Expected] = Field(min_length=1)
    note: Text | None = None


@dataclass(frozen=True)
class PolicyCaseResult:
    """The result of a case: what differs, as `rule: expected, actual`."""

    policy: str
    case: PolicyCase
    differences: tuple[str, ...]


def read_policy_cases(policies: PolicyEngine, policy_id: str) -> tuple[PolicyCase, ...]:
    """All cases of a policy; raises LanguageError with everything that is wrong with the file."""
    path = policies.library.root / FOLDER / f"{policy_id}{CASES}"
    if not path.is_file():
        return ()
    source = read_source(path, str(Path(FOLDER) / f"{policy_id}{CASES}"))
    problems = list(source.problems)
    cases = list(_cases(source, problems))
    rules = {rule.id for rule in policies.library.policy(policy_id).rules}
    for i, case in enumerate(cases):
        unknown = [rule for rule in case.expect if rule not in rules]
        problems += [source.problem((i, "expect", r), reason_of(RulesetCode.RULE_UNKNOWN, rule=r)) for r in unknown]
    if problems:
        raise LanguageError(problems)
    return tuple(cases)


def _cases(source: Source, problems: list[Problem]) -> Iterator[PolicyCase]:
    for i, raw in enumerate(source.data if isinstance(source.data, list) else ()):
        try:
            yield PolicyCase.model_validate(raw)
        except ValidationError as error:
            problems.extend(invalid(source, (i,), raw, error))


def run_policy_case(policies: PolicyEngine, policy_id: str, case: PolicyCase) -> PolicyCaseResult:
    """Let the engine conclude a case; raises LanguageError for a fact that the policy can't read."""
    policy = policies.library.policy(policy_id)
    declared = policies.library.ruleset(policy_id).facts
    facts = {name: _known(value, declared.get(name), name) for name, value in case.facts.items()}
    for name in GRADES:
        stated: CaseGrade | None = getattr(case, name)
        if stated is not None:
            given = grade_facts(policies.levels, name, stated.grade, stated.attainable or stated.grade)
            facts |= {fact: Known(value=value) for fact, value in given.items()}
    groups = {
        name: tuple(_row(raw, policy.groups[name].key, declared) for raw in rows) for name, rows in case.groups.items()
    }
    found = {c.rule.id: c.status.value for c in policies.rules(policy, _unit(policy_id, facts, groups), case.on)}
    in_force = policy.effective <= case.on and (policy.superseded is None or case.on < policy.superseded)
    actual = {rule.id: found.get(rule.id, "absent") if in_force else "absent" for rule in policy.rules}
    differences = (
        f"{rule}: 应为 {expected}，实为 {actual[rule]}"
        for rule, expected in case.expect.items()
        if actual[rule] != expected
    )
    return PolicyCaseResult(policy_id, case, tuple(differences))


def _unit(policy_id: str, facts: dict[str, Known], groups: dict[str, tuple[Row, ...]]) -> UnitAudit:
    return UnitAudit(id="case", ruleset=policy_id, facts=facts, groups=groups)


def _row(raw: dict[str, Any], key: str, declared: dict[str, Fact]) -> Row:
    facts = {name: _known(value, declared.get(name), name) for name, value in raw.items() if name != key}
    return Row(key=str(raw[key]), facts=facts)


def _known(value: Any, fact: Fact | None, name: str) -> Known:
    if fact is None:
        raise LanguageError([Problem(CASES, 0, name, reason_of(RulesetCode.FACT_NOT_OF_POLICY))])
    if fact.id in ("industry", *PLACE):
        return Known(value=given_value(fact, str(value)))
    written = value.isoformat() if isinstance(value, date) else value
    known, problems = check_value(written, name, [fact])
    if problems:
        raise LanguageError([Problem(CASES, 0, p.place, p.reason) for p in problems])
    return known or Known(value=None)
