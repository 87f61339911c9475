"""Lines of text: broken as the library breaks them, with less to set, and each once however often it occurs.

The library sets four lines' worth of text to find where the first one ends, sets that line again, and once more when it is
drawn. Here it is set once, with little more text than a line has, and what is drawn is read from that.
"""

import re
import struct
from math import inf
from sys import intern
from typing import Any, NamedTuple

from weasyprint.text import line_break
from weasyprint.text.ffi import FROM_UNITS, TO_UNITS, ffi, gobject, pango
from weasyprint.text.line_break import get_next_break_point, line_size

from reports.typesetting.faces import Face, Glyphs, Typecase, face_of

LibraryLayout = line_break.Layout
library_split_first_line = line_break.split_first_line
library_strut = line_break.strut
COMMON = re.compile(
    "[ -~\u00a1-\u00ac\u00ae-\u024f\u0370-\u03ff\u2010-\u2027\u2030-\u205e"
    "\u2070-\u2bff\u3000-\u9fff\uf900-\ufaff\uff00-\uffef]*"
)
"""Texts that run from left to right in one line each, without marks that can't be seen."""
LIBRARY_EMS, CHARACTERS_EM, MORE = 4, 1.15, 6
"""What is set to find a line's end, in characters: the library's four an em, and here a few more than an em has of Chinese."""
TINY = 0.01
"""Pixels by which a text must be shorter than a line to be told to fit without setting it: Pango's widths are rounded."""
GLYPH = struct.Struct("IiiiI")
"""PangoGlyphInfo: the glyph, its width, its offsets to the right and down, flags."""


class Run(NamedTuple):
    """Glyphs of one font: `shown` as an array of a PDF stands for them; of each glyph, the text that it stands for."""

    glyphs: Glyphs
    shown: str
    used: tuple[int, ...]
    texts: tuple[str, ...]


class Line:
    """A line ready to be drawn; stands where the library has its layout."""

    __slots__ = ("first_line_direction", "runs", "text")

    def __init__(self, text: str, direction: int, runs: tuple[Run, ...]) -> None:
        self.text, self.first_line_direction, self.runs = text, direction, runs

    def deactivate(self) -> None:
        """Nothing is held that could be let go."""

    def reactivate(self, style: Any) -> None:
        """Nothing was let go."""


class Layout(LibraryLayout):  # type: ignore[misc, valid-type]
    """A layout with the context of its face; the library makes context, language and description anew for each."""

    def setup(self, style: Any) -> None:
        """Make an empty layout."""
        face = face_of(style)
        if face is None or face.is_special:
            super().setup(style)
            return
        self.style, self.language, self.first_line_direction = style, face.language, 0
        self.ascent = self.underline_position = self.strikethrough_position = None
        self.layout = ffi.gc(pango.pango_layout_new(face.context), gobject.g_object_unref)
        pango.pango_layout_set_auto_dir(self.layout, False)
        pango.pango_layout_set_font_description(self.layout, face.description)

    def deactivate(self) -> None:
        """Keep what the library throws away when a line is set, to set it again when it is drawn."""

    def reactivate(self, style: Any) -> None:
        """Nothing to do, as long as the text is not justified, which reports never are."""
        if self.justification_spacing:
            super().reactivate(style)


def split_first_line(
    text: str,
    style: Any,
    context: Any,
    max_width: float | None,
    justification_spacing: float,
    is_line_start: bool = True,
    minimum: bool = False,
) -> tuple[Any, ...]:
    """The first line of a text, as the library's function of this name tells it: (layout, length, where to go on, sizes…)."""
    case: Typecase = style.font_config
    face = face_of(style)
    if face is None or face.is_special or justification_spacing:
        return library_split_first_line(  # type: ignore[no-any-return]
            text, style, context, max_width, justification_spacing, is_line_start, minimum
        )
    found = face.texts.get(text)
    if found is not None and (max_width is None or found[3] < max_width - TINY):
        return found
    key = (text, max_width, is_line_start, minimum)
    found = face.lines.get(key)
    if found is None:
        found = _short(text, style, face, max_width) or _set(
            case, text, style, context, max_width, is_line_start, minimum
        )
        if not isinstance(found[0], Line):
            return found
        if found[2] is None:
            case.remember(face.texts, text, found)
        else:
            case.remember(face.lines, key, found)
    return found


def _set(case: Typecase, text: str, style: Any, context: Any, *options: Any) -> tuple[Any, ...]:
    """The first line of a text, set by the library."""
    width, is_line_start, minimum = options
    layout, *rest = library_split_first_line(text, style, context, width, 0, is_line_start, minimum)
    pango.pango_layout_set_single_paragraph_mode(layout.layout, True)
    first, _ = layout.get_first_line()
    runs = _runs(case, layout.layout, first, layout.text.encode())
    line = layout if runs is None else Line(layout.text, layout.first_line_direction, runs)
    return (line, *rest)


