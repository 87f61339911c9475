"""The sheet like the official table, indicators down and levels across, and the sheet of the gates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grading.language.decision_text import cap_text, level_label
from grading.language.figures import Site, sites
from grading.language.nested import asked_at
from grading.language.prose import glue, sentence, stated_text
from grading.model.ruleset import Cap, Indicator, Ruleset, split_levels
from grading.ruleset_workbook.citations import Citations
from grading.ruleset_workbook.columns import (
    WEAK_BASES,
    figure_columns,
    handling_column,
    provenance_columns,
    provenance_values,
    remedy_columns,
    remedy_values,
    weak_roles,
    word_column,
)
from grading.ruleset_workbook.figures import Figure, figure_kind, figures_at
from grading.ruleset_workbook.kinds import EntryKind, FixedKind, IdKind, Kind, NoteKind, TextKind
from grading.ruleset_workbook.open_points import OpenPoint
from grading.ruleset_workbook.sheets import Column, Place, Row, Sheet
from grading.ruleset_workbook.words import DECIDED_BY, NOT_REQUIRED, SAME_AS, Words
from grading.vocabulary import UNGRADED

TABLE, GATES = "indicators", "gates"
APPLIES, WHEN = "applies", "when"
FIGURE_ROLES = ("item", "operator", "value", "state", "basis", "confidence", "cite", "note")
SPARE_TABLE, SPARE_GATES = 24, 6
UNGRADED_EFFECT = "ungraded"


@dataclass(frozen=True)
class Block:
    """Columns of a condition: of a level, of when an indicator applies, of when a gate is met."""

    name: str
    label: str
    figures: tuple[Figure, ...]
    head: Mapping[str, Any]
    """The values of columns that are filled in the first row only."""


def row_code(id_: str, number: int) -> str:
    """The code of a row of an indicator or gate: `nox#0`."""
    return f"{id_}#{number}"


def effect_words(ruleset: Ruleset) -> Words:
    """The effects that a gate can have: `ungraded`, or the level that it caps at."""
    caps = {level: cap_text(ruleset.scale, level) for level in ruleset.scale.ids[1:]}
    return {UNGRADED_EFFECT: UNGRADED, **caps}


def same_as(ruleset: Ruleset, level: str) -> str:
    """The words for a level that shares another's requirement."""
    return glue((SAME_AS, level_label(ruleset.scale, level)))


def level_text(ruleset: Ruleset, indicator: Indicator, level: str) -> str:
    """The text of a level's cell: its requirement, that it shares another level's, or that it states none."""
    for key, requirement in indicator.levels.items():
        levels = split_levels(key)
        if level in levels:
            first = levels[0]
            return stated_text(ruleset, requirement) if level == first else same_as(ruleset, first)
    statement = asked_at(ruleset.scale.graded, indicator, level)
    if statement is None:
        return NOT_REQUIRED
    return glue(("未另写，按", level_label(ruleset.scale, statement.levels[0]), "要求"))


def indicators_sheet(ruleset: Ruleset, citations: Citations, points: list[OpenPoint]) -> Sheet:
    """The indicators, by dimension."""
    words = {id_: dimension.label for id_, dimension in ruleset.dimensions.items()}
    owner = (
        Column("todo", "待办", 7, NoteKind(), "指标", centred=True),
        word_column("dimension", "维度", 13, words, "指标"),
        Column("title", "指标", 20, TextKind(), "指标"),
        Column("id", "编号", 16, IdKind(), "指标"),
        *provenance_columns("", "指标（数值格空白时以此为准）"),
        word_column("decided_by", "认定方式", 9, DECIDED_BY, "指标（数值格空白时以此为准）"),
    )
    applies = (Column("applies:text", "适用条件", 22, NoteKind(), "适用条件"), *figure_columns("applies:", "适用条件"))
    levels: list[Column] = []
    for level in ruleset.scale.graded:
        band = level_label(ruleset.scale, level)
        levels += [Column(f"{level}:text", "要求", 38, EntryKind(), band), *figure_columns(f"{level}:", band)]
    last = (handling_column(), Column("renamed_from", "原编号", 14, NoteKind(), "指标"))
    columns = (*owner, *applies, *levels, *remedy_columns(), *last)
    by_owner = site_map(ruleset)
    rows: list[Row] = []
    for indicator in ruleset.indicators:
        blocks = list(_indicator_blocks(ruleset, indicator, by_owner.get(("indicators", indicator.id), {})))
        values = {
            "dimension": indicator.dimension,
            "title": indicator.title,
            "id": indicator.id,
            "decided_by": indicator.decided_by,
            "renamed_from": indicator.renamed_from,
            **provenance_values(citations, indicator.basis, indicator.confidence, indicator.cite, indicator.note),
            **remedy_values(indicator.remedy),
        }
        rows += _rows(ruleset, TABLE, indicator.id, indicator.title, values, blocks, columns, citations, points)
    note = (
        "各等级一栏写要求原文，旁边逐项列出其中的数值。数值格的依据、把握、出处空白的，以左边指标的为准。"
        "橙底的格待核实：看“状态”“依据”“把握”三格的文字。改了数值，要同时写明依据和出处（或在“出处”表补上条款、页码）。"
    )
    heading = f"{ruleset.title}　指标表"
    return Sheet(TABLE, "指标表", heading, note, columns, tuple(rows), SPARE_TABLE, frozen=3)


