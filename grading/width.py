"""Full-width and half-width characters as the ordinary ones; a superscript or a circled digit means something else, and stays."""

import unicodedata

_SAME_BUT_FOR_WIDTH = ("<wide>", "<narrow>", "<noBreak>")


def ordinary_width(text: str) -> str:
    """The text with each character in its ordinary width."""
    return text if text.isascii() else "".join(map(_ordinary, text))


def differs_in_width_only(character: str) -> bool:
    """True when Unicode knows the character as another one in another width."""
    return unicodedata.decomposition(character).startswith(_SAME_BUT_FOR_WIDTH)


def _ordinary(character: str) -> str:
    return unicodedata.normalize("NFKC", character) if differs_in_width_only(character) else character
