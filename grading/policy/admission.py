"""Admission of a proposed project: bans first, then the level it must reach, each concluded by the engine."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from grading.engine.grade import Engine
from grading.model.audit import Audit, UnitAudit
from grading.model.base import Mode, Scalar, Status
from grading.model.result import Grading, Outcome
from grading.model.trace import TraceEntry, ValueCause
from grading.policy.apply import FACILITY_SCOPE, Concluded, PolicyEngine
from grading.policy.given import grade_facts, place_facts
from grading.policy.library import UNFULFILLED
from grading.policy.model import Effect
from grading.policy.project import Project

Answer = Literal["admitted", "refused", "undecided"]
GRADE_PREFIXES = ("grade_", "facility_grade_")


@dataclass(frozen=True)
class Reason:
    """A rule that bears on the outcome: a ban that is met or unknown, or a required level with whether it is reached."""

    concluded: Concluded
    status: Status

    @property
    def refuses(self) -> bool:
        """True when it refuses the project for certain."""
        return self.status is (Status.MET if self.concluded.rule.effect.kind == "ban" else Status.UNMET)

    def as_json(self) -> dict[str, Any]:
        """The entry of the contract."""
        return self.concluded.as_json() | {"status": self.status.value}


@dataclass(frozen=True)
class Opinion:
    """The answer of `grading admission`; `missing` are the facts that would decide."""

    project: Project
    outcome: Answer
    zone: str | None
    required: Effect | None
    grade: Outcome | None
    facility_grade: Outcome | None
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    grading: Grading | None

    def as_json(self) -> dict[str, Any]:
        """The document of the contract."""
        required = self.required
        return {
            "outcome": self.outcome,
            "zone": self.zone,
            "required": None if required is None else {"level": required.level, "scope": required.scope},
            "grade": None if self.grade is None else self.grade.grade,
            "attainable": None if self.grade is None else self.grade.attainable,
            "reasons": [reason.as_json() for reason in self.reasons],
            "missing": list(self.missing),
        }


def admission(policies: PolicyEngine, engine: Engine, project: Project, audit: Audit | None) -> Opinion:
    """The opinion about a project under the policies of its county on the day on which it was accepted."""
    grading = None if audit is None else engine.grade(audit, Mode.OFFICIAL)
    whole = None if grading is None else grading.outcome
    facility = None if grading is None else _facility(policies, grading)
    given = _given(policies, project)
    for name, known in (("grade", whole), ("facility_grade", facility)):
        if known is not None:
            given |= grade_facts(policies.levels, name, known.grade, known.attainable)
    concluded = list(_concluded(policies, project, given))
    zone, zone_status = _zone(concluded)
    if zone is not None:
        given["zone"] = zone
        concluded = list(_concluded(policies, project, given))
    reasons = tuple(_reasons(concluded))
    demanded = [c.rule.effect for c in concluded if c.rule.effect.kind == "requires_level" and c.status is Status.MET]
    outcome = _outcome(reasons)
    missing: set[str] = set()
    if outcome == "undecided":
        open_rules = [reason.concluded for reason in reasons if not _is_settled(reason)]
        missing = set(_missing(open_rules))
        if "zone" in missing and zone_status is not None:
            missing = missing - {"zone"} | set(_missing([zone_status]))
        if "is_key_industry" in missing:
            missing = missing - {"is_key_industry"} | {"industry"}
        if any(name.startswith(GRADE_PREFIXES) for name in missing):
            missing = {name for name in missing if not name.startswith(GRADE_PREFIXES)}
            missing |= {"audit"} if grading is None else set(_missing_of_grading(grading))
    return Opinion(
        project,
        outcome,
        zone,
        _strictest(policies, demanded),
        whole,
        facility,
        reasons,
        tuple(sorted(missing)),
        grading,
    )


def _given(policies: PolicyEngine, project: Project) -> dict[str, Scalar | None]:
    """The system's own facts of a project. Inside the urban area the distance to it is zero."""
    families = policies.library.vocabulary.industries
    distance = 0 if project.in_urban_area else project.distance_km
    given: dict[str, Any] = {
        "project_kind": project.kind,
        "industry": project.industry,
        "is_key_industry": None if project.industry is None else project.industry in families.ids,
        "emits_to_air": project.emits_to_air,
        **place_facts(project.county),
        "in_urban_area": project.in_urban_area,
        "distance_km": None if distance is None else Decimal(distance),
        "distance_method": project.distance_method,
        "treatment": project.treatment,
    }
    return given | {name: value for name, value in project.facts.items() if name not in given}


def _facility(policies: PolicyEngine, grading: Grading) -> Outcome | None:
    """The level of the treatment facilities of the worst unit; None where a ruleset knows no such scope."""
    found = [unit.scopes.get(FACILITY_SCOPE) for unit in grading.units]
    known = [outcome for outcome in found if outcome is not None]
    if len(known) < len(found):
        return None
    worst = policies.levels.worst
    return Outcome(worst([o.grade for o in known]), worst([o.attainable for o in known]))


