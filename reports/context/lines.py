"""Gap lines as three lists: what does not satisfy, what is missing, and which figures of the guideline are not established."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from types import MappingProxyType
from typing import Any

from grading.language.price_text import per_piece
from grading.language.values import UNKNOWN
from grading.model.base import Remedy
from grading.model.gap import GapLine, MissingValue
from grading.model.ruleset import Ruleset
from reports.context.asked import asked_by
from reports.context.sources import Sources
from reports.context.words import amount_text, cost_text, place_text, said_once, weeks_text

GATES = "否决与限制条件"
SHOWN_ROWS = 12
"""Rows of a table that one line of a list names with their values; of more, the number is given."""
MOST_IDS = 60
"""So many ids of gaps stand at one row of a list, which is not split between pages."""


@dataclass(frozen=True)
class UnmetRow:
    """A comparison that the unit's value does not satisfy. `same_as` names the line that already tells the remedy."""

    id: str
    title: str
    text: str | None
    required: str
    actual: str
    difference: str | None
    place: str
    remedy: str | None
    same_as: str | None
    weeks: str | None
    cost: str | None
    evidence: tuple[str, ...]
    source: int
    is_optional: bool


@dataclass(frozen=True)
class DimensionRows:
    """The unmet lines of one dimension."""

    label: str
    rows: tuple[UnmetRow, ...]


@dataclass(frozen=True)
class MissingRow:
    """A value that nobody has stated, in as many rows of a table as lack it, with everything that waits for it."""

    ids: tuple[str, ...]
    label: str
    place: str
    asked_by: tuple[tuple[str, str], ...]
    evidence: tuple[str, ...]
    sources: tuple[int, ...]
    count: int
    """In how many places it is missing."""


@dataclass(frozen=True)
class OpenFigureRow:
    """A figure of the guideline that is not established, with the unit's own values."""

    ids: tuple[str, ...]
    title: str
    figure: str
    actual: str
    dimension: str
    source: int


@dataclass(frozen=True)
class Lists:
    """The gap lines of a unit, each in one of three lists."""

    unmet: tuple[DimensionRows, ...]
    missing: tuple[MissingRow, ...]
    open_figures: tuple[OpenFigureRow, ...]


Beside = Mapping[str, tuple[str, ...]]
"""By the id of a line those of lines that are left out, for which it stands."""


def lists(
    ruleset: Ruleset, lines: tuple[GapLine, ...], sources: Sources, beside: Beside = MappingProxyType({})
) -> Lists:
    """The lines in the guideline's order, with their sources numbered."""
    return Lists(
        unmet=_unmet(ruleset, [line for line in lines if line.status == "unmet"], sources, beside),
        missing=_missing(ruleset, [line for line in lines if line.status == "unknown"], sources, beside),
        open_figures=_open(ruleset, [line for line in lines if line.status == "unresolved"], sources, beside),
    )


def dimension_label(ruleset: Ruleset, dimension: str | None) -> str:
    """The label of a dimension; gates have none of their own."""
    return GATES if dimension is None else ruleset.dimensions[dimension].label


def _unmet(ruleset: Ruleset, lines: list[GapLine], sources: Sources, beside: Beside) -> tuple[DimensionRows, ...]:
    order = {dimension: n for n, dimension in enumerate(ruleset.dimensions)}
    lines = sorted(lines, key=lambda line: -1 if line.dimension is None else order[line.dimension])
    first_lines: dict[tuple[str, Remedy], str] = {}
    found = []
    for dimension, listed in groupby(lines, key=lambda line: line.dimension):
        rows = []
        before = None
        for line in listed:
            row = _unmet_row(ruleset, line, before, first_lines, sources)
            rows.append(replace(row, id=" ".join(_ids([line], beside))))
            before = line.indicator
        found.append(DimensionRows(dimension_label(ruleset, dimension), tuple(rows)))
    return tuple(found)


def _unmet_row(
    ruleset: Ruleset, line: GapLine, before: str | None, first_lines: dict[tuple[str, Remedy], str], sources: Sources
) -> UnmetRow:
    remedy = line.remedy
    same_as = first_lines.setdefault((line.indicator, remedy), line.id) if remedy is not None else None
    is_told = same_as not in (None, line.id)
    return UnmetRow(
        id=line.id,
        title=line.title,
        text=line.text if before != line.indicator and line.text != line.required else None,
        required=line.required,
        actual=_actual(ruleset, line),
        difference=difference_text(ruleset, line),
        place=place_text(ruleset, line.place, line.group, line.row),
        remedy=remedy.text if remedy is not None and not is_told else None,
        same_as=same_as if is_told else None,
        weeks=weeks_text(remedy.weeks) if remedy is not None and not is_told else None,
        cost=cost_text(remedy.cost_wan_cny) + per_piece(remedy) if remedy is not None and not is_told else None,
        evidence=said_once(line.evidence),
        source=sources.number(line.provenance, line.title),
        is_optional=not line.on_cheapest_way,
    )


def _actual(ruleset: Ruleset, line: GapLine) -> str:
    if line.fact in ruleset.groups:
        return "表中没有满足要求的行" if line.status == "unmet" else "未填报"
    return UNKNOWN if line.actual_text is None else line.actual_text


