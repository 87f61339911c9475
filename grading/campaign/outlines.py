"""Outlines of counties as GeoJSON: what a bureau draws its map with."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from grading.coordinates import LATITUDES, LONGITUDES
from grading.intake import AuditError, parse_json
from grading.jurisdiction import in_area
from grading.language.source import Path_
from grading.problems.campaign_codes import CampaignCode
from grading.problems.reason import Reason, reason_of
from grading.regions import is_place

MOST_POINTS = 50_000
DIGITS = 7

Ring = tuple[tuple[float, float], ...]
Wrong = tuple[Path_, Reason]


@dataclass(frozen=True)
class Outline:
    """The boundary of a county: its outer rings and holes, longitude and latitude in degrees."""

    county: str
    rings: tuple[Ring, ...]


def read_outlines(content: bytes, jurisdiction: str) -> tuple[tuple[Outline, ...], list[Wrong]]:
    """The counties of a FeatureCollection, each with its code as `county` or `adcode`, and everything that is wrong with it."""
    try:
        raw = parse_json(content)
    except AuditError as error:
        return (), [((), problem.reason) for problem in error.problems]
    features = raw.get("features") if isinstance(raw, dict) else None
    if not isinstance(features, list) or not features or raw.get("type") != "FeatureCollection":
        return (), [((), reason_of(CampaignCode.OUTLINES_FORM))]
    found: list[Outline] = []
    wrong: list[Wrong] = []
    first_of: dict[str, int] = {}
    for i, feature in enumerate(features):
        county = _county(feature)
        if county is None or not is_place(county):
            wrong.append((("features", i, "properties", "county"), reason_of(CampaignCode.OUTLINE_WITHOUT_COUNTY)))
        elif not in_area(county, jurisdiction):
            outside = reason_of(CampaignCode.COUNTY_OUTSIDE, county=county, area=jurisdiction)
            wrong.append((("features", i, "properties", "county"), outside))
        elif first_of.setdefault(county, i) != i:
            twice = reason_of(CampaignCode.OUTLINE_TWICE, county=county, index=first_of[county])
            wrong.append((("features", i, "properties", "county"), twice))
        try:
            rings = tuple(_rings(feature.get("geometry") if isinstance(feature, dict) else None))
            if not rings:
                raise ValueError("no ring")
        except (TypeError, ValueError, KeyError, IndexError):
            wrong.append((("features", i, "geometry"), reason_of(CampaignCode.OUTLINE_GEOMETRY)))
        else:
            found.append(Outline(county or "", rings))
    points = sum(len(ring) for outline in found for ring in outline.rings)
    if points > MOST_POINTS:
        wrong.append((("features",), reason_of(CampaignCode.OUTLINES_TOO_FINE, points=points, most=MOST_POINTS)))
    return tuple(found), wrong


def _county(feature: Any) -> str | None:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        return None
    county = properties.get("county", properties.get("adcode"))
    # A number with a huge exponent would become a text of as many digits.
    if isinstance(county, Decimal) and county.adjusted() < DIGITS and county == county.to_integral_value():
        return str(int(county))
    return county if isinstance(county, str) else None


def _rings(geometry: Any) -> Iterator[Ring]:
    """The rings of a Polygon or a MultiPolygon; raises ValueError, KeyError or TypeError for anything else."""
    kind, at = geometry["type"], geometry["coordinates"]
    if kind not in ("Polygon", "MultiPolygon") or not at:
        raise ValueError("no polygon")
    polygons = [at] if kind == "Polygon" else at
    for polygon in polygons:
        for ring in polygon:
            if len(ring) < 4:
                raise ValueError("too few points")
            yield tuple(_point(at) for at in ring)


def _point(at: Any) -> tuple[float, float]:
    lon, lat = float(at[0]), float(at[1])
    within = LONGITUDES[0] <= lon <= LONGITUDES[1] and LATITUDES[0] <= lat <= LATITUDES[1]
    if not (math.isfinite(lon) and math.isfinite(lat) and within):
        raise ValueError("not in China")
    return lon, lat
