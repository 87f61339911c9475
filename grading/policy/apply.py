"""Policies of a place and day for an audited enterprise: effects, concluded by the engine from facts and grades."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from grading.campaign.levels import Levels
from grading.engine.grade import Engine
from grading.jurisdiction import area_bounds, in_area
from grading.model.audit import Audit, Enterprise, Known, Row, UnitAudit
from grading.model.base import Mode, Scalar, Status
from grading.model.result import UNGRADED, Grading, Outcome, UnitGrading
from grading.model.ruleset import Scale
from grading.model.trace import TraceEntry, trace_json
from grading.policy.given import given_value, grade_facts, place_facts
from grading.policy.library import PolicyLibrary
from grading.policy.model import Policy, PolicyRule, Subject
from grading.ruleset_id import industry_of

FACILITY_SCOPE = "treatment_facilities"
"""The scope of the rulesets that policies call the level of the treatment facilities."""
MOST_ROUNDS = 4
"""A cap or exclusion changes the grade that other rules read; each round can only make it worse."""
Values = Mapping[str, Scalar | None]


class Concluded(NamedTuple):
    """A rule of a policy with what the engine concluded of it."""

    policy: Policy
    rule: PolicyRule
    status: Status
    trace: Sequence[TraceEntry]

    def as_json(self) -> dict[str, Any]:
        """The entry of the contract."""
        return {
            "policy": self.policy.id,
            "rule": self.rule.id,
            "status": self.status.value,
            **self.rule.effect.as_json(),
            "text": self.rule.text,
            "cite": self.rule.cite.model_dump(mode="json", exclude_none=True),
            "basis": self.rule.basis,
            "confidence": self.rule.confidence,
        }


@dataclass(frozen=True)
class Subjected:
    """A unit or the enterprise with its grade within the caps and exclusions that are met, and every rule about it."""

    id: str
    outcome: Outcome
    concluded: tuple[Concluded, ...]


@dataclass(frozen=True)
class Applied:
    """The answer of `grading policy apply`."""

    on: date
    units: tuple[Subjected, ...]
    enterprise: Subjected

    def as_json(self, with_unmet: bool = False, with_trace: bool = False) -> dict[str, Any]:
        """The document of the contract: the rules that are met or unknown."""

        def effects(subject: Subjected) -> list[dict[str, Any]]:
            shown = [c for c in subject.concluded if with_unmet or c.status is not Status.UNMET]
            return [c.as_json() | ({"trace": trace_json(c.trace)} if with_trace else {}) for c in shown]

        units = [
            {"id": u.id, "grade": u.outcome.grade, "attainable": u.outcome.attainable, "effects": effects(u)}
            for u in self.units
        ]
        outcome = self.enterprise.outcome
        whole = {"grade": outcome.grade, "attainable": outcome.attainable, "effects": effects(self.enterprise)}
        return {"on": self.on.isoformat(), "units": units, "enterprise": whole}


class PolicyEngine:
    """Asks the policies of a library; keeps the networks it has built."""

    def __init__(self, library: PolicyLibrary) -> None:
        """Raises LanguageError when a policy can't be used."""
        self.library, self.policies = library, library.policies()
        self.levels: Levels = library.vocabulary.levels
        self.engine = Engine(library)

    def only(self, ids: Collection[str]) -> "PolicyEngine":
        """The same, asking only these policies."""
        fewer = copy(self)
        fewer.policies = tuple(policy for policy in self.policies if policy.id in ids)
        return fewer

    def in_force(self, subject: Subject, county: str, on: date) -> Iterator[Policy]:
        """The policies about a subject that hold in a county on a day, the whole nation's first."""
        for policy in sorted(self.policies, key=lambda p: _size(p.jurisdiction), reverse=True):
            ends = policy.superseded is not None and policy.superseded <= on
            here = in_area(county, policy.jurisdiction)
            if policy.subject == subject and here and policy.effective <= on and not ends:
                yield policy

    def conclude(self, policy: Policy, unit: UnitAudit, on: date) -> UnitGrading:
        """The engine's conclusions of every rule of a policy that is there on the day."""
        audit = Audit(
            enterprise=Enterprise(name=policy.title),
            assessed_on=on,
            units=(unit.model_copy(update={"ruleset": policy.id}),),
        )
        return self.engine.grade(audit, Mode.OFFICIAL).units[0]

    def rules(self, policy: Policy, unit: UnitAudit, on: date) -> Iterator[Concluded]:
        """Every rule of a policy that is there on the day, with its status."""
        found = self.conclude(policy, unit, on)
        statuses = {gate.id: gate.status for gate in found.gates}
        for rule in policy.rules:
            if rule.id in statuses:
                yield Concluded(policy, rule, statuses[rule.id], found.trace)

    def known(self, policy: Policy, facts: Mapping[str, Known], given: Values) -> dict[str, Known]:
        """The facts of an audit that a policy reads, and those that the system gives."""
        declared = self.library.ruleset(policy.id).facts
        known = {name: value for name, value in facts.items() if name in declared and declared[name].group is None}
        return known | {
            name: Known(value=given_value(declared[name], value)) for name, value in given.items() if name in declared
        }


