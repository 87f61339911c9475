"""Audit → Grading: asks the machine of each unit's ruleset and reads its conclusions out."""

from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from threading import Lock
from typing import Any

from grading import __version__
from grading.computed import order, with_computed
from grading.digest import digest
from grading.engine.network import MET, build_network
from grading.engine.plan import Plan, Ref, boundaries, build_plan
from grading.engine.selfcheck import prove
from grading.engine.session import STATUSES, Conclusions, FactValue, Firing, Given, Machine, UnitFacts
from grading.language.load import Library
from grading.model.audit import Audit, Known, UnitAudit
from grading.model.base import Mode, Status
from grading.model.result import (
    UNGRADED,
    GateResult,
    Grading,
    IndicatorResult,
    Lazy,
    Outcome,
    TraceEntry,
    UnitGrading,
)
from grading.model.ruleset import Computed, Ruleset

ENGINE = f"grading {__version__} / durable-rules 2.0.28"
MAX_MACHINES = 64


@dataclass(frozen=True)
class Ready:
    """A ruleset that is ready to grade: its machine for one mode and period."""

    ruleset: Ruleset
    digest: str
    plan: Plan
    machine: Machine
    computed: tuple[Computed, ...]
    concludes: dict[tuple[str, int, int], dict[str, Any]] = field(default_factory=dict)
    """What each firing concludes, in the words of the trace; the same for every audit."""


class Engine:
    """Grades audits. Keeps the machines it has built; safe to use from several threads."""

    def __init__(self, library: Library | None = None) -> None:
        self.library = library or Library()
        self._ready: OrderedDict[tuple[str, Mode, int], Ready] = OrderedDict()
        self._known: dict[str, tuple[Ruleset, str, tuple[date, ...]]] = {}
        self._lock = Lock()

    def grade(self, audit: Audit, mode: Mode = Mode.OFFICIAL) -> Grading:
        """Grade every unit and, by the worst of them, the enterprise.

        Raises LanguageError or NetworkError for a ruleset that can't be used, EngineError when the rule library fails.
        """
        units = tuple(self._unit(audit, index, unit, mode) for index, unit in enumerate(audit.units))
        scales = [self.library.ruleset(unit.ruleset).scale for unit in audit.units]

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
        return Grading(outcome, mode, digest(audit), ENGINE, units)

    def ready(self, ruleset_id: str, mode: Mode, day: date) -> Ready:
        """The machine of a ruleset for a day; built and proven on first use."""
        ruleset, its_digest, changes = self._ruleset(ruleset_id)
        key = (its_digest, mode, bisect_right(changes, day))
        with self._lock:
            if key in self._ready:
                self._ready.move_to_end(key)
                return self._ready[key]
        plan = build_plan(ruleset, mode, day)
        machine = Machine(build_network(plan))
        prove(machine)
        ready = Ready(ruleset, its_digest, plan, machine, order(ruleset))
        with self._lock:
            self._ready[key] = ready
            while len(self._ready) > MAX_MACHINES:
                self._ready.popitem(last=False)
        return ready

    def _ruleset(self, ruleset_id: str) -> tuple[Ruleset, str, tuple[date, ...]]:
        """A ruleset with its digest and the days on which a condition of it comes or goes."""
        if ruleset_id not in self._known:
            ruleset = self.library.ruleset(ruleset_id)
            self._known[ruleset_id] = (ruleset, ruleset_digest(ruleset), boundaries(ruleset))
        return self._known[ruleset_id]

    def _unit(self, audit: Audit, index: int, unit: UnitAudit, mode: Mode) -> UnitGrading:
        ready = self.ready(unit.ruleset, mode, audit.assessed_on)
        facts, sources = _facts(audit, index, unit, ready)
        found = ready.machine.run(facts)
        return _Reading(ready, unit, facts, sources, found).grading(audit.assessed_on)


def ruleset_digest(ruleset: Ruleset) -> str:
    """The digest of what a ruleset says; where its files lie and who signed it off do not count."""
    return digest(ruleset.model_copy(update={"lineage": (), "review": None}))


Sources = dict[tuple[str, int], tuple[Known | None, str]]


