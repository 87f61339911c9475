"""Outlines of counties: read whole, or every error with its place."""

import json
from typing import Any

import pytest

from grading.campaign.outlines import read_outlines
from grading.campaign.problems import place_text

SQUARE = [[108.0, 34.0], [108.5, 34.0], [108.5, 34.5], [108.0, 34.0]]


def feature(county: object, geometry: object = None, key: str = "county") -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {key: county, "name": "区县"},
        "geometry": geometry or {"type": "Polygon", "coordinates": [SQUARE]},
    }


def read(*features: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The counties, and the places of errors with their codes."""
    text = json.dumps({"type": "FeatureCollection", "features": features})
    found, wrong = read_outlines(text.encode(), "610400")
    return [o.county for o in found], [f"{place_text(at)} {reason.code}" for at, reason in wrong]


def test_polygons_and_multipolygons_are_read_by_either_name_of_the_code() -> None:
    several = {"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]}
    assert read(feature("610402"), feature(610404, several, "adcode")) == (["610402", "610404"], [])


def test_every_error_is_told_with_its_place() -> None:
    _, wrong = read(
        feature("61040"),
        feature("620102"),
        feature("610402"),
        feature("610402"),
        feature("610404", {"type": "Point", "coordinates": [108, 34]}),
        feature("610422", {"type": "Polygon", "coordinates": [[[34, 108], *SQUARE]]}),
    )
    assert wrong == [
        "features[0].properties.county outline_without_county",
        "features[1].properties.county county_outside",
        "features[3].properties.county outline_twice",
        "features[4].geometry outline_geometry",
        "features[5].geometry outline_geometry",
    ]


def test_what_is_no_collection_of_features_is_refused() -> None:
    for text in (b"[]", b"{}", b'{"type": "FeatureCollection", "features": []}', b"not json"):
        found, wrong = read_outlines(text, "610400")
        assert (found, len(wrong)) == ((), 1)


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "MultiPolygon", "coordinates": [[]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[108.0], *SQUARE]]},
    ],
)
def test_an_outline_that_nothing_can_be_drawn_of_is_refused_with_its_place(geometry: dict[str, Any]) -> None:
    assert read(feature("610402", geometry)) == ([], ["features[0].geometry outline_geometry"])
