"""Audit → Grading: asks the machine of each unit's ruleset and reads its conclusions out."""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from threading import Lock
from typing import Any, NamedTuple

from grading import jurisdiction
from grading.computed import interval_of, order, with_computed
from grading.digest import audit_digest, digest
from grading.engine.conclusions import STATUSES, Conclusions, FactValue, UnitFacts
from grading.engine.network import build_network
from grading.engine.ordering import Trace
from grading.engine.revision import ENGINE
from grading.engine.session import Machine
from grading.engine.slots import Slots
from grading.engine.trace import FactCauses, json_value
from grading.engine.words import level_of
from grading.evidence_validity import value_on
from grading.garbage_collection import gc_paused
from grading.language.load import Library
from grading.model.audit import Audit, Below, Known, UnitAudit
from grading.model.base import Mode, Status
from grading.model.result import (
    UNGRADED,
    GateResult,
    Grading,
    IndicatorResult,
    Later,
    LaterSequence,
    Lazy,
    Outcome,
    UnitGrading,
    WaiverResult,
)
from grading.model.ruleset import Computed, Fact, Ruleset
from grading.plan.build import boundaries, build_plan
from grading.plan.nodes import Plan, Ref

MAX_MACHINES = 64
MAX_PLANS = 8
Meaning = tuple[Status, Status, Status]
"""The meaning of the values 0, 1 and 2 of a conclusion; of a negated one the other way round."""
APPLICABLE = {Status.MET: True, Status.UNMET: False, Status.UNKNOWN: None}


class Asking(NamedTuple):
    """The places of an indicator's results among the conclusions: of `applies_when` (None: there is none), and of each level.

    Each is the place of a conclusion and what its values mean.
    """

    id: str
    dimension: str
    applies: tuple[int, Meaning] | None
    levels: tuple[tuple[str, int, Meaning], ...]
    own: tuple[tuple[str, int, Meaning], ...]
    """The same, but for waivers."""


def _asking(plan: Plan, slots: Slots) -> Iterator[Asking]:
    def at(ref: Ref) -> tuple[int, Meaning]:
        statuses = (Status.UNMET, Status.UNKNOWN, Status.MET)
        return slots.of_node[ref.node], statuses[::-1] if ref.negated else statuses

    graded = plan.ruleset.scale.graded
    for indicator in plan.ruleset.indicators:
        levels = tuple((level, *at(plan.indicator_levels[indicator.id, level])) for level in graded)
        own = tuple((level, *at(plan.own_levels[indicator.id, level])) for level in graded)
        applies = plan.applies.get(indicator.id)
        yield Asking(indicator.id, indicator.dimension, None if applies is None else at(applies), levels, own)


@dataclass(frozen=True)
class Ready:
    """A ruleset that is ready to grade: its machine for one mode and period."""

    ruleset: Ruleset
    digest: str
    plan: Plan
    machine: Machine
    computed: tuple[Computed, ...]
    asking: tuple[Asking, ...]


