"""Plants as a campaign reads them: an enterprise by its permit, its states, and every grading of its units."""

from typing import Annotated

from pydantic import Field, StrictBool

from grading.campaign.model import County, GradeId, Number, Permit, State, Text
from grading.coordinates import LATITUDES, LONGITUDES
from grading.model.base import Day, Strict

POLLUTANTS = ("so2", "nox", "pm", "voc")

Tonnes = Annotated[Number, Field(ge=0)]


class StateSince(Strict):
    """A state of a plant from a day on."""

    since: Annotated[Day, Field(alias="from")]
    state: State
    proof: Text | None = None


class Emissions(Strict):
    """A plant's emissions, in tonnes a year; null where one is not known."""

    so2: Tonnes | None = None
    nox: Tonnes | None = None
    pm: Tonnes | None = None
    voc: Tonnes | None = None


class Point(Strict):
    """A place on the map of China, in degrees."""

    lon: Annotated[Number, Field(ge=LONGITUDES[0], le=LONGITUDES[1])]
    lat: Annotated[Number, Field(ge=LATITUDES[0], le=LATITUDES[1])]


class PlantFacts(Strict):
    """Facts by which a campaign counts and that gradings lack: a plant's place, age, states and emissions."""

    in_urban_area: StrictBool | None = None
    distance_km: Annotated[Number, Field(ge=0)] | None = None
    opened: Day | None = None
    state: tuple[StateSince, ...] = ()
    head: StrictBool = False
    emissions_t_a: Emissions | None = None
    point: Point | None = None


class Enterprise(PlantFacts):
    """An enterprise at one site, known by its permit."""

    name: Text
    uscc: Text | None = None
    permit: Permit
    county: County


class PlantGrading(Strict):
    """A grading of a unit and its life: confirmed, published, ended. `id` is what reports name it by."""

    grade: GradeId
    attainable: GradeId
    confirmed: Day | None = None
    published: Day | None = None
    ended: Day | None = None
    id: Text | None = None


class PlantUnit(Strict):
    """A unit of a plant."""

    id: Text
    industry: Text
    gradings: tuple[PlantGrading, ...] = ()


class Plant(Strict):
    """One line of a plants file."""

    enterprise: Enterprise
    units: tuple[PlantUnit, ...] = Field(min_length=1)

    @property
    def permit(self) -> str:
        """The plant's key."""
        return self.enterprise.permit
