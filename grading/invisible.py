"""Characters that nobody sees, in texts that people write: left out, and named where that has to be said."""

import unicodedata

CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f"
"""Controls other than tab and line ends, as part of a regular expression's class, like the next ones."""
NOT_IN_XML = CONTROL + "\ufffe\uffff"
"""Characters that XML can't write, without halves of surrogate pairs, which no encoded text has."""
UNWRITABLE = NOT_IN_XML + "\x7f-\x9f"
"""Characters that no document should hold."""
SURROGATES = "\ud800-\udfff"
"""Halves of surrogate pairs, which JSON can bring in."""
_JOINS_EMOJI = "\u200d"
_SHAPELESS = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u2800\u3164\uffa0")


def without_invisible(text: str) -> str:
    """The text without characters that have no shape; what is written with them stays readable."""
    if text.isascii():
        return text
    return "".join(c for i, c in enumerate(text) if not is_invisible(c) or _joins(text, i))


def has_shapeless(text: str) -> bool:
    """True when a text has characters without a shape that Python takes for printable, or soft hyphens."""
    return not _SHAPELESS.isdisjoint(text)


def shown_invisible(text: str) -> str:
    """The text with every such character as its code: `line\u200b-1` → `line<U+200B>-1`; at most 200 characters."""
    return "".join(f"<U+{ord(c):04X}>" if is_invisible(c) or not c.isprintable() else c for c in text[:200])


def is_invisible(character: str) -> bool:
    """True when a character has no shape."""
    return unicodedata.category(character) == "Cf" or character in _SHAPELESS


def _joins(text: str, at: int) -> bool:
    """True when a joiner stands between two pictures of which it makes one."""
    around = text[at - 1 : at] + text[at + 1 : at + 2]
    return text[at] == _JOINS_EMOJI and len(around) == 2 and all(c >= "\u2600" for c in around)
