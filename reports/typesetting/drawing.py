"""Drawing lines: what `texts` has read of them is written down; the library reads it glyph by glyph for every line."""

from typing import Any

from weasyprint.draw import text as library
from weasyprint.matrix import Matrix

from reports.typesetting.faces import EmbeddedFont
from reports.typesetting.texts import LibraryLayout, Line, Run

library_draw_first_line = library.draw_first_line


def draw_first_line(stream: Any, box: Any, text_overflow: str, block_ellipsis: str, matrix: Matrix) -> list[Any]:
    """Draw the text of a box into a page; gives the pictures that are to be drawn as well, of which there are none."""
    line = box.pango_layout
    if not isinstance(line, Line):
        return library_draw_first_line(stream, box, text_overflow, block_ellipsis, matrix)  # type: ignore[no-any-return]
    if not line.text.strip() or box.style["font_size"] < 1e-6:
        return []
    fonts = [_font(stream, run) for run in line.runs]
    if text_overflow == "ellipsis" or block_ellipsis != "none" or None in fonts:
        box.pango_layout = LibraryLayout(box.style)
        box.pango_layout.set_text(line.text)
        return library_draw_first_line(stream, box, text_overflow, block_ellipsis, matrix)  # type: ignore[no-any-return]
    stream.set_text_matrix(*matrix.values)
    for font, run in zip(fonts, line.runs, strict=True):
        stream.set_font_size(font.hash, run.glyphs.size)  # type: ignore[union-attr]
        stream.show_text(run.shown)
    return []


def _font(stream: Any, run: Run) -> EmbeddedFont | None:
    """The document's font with the glyphs of a run; None where it has them in other widths, from another size."""
    glyphs = run.glyphs
    font: EmbeddedFont | None = stream._fonts.get(glyphs.key)
    if font is None:
        font = stream._fonts[glyphs.key] = glyphs.font.fresh()
    if not isinstance(font, EmbeddedFont):
        return None
    agreed = font.agreed.get(id(glyphs))
    if agreed is None:
        agreed = font.agreed[id(glyphs)] = set()
    if not agreed.issuperset(run.used):
        for glyph, text in zip(run.used, run.texts, strict=True):
            font.to_unicode.setdefault(glyph, text)
            if font.widths.setdefault(glyph, glyphs.widths[glyph]) != glyphs.widths[glyph]:
                return None
            agreed.add(glyph)
    return font
