"""The unified social credit code of GB 32100-2015: 17 places and a check character, modulo 31."""

import re
from operator import mul

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
AS_TEXT = "请把单元格设为文本格式后按证照重新填写"


def check_character(body: str) -> str:
    """The check character of the first 17 places; raises ValueError when they can't begin a code."""
    if len(body) != LENGTH - 1:
        raise ValueError(f"校验位由前 {LENGTH - 1} 位计算，收到 {len(body)} 位")
    wrong = [character for character in body if character not in ALPHABET]
    if wrong:
        raise ValueError(f"统一社会信用代码中不应出现“{wrong[0]}”：只用数字和除 I、O、S、V、Z 外的大写字母")
    return ALPHABET[-_total(body) % MODULUS]


def checked(code: str) -> str:
    """The code as it is; raises ValueError, in Chinese, when it isn't one and says what would be right."""
    if _SCIENTIFIC.fullmatch(code):
        raise ValueError(f"统一社会信用代码被电子表格变成了科学计数的数字“{code}”，末尾几位已丢失；{AS_TEXT}")
    if len(code) != LENGTH:
        raise ValueError(f"统一社会信用代码应为 {LENGTH} 位，收到 {len(code)} 位")
    if not (code[DIGITS_FROM:DIGITS_TO].isascii() and code[DIGITS_FROM:DIGITS_TO].isdigit()):
        raise ValueError("统一社会信用代码第 3 至 8 位应为登记机关行政区划码（六位数字）")
    right = check_character(code[:-1])
    if code[-1] not in ALPHABET:
        raise ValueError(f"统一社会信用代码中不应出现“{code[-1]}”：只用数字和除 I、O、S、V、Z 外的大写字母")
    if code[-1] != right:
        lost = f"；电子表格只保留数字的前 15 位，{AS_TEXT}" if code.isdigit() and code.endswith("000") else ""
        raise ValueError(
            f"统一社会信用代码校验位不符：末位为“{code[-1]}”，按前 17 位计算应为“{right}”，请核对各位{lost}"
        )
    return code


def normalised(text: str) -> str:
    """The code with full-width and lower-case letters and digits as they should be; raises ValueError as `checked`."""
    narrow = text.strip().translate(_NARROW)
    return checked(narrow.upper() if narrow.isascii() else narrow)


def is_valid(code: str) -> bool:
    """Whether a code is one, check character included."""
    return _WRITTEN.fullmatch(code) is not None and ALPHABET[-_total(code[:-1]) % MODULUS] == code[-1]


def _total(body: str) -> int:
    return sum(map(mul, body.encode("ascii").translate(_VALUES), _WEIGHTS))