class Engine:
    """Grades audits. Keeps the machines it has built; safe to use from several threads."""

    def __init__(self, library: Library | None = None) -> None:
        self.library = library or Library()
        self._ready: OrderedDict[tuple[str, Mode, int, bool], Ready] = OrderedDict()
        self._known: dict[str, tuple[Ruleset, str, tuple[date, ...]]] = {}
        self._plans: OrderedDict[tuple[str, Mode, int, bool], Plan] = OrderedDict()
        self._lock, self._building = Lock(), Lock()

    def grade(self, audit: Audit, mode: Mode = Mode.OFFICIAL) -> Grading:
        """Grade every unit and, by the worst of them, the enterprise.

        Raises LanguageError or NetworkError for a ruleset that can't be used, EngineError when the rule library fails.
        """
        units = tuple(self._unit(audit, index, mode) for index in range(len(audit.units)))
        scales = [self._ruleset(unit.ruleset)[0].scale for unit in audit.units]

        def worst(levels: list[str]) -> str:
            """`ungraded` is worst of all, then the highest standing."""
            if UNGRADED in levels:
                return UNGRADED
            standings = [
                next(known.standing for known in scale.levels if known.id == level)
                for level, scale in zip(levels, scales, strict=True)
            ]
            return levels[standings.index(max(standings))]

        outcome = Outcome(worst([u.outcome.grade for u in units]), worst([u.outcome.attainable for u in units]))
        return Grading(outcome, mode, ENGINE, units, partial(audit_digest, audit))

    def forget(self, ruleset_id: str) -> None:
        """Read a ruleset anew when it is asked for next: its library has another one of the id, or none."""
        self._known.pop(ruleset_id, None)

    def ready(self, ruleset_id: str, mode: Mode, day: date, with_waivers: bool = False) -> Ready:
        """The machine of a ruleset for a day; built and proven on first use. Units with waivers have one of their own."""
        ruleset, its_digest, changes = self._ruleset(ruleset_id)
        key = (its_digest, mode, bisect_right(changes, day), with_waivers)
        with self._lock:
            if key in self._ready:
                self._ready.move_to_end(key)
                return self._ready[key]
        with self._building:
            ready = self._ready.get(key) or self._build(ruleset, its_digest, mode, day, with_waivers)
        with self._lock:
            self._ready[key] = ready
            while len(self._ready) > MAX_MACHINES:
                self._ready.popitem(last=False)
        return ready

    def plan(self, ruleset_id: str, mode: Mode, day: date, with_waivers: bool = False) -> Plan:
        """The plan of a ruleset for a day, as `ready` grades by; the last ones are kept."""
        ruleset, its_digest, changes = self._ruleset(ruleset_id)
        key = (its_digest, mode, bisect_right(changes, day), with_waivers)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = build_plan(ruleset, mode, day, with_waivers)
            while len(self._plans) > MAX_PLANS:
                self._plans.popitem(last=False)
        return plan

    def digest(self, ruleset_id: str) -> str:
        """The digest of a ruleset of the library."""
        return self._ruleset(ruleset_id)[1]

    def _build(self, ruleset: Ruleset, its_digest: str, mode: Mode, day: date, with_waivers: bool) -> Ready:
        with gc_paused():
            plan = self.plan(ruleset.id, mode, day, with_waivers)
            machine = Machine(build_network(plan))
        asking = tuple(_asking(plan, machine.network.slots))
        return Ready(ruleset, its_digest, plan, machine, order(ruleset), asking)

    def _ruleset(self, ruleset_id: str) -> tuple[Ruleset, str, tuple[date, ...]]:
        """A ruleset with its digest and the days on which a condition of it comes or goes."""
        if ruleset_id not in self._known:
            ruleset = self.library.ruleset(ruleset_id)
            self._known[ruleset_id] = (ruleset, ruleset_digest(ruleset), boundaries(ruleset))
        return self._known[ruleset_id]

    def _unit(self, audit: Audit, index: int, mode: Mode) -> UnitGrading:
        unit = audit.units[index]
        waived = unit.waived_on(audit.assessed_on) if unit.waivers else None
        ready = self.ready(unit.ruleset, mode, audit.assessed_on, bool(waived))
        with gc_paused():
            facts = unit_facts(audit, index, ready)
            found = ready.machine.run(facts)
            trace = Trace(found, FactCauses(ready.plan, audit, index, facts))
            return _Reading(ready, unit, facts, found, trace).grading(audit.assessed_on, audit.enterprise.county)


def ruleset_digest(ruleset: Ruleset) -> str:
    """The digest of what a ruleset says; where its files lie and who signed it off do not count."""
    with gc_paused():
        return digest(ruleset.model_copy(update={"lineage": (), "review": None}))


