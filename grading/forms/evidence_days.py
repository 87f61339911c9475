"""Cells about the evidence of a value, in a form: the day it was taken, its last day, what it covers."""

from collections.abc import Mapping
from typing import Any

from openpyxl.cell import Cell

from grading.forms.cell_values import UnreadableError, read_text, read_value
from grading.forms.wording import COVERS, TAKEN, VALID_UNTIL
from grading.forms.write_day import put_day
from grading.model.audit import Known
from grading.model.ruleset import Fact
from grading.spreadsheet.entry import Entry
from grading.workbook.cell_text import put_text

DAYS: Mapping[str, Fact] = {
    "taken": Fact(id="taken", label=TAKEN, type="date"),
    "valid_until": Fact(id="valid_until", label=VALID_UNTIL, type="date"),
}
LABELS: Mapping[str, str] = {"taken": TAKEN, "valid_until": VALID_UNTIL, "covers": COVERS}
"""Statements about evidence in forms, with the heads of their columns; earlier forms lack them."""


def put_about(cells: Mapping[str, Cell], known: Known | None) -> None:
    """Write what an audit states of a value's evidence."""
    for name in DAYS:
        cells[name].number_format = "yyyy-mm-dd"
        day = getattr(known, name) if known is not None else None
        if day is not None:
            put_day(cells[name], day)
    cells["covers"].number_format = "@"
    if known is not None and known.covers is not None:
        put_text(cells["covers"], known.covers)


def read_about(name: str, entry: Entry) -> Any:
    """A cell's statement as a JSON value; None where it is empty. Raises UnreadableError."""
    return read_text(entry) or None if name == "covers" else read_value(entry, DAYS[name])


def has_about(known: Known) -> bool:
    """True when anything is stated of a value's evidence beside its names."""
    return any(getattr(known, name) is not None for name in LABELS)


__all__ = ["LABELS", "UnreadableError", "has_about", "put_about", "read_about"]
