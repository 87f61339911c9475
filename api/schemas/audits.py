"""Audits, their revisions and appeals as JSON."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.base import In, Out, Reasons
from api.schemas.decisions import DecisionOut
from api.services.workflow import Action
from api.store import AppealState, AuditKind, AuditState
from grading.model.base import Mode
from grading.regions import PATTERN as PLACE

AUDIT_EXAMPLE: dict[str, Any] = {
    "enterprise": {
        "name": "咸阳示范橡胶有限公司",
        "uscc": "91610402MA6XW0P404",
        "county": "610402",
        "facts": {},
    },
    "assessed_on": "2023-09-10",
    "units": [
        {
            "id": "line-1",
            "ruleset": "national-2020/rubber",
            "facts": {"access_gate": {"value": True, "evidence": ["门禁照片.jpg"]}},
            "groups": {"outlets": [{"outlet_id": "DA001", "nmhc": 6.2}]},
        }
    ],
}
AUDIT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Audit",
    "description": "One enterprise on one day. A value is bare or `{value, evidence, note}`; null or absent means unknown. "
    "In an audit begun from the last one, `last` says what was stated then, and `as_last_time: true` beside a value that it "
    "is confirmed to be the same. "
    "Which facts there are, each ruleset's `form-schema` says; what is wrong is told with its place.",
    "required": ["enterprise", "assessed_on", "units"],
    "properties": {
        "enterprise": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "uscc": {"type": ["string", "null"]},
                "permit": {"type": ["string", "null"]},
                "county": {"type": ["string", "null"], "pattern": f"^(?:{PLACE})$"},
                "facts": {"type": ["object", "null"]},
            },
        },
        "assessed_on": {"type": "string", "format": "date"},
        "units": {
            "type": "array",
            "minItems": 1,
            "maxItems": 200,
            "items": {
                "type": "object",
                "required": ["id", "ruleset"],
                "properties": {
                    "id": {"type": "string"},
                    "ruleset": {"type": "string"},
                    "facts": {"type": ["object", "null"]},
                    "groups": {"type": ["object", "null"]},
                },
            },
        },
        "last": {
            "type": ["object", "null"],
            "required": ["assessed_on"],
            "properties": {
                "assessed_on": {"type": "string", "format": "date"},
                "facts": {"type": ["object", "null"]},
                "units": {"type": ["object", "null"], "description": "By id: facts and groups."},
            },
        },
    },
    "example": AUDIT_EXAMPLE,
}
"""The schema of every audit, whatever its rulesets."""
DRAFT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Draft",
    "description": "An audit that may be incomplete and wrong; it is checked when it is submitted.",
    "example": AUDIT_EXAMPLE,
}


class GradeBrief(Out):
    """A grading in few words."""

    id: UUID
    mode: Mode
    grade: str = Field(examples=["B"])
    attainable: str = Field(description="What it would be if everything unknown turned out well.", examples=["A"])
    decision: DecisionOut


class AuditBrief(Out):
    """An audit without its content."""

    id: UUID
    enterprise_id: UUID
    enterprise_name: str
    site_id: UUID | None
    kind: AuditKind = Field(description="`expert`: by assessors; `self`: the enterprise's own.")
    state: AuditState
    version: int = Field(description="Goes up with every change; makes the ETag.")
    revision: int = Field(description="The number of the revision that counts.")
    assessed_on: date | None
    author_id: UUID
    author_name: str
    submitted_at: datetime | None
    confirmed_at: datetime | None
    published_at: datetime | None
    published_grading_id: UUID | None
    corrects_id: UUID | None
    begun_from_id: UUID | None = Field(description="The audit whose answers it shows as last time's.")
    superseded_by: UUID | None
    reasons: str | None = Field(description="Why it was returned or withdrawn, the last time.")
    created_at: datetime
    changed_at: datetime
    grading: GradeBrief | None = Field(description="The last official grading of the revision that counts.")


class PublicationOut(Out):
    """The word given when a grading was published that is not decided, or that had something unusual about it."""

    grading_id: UUID
    undecided: bool
    reasons: str
    created_at: datetime


class AuditOut(AuditBrief):
    """An audit without its content, with what you may do with it."""

    submitted_by: str | None
    confirmed_by: str | None
    published_by: str | None
    opinion: str | None = Field(description="The second expert's opinion, as it was last given.")
    outside_reason: str | None = Field(
        description="Why it goes by an edition that does not apply where the plant lies, if it does."
    )
    actions: list[Action] = Field(description="What you may do with it now.")
    publication: PublicationOut | None = Field(description="What was said when the grading in force was published.")
    conflicts: list[int] = Field(
        description="Revisions that were saved too late and are kept beside the one that counts."
    )


class AuditFromWorkbookOut(AuditOut):
    """An audit that was begun with a workbook, or saved from one."""

    warnings: list[str] = Field(
        description="What the workbook's sender should know, such as sheets that were not read."
    )


class AuditIn(In):
    """An audit to begin. Without `content` it begins with the registered units, or with the audit that it corrects."""

    enterprise_id: UUID
    site_id: UUID | None = None
    corrects_id: UUID | None = Field(default=None, description="The published audit that this one is to correct.")
    from_last: bool = Field(
        default=False,
        description="Begin with the last audit's answers beside (`last`): none counts until it is stated here, with "
        "`as_last_time` where it is confirmed to be the same. 409 `no_last_audit` where there is none.",
    )


class RevisionOut(Out):
    """A revision without its content."""

    number: int
    author_id: UUID
    author_name: str
    frozen: bool = Field(description="Submitted; never changed again.")
    conflicts_with: int | None = Field(description="Saved too late: the revision that had been saved before it.")
    audit_digest: str | None
    created_at: datetime
    changed_at: datetime


class ReasonsIn(In):
    """Reasons for a step."""

    reasons: Reasons


class OptionalReasonsIn(In):
    """Reasons for a step; a draft that was never submitted needs none."""

    reasons: Reasons | None = None


class WordIn(In):
    """A word about what is missing or unusual; needed where there is something."""

    reasons: Reasons | None = None


OutsideReason = Annotated[
    Reasons | None,
    Field(
        description="Needed where an edition does not apply to the plant's county (422 `outside_jurisdiction`): why."
    ),
]


class StepIn(WordIn):
    """The facts that a step needs."""

    outside_reason: OutsideReason = None


Opinion = Annotated[
    Reasons | None, Field(description="The second expert's opinion, which is printed in the record of the check.")
]


class ConfirmationIn(StepIn):
    """The facts that confirming needs."""

    opinion: Opinion = None


class ReturnIn(ReasonsIn):
    """The reasons of a return."""

    opinion: Opinion = None


class PublicationIn(StepIn):
    """The grading to publish; by default the last official one."""

    grading_id: UUID | None = None
    reasons: Reasons | None = Field(
        default=None, description="Needed for a grade that is not decided, and where something is missing or unusual."
    )


class PointIn(In):
    """The reason for which the plant objects to what was concluded of one indicator."""

    unit: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    indicator: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    reason: Reasons


class AppealIn(ReasonsIn):
    """An objection to a published audit."""

    points: Annotated[list[PointIn], Field(max_length=200)] = Field(
        default=[], description="Reasons indicator by indicator, of the published grading's units."
    )
    late_reason: Reasons | None = Field(
        default=None, description="Needed after the last day (422 `appeal_late`): why it is late."
    )


class PointOut(Out):
    """A reason by indicator."""

    unit: str
    indicator: str
    reason: str


class AppealFileOut(Out):
    """A file that was handed in with an appeal."""

    name: str
    media_type: str
    size: int
    sha256: str
    created_at: datetime


class AppealStepOut(Out):
    """A step on an appeal's way."""

    title: str
    text: str
    done: bool
    due: date | None = Field(description="The last day for it, where one is set.")


