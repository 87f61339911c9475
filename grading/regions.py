"""Codes of places as GB/T 2260 forms them: province, city, county, two digits each."""

import re

PATTERN = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|81|82)(?:0000|(?:0[1-9]|[1-9][0-9])[0-9]{2})"
"""A province that there is, with a city and a county or with neither. Which cities and counties there are changes every year:
that is left to people."""
_WRITTEN = re.compile(PATTERN)
NATION = "100000"
"""The code of what applies to the whole country; no place of an enterprise."""


def is_place(code: str) -> bool:
    """True when a code can be that of a province, a city or a county."""
    return _WRITTEN.fullmatch(code) is not None


def checked(code: str) -> str:
    """The code as it is; raises ValueError, in Chinese, when it can't be one of a province, a city or a county."""
    if not is_place(code):
        raise ValueError(f"行政区划代码应为六位数字（GB/T 2260），前两位为现有的省级代码，如 610402；收到“{code[:20]}”")
    return code
