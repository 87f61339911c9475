"""The history of a published grade as JSON."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from api.schemas.base import Out
from api.schemas.decisions import DecisionOut


class GradeInForce(Out):
    """A grade that was in force."""

    grade: str | None = Field(examples=["B"])
    attainable: str | None = Field(examples=["A"])
    decision: DecisionOut


class GradeEventOut(Out):
    """A step in the history of a published grade."""

    at: datetime
    action: str = Field(description="The step as the log names it.", examples=["audit.published"])
    step: str = Field(description="The step in Chinese.", examples=["公布等级"])
    audit_id: UUID
    actor_name: str | None
    before: GradeInForce | None = Field(description="What was in force of this audit until then.")
    after: GradeInForce | None = Field(
        description="What the step put in force; null where it ended or changed nothing."
    )
    rulesets: list[str] = Field(description="The editions that graded it.", examples=[["national-2020/rubber"]])
    reasons: str
    batch: str | None = Field(description="The name of the batch that it was done in.")
    waived: bool = Field(description="The grade that it put in force rests on a waiver (含豁免).")
