"""Answers of the audit before, beside the questions of today."""

from collections.abc import Sequence
from dataclasses import replace

from api.pages.form.items import Item, SheetView, TableView
from api.pages.form.sheet_views import table_place
from api.services.workflow.places import parse
from grading.language.values import known_text
from grading.model.audit import LastTime
from grading.model.ruleset import Ruleset


def beside_last_time(sheet: SheetView, last: LastTime, units: Sequence[tuple[str, Ruleset]]) -> SheetView:
    """The sheet with last time's answer beside every question."""

    def with_last(item: Item) -> Item:
        at = parse(item.place)
        if at is None or at.fact is None:
            return item
        if at.unit is None:
            known = last.facts.get(at.fact)
            asking = next((ruleset for _, ruleset in units if at.fact in ruleset.facts), units[0][1])
        elif at.group is None:
            (id_, asking) = units[at.unit]
            known = last.of_unit(id_, at.fact)
        else:
            (id_, asking) = units[at.unit]
            known = last.of_row(id_, at.group, item.row, at.fact)
        return item if known is None else replace(item, last=known, last_text=known_text(asking, at.fact, known.value))

    def with_rows(table: TableView) -> TableView:
        at = table_place(table.plan)
        keys = tuple(row.key for row in last.rows(units[at.unit or 0][0], at.group or ""))
        rows = (replace(row, cells=tuple(map(with_last, row.cells))) for row in table.rows or ())
        return replace(table, last_rows=keys, rows=None if table.rows is None else tuple(rows))

    parts = tuple(replace(part, items=tuple(map(with_last, part.items))) for part in sheet.parts)
    return replace(sheet, parts=parts, tables=tuple(map(with_rows, sheet.tables)))
