"""Rulesets as JSON: in short, whole, in prose."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from api.schemas.base import Digest, In, Out, Reasons


class ReviewOut(Out):
    """An expert's sign-off of the edition; null fields where there is none."""

    status: Literal["draft", "reviewed"]
    reviewer: str | None = None
    on: date | None = None
    statement: str | None = None


class LevelOut(Out):
    """A level of the scale; `standing` (1 = best) compares levels of different scales."""

    id: str
    label: str
    standing: int


class EditionChoiceOut(Out):
    """The edition that applies to a plant on a day."""

    ruleset: str | None = Field(description="The most local one in force; null where there is not one alone.")
    scope: Literal["county", "city", "province", "nation"] | None
    jurisdiction: str | None
    others: list[str] = Field(description="Less local editions that are in force too.")
    code: str | None = Field(description="What keeps an edition from being chosen, as in docs/problems.md.")
    why: str = Field(description="In Chinese.")


class RulesetBrief(Out):
    """A ruleset in few words."""

    id: str = Field(examples=["national-2020/rubber"])
    title: str = Field(examples=["橡胶制品制造"])
    digest: str
    scale: str
    levels: list[LevelOut] = Field(description="Best first; the last one is the floor.")
    document: str = Field(examples=["环办大气函〔2020〕340号"])
    section: str | None
    effective: date
    superseded: date | None
    jurisdiction: str = Field(description="GB/T 2260 code.", examples=["100000"])
    industries: list[str] = Field(description="GB/T 4754 codes.", examples=[["C291"]])
    review: ReviewOut
    counts: dict[str, Any] = Field(description="How large it is, and how many of its figures are not known.")


class RulesetOut(RulesetBrief):
    """A ruleset with everything that it says."""

    includes: str | None
    excludes: str | None
    notes: list[str] = Field(description="What a reviewer still has to settle.")
    content: dict[str, Any] = Field(description="The merged ruleset, as `grading ruleset show --json` prints it.")


class RequirementOut(Out):
    """An indicator's requirement at one level or several, in Chinese."""

    levels: list[str]
    text: str = Field(description="As the guideline says it, or the sentence made of the condition.")
    decided: str = Field(description="The sentence made of the condition: what is compared.")
    provenance: dict[str, Any]
    remedy: dict[str, Any] | None


class IndicatorOut(Out):
    """An indicator in Chinese prose."""

    id: str
    dimension: str
    dimension_label: str
    title: str
    decided_by: Literal["record", "measurement", "judgement"]
    applies_when: str | None
    requirements: list[RequirementOut] = Field(description="Best level first.")
    note: str | None


class GateOut(Out):
    """A gate in Chinese prose."""

    id: str
    title: str
    text: str
    decided: str
    cap: str | None = Field(description="The best level that is still possible; null: ungraded.")
    provenance: dict[str, Any]


class MeasureOut(Out):
    """The measure of a unit of some level in some alert."""

    alert: Literal["yellow", "orange", "red"]
    level: str
    kind: str
    text: str
    percent: str | None = Field(description="A number, `unresolved`, or a best guess as `provisional: 30`.")


class ProseOut(Out):
    """A ruleset in Chinese prose."""

    id: str
    title: str
    indicators: list[IndicatorOut]
    gates: list[GateOut]
    measures: list[MeasureOut]
    notes: list[str]


class SignOffIn(In):
    """The edition that was reviewed."""

    digest: Digest = Field(description="Of the edition that you have seen; another one is refused.")
    statement: Reasons | None = Field(default=None, examples=["已与原文逐条核对。"])


class SignOffOut(Out):
    """An edition that was signed off."""

    ruleset_digest: str
    reviewer_name: str
    statement: str | None
    at: datetime


class FindingOut(Out):
    """A problem of a ruleset's files."""

    file: str
    line: int
    place: str
    code: str = Field(description="Stable and for programs: the codes of docs/problems.md.", examples=["key_unknown"])
    message: str = Field(description="Chinese and for people.")
    severity: Literal["error", "warning"]


class CaseOut(Out):
    """The result of one of a ruleset's test cases."""

    name: str
    passed: bool
    differences: list[dict[str, Any]]
    problems: list[FindingOut]


class CheckedOut(Out):
    """A ruleset's problems, and the results of its test cases."""

    id: str
    findings: list[FindingOut]
    cases: list[CaseOut]


class StoredRulesetOut(Out):
    """A ruleset as it was when it graded something."""

    digest: str
    ruleset_id: str
    title: str
    jurisdiction: str
    effective: date
    created_at: datetime
    review: ReviewOut


class StoredContentOut(StoredRulesetOut):
    """With everything that it says."""

    content: dict[str, Any]
