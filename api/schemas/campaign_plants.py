"""Plants of a campaign as JSON: the map, an edit of many of them, the emergency list."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.base import In, Line, Out
from api.schemas.campaigns import FileText, Permit
from api.services.campaigns.plant_rows import PlantRow
from grading.campaign.outlines import Outline
from grading.model.base import Day
from reports.campaign.emergency import ALERTS, EmergencyUnit

Band = Literal["a", "b", "c", "d", "others"]
Degrees = Annotated[float, Field(examples=[108.71])]


class MapPlantOut(Out):
    """A plant on the map."""

    permit: str = Field(examples=["91610404MA7D2P8L3F001V"])
    name: str
    county: str = Field(examples=["610404"])
    zone: Literal["core", "other", "unknown"]
    band: Band = Field(description="A with 引领性, B, C, D with 非引领性, or others: unrated and ungraded.")
    grade: str = Field(description="The grade in words.", examples=["B级"])
    point: tuple[Degrees, Degrees] | None = Field(description="Longitude and latitude; null: not stated.")

    @classmethod
    def of(cls, row: PlantRow) -> "MapPlantOut":
        """A row of the list of plants."""
        return cls(
            permit=row.permit,
            name=row.name,
            county=row.county,
            zone=row.zone,
            band=row.band,
            grade=row.now,
            point=row.point,
        )


class OutlineOut(Out):
    """The boundary of a county."""

    county: str = Field(examples=["610404"])
    rings: list[list[tuple[Degrees, Degrees]]] = Field(description="Outer rings and holes, longitude and latitude.")

    @classmethod
    def of(cls, outline: Outline) -> "OutlineOut":
        """An outline of the domain."""
        return cls(county=outline.county, rings=[list(ring) for ring in outline.rings])


class MapOut(Out):
    """The plants of a campaign where they lie, and the outlines of its counties."""

    on: date
    plants: list[MapPlantOut]
    without_point: int = Field(description="Of the plants, those whose place nobody has stated.")
    outlines: list[OutlineOut]


class OutlinesIn(In):
    """Outlines of counties."""

    outlines: FileText = Field(
        description="A GeoJSON FeatureCollection to the letter: a feature a county, with `county` or `adcode`.",
        examples=[
            '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"county": "610404"}, "geometry":'
            ' {"type": "Polygon", "coordinates": [[[108.5, 34.2], [109.0, 34.2], [109.0, 34.6], [108.5, 34.2]]]}}]}'
        ],
    )


class OutlinesOut(Out):
    """Outlines that were taken."""

    digest: str
    counties: int


class PlantsEditIn(In):
    """New values for many plants of a campaign; null leaves as it is."""

    permits: Annotated[list[Permit], Field(min_length=1, max_length=20_000)]
    target: Annotated[str, StringConstraints(min_length=1, max_length=32)] | None = Field(
        default=None, description="The level that they are to reach.", examples=["B"]
    )
    responsible: Line | None = Field(default=None, description="Who answers for them.", examples=["张局长"])
    due: Day | None = Field(default=None, description="By when they are to reach it.", examples=["2099-10-31"])
    expert: UUID | None = Field(default=None, description="The user id of the expert who helps them.")
    reasons: Annotated[str, StringConstraints(max_length=4000)] = Field(
        default="", description="Required after the roster's freeze date.", examples=["按包抓分工落实到人。"]
    )


class RefusedPlantOut(Out):
    """A plant that was left as it is, and why."""

    permit: str
    name: str
    reason: str


class PlantsEditOut(Out):
    """The outcome of an edit for each plant."""

    changed: list[str] = Field(description="Permits.")
    same: int = Field(description="Plants that had been so already.")
    refused: list[RefusedPlantOut]


class EmergencyUnitOut(Out):
    """The measures of a unit at each alert, by its published grade."""

    permit: str
    name: str
    county: str = Field(description="The county's name.", examples=["渭城区"])
    unit: str | None = Field(description="Null: the plant has no published grade.")
    ruleset: str | None = Field(examples=["national-2020/rubber"])
    grade: str | None
    attainable: str | None
    published: date | None
    measures: dict[str, list[str]] = Field(
        description="By alert (`yellow`, `orange`, `red`); none of a plant without a published grade.",
        examples=[{"yellow": ["限产 50%"], "orange": ["停产"], "red": ["停产"]}],
    )
    note: str

    @classmethod
    def of(cls, found: EmergencyUnit) -> "EmergencyUnitOut":
        """A unit of the list."""
        return cls(
            permit=found.permit,
            name=found.name,
            county=found.county,
            unit=None if found.ruleset is None else found.unit,
            ruleset=None if found.ruleset is None else found.ruleset.id,
            grade=found.grade,
            attainable=found.attainable,
            published=found.since,
            measures={alert: list(found.measures(alert)) for alert in ALERTS} if found.ruleset is not None else {},
            note=found.note,
        )


class EmergencyListOut(Out):
    """The emergency list of a campaign's plants."""

    on: date
    units: list[EmergencyUnitOut]

    @classmethod
    def of(cls, day: date, units: Iterable[EmergencyUnit]) -> "EmergencyListOut":
        """The list of a day."""
        return cls(on=day, units=[EmergencyUnitOut.of(unit) for unit in units])