def apply_policies(
    policies: PolicyEngine, audit: Audit, grading: Grading, scales: Mapping[str, Scale], county: str, on: date
) -> Applied:
    """The effects of all policies in force in a county on a day; `scales` are those of the units' rulesets by id."""
    units = tuple(
        _unit(policies, audit, unit, graded, scales[unit.ruleset], county, on)
        for unit, graded in zip(audit.units, grading.units, strict=True)
    )
    outcomes = [unit.outcome for unit in units]
    whole = Outcome(
        policies.levels.worst([o.grade for o in outcomes]), policies.levels.worst([o.attainable for o in outcomes])
    )
    enterprise = _concluded(
        policies,
        "enterprise",
        _enterprise_unit(audit),
        _grades(policies, "grade", whole) | place_facts(county),
        county,
        on,
    )
    return Applied(on, units, Subjected(audit.enterprise.name, whole, tuple(enterprise)))


def _size(area: str) -> int:
    low, high = area_bounds(area)
    return int(high) - int(low)


def _unit(
    policies: PolicyEngine,
    audit: Audit,
    unit: UnitAudit,
    graded: UnitGrading,
    scale: Scale,
    county: str,
    on: date,
) -> Subjected:
    known = audit.enterprise.facts | {fact: own for fact, own in unit.facts.items() if own.value is not None}
    whole = unit.model_copy(update={"facts": known})
    industry = industry_of(unit.ruleset)
    facility = graded.scopes.get(FACILITY_SCOPE)
    given = place_facts(county) | {"industry": industry, "is_key_industry": True}
    if facility is not None:
        given |= _grades(policies, "facility_grade", facility)
    chained = graded.outcome
    for _ in range(MOST_ROUNDS):
        found = tuple(_concluded(policies, "unit", whole, given | _grades(policies, "grade", chained), county, on))
        limited = _limited(graded.outcome, found, scale, policies.levels)
        if limited == chained:
            break
        chained = limited
    met = [concluded for concluded in found if concluded.status is Status.MET]
    return Subjected(unit.id, _limited(graded.outcome, met, scale, policies.levels), found)


def _concluded(
    policies: PolicyEngine, subject: Subject, unit: UnitAudit, given: Values, county: str, on: date
) -> Iterator[Concluded]:
    for policy in policies.in_force(subject, county, on):
        rows = {name: _rows(policy, name, listed) for name, listed in unit.groups.items() if name in policy.groups}
        known = policies.known(policy, unit.facts, given)
        yield from policies.rules(policy, unit.model_copy(update={"facts": known, "groups": rows}), on)


def _rows(policy: Policy, group: str, rows: Sequence[Row]) -> tuple[Row, ...]:
    declared = {fact.id for fact in policy.facts if fact.group == group}
    return tuple(
        Row(key=row.key, facts={name: known for name, known in row.facts.items() if name in declared}) for row in rows
    )


def _grades(policies: PolicyEngine, name: str, outcome: Outcome) -> dict[str, Scalar | None]:
    return dict(grade_facts(policies.levels, name, outcome.grade, outcome.attainable))


def _enterprise_unit(audit: Audit) -> UnitAudit:
    """The enterprise as the engine reads a unit: its own facts, and those on which all units that state them agree."""
    stated: dict[str, list[Known]] = {}
    for unit in audit.units:
        for fact, known in unit.facts.items():
            if known.value is not None:
                stated.setdefault(fact, []).append(known)
    agreed = {fact: listed[0] for fact, listed in stated.items() if all(k.value == listed[0].value for k in listed)}
    return UnitAudit(id="enterprise", ruleset=audit.units[0].ruleset, facts=agreed | dict(audit.enterprise.facts))


def _limited(outcome: Outcome, concluded: Sequence[Concluded], scale: Scale, levels: Levels) -> Outcome:
    """A grade within the caps and exclusions: those that are met bind grade and attainable, unknown ones the grade only."""
    grade, attainable = outcome.grade, outcome.attainable
    for _, rule, status, _ in concluded:
        if status is Status.UNMET or rule.effect.kind not in ("cap", "exclude"):
            continue
        limit = UNGRADED if rule.effect.cap is None else _cap(rule.effect.cap, scale, levels)
        grade = levels.worst([grade, limit])
        if status is Status.MET:
            attainable = levels.worst([attainable, limit])
    return Outcome(grade, attainable)


def _cap(level: str, scale: Scale, levels: Levels) -> str:
    """The best level of a scale that is no better than a level, which may be of another scale."""
    return next((known.id for known in scale.levels if known.standing >= levels.standings[level]), scale.floor)
