"""The hidden sheet that says of which ruleset the workbook was made."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from grading.ruleset_workbook.layout import META_TITLE, Layout
from grading.workbook.cell_text import put_plain

COLUMNS = 3
_WORKBOOK, _RULESET, _SHEET = "ruleset_workbook", "ruleset", "sheet"


@dataclass(frozen=True)
class Metadata:
    """The fingerprint of the workbook's layout, its ruleset with the digest, and the titles of its sheets by code."""

    fingerprint: str
    ruleset: str
    digest: str
    sheets: Mapping[str, str]


def write_metadata(book: Workbook, layout: Layout) -> None:
    """Write the hidden sheet."""
    sheet: Worksheet = book.create_sheet(META_TITLE)
    sheet.sheet_state = "veryHidden"
    rows = [(_WORKBOOK, layout.fingerprint, ""), (_RULESET, layout.ruleset.id, layout.digest)]
    rows += [(_SHEET, content.code, content.title) for content in layout.sheets]
    for number, entry in enumerate(rows, start=1):
        for column, text in enumerate(entry, start=1):
            cell = sheet.cell(number, column)
            assert isinstance(cell, Cell)
            put_plain(cell, text)


def read_metadata(rows: Iterable[Sequence[str]]) -> Metadata | None:
    """The metadata of the hidden sheet; None where the workbook is none of a ruleset."""
    fingerprint = ruleset = digest = ""
    sheets: dict[str, str] = {}
    for kind, first, second in rows:
        if kind == _WORKBOOK:
            fingerprint = first
        elif kind == _RULESET:
            ruleset, digest = first, second
        elif kind == _SHEET:
            sheets[first] = second
    return Metadata(fingerprint, ruleset, digest, sheets) if fingerprint and ruleset else None
