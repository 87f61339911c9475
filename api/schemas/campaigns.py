"""Campaigns as JSON."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.base import Digest, In, Line, Out, Reasons
from api.services.campaigns.gap_states import GapState
from api.services.campaigns.plan import Plan
from api.services.campaigns.stored import facts_of, measures_of
from api.store import CampaignChange, CampaignChangeKind, CampaignPlant, CampaignSnapshot, CampaignState
from grading.campaign.model import PlannedMeasure
from grading.model.base import Day

MOST_TEXT = 4_000_000
EXAMPLE = """\
id: xianyang-2023
title: 创A、增B、减C、清D
jurisdiction: "610400"
period: {start: 2023-03-01, roster_frozen: 2023-04-15, plans_due: 2023-04-30, deadline: 2023-10-31}
reached: B
zones: {core: {within_km: 25}, other: {}}
shares: [{zone: other, at_least_percent: 40}]
new: [{county: "610402", at_least: 4}, {rest: true, at_least: 1}]
"""
FileText = Annotated[str, StringConstraints(max_length=MOST_TEXT)]
Permit = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class CampaignIn(In):
    """A campaign's document, and a file with its plants."""

    document: FileText = Field(description="YAML or JSON to the letter (docs/campaigns.md).", examples=[EXAMPLE])
    roster: FileText = Field(
        default="",
        description="JSON lines, a plant a line: `permit`, and as far as it is stated `target`, `measures`, `in_urban_area`,"
        " `distance_km`, `opened`, `state`, `head`, `emissions_t_a`.",
    )
    below_reached: bool = Field(
        default=False, description="Put every plant on the roster that has not reached the level, with that target."
    )


class RosterChangeIn(In):
    """Plants that are put on the roster or changed, and permits that are taken off it."""

    roster: FileText = Field(default="", description="JSON lines as for a new campaign.")
    remove: Annotated[list[Permit], Field(max_length=5000)] = Field(default_factory=list)
    reasons: Annotated[str, StringConstraints(max_length=4000)] = Field(
        default="", description="Required after the roster's freeze date."
    )


class ClosingIn(In):
    """The reason for closing a campaign."""

    reasons: Reasons


class CampaignOut(Out):
    """A campaign of a bureau."""

    id: UUID
    code: str = Field(description="The document's own id.", examples=["xianyang-2023"])
    title: str
    jurisdiction: str = Field(examples=["610400"])
    digest: Digest
    state: CampaignState
    version: int
    made_by: UUID
    created_at: datetime
    closed_at: datetime | None


class CampaignDetailOut(CampaignOut):
    """A campaign with its document."""

    document: str
    reasons: str | None = Field(description="Why it was closed.")


class RosterEntryOut(Out):
    """A campaign's facts about a plant."""

    id: UUID
    enterprise_id: UUID
    permit: str
    target: str | None = Field(description="Null: it is not on the roster.")
    facts: dict[str, Any]
    measures: list[dict[str, Any]]
    responsible: str | None = Field(description="Who answers for it in the office.")
    due: date | None = Field(description="By when it is to reach its target.")
    expert: UUID | None = Field(description="The user who helps it.")
    version: int

    @classmethod
    def of(cls, row: CampaignPlant) -> "RosterEntryOut":
        """The row of the store."""
        return cls(
            id=row.id,
            enterprise_id=row.enterprise_id,
            permit=row.permit,
            target=row.target,
            facts=facts_of(row.facts).model_dump(mode="json", by_alias=True, exclude_defaults=True),
            measures=[measure.model_dump(mode="json") for measure in measures_of(row.measures)],
            responsible=row.responsible,
            due=row.due,
            expert=row.expert,
            version=row.version,
        )


class RosterChangeOut(Out):
    """One change of what a campaign states of a plant."""

    plant_id: UUID
    enterprise_id: UUID
    kind: CampaignChangeKind
    after_freeze: bool
    reasons: str | None
    details: dict[str, Any] = Field(description="By what was changed: before and after.")
    by: UUID
    at: datetime

    @classmethod
    def of(cls, row: CampaignChange) -> "RosterChangeOut":
        """The row of the store."""
        head = {name: getattr(row, name) for name in cls.model_fields if name != "details"}
        return cls(**head, details=json.loads(row.details))


