"""What a text looks like, apart from its colour, and the lines that have been set in it.

A process has one font map and the lines of the texts that it has set, so that what many reports say is set once.
"""

from copy import copy
from functools import cached_property
from typing import Any

from weasyprint.css import AnonymousStyle
from weasyprint.pdf.fonts import Font
from weasyprint.text.constants import PANGO_DIRECTION
from weasyprint.text.ffi import FROM_UNITS, ffi, gobject, pango, unicode_to_char_p
from weasyprint.text.fonts import (
    FontConfiguration,
    font_features,
    get_font_description,
    get_hb_object_data,
    get_pango_font_key,
)

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
DECIDING = (
    *FEATURES,
    "font_size",
    "font_style",
    "font_weight",
    "font_stretch",
    "font_variation_settings",
    "font_language_override",
    "text_decoration_line",
    "letter_spacing",
    "word_spacing",
    "direction",
    "lang",
    "white_space",
    "overflow_wrap",
    "word_break",
    "hyphens",
    "hyphenate_character",
    "hyphenate_limit_chars",
    "hyphenate_limit_zone",
    "line_height",
    "tab_size",
)
"""Properties, with the families of fonts, that lines of text depend on; all styles with the same values share a face."""
MOST_LINES = 12_000
"""Lines that a process remembers: those of the reports of several industries, in some 20 MB."""


INK, LOGICAL = ffi.new("PangoRectangle *"), ffi.new("PangoRectangle *")


class Glyphs:
    """A font at one size; `widths` of its glyphs in thousandths of an em, as far as they were asked for."""

    def __init__(self, pango_font: Any, layout: Any) -> None:
        self.pango_font = pango_font
        self.layout = layout  # it keeps the font alive
        self.key, self.description, self.size = get_pango_font_key(pango_font)
        self.widths: dict[int, int] = {}

    @cached_property
    def font(self) -> "EmbeddedFont":
        """The font as a document embeds it."""
        return EmbeddedFont(self.pango_font, self.description, self.size).fresh()

    def width(self, glyph: int) -> int:
        """The width of a glyph, as the library rounds it."""
        known = self.widths.get(glyph)
        if known is None:
            pango.pango_font_get_glyph_extents(self.pango_font, glyph, INK, LOGICAL)
            known = self.widths[glyph] = round(LOGICAL.width * 1000 * FROM_UNITS / self.size)
        return known


class EmbeddedFont(Font):  # type: ignore[misc]
    """A font of a document. The library copies its whole file, of 20 MB, for each document, and then embeds a few glyphs."""

    _content: bytes | None = None
    agreed: dict[int, set[int]]
    """The glyphs, by the size of the font, of which this document says the same as the lines that are remembered."""

    @property
    def file_content(self) -> bytes:
        """The file, or what it was replaced with."""
        return self._content if self._content is not None else bytes(get_hb_object_data(self.hb_face))

    @file_content.setter
    def file_content(self, content: bytes) -> None:
        self._content = content

    def fresh(self) -> "EmbeddedFont":
        """The same font for a document of its own."""
        made = copy(self)
        made._content = None
        made.widths, made.to_unicode, made.missing, made.agreed = {}, {}, {}, {}
        made.variations = dict(self.variations)
        return made


class Face:
    """How a text is set. Where `is_special`, only the library knows how."""

    def __init__(self, style: Any, font_map: Any) -> None:
        self.is_special = bool(
            style["text_decoration_line"] != "none"
            or style["font_language_override"] != "normal"
            or font_features(*(style[name] for name in FEATURES))
        )
        self.size = style["font_size"]
        self.is_spaced = style["letter_spacing"] != "normal" or style["word_spacing"] != 0
        self.wraps = style["white_space"] in ("normal", "pre-wrap", "pre-line")
        self.strut: tuple[float, float] | None = None
        self.texts: dict[str, tuple[Any, ...]] = {}  # those that fit on a line
        self.lines: dict[tuple[Any, ...], tuple[Any, ...]] = {}  # first lines of others, by text, width…
        self.context = ffi.gc(pango.pango_font_map_create_context(font_map), gobject.g_object_unref)
        pango.pango_context_set_round_glyph_positions(self.context, False)
        pango.pango_context_set_base_dir(self.context, PANGO_DIRECTION[style["direction"]])
        self.language = pango.pango_language_get_default()
        if style["lang"]:
            name, _ = unicode_to_char_p(style["lang"])
            self.language = pango.pango_language_from_string(name)
            pango.pango_context_set_language(self.context, self.language)
        self.description = get_font_description(style)
        self.attributes = None
        if style["overflow_wrap"] in ("anywhere", "break-word"):
            self.attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
            pango.pango_attr_list_change(self.attributes, pango.pango_attr_insert_hyphens_new(False))


class Typecase(FontConfiguration):  # type: ignore[misc]
    """The font map with everything that was set from it."""

    def __init__(self) -> None:
        super().__init__()
        self.faces: dict[tuple[Any, ...], Face] = {}
        self.glyphs: dict[int, Glyphs] = {}
        self.has_pictures: dict[int, bool] = {}
        self.count = 0

    def face(self, style: Any) -> Face:
        """The face of a style, which remembers it. A box without an element looks like the one that it is in."""
        if isinstance(style, AnonymousStyle):
            found = style.__dict__["face"] = face_of(style.parent_style) or self.face(style.parent_style)
            return found
        key = (*style["font_family"], *(style[name] for name in DECIDING))
        if key not in self.faces:
            self.faces[key] = Face(style, self.font_map)
        style.__dict__["face"] = self.faces[key]
        return self.faces[key]

    def remember(self, lines: dict[Any, tuple[Any, ...]], key: Any, line: tuple[Any, ...]) -> None:
        """Keep a line of one of the faces; when there are too many, all others go."""
        if self.count >= MOST_LINES:
            for face in self.faces.values():
                face.texts.clear()
                face.lines.clear()
            self.count = 0
        self.count += 1
        lines[key] = line

    def is_plain(self, glyphs: Glyphs) -> bool:
        """Whether a font has outlines alone, and no pictures for emojis."""
        if glyphs.key not in self.has_pictures:
            font = glyphs.font
            self.has_pictures[glyphs.key] = bool(font.png or font.svg or font.colr or font.bitmap)
        return not self.has_pictures[glyphs.key]

    def glyphs_of(self, pango_font: Any, layout: Any) -> Glyphs:
        """A font at its size."""
        address = int(ffi.cast("uintptr_t", pango_font))
        if address not in self.glyphs:
            self.glyphs[address] = Glyphs(pango_font, layout)
        return self.glyphs[address]


def face_of(style: Any) -> Face | None:
    """The face of a style; None for a page that was not given a typecase."""
    found: Face | None = style.__dict__.get("face")
    if found is None and isinstance(style.font_config, Typecase):
        found = style.font_config.face(style)
    return found