def _facts(audit: Audit, index: int, unit: UnitAudit, ready: Ready) -> tuple[UnitFacts, Sources]:
    """The unit's values with the computed ones, and for each where it stands (row 0: the unit's own)."""
    ruleset = ready.ruleset
    values: dict[str, FactValue] = {"assessed_on": audit.assessed_on}
    sources: Sources = {("assessed_on", 0): (None, "assessed_on")}
    for fact_id, fact in ruleset.facts.items():
        if fact.group is not None:
            continue
        own, shared = unit.facts.get(fact_id), audit.enterprise.facts.get(fact_id)
        known = own if own is not None and (own.value is not None or shared is None) else shared
        place = f"units[{index}].facts.{fact_id}" if known is own else f"enterprise.facts.{fact_id}"
        sources[fact_id, 0] = (known, place)
        values[fact_id] = _engine_value(known)
    rows: dict[str, list[dict[str, FactValue]]] = {}
    for group_id, listed in unit.groups.items():
        rows[group_id] = []
        for i, row in enumerate(listed):
            rows[group_id].append({name: _engine_value(known) for name, known in row.facts.items()})
            for fact_id, fact in ruleset.facts.items():
                if fact.group == group_id:
                    place = f"units[{index}].groups.{group_id}[{i}].{fact_id}"
                    sources[fact_id, i + 1] = (row.facts.get(fact_id), place)
    values = with_computed(ready.computed, values, rows)
    return UnitFacts(values, rows), sources


def _engine_value(known: Known | None) -> FactValue:
    if known is None or known.value is None:
        return None
    return frozenset(known.value) if isinstance(known.value, tuple) else known.value


