"""Enterprises, sites, units as JSON."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.base import Area, In, Line, Out, Reasons, RulesetKey
from api.schemas.decisions import DecisionOut
from api.store import NamedBy, OperatingStateKind
from grading.model.base import Day

Uscc = Annotated[
    str,
    # Full-width and lower-case characters are mended when the enterprise is registered, which also checks the check digit.
    StringConstraints(min_length=18, max_length=18, pattern=r"^[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]{18}$"),
    Field(examples=["91610402MA6XW0P404"]),
]
Permit = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]+$")]
Address = Annotated[str, StringConstraints(min_length=1, max_length=400, pattern=r"^[^\x00-\x1f\x7f]+$")]


class PublishedGrade(Out):
    """The grade that stands for an enterprise, or for one of its sites, today."""

    site_id: UUID | None
    audit_id: UUID
    grading_id: UUID
    grade: str = Field(examples=["B"])
    attainable: str = Field(examples=["A"])
    decision: DecisionOut
    assessed_on: date | None
    published_at: datetime | None


class EnterpriseOut(Out):
    """An enterprise with the grades that are published of it."""

    id: UUID
    name: str = Field(examples=["咸阳示范橡胶有限公司"])
    uscc: str = Field(description="Unified social credit code.", examples=["91610402MA6XW0P404"])
    county: str = Field(description="GB/T 2260 code.", examples=["610402"])
    permit: str | None = Field(description="Number of the emission permit.")
    contact: str | None = Field(description="Whom to speak to, and by which telephone.")
    active: bool = Field(description="Not closed.")
    state: OperatingStateKind = Field(description="Its operating state today.")
    idle_since: date | None = Field(description="The day from which it is recorded as long idle.")
    merged_into: UUID | None = Field(default=None, description="The enterprise that it was a double of.")
    version: int = Field(description="Makes the ETag.")
    created_at: datetime
    grades: list[PublishedGrade] = Field(default_factory=list)


class EnterpriseIn(In):
    """An enterprise to register."""

    name: Line = Field(examples=["咸阳示范橡胶有限公司"])
    uscc: Uscc
    county: Area = Field(examples=["610402"])
    permit: Permit | None = None
    contact: Line | None = None


class EnterpriseChange(In):
    """Changes of an enterprise; members that aren't there stay."""

    name: Line | None = None
    uscc: Uscc | None = Field(default=None, examples=[None])
    county: Area | None = None
    permit: Permit | None = None
    contact: Line | None = None
    active: bool | None = None


class OperatingStateIn(In):
    """A state of an enterprise, or of one unit of it, from a day on."""

    state: OperatingStateKind
    since: Day = Field(examples=["2024-05-10"])
    unit_id: UUID | None = Field(default=None, description="By default the whole enterprise.", examples=[None])
    document: Address | None = Field(
        default=None, description="What proves it; being long idle needs one.", examples=["市环停〔2024〕3号"]
    )
    reason: Reasons | None = Field(default=None, description="Being closed needs this or a document.")


class OperatingStateOut(Out):
    """A state as it was recorded; of two from one day on the one recorded last holds."""

    id: UUID
    unit_id: UUID | None
    state: OperatingStateKind
    since: date
    document: str | None
    reason: str | None
    created_at: datetime


class FormerNameIn(In):
    """A name, credit code or permit that an enterprise had until a day."""

    kind: NamedBy
    value: Line = Field(examples=["咸阳第一橡胶厂"])
    until: Day = Field(description="The first day on which it was no longer so.", examples=["2020-05-10"])


class FormerNameOut(Out):
    """A former name or code of an enterprise."""

    id: UUID
    kind: NamedBy
    value: str
    until: date
    created_at: datetime


class MergerIn(In):
    """A double that is to be merged."""

    double_id: UUID
    reasons: Reasons


class DoublePairOut(Out):
    """Two enterprises that may be one, the one registered first before the other."""

    first: EnterpriseOut
    second: EnterpriseOut
    reasons: list[str] = Field(description="What they have in common, in Chinese.")


class SiteOut(Out):
    """A place of production."""

    id: UUID
    enterprise_id: UUID
    name: str
    county: str
    permit: str | None
    address: str | None
    coordinates: str | None = Field(description="Longitude and latitude in degrees.", examples=["108.705,34.329"])
    created_at: datetime


class SiteIn(In):
    """A place of production to register."""

    name: Line = Field(examples=["渭城厂区"])
    county: Area
    permit: Permit | None = None
    address: Address | None = None
    coordinates: Line | None = Field(
        default=None, description="Longitude and latitude in degrees.", examples=["108.705,34.329"]
    )


class SiteChange(In):
    """Changes of a site."""

    name: Line | None = None
    county: Area | None = None
    permit: Permit | None = None
    address: Address | None = None
    coordinates: Line | None = Field(
        default=None, description="Longitude and latitude in degrees.", examples=["108.705,34.329"]
    )


class UnitOut(Out):
    """A production line and the ruleset that grades it."""

    id: UUID
    enterprise_id: UUID
    site_id: UUID
    code: str = Field(description="The unit's `id` in audits.")
    ruleset_id: str
    name: str | None
    products: str | None
    capacity: str | None = Field(description="What it can make in a year, with its unit.")
    active: bool
    created_at: datetime


class UnitIn(In):
    """A production line to register."""

    site_id: UUID
    code: Line = Field(examples=["line-1"])
    ruleset_id: RulesetKey | None = Field(
        default=None,
        description="By default the most local edition of `industry` that is in force where the site lies.",
        examples=["national-2020/rubber"],
    )
    name: Line | None = None
    industry: Line | None = Field(
        default=None,
        description="Its id, a GB/T 4754 class or its name; without a `ruleset_id` each new audit begins with the most local "
        "edition in force on its day.",
        examples=[None],
    )
    ruleset_reason: Reasons | None = Field(
        default=None, description="Why `ruleset_id` is not the most local edition of `industry`.", examples=[None]
    )
    products: Line | None = Field(default=None, examples=["全钢子午线轮胎"])
    capacity: Line | None = Field(
        default=None, description="What it can make in a year, with its unit.", examples=["120 万条/年"]
    )


class UnitChange(In):
    """Changes of a unit."""

    name: Line | None = None
    products: Line | None = None
    capacity: Line | None = None
    ruleset_id: RulesetKey | None = None
    ruleset_reason: Reasons | None = Field(
        default=None, description="Why `ruleset_id` is not the most local edition of its industry.", examples=[None]
    )
    active: bool | None = None
