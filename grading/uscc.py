"""The unified social credit code of GB 32100-2015: 17 places and a check character, modulo 31."""

import re
from operator import mul

from grading.problems.codes import ProblemCode
from grading.problems.phrases import Phrase
from grading.problems.reason import ReasonError

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters in the order of their values: digits and capital letters without I, O, S, V, Z."""
LENGTH = 18
MODULUS = 31
BASE = 3
"""The weight of place i (from 1) is 3^(i-1) modulo 31."""
DIGITS_FROM, DIGITS_TO = 2, 8
"""Places 3 to 8 are the county's code: digits only."""
_WEIGHTS = tuple(pow(BASE, place, MODULUS) for place in range(LENGTH - 1))
_VALUES = bytes(ALPHABET.index(chr(code)) if chr(code) in ALPHABET else 0 for code in range(256))
_WRITTEN = re.compile(f"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+")


class CreditCodeError(ReasonError):
    """A text is no credit code."""


def check_character(body: str) -> str:
    """The check character of the first 17 places; raises CreditCodeError when they can't begin a code."""
    if len(body) != LENGTH - 1:
        raise CreditCodeError(ProblemCode.USCC_BODY_LENGTH, wanted=LENGTH - 1, length=len(body))
    wrong = [character for character in body if character not in ALPHABET]
    if wrong:
        raise CreditCodeError(ProblemCode.USCC_CHARACTER, character=wrong[0])
    return ALPHABET[-_total(body) % MODULUS]


def checked(code: str) -> str:
    """The code as it is; raises CreditCodeError when it isn't one and says what would be right."""
    if _SCIENTIFIC.fullmatch(code):
        raise CreditCodeError(ProblemCode.USCC_SCIENTIFIC, given=code)
    if len(code) != LENGTH:
        raise CreditCodeError(ProblemCode.USCC_LENGTH, wanted=LENGTH, length=len(code))
    if not (code[DIGITS_FROM:DIGITS_TO].isascii() and code[DIGITS_FROM:DIGITS_TO].isdigit()):
        raise CreditCodeError(ProblemCode.USCC_COUNTY)
    right = check_character(code[:-1])
    if code[-1] not in ALPHABET:
        raise CreditCodeError(ProblemCode.USCC_CHARACTER, character=code[-1])
    if code[-1] != right:
        lost = Phrase.DIGITS_LOST if code.isdigit() and code.endswith("000") else Phrase.NOTHING
        raise CreditCodeError(ProblemCode.USCC_CHECK_CHARACTER, given=code[-1], right=right, lost=lost)
    return code


def normalised(text: str) -> str:
    """The code with full-width and lower-case letters and digits as they should be; raises CreditCodeError as `checked`."""
    narrow = text.strip().translate(_NARROW)
    return checked(narrow.upper() if narrow.isascii() else narrow)


def is_valid(code: str) -> bool:
    """True when a code is one, check character included."""
    return _WRITTEN.fullmatch(code) is not None and ALPHABET[-_total(code[:-1]) % MODULUS] == code[-1]


def _total(body: str) -> int:
    return sum(map(mul, body.encode("ascii").translate(_VALUES), _WEIGHTS))
