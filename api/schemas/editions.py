"""Working editions, what is filled in in them, proposals with their verdicts and signatures."""

import json
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.base import Area, In, Line, Out, Reasons, RulesetKey
from api.services.editions.proposals import FigureVerdict, StandingGrading
from api.services.editions.states import EditionAction
from api.services.editions.working import Conflict, FieldChange
from api.store import EditionProposal, FigureReview, ProposalState, SourceScan, Verdict, WorkingEdition
from grading.figure_edits.fields import fields_of
from grading.figure_edits.figures import Figure, figure_text
from grading.model.base import Day
from grading.model.ruleset import Ruleset

EditionName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=59),
    Field(description="Names the edition; with the industry it is the ruleset's id.", examples=["xianyang-2027"]),
]
Place = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"),
    Field(description="Of a figure, as the edition lists them.", examples=["wheel_wash.A"]),
]
Said = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")]


class WorkingEditionIn(In):
    """An edition to complete on top of another one."""

    base: RulesetKey = Field(description="The former edition.")
    edition: EditionName
    document: Line = Field(
        description="The document that it puts into data.", examples=["咸阳市绩效分级指标表（2027）"]
    )
    effective: Day = Field(description="The day from which it is meant to be in force.", examples=["2027-01-01"])
    jurisdiction: Area | None = Field(default=None, description="Your area, if not given.")


class WorkingEditionOut(Out):
    """An edition that is being completed."""

    id: UUID
    ruleset_id: str
    base_id: str
    base_digest: str
    jurisdiction: str
    document: str
    effective: date
    area: str
    made_by: UUID
    created_at: datetime


class FigureFieldsOut(Out):
    """A figure with its fields as they are."""

    place: str
    owner: str = Field(description="The indicator; of a gate `gate.` and its id.", examples=["wheel_wash"])
    levels: list[str] = Field(description="Those that it is asked for; none of gates and of what selects plants.")
    text: str = Field(description="The figure in words.")
    open: bool = Field(description="True while it does not count officially.")
    to_review: bool = Field(description="True when a second person has to look at it before it counts.")
    fields: dict[str, str] = Field(
        description="`value` (options by code, joined by `；`; empty: not known), `standing` (`established` or `provisional`), "
        "`basis`, `confidence`, `document`, `section`, `clause`, `page`, `url`, `note`.",
        examples=[{"value": "30", "standing": "provisional", "basis": "estimated", "confidence": "low"}],
    )

    @classmethod
    def of(cls, ruleset: Ruleset, figure: Figure, to_review: bool) -> "FigureFieldsOut":
        """A figure of an edition."""
        return cls(
            place=figure.place,
            owner=figure.owner,
            levels=list(figure.levels),
            text=figure_text(ruleset, figure),
            open=figure.is_open,
            to_review=to_review,
            fields=fields_of(figure),
        )


class ScanOut(Out):
    """A scan of the page that figures were read from."""

    id: UUID
    working_id: UUID
    place: str
    name: str
    media_type: str
    size: int
    sha256: str
    at: datetime

    @classmethod
    def of(cls, row: SourceScan) -> "ScanOut":
        """The row of the store."""
        return cls.model_validate(row)


class WorkingDetailOut(WorkingEditionOut):
    """With every figure."""

    state: Literal["draft", "proposed", "returned", "signed", "withdrawn"]
    proposal_id: UUID | None = Field(description="The last proposal.")
    figures: list[FigureFieldsOut]
    texts: dict[str, str] = Field(description="The words of each requirement, by its place; a field named `text`.")
    scans: list[ScanOut]

    @classmethod
    def of(
        cls,
        row: WorkingEdition,
        proposal: EditionProposal | None,
        figures: list[FigureFieldsOut],
        texts: dict[str, str],
        scans: list[ScanOut],
    ) -> "WorkingDetailOut":
        """The row of the store with what is filled in."""
        plain = WorkingEditionOut.model_validate(row).model_dump()
        state = "draft" if proposal is None else proposal.state.value
        return cls(
            **plain,
            state=state,
            proposal_id=None if proposal is None else proposal.id,
            figures=figures,
            texts=texts,
            scans=scans,
        )


class FieldIn(In):
    """A field as it is filled in."""

    place: Place
    field: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,20}$"), Field(examples=["note"])]
    value: Said = Field(examples=["与原文逐字核对"])
    shown: Said | None = Field(default=None, description="What you saw there before; null: whatever it is.")

    @property
    def change(self) -> FieldChange:
        """The change."""
        return FieldChange(self.place, self.field, self.value, self.shown)


class FieldsIn(In):
    """Fields that belong together: all are saved, or none."""

    fields: list[FieldIn] = Field(min_length=1, max_length=500)