class ShareOut(Out):
    """A zone held against its target."""

    zone: Literal["core", "other"]
    base: int
    reached: int
    percent: str | None
    at_least_percent: float | None
    met: bool | None
    missing: int | None


class CountyOut(Out):
    """The plants of a county that reached the level anew, are about to, or do not count."""

    county: str
    new: list[str]
    pending: list[str]
    opened_since: list[str]
    lost: list[str]
    at_least: int | None
    met: bool | None
    missing: int | None


class OverdueOut(Out):
    """A plant of the roster that is late."""

    permit: str
    why: Literal["measure_overdue", "plan_missing", "target_not_reached"]


class EvaluationOut(Out):
    """A campaign on a day; every list is of permits."""

    on: date
    campaign: str
    base: dict[str, int]
    by_grade: dict[str, int]
    undecided: list[str]
    shares: list[ShareOut]
    new: list[CountyOut]
    moves: dict[str, list[str]]
    overdue: list[OverdueOut]
    emission_share: dict[str, str | None]


class SnapshotOut(Out):
    """The evaluation of a month's end, never changed."""

    day: date
    digest: Digest
    made_at: datetime
    evaluation: EvaluationOut

    @classmethod
    def of(cls, row: CampaignSnapshot) -> "SnapshotOut":
        """The row of the store."""
        evaluation = EvaluationOut.model_validate_json(row.document)
        return cls(day=row.day, digest=row.digest, made_at=row.made_at, evaluation=evaluation)


class MeasureIn(In):
    """A measure of an upgrade plan."""

    gap: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = Field(
        default=None, description="The id of a gap of a published audit.", examples=["G8FCFC26D2"]
    )
    text: Line | None = None
    start: Day | None = None
    finish: Day
    done_percent: Annotated[Decimal, Field(ge=0, le=100)] = Decimal(0)
    cost_wan: Annotated[Decimal, Field(ge=0, le=10_000_000)] | None = Field(default=None, description="In 万元.")
    responsible: Line | None = None
    obstacle: Line | None = None

    def measure(self) -> PlannedMeasure:
        """The measure of the domain."""
        return PlannedMeasure.model_construct(**self.model_dump())


class PlanIn(In):
    """An upgrade plan: it takes the place of the one before."""

    measures: Annotated[list[MeasureIn], Field(max_length=500)]


class MeasureOut(Out):
    """A measure with what the published audit says of its gap."""

    gap: str | None
    text: str | None
    start: date | None
    finish: date
    done_percent: Decimal
    cost_wan: Decimal | None
    responsible: str | None
    obstacle: str | None
    gap_state: GapState | None = Field(
        description="`closed`: an earlier published audit had the gap, the one in force does not; null: it is for no gap."
    )


class UncoveredOut(Out):
    """A gap that no measure is for."""

    id: str
    unit: str
    title: str
    required: str
    actual_text: str | None


class PlanOut(Out):
    """A plant's upgrade plan."""

    id: UUID
    campaign_id: UUID
    permit: str
    target: str | None
    version: int
    measures: list[MeasureOut]
    uncovered: list[UncoveredOut] = Field(description="Gaps on the cheapest way to the target without a measure.")
    gaps_known: bool = Field(description="Whether a published audit says what the gaps are.")

    @classmethod
    def of(cls, plan: Plan) -> "PlanOut":
        """The plan of the service."""
        row = plan.plant
        return cls(
            id=row.id,
            campaign_id=row.campaign_id,
            permit=row.permit,
            target=row.target,
            version=row.version,
            measures=[MeasureOut(**measure.model_dump(), gap_state=state) for measure, state in plan.measures],
            uncovered=[UncoveredOut.model_validate(line) for line in plan.uncovered],
            gaps_known=plan.gaps_known,
        )
