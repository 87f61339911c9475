"""Opinions of admission as JSON."""

import json
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from api.schemas.audits import AUDIT_EXAMPLE
from api.schemas.base import Digest, In, Out, Reasons
from api.schemas.enterprises import Uscc
from api.services.admission import Listed, Made, Regrading, made_digests
from api.store import AdmissionOutcome
from grading.model.base import Basis, Confidence, Day
from grading.policy.given import DISTANCE_METHODS, PROJECT_KINDS
from grading.regions import PATTERN as PLACE

PROJECT_EXAMPLE: dict[str, Any] = {
    "name": "年产 5 万套涂装件项目",
    "kind": "new",
    "industry": "industrial_coating",
    "emits_to_air": True,
    "county": "610402",
    "in_urban_area": False,
    "distance_km": 20,
    "distance_method": "fence",
    "accepted_on": "2023-05-10",
    "treatment": ["rto"],
    "facts": {},
}
ADMISSION_EXAMPLE: dict[str, Any] = {"project": PROJECT_EXAMPLE, "audit": None}
ADMISSION_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "A proposed project with its design data; null or absent is what is not known.",
    "required": ["project"],
    "additionalProperties": False,
    "properties": {
        "project": {
            "type": "object",
            "required": ["name", "county", "accepted_on"],
            "additionalProperties": False,
            "properties": {
                "name": {"type": "string", "minLength": 1, "maxLength": 4000},
                "kind": {"enum": [*PROJECT_KINDS, None]},
                "industry": {
                    "type": ["string", "null"],
                    "description": "An id of the register of key industries, the name of a ruleset, or `others`.",
                },
                "emits_to_air": {"type": ["boolean", "null"]},
                "county": {"type": "string", "pattern": f"^(?:{PLACE})$"},
                "in_urban_area": {"type": ["boolean", "null"]},
                "distance_km": {"type": ["number", "null"], "minimum": 0},
                "distance_method": {"enum": [*DISTANCE_METHODS, None]},
                "accepted_on": {"type": "string", "format": "date"},
                "treatment": {"type": ["array", "null"], "items": {"type": "string"}},
                "facts": {"type": "object", "description": "What policies ask beyond the other keys."},
            },
        },
        "audit": {"anyOf": [{"$ref": "#/components/schemas/Audit"}, {"type": "null"}]},
    },
    "example": {"project": PROJECT_EXAMPLE, "audit": AUDIT_EXAMPLE},
}


class RequiredLevelOut(Out):
    """The level that a project has to reach: with all indicators, or with its treatment facilities."""

    level: str = Field(examples=["A"])
    scope: Literal["whole", "facility"]


class BearingRuleOut(Out):
    """A rule that bears on the outcome: a ban, or a required level with whether it is reached."""

    policy: str = Field(examples=["xianyang-2023/admission"])
    rule: str = Field(examples=["core_needs_a"])
    status: Literal["met", "unmet", "unknown"]
    kind: Literal["ban", "requires_level"]
    level: str | None = None
    scope: Literal["whole", "facility"] | None = None
    text: str
    cite: dict[str, str]
    basis: Basis
    confidence: Confidence


class PreviewOut(Out):
    """An opinion's conclusion; `missing` are the facts that would decide an undecided one."""

    outcome: AdmissionOutcome
    zone: str | None = Field(examples=["core"])
    required: RequiredLevelOut | None
    grade: str | None = Field(description="Of the design data.", examples=["B"])
    attainable: str | None = Field(examples=["A"])
    reasons: list[BearingRuleOut]
    missing: list[str] = Field(examples=[["audit"]])

    @classmethod
    def made(cls, made: Made) -> "PreviewOut":
        """An opinion that is not kept."""
        return cls.model_validate(made.opinion.as_json())


class CompletionIn(In):
    """The acceptance of a completed project (竣工验收): day, document and operator."""

    completed_on: Day
    reasons: Reasons
    uscc: Uscc | None = Field(default=None, description="Unified social credit code of the enterprise that runs it.")


class CompletionOut(Out):
    """The acceptance of a completed project."""

    completed_on: date
    enterprise_id: UUID | None
    reasons: str
    recorded_by: UUID
    created_at: datetime


class OpinionBrief(Out):
    """An opinion as lists tell it."""

    id: UUID
    name: str = Field(examples=[PROJECT_EXAMPLE["name"]])
    county: str = Field(description="GB/T 2260 code.", examples=["610402"])
    industry: str | None = Field(examples=["industrial_coating"])
    accepted_on: date
    outcome: AdmissionOutcome
    required_level: str | None = Field(examples=["A"])
    regrading: Regrading = Field(description="Whether the grade has to be confirmed after the project was completed.")
    completed_on: date | None
    supersedes_id: UUID | None
    superseded_by: UUID | None
    created_at: datetime

    @classmethod
    def of(cls, found: Listed) -> "OpinionBrief":
        """The row of the store with what came after it."""
        return cls(**_head(found))


class OpinionOut(OpinionBrief, PreviewOut):
    """An opinion with what it rests on."""

    digest: Digest = Field(description="Of project and design data as they were read.")
    engine: str
    rulesets: dict[str, Digest] = Field(description="By id, the rulesets that graded the design data.")
    policies: dict[str, Digest] = Field(description="By id, the policies about projects that there were.")
    made_by: UUID
    completion: CompletionOut | None
    confirmed_by_audit_id: UUID | None = Field(description="The published audit that confirmed the grade.")

    @classmethod
    def whole(cls, found: Listed) -> "OpinionOut":
        """The row of the store with what came after it."""
        row = found.opinion
        return cls(
            **json.loads(row.document) | _head(found),
            digest=row.digest,
            engine=row.engine,
            rulesets=json.loads(row.rulesets),
            policies=made_digests(row),
            made_by=row.made_by,
            completion=None if found.completion is None else CompletionOut.model_validate(found.completion),
            confirmed_by_audit_id=None if found.published is None else found.published.id,
        )


def _head(found: Listed) -> dict[str, Any]:
    row = found.opinion
    return {
        "id": row.id,
        "name": row.name,
        "county": row.county,
        "industry": row.industry,
        "accepted_on": row.accepted_on,
        "outcome": row.outcome,
        "required_level": row.required_level,
        "regrading": found.regrading,
        "completed_on": None if found.completion is None else found.completion.completed_on,
        "supersedes_id": row.supersedes_id,
        "superseded_by": found.superseded_by,
        "created_at": row.created_at,
    }
