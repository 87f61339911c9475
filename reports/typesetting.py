"""WeasyPrint's text layouts, with what it does again for every text, and for every line once more when it draws, done once.

`quicken` puts them in the place of the library's own. Pages come out the same (`tests/reports/test_typesetting.py`); what
goes is a sixth of the time, paid for with the layouts of one document in memory until it is written.
"""

from typing import Any

import pydyf
from weasyprint.text import line_break
from weasyprint.text.constants import PANGO_DIRECTION
from weasyprint.text.ffi import ffi, gobject, pango, unicode_to_char_p
from weasyprint.text.fonts import font_features, get_font_description

_LibraryLayout = line_break.Layout
_library_page_references = pydyf.PDF.page_references
FEATURES = (
    "font_kerning",
    "font_variant_ligatures",
    "font_variant_position",
    "font_variant_caps",
    "font_variant_numeric",
    "font_variant_alternates",
    "font_variant_east_asian",
    "font_feature_settings",
)


class Layout(_LibraryLayout):  # type: ignore[misc, valid-type]
    """A text laid out with the context of its style, and kept as it was until it is drawn."""

    def setup(self, style: Any) -> None:
        """Make an empty layout. The library makes context, language and font description anew each time."""
        known = style.font_config.__dict__.setdefault("contexts", {})
        # The style is kept beside its context, so that no other takes its place in memory.
        _, context, description, language = known.get(id(style)) or known.setdefault(id(style), _context(style))
        if context is None:
            super().setup(style)
            return
        self.style, self.language, self.first_line_direction = style, language, 0
        self.ascent = self.underline_position = self.strikethrough_position = None
        self.layout = ffi.gc(pango.pango_layout_new(context), gobject.g_object_unref)
        pango.pango_layout_set_auto_dir(self.layout, False)
        pango.pango_layout_set_font_description(self.layout, description)

    def deactivate(self) -> None:
        """Keep what the library would throw away when a line is laid out, to shape it again when it is drawn."""

    def reactivate(self, style: Any) -> None:
        """Nothing to do, as long as the text is not justified, which reports never are."""
        if self.justification_spacing:
            super().reactivate(style)


def _context(style: Any) -> tuple[Any, Any, Any, Any]:
    """A style with its Pango context, font description and language; without, where only the library knows how to."""
    special = (
        style["text_decoration_line"] != "none"
        or style["font_language_override"] != "normal"
        or not style["lang"]
        or font_features(*(style[name] for name in FEATURES))
    )
    if special:
        return style, None, None, None
    context = ffi.gc(pango.pango_font_map_create_context(style.font_config.font_map), gobject.g_object_unref)
    pango.pango_context_set_round_glyph_positions(context, False)
    pango.pango_context_set_base_dir(context, PANGO_DIRECTION[style["direction"]])
    name, _ = unicode_to_char_p(style["lang"])
    language = pango.pango_language_from_string(name)
    pango.pango_context_set_language(context, language)
    return style, context, get_font_description(style), language


def _page_references(made: pydyf.PDF) -> tuple[bytes, ...]:
    """The references of all pages; the library lists them anew for each of thousands of elements."""
    kids = made.pages["Kids"]
    known: tuple[bytes, ...] | None = made.__dict__.get("known_page_references")
    if known is None or 3 * len(known) != len(kids):
        known = made.known_page_references = tuple(f"{number} 0 R".encode() for number in kids[::3])
    return known


def quicken(on: bool = True) -> None:
    """Use these layouts in this process from now on, or the library's own again."""
    line_break.Layout = Layout if on else _LibraryLayout
    pydyf.PDF.page_references = property(_page_references) if on else _library_page_references