class AppealOut(Out):
    """An enterprise's objection to a published audit, and the bureau's answer."""

    id: UUID
    audit_id: UUID
    state: AppealState
    reasons: str
    by_name: str
    answer: str | None
    answered_by_name: str | None
    answered_at: datetime | None
    created_at: datetime
    points: list[PointOut]
    late_reason: str | None = Field(description="Why it was filed after the last day, if it was.")
    answer_due: date | None
    files: list[AppealFileOut] = Field(description="In the order in which they were handed in.")
    progress: list[AppealStepOut] = Field(description="Where it stands, from its receipt to the new conclusion.")


class AnswerIn(In):
    """The bureau's answer to an appeal."""

    upheld: bool
    answer: Reasons


class CheckOut(Out):
    """Obstacles to submitting a draft."""

    ready: bool
    notices: list[dict[str, str]] = Field(
        default=[],
        description="What its writers should know before, if anything: an edition is not in force on its day, or of elsewhere.",
        examples=[
            [
                {
                    "place": "units[0].ruleset",
                    "code": "edition_not_yet_in_force",
                    "message": "评定日早于本版施行日",
                }
            ]
        ],
    )
    errors: list[dict[str, str]] = Field(
        examples=[[{"place": "units[0].id", "code": "key_missing", "message": "缺少此项"}]]
    )


class WorkbookOut(Out):
    """Contents of a workbook."""

    warnings: list[str] = Field(description="What its sender should know.")
    audit: dict[str, Any]
