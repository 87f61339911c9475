"""The map of a campaign, made here as SVG: outlines of counties, plants as shapes with letters, no tiles from anywhere."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians

from api.pages.campaign.map_labels import Label, place_labels
from api.services.campaigns.plant_rows import PlantRow
from grading.campaign.outlines import Outline

WIDTH, MARGIN, MOST_HEIGHT = 1000, 30, 900
MOST_PLANTS = 2000
LISTED = 300
"""Plants that the table below the map lists; more are in the list of plants."""
SHAPES = {
    "a": ("A", "M0-8A8 8 0 1 1 0 8A8 8 0 1 1 0-8Z"),
    "b": ("B", "M-7-7H7V7H-7Z"),
    "c": ("C", "M0-9L10 7H-10Z"),
    "d": ("D", "M0-10L10 0L0 10L-10 0Z"),
    "others": ("–", "M-8-4H8V4H-8Z"),
}
"""By column of the county table: a letter, and the outline of a mark around it."""


@dataclass(frozen=True)
class Mark:
    """A plant on the map."""

    row: PlantRow
    x: float
    y: float


@dataclass(frozen=True)
class MapView:
    """Everything that is drawn."""

    width: int
    height: int
    outlines: tuple[str, ...]
    """SVG paths."""
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]
    nowhere: int
    """Plants without coordinates."""
    left_out: int
    """Plants beyond the most that are drawn."""


class _Projection:
    """Degrees → places on the sheet: equirectangular about the middle latitude, north up."""

    def __init__(self, points: Sequence[tuple[float, float]]) -> None:
        lons, lats = [p[0] for p in points], [p[1] for p in points]
        self.west, self.north = min(lons), max(lats)
        self.narrow = cos(radians((min(lats) + max(lats)) / 2))
        wide, high = (max(lons) - self.west) * self.narrow or 0.01, self.north - min(lats) or 0.01
        self.scale = min((WIDTH - 2 * MARGIN) / wide, (MOST_HEIGHT - 2 * MARGIN) / high)
        self.width = round(wide * self.scale) + 2 * MARGIN
        self.height = round(high * self.scale) + 2 * MARGIN

    def place(self, point: tuple[float, float]) -> tuple[float, float]:
        x = MARGIN + (point[0] - self.west) * self.narrow * self.scale
        return round(x, 1), round(MARGIN + (self.north - point[1]) * self.scale, 1)


def map_view(rows: Sequence[PlantRow], outlines: Sequence[Outline], names: dict[str, str]) -> MapView | None:
    """The map of some plants; None when neither a plant nor a county has a place. `names`: counties by code."""
    placed = [row for row in rows if row.point is not None]
    points = [row.point for row in placed if row.point is not None]
    everything = [*points, *(point for outline in outlines for ring in outline.rings for point in ring)]
    if not everything:
        return None
    on = _Projection(everything)
    # Of too many some of every part of the list, so that no county is left out.
    most = min(len(placed), MOST_PLANTS)
    marks = tuple(_mark(on, placed[i * len(placed) // most]) for i in range(most))
    middles = list(_middles(on, placed, outlines, names))
    return MapView(
        width=on.width,
        height=on.height,
        outlines=tuple(_path(on, outline) for outline in outlines),
        marks=marks,
        labels=tuple(place_labels(middles, ((mark.x, mark.y) for mark in marks), on.width, on.height)),
        nowhere=len(rows) - len(placed),
        left_out=len(placed) - most,
    )


def _path(on: _Projection, outline: Outline) -> str:
    rings = ("L".join(f"{x} {y}" for x, y in map(on.place, ring)) for ring in outline.rings)
    return "".join(f"M{ring}Z" for ring in rings)


def _mark(on: _Projection, row: PlantRow) -> Mark:
    return Mark(row, *on.place(row.point or (0, 0)))


def _middles(
    on: _Projection, placed: Iterable[PlantRow], outlines: Iterable[Outline], names: dict[str, str]
) -> Iterable[tuple[str, tuple[float, float]]]:
    """The name and the middle of each county; without outlines that of its plants."""
    points: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for outline in outlines:
        points[outline.county] = list(max(outline.rings, key=len)[:-1])
    drawn = set(points)
    for row in placed:
        if row.county not in drawn and row.point is not None:
            points[row.county].append(row.point)
    for county, of_county in sorted(points.items()):
        middle = tuple(sum(values) / len(of_county) for values in zip(*of_county, strict=True))
        yield names.get(county, county), on.place((middle[0], middle[1]))
