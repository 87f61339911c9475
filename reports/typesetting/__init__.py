"""WeasyPrint, with lines of text set once. Pages come out the same, as a test holds.

`quicken` puts these functions in the place of the library's own.
"""

from typing import Any

from weasyprint.css import computed_values, units
from weasyprint.draw import text as draw_text
from weasyprint.layout import inline, preferred
from weasyprint.text import line_break

from reports.typesetting import drawing, texts

Place = tuple[Any, str, Any]
PLACES: tuple[Place, ...] = (
    (line_break, "Layout", texts.Layout),
    *((module, "split_first_line", texts.split_first_line) for module in (line_break, inline, preferred)),
    *((module, "strut", texts.strut) for module in (line_break, inline, computed_values, units)),
    (draw_text, "draw_first_line", drawing.draw_first_line),
)
"""Where a function of the library is looked up, by which name, and what is to be found there."""
_LIBRARY = tuple((owner, name, getattr(owner, name)) for owner, name, _ in PLACES)


def quicken(on: bool = True) -> None:
    """Use these functions in this process from now on, or the library's own again."""
    for owner, name, function in PLACES if on else _LIBRARY:
        setattr(owner, name, function)
