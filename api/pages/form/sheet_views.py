"""Bands and tables of the form's layout, with what the draft states."""

from dataclasses import replace
from typing import Any

from api.pages.form.items import Item, Part, TableRow, TableView
from api.pages.form.marks import Marks
from api.services.workflow.draft import Draft, stated_in
from api.services.workflow.places import Place, parse
from grading.forms.layout import Band, FactSheet, Table
from grading.forms.needed import Needed


def fact_parts(
    sheet: FactSheet, draft: Draft, unneeded: frozenset[str], needed: Needed | None, prefix: str, marks: Marks
) -> tuple[Part, ...]:
    return tuple(_part(band, draft, unneeded, needed, prefix, marks) for band in sheet.bands)


def table_view(table: Table, draft: Draft, unneeded: frozenset[str], needed: Needed | None, marks: Marks) -> TableView:
    applies = any(line.question.fact.id not in unneeded for line in table.columns)
    rows = draft.rows(table.place)
    if rows is None:
        is_needed = needed is None or table.place.rpartition(".")[2] in needed.tables
        return TableView(table, None, applies, is_needed)
    references = draft.references(table.place)
    numbered = zip(references, rows, strict=True)
    listed = tuple(_row(table, i, *row, unneeded, needed, marks) for i, row in enumerate(numbered))
    return TableView(table, listed, applies)


def _part(band: Band, draft: Draft, unneeded: frozenset[str], needed: Needed | None, prefix: str, marks: Marks) -> Part:
    items = tuple(
        Item(
            line=line,
            place=line.place,
            stated=draft.at(line.place),
            applies=line.question.fact.id not in unneeded,
            needed=needed is None or (line.question.fact.id, None) in needed.facts,
            inherited=draft.at(line.inherits) if line.inherits else None,
            mark=marks.of(line.question.fact.id),
        )
        for line in band.lines
    )
    return Part(f"{prefix}-{band.id}", band.title, items)


def _row(
    table: Table,
    index: int,
    reference: int | str,
    row: dict[str, Any],
    unneeded: frozenset[str],
    needed: Needed | None,
    marks: Marks,
) -> TableRow:
    at = replace(table_place(table), row=reference)
    key = str(row.get(table.key) or "")
    cells = tuple(
        Item(
            line=line,
            place=str(replace(at, fact=line.question.fact.id)),
            stated=stated_in(row, line.question.fact.id),
            applies=line.question.fact.id not in unneeded,
            needed=needed is None or (line.question.fact.id, key) in needed.facts,
            mark=marks.of(line.question.fact.id, key),
            row=key,
        )
        for line in table.columns
    )
    return TableRow(index, str(at), key, cells)


def table_place(table: Table) -> Place:
    found = parse(table.place)
    if found is None:
        raise ValueError(f"{table.place} is no place of a table")
    return found