def _short(text: str, style: Any, face: Face, max_width: float | None) -> tuple[Any, ...] | None:
    """The first line of a text, from little more of it than that; None where it takes the library to tell."""
    if max_width is None:
        max_width = inf
    if not face.wraps or face.is_spaced or max_width == inf or face.size * LIBRARY_EMS > max_width:
        return None
    if not COMMON.fullmatch(text):
        return None
    ems = max_width / face.size
    for length in (int(ems * CHARACTERS_EM) + MORE, int(ems * LIBRARY_EMS)):
        draft = text[:length]
        found = _line_of(draft, draft == text, style, face, max_width)
        if found is not None or draft == text:
            return found
    return None


def _line_of(draft: str, is_whole: bool, style: Any, face: Face, max_width: float) -> tuple[Any, ...] | None:
    """The first line of a text that begins with the draft; None where the draft does not tell."""
    layout = ffi.gc(pango.pango_layout_new(face.context), gobject.g_object_unref)
    pango.pango_layout_set_auto_dir(layout, False)
    pango.pango_layout_set_single_paragraph_mode(layout, True)
    pango.pango_layout_set_font_description(layout, face.description)
    pango.pango_layout_set_width(layout, int(max_width * TO_UNITS))
    encoded = draft.encode()
    pango.pango_layout_set_text(layout, encoded, len(encoded))
    if face.attributes is not None:
        pango.pango_layout_set_attributes(layout, face.attributes)
    first = pango.pango_layout_get_line_readonly(layout, 0)
    second = pango.pango_layout_get_line_readonly(layout, 1)
    width, height = line_size(first, style)
    if width > max_width:
        return None
    line, resume_at = draft, None
    if second != ffi.NULL:
        resume_at = second.start_index
        line = encoded[:resume_at].decode()
        if line[-1].isspace() or not _is_ended(layout, draft, len(line), is_whole):
            return None
    elif not is_whole:
        return None
    runs = _runs(style.font_config, layout, first, encoded)
    if runs is None:
        return None
    baseline = pango.pango_layout_get_baseline(layout) * FROM_UNITS
    return Line(line, first.resolved_dir, runs), first.length, resume_at, width, height, baseline


def _is_ended(layout: Any, draft: str, length: int, is_whole: bool) -> bool:
    """Whether a line ends after so many characters whatever follows: the next one can be broken, and nothing more fits."""
    attributes = pango.pango_layout_get_log_attrs_readonly(layout, ffi.NULL)[length + 1 : len(draft)]
    break_point = get_next_break_point(attributes)
    if break_point is None and not is_whole:
        return False
    word = draft[length:][:break_point].rstrip(" ")
    # A word and the space behind it: the word alone may fit.
    return not word or draft[length:][break_point or -1] != " "


def _runs(case: Typecase, layout: Any, line: Any, encoded: bytes) -> tuple[Run, ...] | None:
    """What is drawn for a line; None where there is anything but glyphs that follow each other from left to right."""
    found: list[Run] = []
    node = line.runs
    while node != ffi.NULL:
        item, glyphs_item = node.data.item, node.data.glyphs
        node = node.next
        glyphs = case.glyphs_of(item.analysis.font, layout)
        if item.analysis.level % 2 or not case.is_plain(glyphs):
            return None
        texts, shown = _shown(glyphs, glyphs_item, encoded[item.offset : item.offset + item.length])
        if shown is None:
            return None
        if found and found[-1].glyphs is glyphs:
            before = found.pop()
            texts = dict(zip(before.used, before.texts, strict=True)) | {
                glyph: text for glyph, text in texts.items() if glyph not in before.used
            }
            shown = before.shown + shown
        found.append(Run(glyphs, shown, tuple(texts), tuple(texts.values())))
    return tuple(found)


def _shown(glyphs: Glyphs, string: Any, text: bytes) -> tuple[dict[int, str], str | None]:
    """The texts of glyphs, and the glyphs as an array of a PDF shows them; None where one of them stands off the line."""
    count = string.num_glyphs
    ends = [*ffi.unpack(string.log_clusters, count), len(text)]
    texts: dict[int, str] = {}
    shown = ["<"]
    for n, (glyph, width, right, down, _) in enumerate(
        GLYPH.iter_unpack(ffi.buffer(string.glyphs, count * GLYPH.size))
    ):
        if down or glyph >= pango.PANGO_GLYPH_EMPTY:
            return {}, None
        offset = right / glyphs.size
        if offset:
            shown.append(f">{-offset}<")
        if glyph not in texts:
            texts[glyph] = intern(text[ends[n] : ends[n + 1]].decode())
        shown.append(f"{glyph:04x}")
        kerning = glyphs.width(glyph) + offset - width * 1000 * FROM_UNITS / glyphs.size
        if kerning:
            shown.append(f">{int(kerning)}<")
    array = "".join(shown)
    return texts, array[:-1] if array[-1] == "<" else array + ">"


def strut(style: Any) -> tuple[float, float]:
    """Height and baseline of an empty line; the library looks them up under a key of many words."""
    face = face_of(style)
    if face is None:
        return library_strut(style)  # type: ignore[no-any-return]
    if face.strut is None:
        face.strut = library_strut(style)
    return face.strut
