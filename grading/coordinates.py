"""Coordinates of a place in China as text: longitude and latitude in degrees, `108.705,34.329`."""

import re
from decimal import Decimal

LONGITUDES, LATITUDES = (73, 136), (3, 54)
"""Bounds in degrees, those that outlines and plants of campaigns have."""
_TEXT = re.compile(r"\s*(\d{2,3}(?:\.\d{1,8})?)\s*[,，、;； ]\s*(\d{1,2}(?:\.\d{1,8})?)\s*")


def checked(text: str) -> str:
    """Coordinates as they are kept; raises ValueError that says, in Chinese, what would be right."""
    found = _TEXT.fullmatch(text)
    if found is not None:
        lon, lat = Decimal(found[1]), Decimal(found[2])
        if LONGITUDES[0] <= lon <= LONGITUDES[1] and LATITUDES[0] <= lat <= LATITUDES[1]:
            return f"{found[1]},{found[2]}"
    east, north = ("～".join(map(str, bounds)) for bounds in (LONGITUDES, LATITUDES))
    raise ValueError(f"应为“经度,纬度”（度，小数），如 108.705,34.329；经度在前，{east}，纬度 {north}")


def parsed(text: str) -> tuple[Decimal, Decimal]:
    """Longitude and latitude of coordinates that were checked."""
    lon, _, lat = text.partition(",")
    return Decimal(lon), Decimal(lat)