def unit_facts(audit: Audit, index: int, ready: Ready) -> UnitFacts:
    """The unit's values with the computed ones."""
    values, rows = audited_values(audit, index, ready.ruleset)
    waived = audit.units[index].waived_on(audit.assessed_on)
    return UnitFacts(with_computed(ready.computed, values, rows), rows, waived)


def audited_values(
    audit: Audit, index: int, ruleset: Ruleset
) -> tuple[dict[str, FactValue], dict[str, list[dict[str, FactValue]]]]:
    """The values of a unit, and of each row of its tables, that count on the day of the audit."""
    unit = audit.units[index]
    values: dict[str, FactValue] = dict.fromkeys((*audit.enterprise.facts, "assessed_on", *unit.facts))
    serving = ((fact, audit.known(unit, fact)) for fact in values)
    facts, day = ruleset.facts, audit.assessed_on
    values |= _values(facts, {fact: known for fact, known in serving if known is not None}, day)
    values["assessed_on"] = day
    rows = {group: [_values(facts, row.facts, day) for row in listed] for group, listed in unit.groups.items()}
    return values, rows


def _values(declared: Mapping[str, Fact], facts: Mapping[str, Known], day: date) -> dict[str, FactValue]:
    values: dict[str, FactValue] = {}
    for fact, known in facts.items():
        value = value_on(declared.get(fact), known, day)
        if isinstance(value, tuple):
            values[fact] = frozenset(value)
        elif isinstance(value, Below):
            values[fact] = interval_of(declared.get(fact), value)
        else:
            values[fact] = value
    return values


