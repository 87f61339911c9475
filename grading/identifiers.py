"""Identifiers of units and of rows of tables: one spelling for what reads the same, or a reason why there is none."""

import unicodedata

from grading.invisible import is_invisible
from grading.width import differs_in_width_only

MAX_ID = 200
"""So many characters an identifier may have."""
_CHINESE_PUNCTUATION = frozenset("，：；！？（）～")
"""Full-width signs that are the ordinary ones in Chinese text, and stay."""
_LOOK_ALIKES = frozenset("АВЕЅІЈКМНОРСТУХаеѕіјорсухԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲ")
"""Cyrillic and Greek letters that look like Latin ones."""


class IdentifierError(ValueError):
    """A text can't be an identifier; the message says why, in Chinese."""


def normalise_id(text: str) -> tuple[str, bool]:
    """The identifier without spaces around it, in ordinary width, without invisible characters; and whether that changed it.

    Spaces around an identifier don't count as a change. Raises IdentifierError.
    """
    given = text.strip()
    if given.isascii() and given.isprintable() and given and len(given) <= MAX_ID:
        return given, False
    plain = unicodedata.normalize("NFC", "".join(_ordinary(character) for character in given)).strip()
    if not plain:
        raise IdentifierError("编号只有空格或看不见的字符" if given else "编号是空的")
    if len(plain) > MAX_ID:
        raise IdentifierError(f"编号有 {len(plain):,} 个字符，不得超过 {MAX_ID} 个")
    for character in plain:
        _refuse(character)
    return plain, plain != given


def _ordinary(character: str) -> str:
    """A character as it is usually written; nothing for one that nobody sees."""
    if character.isascii() or character in _CHINESE_PUNCTUATION:
        return character
    if is_invisible(character) or _chooses_a_shape(character):
        return ""
    kind, _, codes = unicodedata.decomposition(character).partition(" ")
    if differs_in_width_only(character) or (kind == "<compat>" and " " not in codes):
        return unicodedata.normalize("NFKC", character)
    return " " if unicodedata.category(character) == "Zs" else character


def _chooses_a_shape(character: str) -> bool:
    """Whether a character only says how the one before it is drawn; in texts, as for emoji, it stays."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _refuse(character: str) -> None:
    code = f"U+{ord(character):04X}"
    kind = unicodedata.category(character)
    if kind in ("Cc", "Zl", "Zp"):
        raise IdentifierError(f"编号中有换行、制表符或控制字符（{code}）")
    if kind in ("Cs", "Co", "Cn"):
        raise IdentifierError(f"编号中有没有通用含义的字符（{code}）")
    if character in _LOOK_ALIKES:
        raise IdentifierError(f"编号中的“{character}”（{code}）不是英文字母，只是与之形似；请改为英文字母")
