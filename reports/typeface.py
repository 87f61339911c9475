"""The typefaces of the printed report, and which characters they have."""

import re
import subprocess
import unicodedata
from functools import cache

FAMILIES = ("Noto Sans CJK SC", "Noto Serif CJK SC")
PACKAGES = "fonts-noto-cjk"
_IGNORABLE = re.compile("[\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


class TypefaceError(Exception):
    """A typeface of the report is not installed."""


def readable(text: str) -> str:
    """A text without what no page can show: line ends become spaces, invisible marks go, the rest is named by its code.

    Marks that turn the direction of writing are invisible ones: a text of an audit must not read otherwise than it is.
    """
    text = _IGNORABLE.sub("", unicodedata.normalize("NFC", text))
    return _CONTROL.sub(lambda found: " " if found[0] in "\t\n\r\x0b\x0c\u2028\u2029\x85" else _code(found[0]), text)


def printable(text: str) -> str:
    """A readable text of which every character is in the typefaces.

    Others are printed in their plain form where they have one, `SO₂` as `SO2`, or named by their code, `〔U+1F600〕`.
    """
    text = readable(text)
    return text if text.isascii() else _uncovered().sub(_replaced, text)


def _replaced(found: re.Match[str]) -> str:
    if unicodedata.category(found[0]) == "Zs":
        return " "
    plain = unicodedata.normalize("NFKC", found[0])
    return plain if plain != found[0] and not _uncovered().search(plain) else _code(found[0])


def _code(character: str) -> str:
    return f"〔U+{ord(character):04X}〕"


@cache
def _uncovered() -> re.Pattern[str]:
    """Matches a character that one of the typefaces lacks; raises TypefaceError when one is not installed."""
    covered = set.intersection(*(_coverage(family) for family in FAMILIES)) | {0x20}
    ranges: list[list[int]] = []
    for code in sorted(covered):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    listed = "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)
    return re.compile(f"[^{listed}]")


def _coverage(family: str) -> set[int]:
    """The characters of a family, as fontconfig knows them (the same library that chooses the fonts of a page)."""
    command = ["fc-list", f":family={family}:style=Regular", "charset"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        raise TypefaceError("没有 fontconfig（fc-list）；Debian、Ubuntu 用 apt-get install fontconfig 安装") from None
    charset = found.partition("=")[2].splitlines()
    if not charset:
        raise TypefaceError(f"字体“{family}”未安装；Debian、Ubuntu 用 apt-get install {PACKAGES} 安装")
    codes: set[int] = set()
    for part in charset[0].split():
        low, _, high = part.partition("-")
        codes |= set(range(int(low, 16), int(high or low, 16) + 1))
    return codes
