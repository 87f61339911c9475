"""Two audits of the same enterprise beside each other: the values that differ, and what was concluded of each indicator."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grading.language.values import known_text
from grading.model.audit import Audit, Known, Row, UnitAudit
from grading.model.base import Status
from grading.model.result import Grading, IndicatorResult, Outcome, UnitGrading
from grading.model.ruleset import Ruleset


@dataclass(frozen=True)
class Side:
    """One audit's statement; `known` is None where it says nothing."""

    known: Known | None
    text: str


@dataclass(frozen=True)
class ValuePair:
    """A value that the audits don't agree on. `group` and `row` name the table and the row that it stands in.

    `fact` is None for a row, or a whole table, that only one of them has; `plant`: both state it for the whole plant.
    """

    fact: str | None
    label: str
    group: str | None
    row: str | None
    plant: bool
    first: Side
    second: Side


@dataclass(frozen=True)
class IndicatorPair:
    """An indicator that was not concluded alike; None: an edition doesn't have it, or not that level."""

    id: str
    title: str
    dimension: str
    levels: Mapping[str, tuple[Status | None, Status | None]]


@dataclass(frozen=True)
class UnitPair:
    """A unit that both audits have, under the same ruleset (the second's edition of it)."""

    id: str
    ruleset: Ruleset
    grades: tuple[Outcome, Outcome]
    values: tuple[ValuePair, ...]
    indicators: tuple[IndicatorPair, ...]


@dataclass(frozen=True)
class SideBySide:
    """Two audits: units of both, and ids of those that only one has or that are graded by another ruleset."""

    grades: tuple[Outcome, Outcome]
    units: tuple[UnitPair, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]

    @property
    def differ(self) -> int:
        """The number of values that differ."""
        return sum(len(unit.values) for unit in self.units)


def side_by_side(
    first: tuple[Audit, Grading], second: tuple[Audit, Grading], rulesets: Mapping[str, Ruleset]
) -> SideBySide:
    """Lay them beside each other; `rulesets` are the second one's by id. Which was first says nothing about who is right."""
    audits, gradings = (first[0], second[0]), (first[1], second[1])
    mine, theirs = ({(unit.id, unit.ruleset): unit for unit in audit.units} for audit in audits)
    results = [{(unit.id, unit.ruleset): unit for unit in grading.units} for grading in gradings]
    listed: set[str] = set()
    units = []
    for key in mine:
        if key in theirs:
            ruleset = rulesets[key[1]]
            values = tuple(_values(audits, (mine[key], theirs[key]), ruleset, listed))
            was, now = results[0][key], results[1][key]
            grades, indicators = (was.outcome, now.outcome), tuple(_indicators(ruleset, was, now))
            units.append(UnitPair(key[0], ruleset, grades, values, indicators))
    return SideBySide(
        grades=(gradings[0].outcome, gradings[1].outcome),
        units=tuple(units),
        only_first=tuple(id_ for id_, ruleset in mine if (id_, ruleset) not in theirs),
        only_second=tuple(id_ for id_, ruleset in theirs if (id_, ruleset) not in mine),
    )


def _values(
    audits: tuple[Audit, Audit], units: tuple[UnitAudit, UnitAudit], ruleset: Ruleset, listed: set[str]
) -> Iterator[ValuePair]:
    """Facts in the order of the form, then tables. What both state for the plant is told once (`told`)."""
    for fact in ruleset.facts.values():
        if fact.group is not None:
            continue
        first, second = (audit.known(unit, fact.id) for audit, unit in zip(audits, units, strict=True))
        plant = all(
            known is None or known is audit.enterprise.facts.get(fact.id)
            for audit, known in zip(audits, (first, second), strict=True)
        )
        if _same(first, second) or (plant and fact.id in listed):
            continue
        if plant:
            listed.add(fact.id)
        yield ValuePair(
            fact.id, fact.label, None, None, plant, _side(ruleset, fact.id, first), _side(ruleset, fact.id, second)
        )
    for name in ruleset.groups:
        yield from _rows(name, units[0].groups.get(name), units[1].groups.get(name), ruleset)


def _rows(
    name: str, first: tuple[Row, ...] | None, second: tuple[Row, ...] | None, ruleset: Ruleset
) -> Iterator[ValuePair]:
    label = ruleset.groups[name].name
    if first is None or second is None or not (first and second):
        texts = [_table_text(rows) for rows in (first, second)]
        if texts[0] != texts[1]:
            yield ValuePair(None, label, name, None, False, Side(None, texts[0]), Side(None, texts[1]))
        return
    mine, theirs = {row.key: row for row in first}, {row.key: row for row in second}
    for key in dict.fromkeys((*mine, *theirs)):
        if key not in mine or key not in theirs:
            texts = ["有此行" if key in rows else "无此行" for rows in (mine, theirs)]
            yield ValuePair(None, label, name, key, False, Side(None, texts[0]), Side(None, texts[1]))
            continue
        for fact in ruleset.facts.values():
            one, other = mine[key].facts.get(fact.id), theirs[key].facts.get(fact.id)
            if fact.group == name and not _same(one, other):
                sides = _side(ruleset, fact.id, one), _side(ruleset, fact.id, other)
                yield ValuePair(fact.id, fact.label, name, key, False, *sides)


def _table_text(rows: tuple[Row, ...] | None) -> str:
    return "尚未核查" if rows is None else f"{len(rows)} 行" if rows else "确认没有"


def _same(first: Known | None, second: Known | None) -> bool:
    one, other = (None if known is None else known.value for known in (first, second))
    if isinstance(one, tuple) and isinstance(other, tuple):
        return set(one) == set(other)
    return type(one) is type(other) and one == other


def _side(ruleset: Ruleset, fact: str, known: Known | None) -> Side:
    return Side(known, known_text(ruleset, fact, None if known is None else known.value))


def _indicators(ruleset: Ruleset, first: UnitGrading, second: UnitGrading) -> Iterator[IndicatorPair]:
    mine, theirs = ({result.id: result for result in unit.indicators} for unit in (first, second))
    titles = {indicator.id: indicator.title for indicator in ruleset.indicators}
    for id_, known in (mine | theirs).items():
        was, now = mine.get(id_), theirs.get(id_)
        levels = {level: (_status(was, level), _status(now, level)) for level in ruleset.scale.graded}
        if any(one is not other for one, other in levels.values()):
            dimension = ruleset.dimensions.get(known.dimension)
            label = dimension.label if dimension is not None else known.dimension
            yield IndicatorPair(id_, titles.get(id_, id_), label, levels)


def _status(result: IndicatorResult | None, level: str) -> Status | None:
    return None if result is None else result.levels.get(level)
