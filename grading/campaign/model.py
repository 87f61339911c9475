"""A campaign as its document states it: where, which industries, until when, which targets, which plants with which plans."""

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StringConstraints
from pydantic_core import PydanticCustomError

from grading.intake import UNWRITABLE
from grading.model.base import Day, Strict
from grading.model.base import Text as BaseText
from grading.regions import NATION, checked


def _writable(text: str) -> str:
    if UNWRITABLE.search(text):
        raise ValueError("不能有控制字符")
    return text


def _campaign_id(text: str) -> str:
    if not CAMPAIGN_ID.fullmatch(text):
        said = "编号应为小写英文字母、数字、- 或 _，以字母或数字开头，至多 64 个字符，如 xianyang-2023"
        raise ValueError(f"{said}；收到“{text[:20]}”")
    return text


CAMPAIGN_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
CampaignId = Annotated[str, AfterValidator(_campaign_id)]
Text = Annotated[BaseText, AfterValidator(_writable)]
"""A text that every document can hold."""
County = Annotated[str, AfterValidator(checked)]
Jurisdiction = Annotated[str, AfterValidator(lambda code: code if code == NATION else checked(code))]
Permit = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_writable)]
GradeId = Annotated[str, StringConstraints(min_length=1, max_length=32), AfterValidator(_writable)]
"""A level as somebody states it; which levels there are the vocabulary says."""
State = Literal["operating", "long_idle", "closed"]
ZoneId = Literal["core", "other"]

ZONES: tuple[ZoneId, ...] = ("core", "other")


def _whole(value: object) -> object:
    """A decimal without places, as YAML gives whole numbers, as an integer; pydantic would also take a text or yes for 1."""
    if isinstance(value, bool | str):
        raise PydanticCustomError("int_type", "a whole number")
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return value


def _number(value: object) -> object:
    """A number; pydantic would also take its text, of any size."""
    if isinstance(value, str):
        raise PydanticCustomError("decimal_type", "a number")
    return value


Number = Annotated[Decimal, BeforeValidator(_number)]
Percent = Annotated[Number, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=0), BeforeValidator(_whole)]


class Names(Strict):
    """The city's names for the four parts of its campaign."""

    a: Text = "创A"
    b: Text = "增B"
    c: Text = "减C"
    d: Text = "清D"


class Period(Strict):
    """The days of a campaign."""

    start: Day
    roster_frozen: Day | None = None
    plans_due: Day | None = None
    deadline: Day


class CoreZone(Strict):
    """The bound of the core zone, as a distance from the urban area."""

    within_km: Annotated[Number, Field(ge=0)] | None = None


class OtherZone(Strict):
    """All the rest: it has no bound of its own."""


class Zones(Strict):
    """The two zones of a city."""

    core: CoreZone = CoreZone()
    other: OtherZone = OtherZone()


class Base(Strict):
    """Plants that the shares leave out."""

    leave_out: tuple[Literal["long_idle", "closed"], ...] = ("closed", "long_idle")


class Share(Strict):
    """A target for the share of a zone's plants that have reached the level."""

    zone: ZoneId
    at_least_percent: Percent | None = None


class NewTarget(Strict):
    """A target for how many plants of a county reach the level anew; `rest` stands for every other county."""

    county: County | None = None
    rest: StrictBool = False
    at_least: Count


class EmissionsAtLeast(Strict):
    """From how many tonnes a year on a plant is a large emitter; null: not by this pollutant."""

    so2: Annotated[Number, Field(gt=0)] | None = None
    nox: Annotated[Number, Field(gt=0)] | None = None
    pm: Annotated[Number, Field(gt=0)] | None = None
    voc: Annotated[Number, Field(gt=0)] | None = None


class Preferred(Strict):
    """The plants that are lifted before others: head enterprises, large emitters."""

    head: StrictBool = False
    emissions_at_least_t_a: EmissionsAtLeast = EmissionsAtLeast()


class PlannedMeasure(Strict):
    """One measure of a plant's upgrade plan."""

    gap: Text | None = None
    text: Text | None = None
    start: Day | None = None
    finish: Day
    done_percent: Percent = Decimal(0)
    cost_wan: Annotated[Number, Field(ge=0)] | None = None
    responsible: Text | None = None
    obstacle: Text | None = None


class RosterEntry(Strict):
    """A plant that is to reach a level, with its plan; `responsible` answers for it, `due` is its own day, if it has one."""

    permit: Permit
    target: GradeId
    measures: tuple[PlannedMeasure, ...] = ()
    responsible: Annotated[Text, Field(max_length=200)] | None = None
    due: Day | None = None


def _industries(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


class Campaign(Strict):
    """A campaign; `industries` are ids of the register of key industries, names of rulesets, or all of them.

    `counties` names development zones and the like that are counted as counties of their own and have no code of GB/T 2260.
    `preferred` says which plants go first where some are chosen, `days_to_publish` how long it takes from the end of the
    works to a published grade.
    """

    id: CampaignId
    title: Text
    names: Names = Names()
    jurisdiction: Jurisdiction
    counties: dict[County, Text] = Field(default_factory=dict)
    industries: Annotated[
        Literal["all"] | Annotated[tuple[Text, ...], Field(min_length=1)], AfterValidator(_industries)
    ] = "all"
    period: Period
    reached: GradeId
    zones: Zones = Zones()
    base: Base = Base()
    shares: tuple[Share, ...] = ()
    new: tuple[NewTarget, ...] = ()
    roster: tuple[RosterEntry, ...] = ()
    preferred: Preferred = Preferred()
    days_to_publish: Annotated[Count, Field(le=1000)] = 0
