"""Number formats: a percentage, a day, a time, a multiple of thousands, or the plain number.

The sections of a format, its conditions, colours, locales, quoted and escaped signs are read as Excel reads them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

GENERAL = "General"
_GENERAL = re.compile(r"general|g/通用格式|常规|standard", re.I)
_TOKEN = re.compile(
    r"""
    (?P<quoted>"[^"]*"?) | (?P<escaped>[\\!].?) | (?P<pad>_.?) | (?P<fill>\*.?) | (?P<bracket>\[[^\]]*\]?)
    | (?P<noon>am/pm|a/p|上午/下午) | (?P<general>general|g/通用格式) | (?P<scientific>e[+-])
    | (?P<era>g+|b{2,4}) | (?P<date>[ymdhse]+|a{3,4}) | (?P<fraction>/\s*[0-9]*) | (?P<other>.)
    """,
    re.I | re.X | re.S,
)
_CONDITION = re.compile(r"\[\s*(<=|>=|<>|<|>|=)\s*(-?[0-9.]+(?:e[+-]?[0-9]+)?)\s*\]", re.I)
_SYMBOL = re.compile(r"\[\$([^-\]]+).*")
"""Of a currency; any signs can be one."""
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.I)
_SECTIONS = re.compile(r'((?:"[^"]*"?|\\.|!.|\[[^\]]*\]|[^;])*)(?:;|$)', re.S)
_COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
}
_ALTERS = re.compile(
    r"[<>＜＞≤≥≈~～]|约|[万千百亿](?![瓦克米卡])|低于|高于|小于|大于|未检出|检出限|以[下上内]|(?<![a-z/])(?:l|n\.?d\.?)(?![a-z/])",
    re.I,
)
Condition = tuple[str, Decimal]


@dataclass(frozen=True)
class Section:
    """One section of a format and what it shows of a number."""

    percents: int = 0
    """The number of percent signs that multiply the number by a hundred."""
    percent_text: bool = False
    """A percent sign is shown that multiplies nothing: it was quoted or escaped."""
    thousands: int = 0
    """The number of commas that divide the number by a thousand."""
    year: bool = False
    month: bool = False
    day: bool = False
    time: bool = False
    elapsed: bool = False
    """A duration is shown, such as `[h]:mm`."""
    weekday: bool = False
    zeros: int = 0
    """The number is filled up to so many digits, and nothing else is shown."""
    blank: bool = False
    """Nothing at all is shown."""
    hides_zero: bool = False
    """Of zero no digit is shown, as with `#` and `#,###`."""
    minus: bool = False
    """A sign tells that the number is negative."""
    words: str = ""
    """The words that are shown in place of the number."""
    alters: bool = False
    """Signs make another number of it, such as `"<"0`, `0"万"`, `0.00"L"`, a limit of detection, or `0!.0`, a tenth of it."""
    condition: Condition | None = None

    @property
    def is_date(self) -> bool:
        """True when the number is shown as a day or a time."""
        return self.year or self.month or self.day or self.time or self.elapsed or self.weekday


class NumberFormat:
    """A number format with its sections."""

    def __init__(self, code: str) -> None:
        self.code = code
        plain = not code or _GENERAL.fullmatch(code.strip())
        self.sections = (Section(),) if plain else tuple(_section(text) for text in _numeric(_split(code)))
        self.is_plain = self.sections == (Section(),)

    def hides_minus(self, number: Decimal) -> bool:
        """True of a negative number that is shown as if it was positive: by a section of its own without a sign, `0;0`."""
        section = self.section(number)
        of_its_own = not self.is_plain and len(self.sections) > 1 and section is not self.sections[0]
        return number < 0 and of_its_own and not section.minus and not section.words and not section.blank

    def section(self, number: Decimal) -> Section:
        """The section that shows a number; one that shows nothing when none of them does."""
        if self.is_plain:
            return self.sections[0]
        numeric = self.sections
        if any(section.condition for section in numeric):
            return _by_condition(numeric, number)
        if len(numeric) == 1 or number > 0 or (number == 0 and len(numeric) == 2):
            return numeric[0]
        return numeric[1] if number < 0 else numeric[2]


@lru_cache(maxsize=4096)
def number_format(code: str) -> NumberFormat:
    """The format of a code, as a file has it."""
    return NumberFormat(code)


def _by_condition(sections: tuple[Section, ...], number: Decimal) -> Section:
    first, rest = sections[0], sections[1:]
    if _holds(first.condition or (">", Decimal(0)), number):
        return first
    if len(rest) == 2:
        return rest[0] if _holds(rest[0].condition or ("<", Decimal(0)), number) else rest[1]
    if len(rest) == 1 and (rest[0].condition is None or _holds(rest[0].condition, number)):
        return rest[0]
    return Section(blank=True)


def _holds(condition: Condition, number: Decimal) -> bool:
    return _COMPARE[condition[0]](number, condition[1])


def _split(code: str) -> list[str]:
    sections = [match[1] for match in _SECTIONS.finditer(code)]
    # The expression finds an empty section after the last one.
    return sections[:-1] if len(sections) > 1 and not code.endswith(";") else sections[: max(1, code.count(";") + 1)]


def _numeric(sections: list[str]) -> list[str]:
    """The sections for numbers: a last one with `@` is for texts."""
    last = "".join(match[0] for match in _TOKEN.finditer(sections[-1]) if match.lastgroup == "other")
    return sections[:-1][:3] if len(sections) > 1 and "@" in last else sections[:3]


def _section(text: str) -> Section:
    tokens = [(str(match.lastgroup), match[0]) for match in _TOKEN.finditer(text)]
    condition = next((found for kind, token in tokens if kind == "bracket" and (found := _condition(token))), None)
    shown = [
        (kind, token)
        for kind, token in tokens
        if kind not in ("bracket", "pad", "fill") or (kind == "bracket" and _SYMBOL.fullmatch(token))
    ]
    elapsed = any(kind == "bracket" and _ELAPSED.fullmatch(token) for kind, token in tokens)
    if not elapsed and not any(token.strip('"\\! ') for _, token in shown):
        return Section(blank=True, condition=condition)
    body = "".join(token for kind, token in shown if kind in ("other", "fraction"))
    holds_digits = bool(re.search(r"[0#?]", body))
    letters = [token.lower() for kind, token in shown if kind == "date"]
    date_like = elapsed or (not holds_digits and bool(letters)) or _mixes_time(letters, body)
    if not date_like:
        beside = _literals(shown)
        if not holds_digits and "@" not in body and not any(kind == "general" for kind, _ in shown):
            return Section(words=beside.strip(), condition=condition)
        commas = re.search(r"[0#?](,+)(?:[^0#?,]*)$", body.replace(".", ""))
        zeros = len(body) if re.fullmatch(r"0{2,}", body) and len(shown) == len(body) else 0
        return Section(
            percents=body.count("%"),
            percent_text="%" in beside or "％" in beside,
            alters=_ALTERS.search(beside) is not None or _adds_digits(shown) or _parts_digits(shown),
            thousands=len(commas[1]) if commas else 0,
            zeros=zeros,
            hides_zero=holds_digits and "0" not in body and "/" not in body,
            minus=any(sign in token for _, token in shown for sign in "-−(（负"),
            condition=condition,
        )
    month, minute = _months_and_minutes(letters)
    return Section(
        year=any(token[0] in "ye" for token in letters),
        month=month,
        day=any(token in ("d", "dd") for token in letters),
        weekday=any(token[0] == "a" or token in ("ddd", "dddd") for token in letters),
        time=minute or any(token[0] in "hs" for token in letters),
        elapsed=elapsed,
        condition=condition,
    )


def _literals(shown: list[tuple[str, str]]) -> str:
    """The text beside the digits, as it is shown."""
    parts = []
    for kind, token in shown:
        if kind == "quoted":
            parts.append(token.strip('"'))
        elif kind == "bracket" and (symbol := _SYMBOL.fullmatch(token)):
            parts.append(symbol[1])
        elif kind == "escaped":
            parts.append(token[1:])
        elif kind == "other" and token not in "0#?.,%@":
            parts.append(token)
    return "".join(parts)


def _adds_digits(shown: list[tuple[str, str]]) -> bool:
    """True when digits of the text stand right beside those of the number, as in `0"0"`."""
    places = [i for i, (kind, token) in enumerate(shown) if kind == "other" and token in "0#?"]
    before = _literals(shown[: places[0]]) if places else ""
    after = _literals(shown[places[-1] + 1 :]) if places else ""
    return before[-1:].isdigit() or after[:1].isdigit()


def _parts_digits(shown: list[tuple[str, str]]) -> bool:
    """True when a text stands between digits of the number: `0!.0` shows 148 as 14.8."""
    places = [i for i, (kind, token) in enumerate(shown) if kind == "other" and token in "0#?"]
    return bool(places) and bool(_literals(shown[places[0] : places[-1]]).strip())


def _condition(token: str) -> Condition | None:
    found = _CONDITION.fullmatch(token)
    try:
        return (found[1], Decimal(found[2])) if found else None
    except ArithmeticError:
        return None


def _mixes_time(letters: list[str], body: str) -> bool:
    """True when digits stand only for fractions of a second, as in `ss.000`."""
    return any(token[0] == "s" for token in letters) and re.fullmatch(r"[^0#?]*\.0+[^0#?]*", body) is not None


def _months_and_minutes(letters: list[str]) -> tuple[bool, bool]:
    """Two flags: `m` stands for months, `m` stands for minutes. Minutes follow hours or go before seconds."""
    month = minute = False
    for i, token in enumerate(letters):
        if token[0] == "m":
            after_hours = i > 0 and letters[i - 1][0] == "h"
            before_seconds = i + 1 < len(letters) and letters[i + 1][0] == "s"
            is_minute = len(token) < 3 and (after_hours or before_seconds)
            month, minute = month or not is_minute, minute or is_minute
    return month, minute
