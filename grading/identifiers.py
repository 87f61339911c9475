"""Identifiers of units and of rows of tables: one spelling for what reads the same, or a reason why there is none."""

import re
import unicodedata

from grading.invisible import is_invisible
from grading.nothing_stated import NOTHING
from grading.problems.codes import ProblemCode
from grading.problems.reason import ReasonError
from grading.width import differs_in_width_only

MAX_ID = 200
"""So many characters an identifier may have."""
_CHINESE_PUNCTUATION = frozenset("，：；！？（）～")
"""Full-width signs that are the ordinary ones in Chinese text, and stay."""
_LOOK_ALIKES = frozenset("АВЕЅІЈКМНОРСТУХаеѕіјорсухԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲ")
"""Cyrillic and Greek letters that look like Latin ones."""


_TOTAL = r"(?:合|小|总|共|累)\s*计|汇总|平均值?|均值|最大值|最小值|示例|样例|例|备注|说明|注"
NO_OBJECT = rf"(?i)^(?:{NOTHING}|(?:{_TOTAL})[:：]?|(?:备注|说明|注|填表人|填报人|制表人|审核人)\s*[:：].*)$"
"""The pattern of what stands below or above the rows of a table, and names none of them."""
_NO_OBJECT = re.compile(NO_OBJECT, re.S)


class IdentifierError(ReasonError):
    """A text can't be an identifier."""


def normalise_id(text: str) -> tuple[str, bool]:
    """The identifier without spaces around it, in ordinary width, without invisible characters; and whether that changed it.

    Spaces around an identifier don't count as a change. Raises IdentifierError.
    """
    given = text.strip()
    if given.isascii() and given.isprintable() and given and len(given) <= MAX_ID:
        _refuse_no_object(given)
        return given, False
    plain = unicodedata.normalize("NFC", "".join(_ordinary(character) for character in given)).strip()
    if not plain:
        raise IdentifierError(ProblemCode.ID_INVISIBLE if given else ProblemCode.ID_EMPTY)
    if len(plain) > MAX_ID:
        raise IdentifierError(ProblemCode.ID_TOO_LONG, length=len(plain), most=MAX_ID)
    for character in plain:
        _refuse(character)
    _refuse_no_object(plain)
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
    """True when a character only says how the one before it is drawn; in texts, as for emoji, it stays."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _refuse_no_object(text: str) -> None:
    if _NO_OBJECT.match(text):
        raise IdentifierError(ProblemCode.ID_NO_OBJECT, given=text[:40])


def _refuse(character: str) -> None:
    code = f"U+{ord(character):04X}"
    kind = unicodedata.category(character)
    if kind in ("Cc", "Zl", "Zp"):
        raise IdentifierError(ProblemCode.ID_CONTROL_CHARACTER, character=code)
    if kind in ("Cs", "Co", "Cn"):
        raise IdentifierError(ProblemCode.ID_PRIVATE_CHARACTER, character=code)
    if character in _LOOK_ALIKES:
        raise IdentifierError(ProblemCode.ID_LOOK_ALIKE, letter=character, character=code)
