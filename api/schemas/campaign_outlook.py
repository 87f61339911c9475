"""Outlook of a campaign as JSON: what reaches its targets soonest, and the plants to help."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from api.schemas.base import Out
from grading.campaign.candidates import Candidate
from grading.campaign.shared_gaps import SharedGap
from grading.campaign.soonest import AreaOutlook

Range = tuple[Decimal, Decimal]


class PickOut(Out):
    """A plant that is chosen, the way it goes, and what that takes."""

    permit: str
    way: Literal["publication", "cheapest", "quickest", "plan"]
    preferred: bool = Field(description="A head enterprise or large emitter that the campaign puts first.")
    provisional: bool = Field(description="The way holds only if figures of the guideline that are not established do.")
    cost_wan: Range = Field(description="In 万元, low and high.")
    unpriced: int = Field(description="Works without a price.")
    counted_as_one: int = Field(
        description="Works at the price of one piece, of which nothing tells how many it takes."
    )
    weeks: Range
    untimed: int = Field(description="Works of which nobody has said how long they take.")
    changes: int
    evidence: int
    waits: list[str] = Field(description="Of the changes, what those are that only time brings.")
    waits_until: date | None
    ready_on: date | None = Field(description="From when on a grade could be published; null: not known.")
    audit_digest: str | None = Field(description="Of the changed audit that was graded as proof.")


class ChoiceOut(Out):
    """Plants that close a missing number, or as much of it as can be closed."""

    picks: list[PickOut]
    cost_wan: Range
    unpriced: int
    counted_as_one: int
    still_missing: int = Field(description="After the plants whose way is proven.")
    if_figures_hold: int = Field(description="After the provisional ones too.")


class ForecastOut(Out):
    """The state at the deadline if plans hold; every list is of permits."""

    needed: int
    now: int
    on_publication: list[str]
    planned: list[str]
    uncertain: list[str]
    late: list[str]
    without_plan: int
    expected: int
    at_most: int
    met: bool | None


class AreaOutlookOut(Out):
    """A county or a zone with a target."""

    kind: Literal["county", "zone"]
    id: str
    missing: int
    below: int
    with_way: int
    provisional: int
    unknown: int
    cheapest: ChoiceOut
    in_time: ChoiceOut | None = Field(description="Null after the deadline.")
    forecast: ForecastOut | None

    @classmethod
    def of(cls, area: AreaOutlook) -> "AreaOutlookOut":
        """An area of the domain."""
        return cls.model_validate(area)


class OutlookOut(Out):
    """The outlook of a campaign's targets, as things stand on a day."""

    on: date
    deadline: date
    waiting: int = Field(description="Plants whose ways are still being worked out.")
    areas: list[AreaOutlookOut]


class SharedGapOut(Out):
    """Something that plants of an industry lack alike; lists are of permits."""

    key: str = Field(description="Give it as `gap` to get the plants that have it.")
    industry: str
    industry_title: str
    fact: str
    label: str
    required: str
    of: int = Field(description="Plants of the industry below their level whose gaps are known.")
    unmet: list[str]
    unknown: list[str] = Field(description="Those that have not shown it.")
    unresolved: list[str] = Field(description="Those that only an open figure of the guideline keeps from it.")

    @classmethod
    def of_gap(cls, gap: SharedGap) -> "SharedGapOut":
        """A gap of the domain."""
        return cls.model_validate(gap)


class OptionOut(Out):
    """The least that it takes a plant."""

    way: str
    cost_wan: Range | None
    unpriced: int
    counted_as_one: int
    weeks: Range | None
    untimed: int
    changes: int
    evidence: int
    waits: list[str] = Field(description="Of the changes, what those are that only time brings.")
    waits_until: date | None
    ready_on: date | None
    works: list[str]
    settings: list[str] = Field(description="The changed values, as a simulation takes them.")


class PlantToHelpOut(Out):
    """A plant below its level."""

    permit: str
    county: str
    zone: Literal["core", "other"]
    target: str
    preferred: bool
    provisional: bool
    plan: Literal["in_time", "uncovered", "late", "none"]
    gaps: list[str] | None = Field(description="Ids of the open gaps on the cheapest way; null: not known.")
    least: OptionOut | None = Field(description="Null: no proven way.")
    obstacles: list[str]

    @classmethod
    def of(cls, found: Candidate) -> "PlantToHelpOut":
        """A candidate of the domain."""
        option, ways = found.best, found.ways
        least = None
        if option is not None:
            way = option.way
            least = OptionOut(
                way=option.name,
                cost_wan=None if way is None else way.cost_wan,
                unpriced=0 if way is None else way.unpriced,
                counted_as_one=0 if way is None else way.counted_as_one,
                weeks=None if way is None else way.weeks,
                untimed=0 if way is None else way.untimed,
                changes=0 if way is None else way.changes,
                evidence=0 if way is None else way.evidence,
                waits=[] if way is None else list(way.waits),
                waits_until=None if way is None else way.waits_until,
                ready_on=option.ready_on,
                works=[] if way is None else [work.text for work in way.works],
                settings=[] if way is None else list(way.settings),
            )
        return cls(
            permit=found.permit,
            county=found.county,
            zone=found.zone,
            target=found.target,
            preferred=found.preferred,
            provisional=found.is_provisional,
            plan=found.plan,
            gaps=None if ways is None else [gap.id for gap in ways.gaps],
            least=least,
            obstacles=[] if ways is None or option is not None else [f"{o.title}：{o.text}" for o in ways.obstacles],
        )


class PlantsToHelpOut(Out):
    """The plants below their level, the least effort first, and what they lack alike."""

    on: date
    waiting: int
    shared: list[SharedGapOut]
    plants: list[PlantToHelpOut]
