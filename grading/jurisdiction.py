"""Jurisdictions of rulesets and places of plants: codes of GB/T 2260, six digits."""

from typing import Literal

COUNTRY = "100000"
Finding = Literal["outside_jurisdiction", "county_unknown"]
OUTSIDE: Finding = "outside_jurisdiction"
UNKNOWN: Finding = "county_unknown"


def area_bounds(code: str) -> tuple[str, str]:
    """The lowest and highest county code of an area: `610400` → `("610400", "610499")`; `100000` is the country."""
    stem = "" if code == COUNTRY else code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
    return stem.ljust(6, "0"), stem.ljust(6, "9")


def in_area(county: str, area: str) -> bool:
    """True when a county lies in an area."""
    low, high = area_bounds(area)
    return low <= county <= high


def finding(county: str | None, jurisdiction: str) -> Finding | None:
    """The finding about a plant of a county under a ruleset of a jurisdiction; None when it applies there.

    A code that is no county's but of a whole province or city around the jurisdiction says too little.
    """
    if jurisdiction == COUNTRY or (county is not None and in_area(county, jurisdiction)):
        return None
    return UNKNOWN if county is None or in_area(jurisdiction, county) else OUTSIDE
