"""Gaps between a unit and a level, and the ways to close them."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from grading.model.audit import Waiver
from grading.model.base import Mode, Provenance, Remedy, Strict
from grading.model.result import Outcome

Costs = tuple[Decimal, Decimal]


class MissingValue(Strict):
    """A value (or a whole table) that nobody has stated, and what would prove it."""

    place: str
    fact: str
    fact_label: str
    evidence: tuple[str, ...]


class GapLine(Strict):
    """One comparison that keeps a unit from a level, or a table that is missing or lacks a row of the kind needed.

    `status`: the value does not satisfy it (`unmet`), the value is missing (`unknown`), or the guideline's figure is not
    established (`unresolved`: nothing that the enterprise could supply would settle it, so this counts before a value that
    is missing too). `id` stays the same while unit, indicator, fact, operator and row do, whatever the figures.

    `level` is the level aimed at. `better_level` is set where the requirement is that of a better level, which does as well; such
    a line belongs to an `alternative`.

    `place` is where the value stands or would stand in the audit; for a computed value that of the first missing value
    behind it, else of the first. `missing` lists what has to be supplied before an `unknown` line can be decided.
    `alternative` is the innermost choice that the line belongs to; `on_cheapest_way` is false when only ways other than
    the cheapest ask for it.
    """

    id: str
    unit: str
    source: Literal["indicator", "gate"]
    indicator: str
    title: str
    dimension: str | None
    level: str
    better_level: str | None
    status: Literal["unmet", "unknown", "unresolved"]
    condition: str
    text: str
    required: str
    operator: str
    required_value: Any
    fact: str
    fact_label: str
    measured_in: str | None
    place: str
    group: str | None
    row: str | None
    actual: Any
    actual_text: str | None
    difference: Decimal | None
    missing: tuple[MissingValue, ...]
    remedy: Remedy | None
    evidence: tuple[str, ...]
    provenance: Provenance
    alternative: str | None
    on_cheapest_way: bool


class Way(Strict):
    """One way out of several: the gap lines it closes. Cost in 万元, time in weeks, of this way by itself.

    `counted_as_one`: see `ChangeSet`. `possible` is false when no change of the audit can take it. `cheapest` marks as many
    ways as are needed.
    """

    lines: tuple[str, ...]
    cost_wan_cny: Costs | None
    weeks: Costs | None
    possible: bool
    cheapest: bool
    counted_as_one: tuple[str, ...] = ()


class Alternative(Strict):
    """An `any`, `at_least_of` or `some` that is open, with what is not fulfilled in it; `needed` of the ways are enough."""

    id: str
    indicator: str
    level: str
    row: str | None
    needed: int
    ways: tuple[Way, ...]


class Change(Strict):
    """A value to change (`improve`), to bring evidence for (`supply`), or one that time alone changes (`wait`).

    `ready_on` is the day from which on enough time has passed, where that is what it takes.

    `after` is enough and no more; `limit` says on which side of it the value may also be, `bound_text` the same in words, as
    the requirement has it (`低于 3%` where `after` is 2.999 %). `assumed`: any value would do, it only has to be stated.
    `setting` is the left-hand side for `grading simulate --set`.
    """

    kind: Literal["improve", "supply", "wait"]
    unit: str
    place: str
    setting: str
    group: str | None
    row: str | None
    fact: str
    fact_label: str
    measured_in: str | None
    before: Any
    before_text: str
    after: Any
    after_text: str
    limit: Literal["at_most", "at_least"] | None
    assumed: bool
    lines: tuple[str, ...]
    remedies: tuple[Remedy, ...]
    ready_on: date | None = None
    bound_text: str | None = None


class WorkToDo(Strict):
    """A remedy of a plan with what it costs there, in 万元; one that is priced per row is done in each of `rows`.

    `counted_as_one` is the piece of which one is counted, because nothing tells how many there are.
    """

    remedy: Remedy
    rows: tuple[str, ...]
    cost_wan_cny: Costs | None
    if_needed: bool
    counted_as_one: str | None = None


class ChangeSet(Strict):
    """Changes that together lift the unit, with the outcome of grading the changed audit as proof.

    A remedy is done and paid once, remedies are done side by side. Of one that only missing values ask for, the low ends
    are nothing: the evidence may show that it is not needed.

    `counted_as_one` are the pieces of the works of which one each is counted: the cost has to be multiplied by how many it takes.

    `costs_more_wan_cny` is what it costs more than the cheapest set, by the middles of the ranges; None where one of the two
    takes something without a price that the other doesn't.

    `optimal`: no smaller (or cheaper) set exists among changes of stated values; values that are computed move by their
    first operand. It is false when the search was cut short, when changes moved rows or indicators into or out of scope,
    and when the set is not `enough`.
    """

    changes: tuple[Change, ...]
    remedies: tuple[Remedy, ...]
    works: tuple[WorkToDo, ...]
    cost_wan_cny: Costs | None
    weeks: Costs | None
    outcome: Outcome
    enough: bool
    optimal: bool
    costs_more_wan_cny: Decimal | None = None
    counted_as_one: tuple[str, ...] = ()

    @property
    def without_price(self) -> tuple[Any, ...]:
        """Parts that take work and have no stated price: works by their rows, changes that no remedy is stated for."""
        works = ((work.remedy.text, work.rows) for work in self.works if work.remedy.cost_wan_cny is None)
        bare = ((c.place, c.after_text) for c in self.changes if c.kind == "improve" and not c.remedies)
        return (*works, *bare)


class Blocker(Strict):
    """A reason why no change of the audit can reach the level.

    The guideline's figure is not established (`unresolved_figure`); a table was not stated (`missing_table`) or lacks a row
    of the kind needed (`no_row`); it is what the plant is, or history or law (`circumstance`); only an audit on or after
    `ready_on` could find it so (`time`); a computed value can't be worked back
    (`computed`); what is asked contradicts itself, the form's range or something else that is asked (`conflict`). Of a
    `search_limit` it is not known: the search was cut off before it found a way.
    """

    indicator: str
    title: str
    level: str
    reason: Literal[
        "unresolved_figure", "missing_table", "no_row", "circumstance", "time", "computed", "conflict", "search_limit"
    ]
    condition: str
    text: str
    ready_on: date | None = None


class Step(Strict):
    """From one level to the next: what is in the way, and what would be enough; `quickest` is done the soonest."""

    level_from: str
    level_to: str
    lines: tuple[GapLine, ...]
    alternatives: tuple[Alternative, ...]
    blockers: tuple[Blocker, ...]
    smallest: ChangeSet | None
    cheapest: ChangeSet | None
    quickest: ChangeSet | None = None


class UnitGoal(Strict):
    """From which level to which a plan takes a unit."""

    unit: str
    level_from: str
    level_to: str


class JointWork(Strict):
    """A remedy in the plan of an enterprise, in 万元: `shared` ones change a value of the enterprise and are paid once."""

    remedy: Remedy
    units: tuple[str, ...]
    row: str | None
    cost_wan_cny: Costs | None
    if_needed: bool
    shared: bool
    counted_as_one: str | None = None


class EnterprisePlan(Strict):
    """One plan for several units of an enterprise, with the outcome of grading all of them as changed.

    Each unit's part is the cheapest from what the parts before it leave; that the whole is the cheapest is not claimed.
    `enough`: every unit reaches its goal, and none gets worse.
    """

    goals: tuple[UnitGoal, ...]
    changes: tuple[Change, ...]
    works: tuple[JointWork, ...]
    cost_wan_cny: Costs | None
    weeks: Costs | None
    outcome: Outcome
    enough: bool
    blockers: tuple[Blocker, ...]
    counted_as_one: tuple[str, ...] = ()


class AlertMeasures(Strict):
    """An alert's measures for the unit today and at the target level."""

    alert: Literal["yellow", "orange", "red"]
    today: tuple[dict[str, Any], ...]
    target: tuple[dict[str, Any], ...]


