"""WeasyPrint, with what it does again and again done once. Pages come out the same, as a test holds.

`quicken` puts these functions in the place of the library's own.
"""

from typing import Any

import pydyf
from weasyprint.css import AnonymousStyle, ComputedStyle, computed_values, units
from weasyprint.draw import text as draw_text
from weasyprint.formatting_structure.boxes import Box, LineBox, ParentBox
from weasyprint.layout import absolute, background, block, column, grid, inline, page, percent, preferred, table
from weasyprint.layout import float as layout_float
from weasyprint.pdf.stream import Stream
from weasyprint.text import line_break

from reports.typesetting import boxes, drawing, texts

Place = tuple[Any, str, Any]
PLACES: tuple[Place, ...] = (
    (line_break, "Layout", texts.Layout),
    *((module, "split_first_line", texts.split_first_line) for module in (line_break, inline, preferred)),
    *((module, "strut", texts.strut) for module in (line_break, inline, computed_values, units)),
    (Box, "is_in_normal_flow", boxes.is_in_normal_flow),
    (ParentBox, "page_values", boxes.page_values),
    (LineBox, "page_values", boxes.page_values_of_line),
    (block, "collapse_margin", boxes.collapse_margin),
    (ComputedStyle, "__missing__", boxes.look_up),
    (AnonymousStyle, "__init__", boxes.start_anonymous),
    (ComputedStyle, "__init__", boxes.start_computed),
    *(
        (module, "resolve_percentages", boxes.resolve_percentages)
        for module in (percent, absolute, block, column, layout_float, grid, inline, page, table)
    ),
    (background, "layout_box_backgrounds", boxes.layout_box_backgrounds),
    (draw_text, "draw_first_line", drawing.draw_first_line),
    (pydyf, "_to_bytes", drawing.to_bytes),
    (pydyf.Stream, "data", property(drawing.stream_data)),
    (Stream, "stacked", drawing.stacked),
    (pydyf.PDF, "page_references", property(drawing.page_references)),
)
"""Where a function of the library is looked up, by which name, and what is to be found there."""
_LIBRARY = tuple((owner, name, getattr(owner, name)) for owner, name, _ in PLACES)


def quicken(on: bool = True) -> None:
    """Use these functions in this process from now on, or the library's own again."""
    for owner, name, function in PLACES if on else _LIBRARY:
        setattr(owner, name, function)
