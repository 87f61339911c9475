"""Workbooks whose parts are changed by hand, as other programmes write them."""

import io
import zipfile
from collections.abc import Callable, Mapping

from openpyxl import Workbook

from grading.spreadsheet.entry import Entry
from grading.spreadsheet.workbook import SpreadsheetFile

SHEET = "xl/worksheets/sheet1.xml"
Change = Callable[[dict[str, bytes]], None]


def repacked(data: bytes, change: Change) -> bytes:
    """A workbook with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def blank() -> bytes:
    """A workbook with one empty sheet."""
    buffer = io.BytesIO()
    Workbook().save(buffer)
    return buffer.getvalue()


def with_rows(rows: str, change: Change | None = None) -> bytes:
    """A workbook whose sheet has these rows, as XML."""

    def put(parts: dict[str, bytes]) -> None:
        head, _, rest = parts[SHEET].decode().partition("<sheetData></sheetData>")
        parts[SHEET] = f"{head}<sheetData>{rows}</sheetData>{rest}".encode()
        if change is not None:
            change(parts)

    return repacked(blank(), put)


def entries(cells: str, change: Change | None = None) -> list[Mapping[int, Entry]]:
    """The entries of a row with these cells."""
    with SpreadsheetFile(io.BytesIO(with_rows(f'<row r="1">{cells}</row>', change))) as file:
        return [row for _, row in file.rows(file.sheets[0])]