def _concluded(policies: PolicyEngine, project: Project, given: dict[str, Scalar | None]) -> Iterator[Concluded]:
    """Every rule about projects, with what the engine concluded; of required levels also whether they are not reached."""
    for policy in policies.in_force("project", project.county, project.accepted_on):
        facts = policies.known(policy, {}, given)
        unit = UnitAudit(id="project", ruleset=policy.id, facts=facts)
        found = policies.conclude(policy, unit, project.accepted_on)
        statuses = {gate.id: gate.status for gate in found.gates}
        for rule in policy.rules:
            if rule.id in statuses:
                yield Concluded(policy, rule, statuses[rule.id], found.trace)


def _zone(concluded: Sequence[Concluded]) -> tuple[str | None, Concluded | None]:
    """The zone that a rule puts the project in: its own when it is met, `other` when it is not, else none yet."""
    for found in concluded:
        if found.rule.effect.kind == "zone":
            zones = {Status.MET: found.rule.effect.zone, Status.UNMET: "other", Status.UNKNOWN: None}
            return zones[found.status], found
    return None, None


def _reasons(concluded: Sequence[Concluded]) -> Iterator[Reason]:
    """Bans first, then required levels."""
    for found in concluded:
        if found.rule.effect.kind == "ban" and found.status is not Status.UNMET:
            yield Reason(found, found.status)
    for found in concluded:
        if found.rule.effect.kind == "requires_level" and found.status is not Status.UNMET:
            yield Reason(found, _fulfilment(found))


def _fulfilment(found: Concluded) -> Status:
    """The fulfilment of a required level: the contrary of what the engine concluded of its being in place and not reached."""
    gate = found.rule.id + UNFULFILLED
    for entry in found.trace:
        concluded = entry.concludes
        if "status" in concluded and gate in concluded.get("gates", ()):
            unfulfilled = Status(concluded["status"])
            return {Status.MET: Status.UNMET, Status.UNMET: Status.MET}.get(unfulfilled, unfulfilled)
    raise KeyError(gate)


def _is_settled(reason: Reason) -> bool:
    return reason.status is not Status.UNKNOWN


def _outcome(reasons: Sequence[Reason]) -> Answer:
    if any(reason.refuses for reason in reasons):
        return "refused"
    return "undecided" if any(not _is_settled(reason) for reason in reasons) else "admitted"


def _strictest(policies: PolicyEngine, demanded: Sequence[Effect]) -> Effect | None:
    """Of several required levels the best; of the same level for the whole and the facilities, the whole."""
    standing = policies.levels.standings
    return min(demanded, key=lambda e: (standing[str(e.level)], e.scope != "whole"), default=None)


def _missing(concluded: Sequence[Concluded]) -> Iterator[str]:
    """The facts without a value on which rules that are unknown rest."""
    for found in concluded:
        gates = {found.rule.id, found.rule.id + UNFULFILLED}
        tops = [e for e in found.trace if "status" in e.concludes and gates & set(e.concludes.get("gates", ()))]
        # Whether a rule applies at all is asked first.
        first = f"gate.{found.rule.id}.all[0]"
        applies = [
            e
            for e in found.trace
            if "status" in (follows := e.concludes) and follows["condition"] == first and _is_unknown(e)
        ]
        if found.rule.applies_when is not None and applies:
            tops = applies
        yield from (cause["fact"] for cause in _unknown_causes(found.trace, tops))


def _missing_of_grading(grading: Grading) -> Iterator[str]:
    """The places of an audit where a value is missing on which a grade that isn't decided rests."""
    for unit in grading.units:
        tops = [e for e in unit.trace if e.concludes.keys() & {"levels", "gates"}]
        yield from (f"audit.{cause['place']}" for cause in _unknown_causes(unit.trace, tops) if "place" in cause)


def _is_unknown(entry: TraceEntry) -> bool:
    return "status" in entry.concludes and entry.concludes["status"] == "unknown"


def _unknown_causes(trace: Sequence[TraceEntry], tops: Sequence[TraceEntry]) -> Iterator[ValueCause]:
    """The facts without a value below the entries that conclude `unknown`."""
    entries = {entry.seq: entry for entry in trace}
    waiting = [entry for entry in tops if _is_unknown(entry)]
    seen: set[int] = set()
    while waiting:
        entry = waiting.pop()
        if entry.seq in seen:
            continue
        seen.add(entry.seq)
        for cause in entry.because:
            if "seq" in cause:
                if _is_unknown(below := entries[cause["seq"]]):
                    waiting.append(below)
            elif "fact" in cause and cause["value"] is None:
                yield cause
