"""Drawing lines: what `texts` has read of them is written down; the library reads it glyph by glyph for every line."""

import zlib
from collections.abc import Callable
from typing import Any

import pydyf
from weasyprint.draw import text as library
from weasyprint.matrix import Matrix

from reports.typesetting.faces import EmbeddedFont
from reports.typesetting.texts import LibraryLayout, Line, Run

LEVEL = 6
library_draw_first_line = library.draw_first_line
library_to_bytes = pydyf._to_bytes
library_page_references = pydyf.PDF.page_references


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


def page_references(made: pydyf.PDF) -> tuple[bytes, ...]:
    """The references of all pages; the library lists them anew for each of thousands of elements."""
    kids = made.pages["Kids"]
    known: tuple[bytes, ...] | None = made.__dict__.get("known_page_references")
    if known is None or 3 * len(known) != len(kids):
        known = made.known_page_references = tuple(f"{number} 0 R".encode() for number in kids[::3])
    return known


def to_bytes(item: Any) -> bytes:
    """Something as a PDF has it; the library asks what it is in the order of rarity."""
    kind = type(item)
    if kind is bytes:
        return item  # type: ignore[no-any-return]
    if kind is str:
        return item.encode("ascii")  # type: ignore[no-any-return]
    if kind is int:
        return b"%d" % item
    return library_to_bytes(item)  # type: ignore[no-any-return]


def stream_data(stream: pydyf.Stream) -> bytes:
    """A stream with its dictionary. The library compresses at the best level, which takes twice the time for one percent."""
    content = b"\n".join([to_bytes(item) for item in stream.stream])
    extra = pydyf.Dictionary(stream.extra)
    if stream.compress:
        extra["Filter"] = "/FlateDecode"
        content = zlib.compress(content, LEVEL)
    extra["Length"] = len(content)
    return b"\n".join((extra.data, b"stream", content, b"endstream"))


class Within:
    """Between two calls; the library makes a generator for each of thousands of these."""

    __slots__ = ("after", "before")

    def __init__(self, before: Callable[[], None], after: Callable[[], None]) -> None:
        self.before, self.after = before, after

    def __enter__(self) -> None:
        self.before()

    def __exit__(self, *_: object) -> None:
        self.after()


def stacked(stream: Any) -> Within:
    """Keep the state of a page and put it back."""
    return Within(stream.push_state, stream.pop_state)
