"""Form → workbook: everything an assessor needs in the field, and everything needed to read it back."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace

from openpyxl import Workbook
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from grading.forms.applicability import grey_out
from grading.forms.last_time import last_text
from grading.forms.layout import (
    COVER,
    COVER_TITLE,
    LAST_TITLE,
    PLANT_TITLE,
    Form,
    FormUnit,
    UnitSheets,
    audit_units,
    blank_units,
    lay_out,
)
from grading.forms.metadata import data_of, write_data
from grading.forms.validation import Lists
from grading.forms.write_cover import TITLE, Contents, enterprise_cell, unit_cell, write_cover
from grading.forms.write_evidence import write_evidence
from grading.forms.write_facts import WrittenFacts, write_facts
from grading.forms.write_last import has_rows, shown_beside, write_last
from grading.forms.write_table import WrittenTable, write_table
from grading.language.load import Library
from grading.model.audit import Audit, Known
from grading.model.ruleset import Ruleset
from grading.workbook.cell_text import TooLongError
from grading.workbook.limits import MAX_CELLS
from grading.workbook.style import add_styles, protect

SPARE_ROWS = 20
"""The empty rows that a table has ready; more can be written below them."""


def blank_form(rulesets: Sequence[Ruleset], spare_rows: int = SPARE_ROWS) -> bytes:
    """The workbook for one or several units of one enterprise, a ruleset for each unit, to be filled in.

    Raises TooLongError when it would be too large to be read back.
    """
    return _saved(_written(blank_units(rulesets), None, spare_rows))


def filled_form(audit: Audit, library: Library, spare_rows: int = SPARE_ROWS) -> bytes:
    """The workbook of an audit, everything it states filled in.

    Raises KeyError or LanguageError when a ruleset can't be had, and TooLongError when a text is too long for a cell or
    the whole too large to be read back.
    """
    return _saved(_written(audit_units(audit, library), audit, spare_rows, last_text(audit, library)))


def _saved(book: Workbook) -> bytes:
    # As the reader counts: cells, rows, and what merged cells cover.
    cells = sum(len(sheet._cells) + sheet.max_row for sheet in book.worksheets)
    merged = [area for sheet in book.worksheets for area in sheet.merged_cells.ranges]
    cells += sum((a.max_row - a.min_row + 1) * (a.max_col - a.min_col + 1) for a in merged)
    if cells > MAX_CELLS:
        raise TooLongError(f"核查表会有 {cells:,} 个单元格，最多 {MAX_CELLS:,} 个；请分几份填写，或减少预留的空行")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _written(units: Sequence[FormUnit], audit: Audit | None, spare: int, last_written: str = "") -> Workbook:
    form = lay_out(units, audit)
    book = Workbook()
    add_styles(book)
    cover: Worksheet = book.worksheets[0]
    cover.title = COVER_TITLE
    known = _known(audit)
    last = audit.last if audit is not None else None
    beside = shown_beside(form, last) if last is not None else None
    # Sheets come in the order of filling in; the lists that all of them use stand behind them.
    lists = Lists(book)
    contents: list[Contents] = []
    sheets = {COVER: COVER_TITLE}
    plant = None
    if form.plant is not None:
        subtitle = f'={_cover(enterprise_cell())}&""'
        plant = write_facts(book.create_sheet(form.plant.title), form.plant, subtitle, lists, known, None, beside)
        contents.append(Contents(PLANT_TITLE, plant, is_unit=False))
        sheets[form.plant.code] = form.plant.title
    for i, unit in enumerate(form.units):
        contents.append(_unit(book, i, unit, audit, known, plant, lists, spare, beside, alone=len(form.units) == 1))
        sheets |= _titles(i, unit)
    if last is not None and has_rows(form, last):
        write_last(book.create_sheet(LAST_TITLE), form, last)
    parts = [part for part in contents if part.is_unit]
    written = [(unit, part.facts, part.tables) for unit, part in zip(form.units, parts, strict=True)]
    grey_out({sheet.title: sheet for sheet in book.worksheets}, form.plant, plant, written)
    write_cover(cover, units, audit, contents)
    protect(lists.sheet)
    book.move_sheet(lists.sheet, len(book.worksheets))
    write_data(book, replace(data_of(form, sheets), last=last_written))
    _describe(book, form)
    return book


def _unit(
    book: Workbook,
    index: int,
    unit: UnitSheets,
    audit: Audit | None,
    known: Mapping[str, Known],
    plant: WrittenFacts | None,
    lists: Lists,
    spare: int,
    beside: Mapping[str, str] | None,
    alone: bool,
) -> Contents:
    ruleset = unit.unit.ruleset
    subtitle = f'={_cover(enterprise_cell())}&"　　单元："&{_cover(unit_cell(index))}&"　　规则集：{ruleset.id}"'
    facts = write_facts(book.create_sheet(unit.facts.title), unit.facts, subtitle, lists, known, plant, beside)
    stated = audit.units[index].groups if audit is not None else {}
    rows = {table.place: stated.get(table.place.rpartition(".")[2]) for table in unit.tables}
    tables: list[WrittenTable] = [
        write_table(book.create_sheet(t.title), t, subtitle, lists, rows[t.place], spare, beside is not None)
        for t in unit.tables
    ]
    if tables:
        given = {place: listed or () for place, listed in rows.items()}
        sheet = book.create_sheet(unit.evidence)
        write_evidence(sheet, f"evidence:{index}", tables, given, subtitle, lists, spare)
    return Contents("" if alone else f"单元 {index + 1}", facts, True, tables)


def _titles(index: int, unit: UnitSheets) -> dict[str, str]:
    titles = {unit.facts.code: unit.facts.title, **{table.code: table.title for table in unit.tables}}
    return {**titles, f"evidence:{index}": unit.evidence} if unit.tables else titles


def _cover(cell: str) -> str:
    return f"{quote_sheetname(COVER_TITLE)}!{cell}"


def _known(audit: Audit | None) -> dict[str, Known]:
    """The known values of single facts, by place."""
    if audit is None:
        return {}
    found = {f"enterprise.facts.{name}": known for name, known in audit.enterprise.facts.items()}
    for i, unit in enumerate(audit.units):
        found |= {f"units[{i}].facts.{name}": known for name, known in unit.facts.items()}
    return found


def _describe(book: Workbook, form: Form) -> None:
    properties = book.properties
    properties.title = TITLE
    properties.creator = "grading"
    properties.language = "zh-CN"
    properties.subject = "；".join(f"{u.unit.ruleset.id} {u.unit.digest}" for u in form.units)[:250]
    # Nothing is calculated yet: whoever opens the workbook does it.
    book.calculation.fullCalcOnLoad = True
