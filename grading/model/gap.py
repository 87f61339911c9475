"""What stands between a unit and a level, and the ways to close it."""

from decimal import Decimal
from typing import Any, Literal

from grading.model.base import Mode, Provenance, Remedy, Strict
from grading.model.result import Outcome

Costs = tuple[Decimal, Decimal]


class GapLine(Strict):
    """One comparison that keeps a unit from a level.

    `status`: the value does not satisfy it (`unmet`), the value is missing (`unknown`), or the guideline's figure is not
    established (`unresolved`: nothing the enterprise could supply).
    """

    id: str
    unit: str
    source: Literal["indicator", "gate"]
    indicator: str
    title: str
    dimension: str | None
    level: str
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
    remedy: Remedy | None
    evidence: tuple[str, ...]
    provenance: Provenance
    alternative: str | None
    on_cheapest_way: bool


class Way(Strict):
    """One way to satisfy an `any` or an `at_least_of`: the gap lines it closes. Cost in 万元, time in weeks."""

    lines: tuple[str, ...]
    cost_wan_cny: Costs | None
    weeks: Costs | None
    possible: bool
    cheapest: bool


class Alternative(Strict):
    """A condition that can be satisfied in several ways."""

    id: str
    indicator: str
    level: str
    row: str | None
    needed: int
    ways: tuple[Way, ...]


class Change(Strict):
    """A value to change (`improve`) or to bring evidence for (`supply`)."""

    kind: Literal["improve", "supply"]
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
    lines: tuple[str, ...]
    remedies: tuple[Remedy, ...]


class ChangeSet(Strict):
    """Changes that together lift the unit, with the outcome of grading the changed audit as proof."""

    changes: tuple[Change, ...]
    remedies: tuple[Remedy, ...]
    cost_wan_cny: Costs | None
    weeks: Costs | None
    outcome: Outcome
    enough: bool


class Blocker(Strict):
    """Why no change of the audit can reach the level."""

    indicator: str
    title: str
    level: str
    reason: Literal["unresolved_figure", "missing_table", "no_row", "computed", "conflict"]
    condition: str
    text: str


class Step(Strict):
    """From one level to the next: what is in the way, and what would be enough."""

    level_from: str
    level_to: str
    lines: tuple[GapLine, ...]
    alternatives: tuple[Alternative, ...]
    blockers: tuple[Blocker, ...]
    smallest: ChangeSet | None
    cheapest: ChangeSet | None


class AlertMeasures(Strict):
    """What an alert asks of the unit today and at the target level."""

    alert: Literal["yellow", "orange", "red"]
    today: tuple[dict[str, Any], ...]
    target: tuple[dict[str, Any], ...]


class UnitGaps(Strict):
    """Everything between a unit and its target level."""

    unit: str
    ruleset: str
    mode: Mode
    outcome: Outcome
    target: str
    lines: tuple[GapLine, ...]
    alternatives: tuple[Alternative, ...]
    steps: tuple[Step, ...]
    measures: tuple[AlertMeasures, ...]

    def with_status(self, status: str) -> tuple[GapLine, ...]:
        """The gap lines of one status, in the guideline's order."""
        return tuple(line for line in self.lines if line.status == status)
