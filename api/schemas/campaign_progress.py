"""The progress of plants in a campaign as JSON."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.base import In, Out
from api.services.campaigns.progress import LONGEST, Progress
from api.store import CampaignStepState
from grading.model.base import Day

Note = Annotated[str, StringConstraints(max_length=LONGEST)]
Gap = Annotated[str, StringConstraints(min_length=1, max_length=64)]
OfGap = Annotated[
    Gap | None, Field(description="The id of a gap; null: the plant as a whole.", examples=["G8FCFC26D2"])
]


class StepIn(In):
    """A step of a plant or of one of its gaps."""

    state: CampaignStepState
    gap: OfGap = None
    note: Note = Field(default="", description="Required for `rejected` and `reopened`.")


class StepOut(Out):
    """A step, never changed."""

    state: CampaignStepState
    gap: str | None
    note: str | None
    by: UUID
    at: datetime


class VisitIn(In):
    """A visit to a plant."""

    day: Day
    findings: Note
    advice: Note
    gap: OfGap = None
    next_day: Day | None = None


class VisitOut(Out):
    """A visit, never changed."""

    id: UUID
    day: date
    gap: str | None
    findings: str
    advice: str
    next_day: date | None
    by: UUID
    at: datetime


class PhotoOut(Out):
    """A picture of what was done, never changed."""

    id: UUID
    gap: str | None
    name: str
    media_type: str
    size: int
    sha256: str
    by: UUID
    at: datetime


class GapProgressOut(Out):
    """A gap of the plan or of the published audit."""

    gap: str
    state: str = Field(
        description="`listed`, `assigned`, `rectified`, `verified`, `reopened`, `closed`; closed by the published audit alone."
    )
    offered: list[CampaignStepState] = Field(description="What you may say next.")
    steps: list[StepOut]


class ProgressOut(Out):
    """A plant's progress in a campaign."""

    id: UUID
    campaign_id: UUID
    permit: str
    state: str = Field(
        description="`listed`, `planned`, `rectifying`, `self_checked`, `applied`, `city`, `province`, `publicity`, `rejected`,"
        " or `published`: the published audit has reached the target."
    )
    offered: list[CampaignStepState] = Field(description="What you may say next.")
    steps: list[StepOut]
    gaps: list[GapProgressOut]
    visits: list[VisitOut]
    photos: list[PhotoOut]

    @classmethod
    def of(cls, found: Progress) -> "ProgressOut":
        """The progress of the service."""
        plant = found.plan.plant
        return cls(
            id=plant.id,
            campaign_id=plant.campaign_id,
            permit=plant.permit,
            state=found.state,
            offered=list(found.offered),
            steps=[StepOut.model_validate(step) for step in found.steps],
            gaps=[
                GapProgressOut(
                    gap=gap,
                    state=of.state,
                    offered=list(of.offered),
                    steps=[StepOut.model_validate(step) for step in of.steps],
                )
                for gap, of in found.gaps.items()
            ],
            visits=[VisitOut.model_validate(visit) for visit in found.visits],
            photos=[PhotoOut.model_validate(photo) for photo in found.photos],
        )
