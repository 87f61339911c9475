"""Parts of a document of a campaign beside the evaluation: the outlook, what plants lack alike, visits, how far plants are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from grading.campaign.shared_gaps import SharedGap
from grading.campaign.soonest import Outlook


@dataclass(frozen=True)
class Visit:
    """A visit of an expert or an officer to a plant."""

    day: date
    permit: str
    by: str
    findings: str
    advice: str
    next_day: date | None


@dataclass(frozen=True)
class StepTaken:
    """A statement about a plant, or about one of its gaps, on a day."""

    day: date
    permit: str
    gap: str | None
    state: str
    note: str


@dataclass(frozen=True)
class Supplement:
    """None: nobody has asked, or nothing that it would follow from is there; documents leave the part out."""

    outlook: Outlook | None = None
    waiting: int = 0
    """Plants whose ways are not worked out yet."""
    shared: tuple[SharedGap, ...] | None = None
    visits: tuple[Visit, ...] | None = None
    steps: tuple[StepTaken, ...] = ()
    states: Mapping[str, str] = field(default_factory=dict)
    """The state of each plant of the roster, in words."""
    deciding: Mapping[str, str] = field(default_factory=dict)
    """Of plants whose grade is another: the indicators that it turned on, in words."""
    address: str | None = None
    """Of the service: figures of web pages lead there."""


NOTHING = Supplement()
