"""The base of every model, and the small types that several of them share."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=64)]
Level = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_+-]*$", max_length=32)]
RulesetId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*/[a-z0-9][a-z0-9_-]*$", max_length=120)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000)]


def _day(value: object) -> object:
    """A day of the calendar or its text; pydantic would also take a number, as seconds since 1970, and a moment."""
    if type(value) is date or (isinstance(value, str) and len(value) == 10 and not value.isdigit()):
        return value
    raise PydanticCustomError("date_type", "a day like 2023-09-10")


Day = Annotated[date, BeforeValidator(_day)]
Scalar = bool | Decimal | date | str
MAX_NUMBER = 10**9
"""Numbers of an audit are smaller than this, sign apart."""


class Strict(BaseModel):
    """A frozen model that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Status(StrEnum):
    """Kleene's three values; and of an indicator at a level, that it counts there by a waiver (豁免) and not by itself."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"
    WAIVED = "waived"

    @property
    def counts(self) -> bool:
        """True when an indicator of this status does not keep a unit from the level."""
        return self in (Status.MET, Status.WAIVED)


def decimal_places(number: Decimal) -> int:
    """The number of decimal places, but for zeros that say nothing: 6.20 has one. Exact at any length."""
    _, digits, exponent = number.as_tuple()
    places = -exponent if number and isinstance(exponent, int) else 0
    for digit in reversed(digits):
        if digit or places <= 0:
            break
        places -= 1
    return max(0, places)


class Mode(StrEnum):
    """`official`, or `trial` (试算) in which provisional figures count as established."""

    OFFICIAL = "official"
    TRIAL = "trial"


Basis = Literal["seen", "standard", "recalled", "estimated"]
Confidence = Literal["high", "medium", "low"]


class Cite(Strict):
    """A citation of a requirement or a figure."""

    document: Text
    section: Text | None = None
    clause: Text | None = None
    page: Text | None = None
    url: Text | None = None
    note: Text | None = None


class Provenance(Strict):
    """The provenance of a figure: resolved, innermost statement first."""

    basis: Basis
    confidence: Confidence
    cite: Cite


Range = Annotated[tuple[Decimal, Decimal], Field(description="low and high end")]


class Remedy(Strict):
    """A work that meets a requirement. Weeks and cost (万元) are ranges; `per_row`: the cost is that of each row.

    `priced_per` names the piece whose price the cost is (台, 口); a row is such a piece. `covers` says what the cost covers,
    where it is not the works as a whole.
    """

    text: Text
    weeks: Range | None = None
    cost_wan_cny: Range | None = None
    per_row: bool = False
    priced_per: Annotated[str, StringConstraints(min_length=1, max_length=12)] | None = None
    covers: Text | None = None
    evidence: tuple[Text, ...] = ()
    note: Text | None = None

    def __hash__(self) -> int:
        return self.content_hash

    @cached_property
    def content_hash(self) -> int:
        """The hash of the fields, worked out once: plans look works up many thousand times."""
        return hash(tuple(getattr(self, name) for name in type(self).model_fields))