class _Reading:
    """Reads a unit's grading out of what the machine concluded."""

    def __init__(self, ready: Ready, unit: UnitAudit, facts: UnitFacts, found: Conclusions, trace: Trace) -> None:
        self.ready, self.unit, self.facts, self.found, self.trace = ready, unit, facts, found, trace
        self.plan, self.ruleset = ready.plan, ready.ruleset

    def grading(self, day: date, county: str | None) -> UnitGrading:
        plan = self.plan
        outcomes = {(t.kind, t.id): self._outcome(i) for i, t in enumerate(plan.targets)}
        indicators = tuple(map(self._indicator, self.ready.asking))
        return UnitGrading(
            id=self.unit.id,
            ruleset=self.ruleset.id,
            ruleset_digest=self.ready.digest,
            review=self.ruleset.review.status,
            outcome=outcomes["unit", ""],
            levels={level: self._status(ref) for level, ref in plan.levels.items()},
            dimensions={id_: o for (kind, id_), o in outcomes.items() if kind == "dimension"},
            scopes={id_: o for (kind, id_), o in outcomes.items() if kind == "scope"},
            indicators=indicators,
            gates=tuple(GateResult(gate, self._status(ref)) for gate, ref in plan.gates.items()),
            short_boards=self._short_boards(indicators),
            trace=LaterSequence(self.trace.entries),
            conditions=Lazy(plan.places, self._condition),
            fired=Lazy(plan.places, self._fired),
            values=Later(self._values),
            ways=plan.ways,
            notices=_notices(self.ruleset, day, county),
            waivers=tuple(self._waivers(indicators, day)),
        )

    def _waivers(self, indicators: tuple[IndicatorResult, ...], day: date) -> Iterator[WaiverResult]:
        """The stated waivers; only one that is in force lets its indicator count."""
        for waiver in self.unit.waivers:
            standing = waiver.standing_on(day)
            result = next((one for one in indicators if one.id == waiver.indicator), None)
            levels = {} if standing != "in_force" or result is None else result.levels
            yield WaiverResult(waiver, standing, tuple(k for k, status in levels.items() if status is Status.WAIVED))

    def _indicator(self, asking: Asking) -> IndicatorResult:
        values = self.found.values
        indicator, dimension, applies, levels, own = asking
        applicable: bool | None = True
        if applies is not None:
            slot, meaning = applies
            applicable = APPLICABLE[meaning[values[slot]]]
        own_statuses = statuses = {level: meaning[values[slot]] for level, slot, meaning in own}
        if self.plan.with_waivers:
            statuses = {level: self._counted(slot, meaning) for level, slot, meaning in levels}
        level = attainable = self.ruleset.scale.floor
        # From the worst level on: what is met at one is met at every worse one.
        for name, status in reversed(own_statuses.items()):
            if status is Status.UNMET:
                break
            attainable = name
            if status is Status.MET:
                level = name
        return IndicatorResult(indicator, dimension, applicable, statuses, level, attainable)

    def _counted(self, slot: int, meaning: Meaning) -> Status:
        """An indicator's status at a level, as the rule that fired has it in words: `waived` where it counts by its waiver."""
        effect = self.found.fired[slot]
        if effect is not None and effect.words is not None and effect.words.get("status") == Status.WAIVED:
            return Status.WAIVED
        return meaning[self.found.values[slot]]

    def _short_boards(self, indicators: tuple[IndicatorResult, ...]) -> tuple[str, ...]:
        """The indicators that are not met at the level next better than the grade, vetoes aside; the unmet first."""
        graded = self.ruleset.scale.graded
        reached = next((i for i, ref in enumerate(self.plan.reachable) if self._status(ref) is Status.MET), len(graded))
        if reached == 0:
            return ()
        better = graded[reached - 1]
        return tuple(
            result.id
            for reason_status in (Status.UNMET, Status.UNKNOWN)
            for result in indicators
            if result.levels[better] is reason_status
        )

    def _outcome(self, target: int) -> Outcome:
        grade, attainable = (level_of(self.plan, self.found.target(kind, target)) for kind in ("grade", "attainable"))
        return Outcome(grade, attainable)

    def _status(self, ref: Ref) -> Status:
        return STATUSES[self.found.status(ref)]

    def _condition(self, ref: Ref) -> Status | dict[str, Status]:
        """A condition's status; of one in a view, by the key of each of the view's rows."""
        view = self.plan.nodes[ref.node].view
        if view is None:
            return self._status(ref)
        # Of a row that `where` leaves out a comparison that does nothing but select is unmet.
        group = self.plan.views[view].group
        return {self._key(group, row): STATUSES[self.found.status(ref, row)] for row in self.found.views[view] or ()}

    def _fired(self, ref: Ref) -> dict[str | None, int]:
        view = self.plan.nodes[ref.node].view
        if view is None:
            return {None: self.trace.seq(ref)}
        group, rows = self.plan.views[view].group, self.found.views[view] or ()
        return {self._key(group, row): self.trace.seq(ref, row) for row in rows if self.found.is_entry(ref, row)}

    def _values(self) -> dict[tuple[str, str | None], Any]:
        values: dict[tuple[str, str | None], Any] = {
            (fact, None): value for fact, value in self.facts.values.items() if value is not None
        }
        for group, rows in self.facts.rows.items():
            for row, listed in zip(self.unit.groups[group], rows, strict=True):
                values |= {(fact, row.key): value for fact, value in listed.items() if value is not None}
        return values

    def _key(self, group: str, row: int) -> str:
        return self.unit.groups[group][row - 1].key


def _notices(ruleset: Ruleset, day: date, county: str | None) -> tuple[str, ...]:
    """Notices that a reader of the result must know about the edition."""
    notices: list[str] = []
    if ruleset.review.status == "draft":
        notices.append("draft_ruleset")
    standing = ruleset.edition.standing_on(day)
    if standing != "edition_in_force":
        notices.append(standing)
    elsewhere = jurisdiction.finding(county, ruleset.jurisdiction)
    if elsewhere is not None:
        notices.append(elsewhere)
    return tuple(notices)


__all__ = ["Engine", "Ready", "json_value", "ruleset_digest"]
