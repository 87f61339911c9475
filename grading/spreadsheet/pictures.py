"""Pictures of a workbook: floating over a sheet, or inside a cell."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from openpyxl.utils import get_column_letter

from grading.spreadsheet.workbook import SheetPart, SpreadsheetFile, WorkbookError

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_ANCHORS = {f"{_DRAWING}{name}" for name in ("oneCellAnchor", "twoCellAnchor", "absoluteAnchor")}
_KINDS = {f"{_DRAWING}pic": "图片", f"{_DRAWING}sp": "图形", f"{_DRAWING}graphicFrame": "图表"}


@dataclass(frozen=True)
class Drawn:
    """Something drawn over a sheet: what it is, and the cell under its upper left corner (None: it is tied to none)."""

    kind: str
    cell: str | None


def drawn_over(book: SpreadsheetFile, sheet: SheetPart) -> list[Drawn]:
    """The things that float over a sheet. Raises WorkbookError."""
    try:
        return [
            drawn
            for kind, part in book.relations(sheet.part).values()
            if kind == "drawing" and part in book.names
            for drawn in _anchored(ElementTree.fromstring(book.archive.read(part)))
        ]
    except (ElementTree.ParseError, ValueError, KeyError) as error:
        raise WorkbookError(f"工作表“{sheet.title}”上的图形已损坏（{type(error).__name__}）") from None


def _anchored(drawing: ElementTree.Element) -> Iterator[Drawn]:
    for anchor in drawing.iter():
        if anchor.tag not in _ANCHORS:
            continue
        corner = anchor.find(f"{_DRAWING}from")
        cell = None
        if corner is not None:
            column, row = (int(corner.findtext(f"{_DRAWING}{name}", "0")) for name in ("col", "row"))
            cell = f"{get_column_letter(column + 1)}{row + 1}"
        kinds = [_KINDS[element.tag] for element in anchor.iter() if element.tag in _KINDS]
        yield from (
            Drawn(kind, cell) for kind in (kinds[:1] if "图片" not in kinds else ["图片"] * kinds.count("图片"))
        )
