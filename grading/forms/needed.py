"""Unknown values that could still change what is concluded of a unit."""

from collections.abc import Iterator
from dataclasses import dataclass

from grading.language.nested import stated
from grading.model.audit import UnitAudit
from grading.model.base import Status
from grading.model.condition import Comparison, ConditionBase, Each, Some, parts
from grading.model.result import IndicatorResult, UnitGrading
from grading.model.ruleset import Indicator, Ruleset
from grading.places import sources


@dataclass(frozen=True)
class Needed:
    """Facts with the row that they belong to (None: of the unit), and tables that nobody has stated."""

    facts: frozenset[tuple[str, str | None]]
    tables: frozenset[str]


def needed(ruleset: Ruleset, unit: UnitAudit, grading: UnitGrading) -> Needed:
    """The conclusions that hang on unknown values.

    A requirement counts as long as it is unknown itself and the indicator is unknown at a level for which it would be enough;
    a comparison as long as everything around it is unknown.
    """
    facts: set[tuple[str, str | None]] = set()
    tables: set[str] = set()
    for search in (*_of_gates(ruleset, unit, grading), *_of_indicators(ruleset, unit, grading)):
        facts |= search.facts
        tables |= search.tables
    return Needed(frozenset(facts), frozenset(tables))


def hanging(ruleset: Ruleset, unit: UnitAudit, grading: UnitGrading) -> dict[tuple[str, str | None], tuple[int, int]]:
    """By unknown value, and by table that nobody has stated, how many gates and how many indicators hang on it."""
    counts: dict[tuple[str, str | None], tuple[int, int]] = {}
    kinds = ((_of_gates(ruleset, unit, grading), (1, 0)), (_of_indicators(ruleset, unit, grading), (0, 1)))
    for searches, (gates, indicators) in kinds:
        for search in searches:
            for found in (*search.facts, *((table, None) for table in search.tables)):
                before = counts.get(found, (0, 0))
                counts[found] = (before[0] + gates, before[1] + indicators)
    return counts


def _of_indicators(ruleset: Ruleset, unit: UnitAudit, grading: UnitGrading) -> Iterator["_Search"]:
    """The facts that each indicator still needs."""
    results = {result.id: result for result in grading.indicators}
    for indicator in ruleset.indicators:
        search, result = _Search(ruleset, unit, grading), results[indicator.id]
        if result.applicable is None and indicator.applies_when is not None and _is_open(ruleset, result, 0):
            search.look(f"{indicator.id}.applies_when", indicator.applies_when)
        for place, condition in _open_requirements(ruleset, indicator, result):
            search.look(place, condition)
        yield search


def _of_gates(ruleset: Ruleset, unit: UnitAudit, grading: UnitGrading) -> Iterator["_Search"]:
    """The facts that each gate still needs."""
    for gate in ruleset.gates:
        search = _Search(ruleset, unit, grading)
        search.look(f"gate.{gate.id}", gate.when)
        yield search


def _open_requirements(
    ruleset: Ruleset, indicator: Indicator, result: IndicatorResult
) -> Iterator[tuple[str, ConditionBase]]:
    graded = ruleset.scale.graded
    for one in stated(indicator):
        if _is_open(ruleset, result, min(graded.index(level) for level in one.levels)):
            yield one.place, one.requirement.require


def _is_open(ruleset: Ruleset, result: IndicatorResult, best: int) -> bool:
    """True when an indicator is unknown at a level, from the one at a place of the scale on."""
    return any(result.levels[level] is Status.UNKNOWN for level in ruleset.scale.graded[best:])


class _Search:
    def __init__(self, ruleset: Ruleset, unit: UnitAudit, grading: UnitGrading) -> None:
        self.ruleset, self.unit, self.conditions = ruleset, unit, grading.conditions
        self.facts: set[tuple[str, str | None]] = set()
        self.tables: set[str] = set()

    def look(self, place: str, condition: ConditionBase, row: str | None = None) -> None:
        """Go down to the comparisons that are unknown."""
        status = self.conditions.get(place)
        if isinstance(status, dict):
            status = status.get(row or "")
        if status is not Status.UNKNOWN:
            return
        if isinstance(condition, Comparison):
            # Where the figure is not established either, the value is needed as soon as it is, and for trials.
            self.facts |= {(fact, key) for fact, _, key in sources(self.ruleset, condition.fact, row)}
        elif isinstance(condition, Each | Some):
            self._look_at_rows(place, condition)
        else:
            for step, part in parts(condition):
                self.look(f"{place}.{step}", part, row)

    def _look_at_rows(self, place: str, condition: Each | Some) -> None:
        """The rows that count or perhaps count; the table itself where nobody has stated it."""
        group = condition.each if isinstance(condition, Each) else condition.some
        if group not in self.unit.groups:
            self.tables.add(group)
        for row in self.unit.groups.get(group, ()):
            for step, part in parts(condition):
                self.look(f"{place}.{step}", part, row.key)