def gates_sheet(ruleset: Ruleset, citations: Citations, points: list[OpenPoint]) -> Sheet:
    """The gates."""
    columns = (
        Column("todo", "待办", 7, NoteKind(), centred=True),
        Column("id", "编号", 18, IdKind()),
        Column("title", "名称", 22, TextKind()),
        Column("text", "条文", 40, TextKind()),
        word_column("effect", "后果", 15, effect_words(ruleset)),
        *provenance_columns(),
        Column("when:text", "触发条件", 40, NoteKind(), "触发条件"),
        *figure_columns("when:", "触发条件"),
        *remedy_columns(),
        handling_column(),
    )
    by_owner = site_map(ruleset)
    rows: list[Row] = []
    for gate in ruleset.gates:
        site = by_owner["gates", gate.id]["when"]
        block = Block(WHEN, "", figures_at(ruleset, site), {"text": sentence(ruleset, gate.when)})
        values = {
            "id": gate.id,
            "title": gate.title,
            "text": gate.text,
            "effect": gate.effect.cap if isinstance(gate.effect, Cap) else UNGRADED_EFFECT,
            **provenance_values(citations, gate.basis, gate.confidence, gate.cite, gate.note),
            **remedy_values(gate.remedy),
        }
        label = gate.title or gate.id
        rows += _rows(ruleset, GATES, gate.id, label, values, [block], columns, citations, points)
    note = "否决项不论各项指标如何，触发即不纳入分级或限定最高等级。触发条件由右边各项数值组成，结构不在此修改。"
    return Sheet(GATES, "否决项", f"{ruleset.title}　否决项", note, columns, tuple(rows), SPARE_GATES, frozen=3)


def site_map(ruleset: Ruleset) -> dict[tuple[str, str], dict[str, Site]]:
    """The conditions of each indicator and gate: by the key of its levels, `applies_when`, `when`."""
    found: dict[tuple[str, str], dict[str, Site]] = {}
    for site in sites(ruleset):
        key = str(site.inner[1]) if site.inner[0] == "levels" else str(site.inner[0])
        found.setdefault((site.kind, site.id), {})[key] = site
    return found


def _indicator_blocks(ruleset: Ruleset, indicator: Indicator, found: Mapping[str, Site]) -> Iterator[Block]:
    if indicator.applies_when is not None:
        figures = figures_at(ruleset, found["applies_when"])
        yield Block(APPLIES, "适用条件", figures, {"text": sentence(ruleset, indicator.applies_when)})
    owners = {split_levels(key)[0]: key for key in indicator.levels}
    for level in ruleset.scale.graded:
        figures = figures_at(ruleset, found[owners[level]]) if level in owners else ()
        label = level_label(ruleset.scale, level)
        yield Block(level, label, figures, {"text": level_text(ruleset, indicator, level)})


def _rows(
    ruleset: Ruleset,
    sheet: str,
    id_: str,
    title: str,
    values: Mapping[str, Any],
    blocks: list[Block],
    columns: tuple[Column, ...],
    citations: Citations,
    points: list[OpenPoint],
) -> Iterator[Row]:
    owners = [column.role for column in columns if ":" not in column.role or column.role.startswith("remedy:")]
    opened = 0
    rows: list[Row] = []
    for number in range(max(1, *(len(block.figures) for block in blocks)) if blocks else 1):
        kinds: dict[str, Kind] = {}
        cells: dict[str, Any] = dict(values) if number == 0 else {}
        marks: set[str] = set(weak_roles(values)) if number == 0 else set()
        if number:
            kinds |= dict.fromkeys(owners, FixedKind())
            kinds |= {f"{block.name}:text": FixedKind() for block in blocks if block.name not in (APPLIES, WHEN)}
        for block in blocks:
            if number == 0:
                cells |= {f"{block.name}:{role}": value for role, value in block.head.items()}
            if number >= len(block.figures):
                continue
            figure = block.figures[number]
            cells |= _figure_cells(ruleset, figure, f"{block.name}:", citations)
            kinds[f"{block.name}:item"] = FixedKind()
            point = _point(ruleset, figure, values, Place(sheet, row_code(id_, number), f"{block.name}:value"))
            if point is not None:
                marks |= {f"{block.name}:{role}" for role in ("value", "state")}
                marks |= weak_roles(cells, f"{block.name}:")
                points.append(point.about(title, block.label))
                opened += 1
        rows.append(Row(row_code(id_, number), title, cells, kinds, frozenset(marks), leads=number == 0))
    first = rows[0]
    if opened:
        todo = {"todo": f"待核 {opened}"}
        rows[0] = Row(first.code, first.label, {**first.values, **todo}, first.kinds, first.open_roles | {"todo"})
    yield from rows


def _figure_cells(ruleset: Ruleset, figure: Figure, prefix: str, citations: Citations) -> dict[str, Any]:
    shown = figure_kind(ruleset.facts, ruleset.computed, figure.fact, figure.operator).show(figure.value)
    return {
        f"{prefix}item": figure.item,
        f"{prefix}operator": figure.operator,
        f"{prefix}value": shown,
        f"{prefix}state": figure.state,
        **provenance_values(citations, figure.basis, figure.confidence, figure.cite, figure.note, prefix),
    }


def _point(ruleset: Ruleset, figure: Figure, owner: Mapping[str, Any], place: Place) -> OpenPoint | None:
    """The figure as something to be verified; None where it is established well enough."""
    states = figure.role in ("requirement", "gate")
    basis = figure.basis or (owner["basis"] if states else None)
    confidence = figure.confidence or (owner["confidence"] if states else None)
    if not figure.is_open and basis not in WEAK_BASES and confidence != "low":
        return None
    shown = figure_kind(ruleset.facts, ruleset.computed, figure.fact, figure.operator).show(figure.value)
    return OpenPoint(
        name=figure.name,
        place=place,
        item=figure.item,
        operator=figure.operator,
        shown="" if shown is None else str(shown),
        state=figure.state,
        basis=basis,
        confidence=confidence,
    )
