"""Conclusions from the answers so far, answer by answer, and the unanswered questions on which most conclusions hang."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from grading.forms.needed import hanging
from grading.language.nested import asked_at
from grading.model.audit import UnitAudit
from grading.model.base import Status
from grading.model.condition import All, AnyOf, AtLeastOf, Comparison, ConditionBase, Each, Not, Some, parts
from grading.model.result import UNGRADED, UnitGrading
from grading.model.ruleset import Ruleset
from grading.places import sources

Cell = tuple[str, str | None]
"""A fact, and the row that it belongs to (None: of the unit)."""


@dataclass(frozen=True)
class Judged:
    """The answers of a unit by what is concluded from them, and what is open by what hangs on it."""

    failing: Mapping[Cell, tuple[str, ...]] = field(default_factory=dict)
    """The levels that are out of reach because of an answer, best first."""
    gates: Mapping[Cell, tuple[str, ...]] = field(default_factory=dict)
    """The gates that an answer triggers, by title."""
    satisfying: frozenset[Cell] = frozenset()
    """Answers that do for the best level wherever it reads them."""
    hanging: Mapping[Cell, tuple[int, int]] = field(default_factory=dict)
    """The numbers of gates and indicators that wait for an unanswered question, or for an unstated table."""
    open_gates: int = 0
    """Gates that forbid grading and are not answered."""


def judged(ruleset: Ruleset, unit: UnitAudit, grading: UnitGrading) -> Judged:
    """Every answer of a unit by what is concluded from it."""
    search = _Search(ruleset, unit, grading)
    results = {result.id: result for result in grading.indicators}
    failing: dict[Cell, list[str]] = {}
    reading: Counter[Cell] = Counter()
    met: Counter[Cell] = Counter()
    for indicator in ruleset.indicators:
        result = results[indicator.id]
        if result.applicable is False:
            continue
        for level in ruleset.scale.graded:
            statement = asked_at(ruleset.scale.graded, indicator, level)
            if statement is None:
                continue
            if level == ruleset.scale.graded[0]:
                reading.update(search.cells(statement.place, statement.requirement.require, None))
                met.update(search.cells(statement.place, statement.requirement.require, Status.MET))
            if result.levels[level] is Status.UNMET:
                for cell in search.because(statement.place, statement.requirement.require, Status.UNMET):
                    levels = failing.setdefault(cell, [])
                    levels += [level] if level not in levels else []
    triggered: dict[Cell, list[str]] = {}
    effects = {gate.id: gate.effect for gate in ruleset.gates}
    statuses = {gate.id: gate.status for gate in grading.gates}
    for gate in ruleset.gates:
        if statuses.get(gate.id) is Status.MET:
            for cell in search.because(f"gate.{gate.id}", gate.when, Status.MET):
                triggered.setdefault(cell, []).append(gate.title or gate.text)
    return Judged(
        failing={
            cell: tuple(level for level in ruleset.scale.graded if level in found) for cell, found in failing.items()
        },
        gates={cell: tuple(titles) for cell, titles in triggered.items()},
        satisfying=frozenset(cell for cell, count in reading.items() if met[cell] == count and cell not in failing),
        hanging=hanging(ruleset, unit, grading),
        open_gates=sum(effects[id_] == UNGRADED and status is Status.UNKNOWN for id_, status in statuses.items()),
    )


class _Search:
    def __init__(self, ruleset: Ruleset, unit: UnitAudit, grading: UnitGrading) -> None:
        self.ruleset, self.unit, self.conditions = ruleset, unit, grading.conditions

    def status(self, place: str, row: str | None) -> Status | None:
        """The status of a condition, None where it isn't there on the day."""
        found = self.conditions.get(place)
        return found.get(row or "") if isinstance(found, dict) else found

    def cells(self, place: str, c: ConditionBase, target: Status | None, row: str | None = None) -> list[Cell]:
        """The answers below a condition that are compared, once for each comparison with the status (None: with any)."""
        if isinstance(c, Comparison):
            status = self.status(place, row)
            is_wanted = status is not None and target in (None, status)
            return [(fact, key) for fact, _, key in sources(self.ruleset, c.fact, row)] if is_wanted else []
        return [
            cell
            for step, part, key in self._parts(c, row)
            if step != "where"
            for cell in self.cells(f"{place}.{step}", part, target, key)
        ]

    def because(self, place: str, c: ConditionBase, target: Status, row: str | None = None) -> list[Cell]:
        """The answers because of which a condition has a status."""
        if self.status(place, row) is not target:
            return []
        if isinstance(c, Comparison):
            return [(fact, key) for fact, _, key in sources(self.ruleset, c.fact, row)]
        if isinstance(c, Not):
            contrary = Status.MET if target is Status.UNMET else Status.UNMET
            return self.because(f"{place}.not", c.not_, contrary, row)
        return [
            cell
            for step, part, key in self._parts(c, row)
            if step != "where" and self._selects(place, c, key)
            for cell in self.because(f"{place}.{step}", part, target, key)
        ]

    def _selects(self, place: str, c: ConditionBase, key: str | None) -> bool:
        """True unless a `where` leaves the row out."""
        if not isinstance(c, Each | Some) or c.where is None:
            return True
        return self.status(f"{place}.where", key) in (Status.MET, None)

    def _parts(self, c: ConditionBase, row: str | None) -> list[tuple[str, ConditionBase, str | None]]:
        if isinstance(c, Each | Some):
            rows = self.unit.groups.get(c.each if isinstance(c, Each) else c.some, ())
            return [(step, part, one.key) for one in rows for step, part in parts(c)]
        if isinstance(c, All | AnyOf | AtLeastOf | Not):
            return [(step, part, row) for step, part in parts(c)]
        return []