class UnitGaps(Strict):
    """Everything between a unit and its target level; `waivers` in force take an indicator out of it until they end."""

    unit: str
    ruleset: str
    mode: Mode
    outcome: Outcome
    target: str
    lines: tuple[GapLine, ...]
    alternatives: tuple[Alternative, ...]
    steps: tuple[Step, ...]
    measures: tuple[AlertMeasures, ...]
    waivers: tuple[Waiver, ...] = ()

    def with_status(self, status: str) -> tuple[GapLine, ...]:
        """The gap lines of one status, in the guideline's order."""
        return tuple(line for line in self.lines if line.status == status)

    def distinct(self, status: str) -> tuple[GapLine, ...]:
        """One line for each gap of a status: ways of one choice are one gap, as are a gate and an indicator about a value.

        What does not satisfy counts for nothing in a choice that missing values may still decide well.
        """
        undecided = self._undecided if status == "unmet" else frozenset()
        lines = tuple(line for line in self.with_status(status) if line.id not in undecided)
        # Choices lie inside one another; outer ones come first.
        outermost = {line: a.id for a in reversed(self.alternatives) for way in a.ways for line in way.lines}
        own = {line.place for line in lines if line.source == "indicator"}
        smallest = {
            outermost.get(line.id, line.id): line
            for line in reversed(lines)
            if line.source == "indicator" or line.place not in own
        }
        return tuple(line for line in lines if smallest.get(outermost.get(line.id, line.id)) is line)

    @property
    def _undecided(self) -> frozenset[str]:
        """The lines of choices in which as many ways as are needed may turn out to be fulfilled already."""
        unmet = {line.id for line in self.with_status("unmet")}
        open_ = [a for a in self.alternatives if sum(unmet.isdisjoint(way.lines) for way in a.ways) >= a.needed]
        return frozenset(line for a in open_ for way in a.ways for line in way.lines)
