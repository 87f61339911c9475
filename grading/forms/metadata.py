"""The hidden sheet that says what the form is: its version, its rulesets with their digests, what each place asks for."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from pydantic import ValidationError

from grading.forms.layout import META_TITLE, Form
from grading.forms.write_evidence import items
from grading.model.ruleset import Fact
from grading.workbook.cell_text import put_plain

FORM_VERSION = "1"
COLUMNS = 4
_FORM, _UNIT, _SHEET, _FIELD, _TABLE, _ITEM, _LAST = "form", "unit", "sheet", "field", "table", "item", "last"
_CHUNK = 30_000
"""Characters of a long text that go into a cell."""


class NotAFormError(ValueError):
    """The workbook does not say, or no longer says rightly, what form it is."""


@dataclass(frozen=True)
class Field:
    """Something the form asks for: its place (`units[0].facts.x`, of a table's column `units[0].groups.g[].x`), the
    code of its sheet, and the fact as the form understands it."""

    place: str
    sheet: str
    fact: Fact


@dataclass(frozen=True)
class FormData:
    """The content of the hidden sheet. `sheets` are titles by code, `tables` the sheet's code and the name of the row
    key by the place of the group; `items` what the evidence sheets call a column (or `…[]`, a whole row), by the
    sheet's code and the name used there."""

    units: tuple[tuple[str, str], ...]
    """Ruleset and digest of each unit."""
    sheets: dict[str, str]
    fields: tuple[Field, ...]
    tables: dict[str, tuple[str, str]]
    items: dict[tuple[str, str], str]
    last: str = ""
    """Last time's answers as JSON, of a form that was begun from them."""


def data_of(form: Form, sheets: dict[str, str]) -> FormData:
    """The description of a form; `sheets` are its sheets' titles by code."""
    fact_sheets = [*([form.plant] if form.plant else []), *(unit.facts for unit in form.units)]
    fields = [
        Field(line.place, sheet.code, line.question.fact)
        for sheet in fact_sheets
        for band in sheet.bands
        for line in band.lines
    ]
    tables = [table for unit in form.units for table in unit.tables]
    fields += [Field(line.place, t.code, line.question.fact) for t in tables for line in t.columns]
    return FormData(
        units=tuple((unit.unit.ruleset.id, unit.unit.digest) for unit in form.units),
        sheets=sheets,
        fields=tuple(fields),
        tables={table.place: (table.code, table.key) for table in tables},
        items={
            (f"evidence:{i}", name): f"{table.place}[]" + (f".{fact}" if fact else "")
            for i, unit in enumerate(form.units)
            for name, (table, fact) in items(unit.tables).items()
        },
    )


def write_data(book: Workbook, data: FormData) -> None:
    """Write the hidden sheet."""
    sheet: Worksheet = book.create_sheet(META_TITLE)
    sheet.sheet_state = "veryHidden"
    for number, entry in enumerate(_entries(data), start=1):
        for column, text in enumerate(entry, start=1):
            cell = sheet.cell(number, column)
            put_plain(cell, text)  # type: ignore[arg-type]
    sheet.protection.sheet = True


def _entries(data: FormData) -> Iterable[Sequence[str]]:
    yield _FORM, FORM_VERSION
    for ruleset, digest in data.units:
        yield _UNIT, ruleset, digest
    for code, title in data.sheets.items():
        yield _SHEET, code, title
    for place, (code, key) in data.tables.items():
        yield _TABLE, place, code, key
    for (code, name), place in data.items.items():
        yield _ITEM, code, name, place
    for chunk in _chunks(data.last):
        yield _LAST, chunk
    for field in data.fields:
        fact = field.fact.model_dump(
            mode="json", include={"id", "label", "type", "group", "unit", "min", "max", "decimals", "options"}
        )
        yield _FIELD, field.place, field.sheet, json.dumps(fact, ensure_ascii=False)


def _chunks(text: str) -> Iterable[str]:
    """A text in parts that cells take; none begins or ends with a space, which a cell would lose."""
    while len(text) > _CHUNK:
        end = _CHUNK
        while text[end - 1].isspace() or text[end].isspace():
            end -= 1
        yield text[:end]
        text = text[end:]
    if text:
        yield text


def read_data(rows: Iterable[Sequence[str]]) -> FormData:
    """The data of a form from the rows of its hidden sheet. Raises NotAFormError (in Chinese, for people)."""
    units: list[tuple[str, str]] = []
    sheets: dict[str, str] = {}
    tables: dict[str, tuple[str, str]] = {}
    items_: dict[tuple[str, str], str] = {}
    fields: list[Field] = []
    last: list[str] = []
    version = None
    for kind, first, second, third in rows:
        if kind == _FORM:
            version = first
        elif kind == _UNIT:
            units.append((first, second))
        elif kind == _SHEET:
            sheets[first] = second
        elif kind == _TABLE:
            tables[first] = second, third
        elif kind == _ITEM:
            items_[first, second] = third
        elif kind == _FIELD:
            fields.append(Field(first, second, _fact(third)))
        elif kind == _LAST:
            last.append(first)
        elif kind:
            raise NotAFormError(f"隐藏表“{META_TITLE}”中有看不懂的一行“{kind[:40]}”")
    if version != FORM_VERSION:
        found = f"是第 {version[:20]} 版" if version else "没有写明版本"
        raise NotAFormError(f"核查表{found}，本程序只能读第 {FORM_VERSION} 版")
    if not units or not fields:
        raise NotAFormError(f"隐藏表“{META_TITLE}”不完整")
    return FormData(tuple(units), sheets, tuple(fields), tables, items_, "".join(last))


def _fact(text: str) -> Fact:
    try:
        return Fact.model_validate_json(text)
    except ValidationError:
        raise NotAFormError(f"隐藏表“{META_TITLE}”中有一项读不出来：“{text[:60]}”") from None