class _Reading:
    """Reads a unit's grading out of what the machine concluded."""

    def __init__(
        self, ready: Ready, unit: UnitAudit, facts: UnitFacts, sources: Sources, found: Conclusions
    ) -> None:
        self.ready, self.unit, self.facts, self.sources, self.found = ready, unit, facts, sources, found
        self.plan, self.ruleset = ready.plan, ready.ruleset
        self.causes: dict[Given | int, dict[str, Any]] = {}

    def grading(self, day: date) -> UnitGrading:
        plan, scale = self.plan, self.ruleset.scale
        outcomes = {(t.kind, t.id): self._outcome(i) for i, t in enumerate(plan.targets)}
        indicators = []
        for indicator in self.ruleset.indicators:
            levels = {lv: self._status(plan.indicator_levels[indicator.id, lv]) for lv in scale.graded}
            applies = plan.applies.get(indicator.id)
            status = Status.MET if applies is None else self._status(applies)
            applicable = {Status.MET: True, Status.UNMET: False, Status.UNKNOWN: None}[status]
            indicators.append(IndicatorResult(indicator.id, indicator.dimension, applicable, levels))
        return UnitGrading(
            id=self.unit.id,
            ruleset=self.ruleset.id,
            ruleset_digest=self.ready.digest,
            review=self.ruleset.review.status,
            outcome=outcomes["unit", ""],
            levels={level: self._status(ref) for level, ref in plan.levels.items()},
            dimensions={id_: o for (kind, id_), o in outcomes.items() if kind == "dimension"},
            scopes={id_: o for (kind, id_), o in outcomes.items() if kind == "scope"},
            indicators=tuple(indicators),
            gates=tuple(GateResult(gate, self._status(ref)) for gate, ref in plan.gates.items()),
            trace=tuple(self._entry(i, firing) for i, firing in enumerate(self.found.firings)),
            conditions=Lazy(plan.places, self._condition),
            fired=Lazy(plan.places, self._fired),
            values=self._values(),
            notices=_notices(self.ruleset, day),
        )

    def _fired(self, ref: Ref) -> dict[str | None, int]:
        view = self.plan.nodes[ref.node].view
        group = None if view is None else self.plan.views[view].group
        return {
            None if group is None else self._key(group, row): self.found.at[ref.node * 3, row] + 1
            for row in self.found.statuses.get(ref.node, {})
        }

    def _values(self) -> dict[tuple[str, str | None], Any]:
        values: dict[tuple[str, str | None], Any] = {
            (fact, None): value for fact, value in self.facts.values.items() if value is not None
        }
        for group, rows in self.facts.rows.items():
            for row, listed in zip(self.unit.groups[group], rows, strict=True):
                values |= {(fact, row.key): value for fact, value in listed.items() if value is not None}
        return values

    def _outcome(self, target: int) -> Outcome:
        return Outcome(
            _level(self.plan, self.found.grades["grade", target]), _level(self.plan, self.found.grades["attainable", target])
        )

    def _status(self, ref: Ref) -> Status:
        return STATUSES[self.found.status(ref)]

    def _condition(self, ref: Ref) -> Status | dict[str, Status]:
        """A condition's status; of one in a view, by the key of each of the view's rows."""
        view = self.plan.nodes[ref.node].view
        if view is None:
            return self._status(ref)
        group = self.plan.views[view].group
        concluded = self.found.statuses.get(ref.node, {})
        rows = {m.row: Status.UNMET for m in self.found.views[view] or ()}
        rows |= {row: STATUSES[self.found.status(ref, row)] for row in concluded}
        return {self._key(group, row): status for row, status in rows.items()}

    def _key(self, group: str, row: int) -> str:
        return self.unit.groups[group][row - 1].key

    def _entry(self, number: int, firing: Firing) -> TraceEntry:
        causes = self.causes
        because = []
        for cause in firing.because:
            if cause not in causes:
                causes[cause] = {"seq": cause + 1} if isinstance(cause, int) else self._given(cause)
            because.append(causes[cause])
        return TraceEntry(number + 1, firing.rule, tuple(because), self._concludes(firing))

    def _given(self, given: Given) -> dict[str, Any]:
        if given.fact in ("figures", "nothing_asked"):
            return {"ruleset": self.ruleset.id}
        if given.fact == "" and given.group is not None:
            rows = self.unit.groups.get(given.group)
            stated = {"group": given.group, "rows": None if rows is None else len(rows)}
            return stated if given.row is None else {**stated, "row": self._key(given.group, given.row)}
        cause: dict[str, Any] = {"fact": given.fact}
        if given.group is not None and given.row is not None:
            cause["row"] = self._key(given.group, given.row)
            value = self.facts.rows[given.group][given.row - 1].get(given.fact)
        else:
            value = self.facts.values.get(given.fact)
        known, place = self.sources.get((given.fact, given.row or 0), (None, None))
        if place is not None:
            cause["place"] = place
        else:
            computed = self.ruleset.computed[given.fact]
            cause["computed_from"] = [str(operand) for operand in computed.operands]
        cause["value"] = json_value(value)
        if known is not None and known.evidence:
            cause["evidence"] = list(known.evidence)
        return cause

    def _concludes(self, firing: Firing) -> dict[str, Any]:
        key = (firing.kind, firing.index, firing.value)
        concluded = self.ready.concludes.get(key)
        if concluded is None:
            concluded = self.ready.concludes[key] = _concluded(self.plan, firing)
        view = self.plan.view_of(firing.kind, firing.index)
        if view is None:
            return concluded
        return {**concluded, "row": self._key(self.plan.views[view].group, firing.row)}


def _concluded(plan: Plan, firing: Firing) -> dict[str, Any]:
    """What a firing concludes, but for the row."""
    if firing.kind in ("grade", "attainable"):
        target = plan.targets[firing.index]
        what = {} if target.kind == "unit" else {target.kind: target.id}
        return {**what, firing.kind: _level(plan, firing.value)}
    concluded: dict[str, Any] = {"condition": plan.nodes[firing.index].name}
    if firing.kind == "doubt":
        return {**concluded, "in_doubt": True}
    if firing.kind == "rows":
        return {**concluded, "so_far": "in order" if firing.value == MET else "in doubt"}
    return {**concluded, "status": STATUSES[firing.value].value, **plan.roles.get(firing.index, {})}


def _level(plan: Plan, value: int) -> str:
    return UNGRADED if value < 0 else plan.ruleset.scale.ids[value]


def json_value(value: FactValue) -> Any:
    """A value as JSON has it: numbers as int or float of the same decimal text, sets as sorted lists."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    return value


def _notices(ruleset: Ruleset, day: date) -> tuple[str, ...]:
    """What a reader of the result must know about the edition."""
    notices: list[str] = []
    if ruleset.review.status == "draft":
        notices.append("draft_ruleset")
    if day < ruleset.edition.effective:
        notices.append("edition_not_yet_in_force")
    if ruleset.edition.superseded is not None and day >= ruleset.edition.superseded:
        notices.append("edition_superseded")
    return tuple(notices)