def difference_text(ruleset: Ruleset, line: GapLine) -> str | None:
    """By how much a value misses its limit: `超出 2.3 mg/m³`, `尚差 20 个百分点`, `晚 12 天`."""
    if line.difference is None:
        return None
    declared = ruleset.facts.get(line.fact)
    is_date = declared is not None and declared.type == "date"
    above = _is_above(line.actual, line.required_value)
    if not line.difference:
        return "恰为限值"
    if is_date:
        return f"{'晚' if above else '早'} {line.difference:f} 天"
    return f"{'超出' if above else '尚差'} {amount_text(line.difference, line.measured_in)}"


def _is_above(actual: Any, limit: Any) -> bool:
    if isinstance(actual, str):
        return actual > str(limit)
    return Decimal(str(actual)) > Decimal(str(limit))


def _missing(ruleset: Ruleset, lines: list[GapLine], sources: Sources, beside: Beside) -> tuple[MissingRow, ...]:
    """One row for each value that is missing, rows of a table that lack the same together; a line is named at each it reads."""
    by_value: dict[tuple[str, str | None], list[tuple[MissingValue, GapLine]]] = {}
    for line in lines:
        for missing in line.missing:
            by_value.setdefault((missing.place, _row(missing.place, line)), []).append((missing, line))
    found: dict[tuple[Any, ...], list[tuple[str, MissingRow]]] = {}
    for (place, row), listed in by_value.items():
        value = listed[0][0]
        group = place.partition(".groups.")[2].partition(".")[0].partition("[")[0] or None
        asking = [line for _, line in listed]
        proofs = [
            e for missing, line in listed for e in (*missing.evidence, *(line.remedy.evidence if line.remedy else ()))
        ]
        told = MissingRow(
            ids=_ids(asking, beside),
            label=f"“{value.fact_label}”表" if value.fact in ruleset.groups else _missing_label(value, asking),
            place=place_text(ruleset, place, group, row),
            asked_by=asked_by((line.title, line.required) for line in asking),
            evidence=said_once(proofs),
            sources=tuple(dict.fromkeys(sources.number(line.provenance, line.title) for line in asking)),
            count=1,
        )
        alone = None if row is not None else place
        key = (value.fact, group, alone, told.label, told.asked_by, told.evidence, told.sources)
        found.setdefault(key, []).append((row or "", told))
    return tuple(_together(part) for listed in found.values() for part in _parts(listed))


def _parts(listed: list[tuple[str, MissingRow]]) -> Iterator[list[tuple[str, MissingRow]]]:
    """The rows of a table in parts, each with no more ids than there is room for."""
    most = max(1, MOST_IDS // max(len(row.ids) for _, row in listed))
    return (listed[n : n + most] for n in range(0, len(listed), most))


def _together(listed: list[tuple[str, MissingRow]]) -> MissingRow:
    """Rows of a table that lack the same as one, with their keys."""
    (_, first), *others = listed
    keys = [row for row, _ in listed]
    return replace(
        first,
        ids=tuple(dict.fromkeys(id_ for _, row in listed for id_ in row.ids)),
        place=f"{first.place.removesuffix(keys[0])}{'、'.join(keys)}" if others else first.place,
        count=len(listed),
    )


def _missing_label(value: MissingValue, asking: list[GapLine]) -> str:
    """The label of a missing value; of one that is not known well enough, what is known and what would settle it."""
    known = dict.fromkeys(line.actual_text for line in asking if line.fact == value.fact and line.actual_text)
    return "：".join([value.fact_label, "；".join(filter(None, known))]) if known else value.fact_label


def _row(place: str, line: GapLine) -> str | None:
    """The row that a place in a table belongs to: that of the line which asks for it."""
    return line.row if "]" in place.partition(".groups.")[2] else None


def _open(ruleset: Ruleset, lines: list[GapLine], sources: Sources, beside: Beside) -> tuple[OpenFigureRow, ...]:
    by_figure: dict[tuple[str, str, str], list[GapLine]] = {}
    for line in lines:
        by_figure.setdefault((line.indicator, line.condition, line.required), []).append(line)
    return tuple(
        OpenFigureRow(
            ids=_ids(listed, beside),
            title=listed[0].title,
            figure=listed[0].required,
            actual=_by_row(ruleset, listed),
            dimension=dimension_label(ruleset, listed[0].dimension),
            source=sources.number(listed[0].provenance, listed[0].title),
        )
        for listed in by_figure.values()
    )


def _by_row(ruleset: Ruleset, lines: list[GapLine]) -> str:
    """The unit's own values beside an open figure, row by row."""
    texts = [f"{line.row}：{_actual(ruleset, line)}" if line.row else _actual(ruleset, line) for line in lines]
    more = f"；等 {len(texts)} 处" if len(texts) > SHOWN_ROWS else ""
    return "；".join(dict.fromkeys(texts[:SHOWN_ROWS])) + more


def _ids(lines: Iterable[GapLine], beside: Beside) -> tuple[str, ...]:
    return tuple(dict.fromkeys(id_ for line in lines for id_ in (line.id, *beside.get(line.id, ()))))