class ConflictOut(Out):
    """A field that somebody else has changed meanwhile."""

    place: str
    field: str
    yours: str
    theirs: str
    by: str
    at: datetime

    @classmethod
    def of(cls, conflict: Conflict) -> "ConflictOut":
        """The conflict."""
        return cls.model_validate(conflict)


class MovedUnitOut(Out):
    """A unit whose grade, or what it could at best become, is another."""

    audit_id: UUID
    enterprise: str
    unit: str
    before: str
    before_attainable: str
    after: str
    after_attainable: str
    way: str


class EditionImpactOut(Out):
    """The effects of an edition on the published units of its industry in your area, in one mode."""

    mode: Literal["official", "trial"]
    units: int
    ways: dict[str, int] = Field(description="How many units go which way.")
    causes: dict[str, int] = Field(description="Because of which indicator or gate, by units.")
    moved: list[MovedUnitOut] = Field(description="The first of them.")


class ProposalIn(In):
    """A proposal of a working edition."""

    note: Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00]*$")] = Field(
        default="", examples=["已按印发稿逐项填写。"]
    )


class DraftProposalIn(ProposalIn):
    """A proposal of an edition that was uploaded as a file."""

    former: RulesetKey = Field(description="The ruleset that it follows on.")


class FigureReviewOut(Out):
    """A verdict on a figure."""

    place: str
    verdict: Verdict
    source: str | None
    reasons: str | None
    reviewed_by: UUID
    reviewer_name: str
    reviewed_at: datetime


class ProposalOut(Out):
    """An edition on its way to a signature."""

    id: UUID
    ruleset_id: str
    jurisdiction: str
    area: str
    working_id: UUID | None
    draft_id: UUID
    former_id: str
    former_digest: str
    state: ProposalState
    version: int
    proposed_by: UUID
    proposed_at: datetime
    note: str | None
    prepared_at: datetime | None = Field(description="When differences, proof, cases and impact were there.")
    decided_by: UUID | None
    decided_at: datetime | None
    reasons: str | None = Field(description="For which it was returned; of a signed one what the reviewer says.")
    effective: date | None = Field(description="The day from which it is in force.")
    signed_digest: str | None
    withdrawn_by: UUID | None
    withdrawn_at: datetime | None
    withdrawal_reasons: str | None


class ProposalDetailOut(ProposalOut):
    """With everything that a reviewer looks at."""

    actions: list[EditionAction] = Field(description="The steps that you may take now.")
    attachments: dict[str, Any] | None = Field(description="`differences`, `proof`, `cases`, `impact`.")
    figures: list[FigureFieldsOut] = Field(description="Those that a second person has to look at.")
    reviews: list[FigureReviewOut]
    open: int = Field(description="Figures that are open in the edition whatever is confirmed.")

    @classmethod
    def of(
        cls,
        row: EditionProposal,
        actions: list[EditionAction],
        figures: list[FigureFieldsOut],
        reviews: list[FigureReview],
        open_: int,
    ) -> "ProposalDetailOut":
        """The row of the store with what belongs to it."""
        return cls(
            **ProposalOut.model_validate(row).model_dump(),
            actions=actions,
            attachments=None if row.attachments is None else json.loads(row.attachments),
            figures=figures,
            reviews=[FigureReviewOut.model_validate(one) for one in reviews],
            open=open_,
        )


class VerdictIn(In):
    """Your verdict on a figure."""

    place: Place
    verdict: Verdict
    source: Said = Field(
        default="", description="Of a confirmed one: where you have read it.", examples=["指标表第 3 页"]
    )
    reasons: Said = Field(default="", description="Of a refused one.")

    @property
    def figure_verdict(self) -> FigureVerdict:
        """The verdict."""
        return FigureVerdict(self.place, self.verdict, self.source, self.reasons)


class VerdictsIn(In):
    """Verdicts that belong together: all are taken, or none."""

    figures: list[VerdictIn] = Field(min_length=1, max_length=1000)


class SignatureIn(In):
    """A signature."""

    effective: Day = Field(description="From this day on it is in force.", examples=["2027-01-01"])
    statement: Reasons | None = Field(default=None, examples=["已与原文逐条核对。"])


class StandingOut(Out):
    """A published audit whose grade was given by a signed edition."""

    audit_id: UUID
    enterprise: str
    assessed_on: date | None
    units: list[str]

    @classmethod
    def of(cls, found: StandingGrading) -> "StandingOut":
        """The grading as it stands."""
        return cls(
            audit_id=found.audit_id, enterprise=found.enterprise, assessed_on=found.assessed_on, units=list(found.units)
        )
