"""What is written and read back is the same ruleset, digest for digest."""

from decimal import Decimal
from typing import Any

import pytest

from grading.engine.grade import ruleset_digest
from grading.forms.grid import CODE_COLUMN, Grid
from grading.model.ruleset import Ruleset
from grading.ruleset_workbook.edition import load_text, local_edition, whole_edition
from grading.ruleset_workbook.figures import figure_kind, figures_at
from grading.ruleset_workbook.findings import Findings
from grading.ruleset_workbook.kinds import EntryKind, FixedKind, ItemsKind, NoteKind, YesKind
from grading.ruleset_workbook.layout import lay_out
from grading.ruleset_workbook.layout_table import site_map
from grading.ruleset_workbook.raw import ruleset_content
from grading.ruleset_workbook.read import read, read_content
from grading.ruleset_workbook.read_rows import ReturnedSheet
from grading.ruleset_workbook.sheets import FIRST_ROW, ROLE_ROW, Sheet
from grading.ruleset_workbook.write import write
from grading.ruleset_workbook.yaml_text import yaml_text
from grading.spreadsheet.entry import NUMBER, TEXT, Entry
from tests.shipped import LIBRARY

BRICK, XIANYANG, CEMENT = "national-2020/brick", "xianyang-2023/rubber", "national-2024/cement"


def entry_of(shown: Any) -> Entry:
    return Entry() if shown is None else Entry(shown, NUMBER if isinstance(shown, Decimal) else TEXT)


def returned(content: Sheet) -> ReturnedSheet:
    """A sheet as a spreadsheet program that changes nothing gives it back."""
    columns = list(enumerate(content.columns, start=CODE_COLUMN + 1))
    heads = {CODE_COLUMN: entry_of(content.code)} | {i: entry_of(column.role) for i, column in columns}
    rows = {ROLE_ROW: heads}
    for number, row in enumerate(content.rows, start=FIRST_ROW):
        shown = {i: row.kind(c).show(row.values[c.role]) for i, c in columns if row.values.get(c.role) is not None}
        rows[number] = {CODE_COLUMN: entry_of(row.code)} | {i: entry_of(value) for i, value in shown.items()}
    return ReturnedSheet(Grid(content.title, rows.items()))


def misread(ruleset: Ruleset) -> list[str]:
    """The cells that don't read as what they show."""
    layout = lay_out(ruleset)
    wrong = []
    for sheet in layout.sheets:
        for row in sheet.rows:
            for column in sheet.columns:
                kind, value = row.kind(column), row.values.get(column.role)
                if isinstance(kind, NoteKind | FixedKind | EntryKind):
                    continue
                value = (
                    (() if isinstance(kind, ItemsKind) else False if isinstance(kind, YesKind) else None)
                    if value is None
                    else value
                )
                if kind.read(entry_of(kind.show(value))) != value:
                    wrong.append(f"{ruleset.id} {sheet.title} {row.code} {column.role}")
    for sites in site_map(ruleset).values():
        for site in sites.values():
            for figure in figures_at(ruleset, site):
                kind = figure_kind(ruleset.facts, ruleset.computed, figure.fact, figure.operator)
                if kind.read(entry_of(kind.show(figure.value))) != figure.value:
                    wrong.append(f"{ruleset.id} {figure.name}")
    return wrong


def test_every_shipped_ruleset_is_read_as_it_was_written() -> None:
    for ruleset_id in LIBRARY.ids():
        layout, found = lay_out(LIBRARY.ruleset(ruleset_id)), Findings()
        content, changed = read_content([returned(sheet) for sheet in layout.sheets], layout, found)
        assert not found.problems, (ruleset_id, found.problems[:3])
        assert content == ruleset_content(layout.ruleset), ruleset_id
        assert not changed


@pytest.mark.parametrize("ruleset_id", [BRICK, CEMENT])
def test_every_cell_reads_as_what_it_shows(ruleset_id: str) -> None:
    assert misread(LIBRARY.ruleset(ruleset_id)) == []


def test_a_workbook_gives_back_its_ruleset() -> None:
    reading = read(write(LIBRARY.ruleset(XIANYANG)), LIBRARY)
    assert (reading.base.id, reading.edition, reading.notices) == (XIANYANG, None, ())


def test_a_whole_edition_is_the_same_ruleset() -> None:
    ruleset = LIBRARY.ruleset(XIANYANG)
    content = ruleset_content(ruleset)
    flat = load_text(yaml_text(content, ""), LIBRARY).ruleset
    assert flat is not None
    assert ruleset_digest(flat) == ruleset_digest(ruleset)
    edition = whole_edition(content, ruleset, LIBRARY, "试验")
    assert edition.digest == ruleset_digest(ruleset)
    assert edition.dropped == ()


def test_a_local_edition_of_nothing_new_extends_and_states_nothing_but_itself() -> None:
    ruleset = LIBRARY.ruleset(XIANYANG)
    edition = local_edition(ruleset_content(ruleset) | {"id": "local-2027/rubber"}, ruleset, LIBRARY, "试验")
    assert b"extends: xianyang-2023/rubber" in edition.text
    assert len(edition.text) < 600
    assert "common/transport.yaml" in edition.files
