"""Gradings and what follows from them as JSON."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.base import In, Out
from api.schemas.decisions import DecisionOut, stored_decision
from api.schemas.trace import TraceEntryOut
from api.services.granted_waivers import rests_on_waivers
from api.store import AuditKind, AuditState, Grading
from grading.model.audit import Standing
from grading.model.base import Basis, Mode, Status
from grading.model.gap import UnitGaps


class OutcomeOut(Out):
    """A grade, and what it would be if everything unknown turned out well."""

    grade: str = Field(examples=["B"])
    attainable: str = Field(examples=["A"])


class IndicatorOut(Out):
    """One indicator's status at each level; `applicable` is null when that is unknown."""

    id: str
    dimension: str
    applicable: bool | None
    level: str | None = Field(
        default=None,
        examples=["C"],
        description="Its own level: the best at which it is met, else the floor. Null in gradings of before it was recorded.",
    )
    attainable: str | None = Field(
        default=None,
        examples=["B"],
        description="The best level at which it is not unmet, else the floor. Null in gradings of before it was recorded.",
    )
    levels: dict[str, Status]


class GateOut(Out):
    """The state of a gate's condition."""

    id: str
    status: Status


class DecisiveFigureOut(Out):
    """A provisional figure with whose other outcome the grade would be another."""

    indicator: str = Field(description="The indicator or gate that states it.")
    condition: str = Field(description="Its place there.", examples=["oxygen_correction.A.all[0]"])
    basis: Basis
    text: str


class GroundFiguresOut(Out):
    """The numbers of figures that a grade rests on, by how they are known."""

    estimated: int
    recalled: int = Field(description="Every one that is neither estimated nor established.")
    established: int
    decisive: list[DecisiveFigureOut]


class SignatureOut(Out):
    """The confirmed figures of a ruleset, each with its reviewer and source."""

    by: str = Field(examples=["李审定"])
    figures: list[str] = Field(examples=[["kiln_pm.A.all[1].require"]])


class WaiverDocumentOut(Out):
    """The document by which a waiver was granted."""

    number: str
    date: str


class StatedWaiverOut(Out):
    """A waiver of an indicator, as it was granted."""

    indicator: str
    authority: str
    reason: str
    document: WaiverDocumentOut
    begins: str = Field(alias="from")
    until: str
    evidence: list[str] = Field(default_factory=list)


class GradedWaiverOut(StatedWaiverOut):
    """A waiver of an indicator, as it stood on the day of the assessment."""

    standing: Standing
    levels: list[str]


class GradedUnitOut(OutcomeOut):
    """The grade of one unit with everything that led to it."""

    id: str
    decision: DecisionOut | None = None
    figures: GroundFiguresOut | None = Field(default=None, description="In a trial that is not stored.")
    ruleset: str
    ruleset_digest: str
    review: str = Field(description="`draft` or `reviewed`.")
    reviewed_by: str | None = None
    reviewed_on: str | None = None
    signatures: list[SignatureOut] | None = Field(
        default=None, description="Of a signed edition: who confirmed which of its figures."
    )
    short_boards: list[str] | None = Field(
        default=None,
        examples=[["oxygen_correction"]],
        description=(
            "The indicators that are not met at the level next better than the grade, `unmet` before `unknown`; for `ungraded`, "
            "than the grade it would have without that. Null in gradings of before it was recorded."
        ),
    )
    levels: dict[str, Status]
    dimensions: dict[str, OutcomeOut]
    scopes: dict[str, OutcomeOut]
    indicators: list[IndicatorOut]
    gates: list[GateOut]
    notices: list[str]
    waivers: list[GradedWaiverOut] | None = Field(
        default=None,
        description="Those that the audit states; `levels` are the ones at which the indicator counts by it.",
    )
    trace: list[TraceEntryOut] | None = Field(default=None, description="Left out with `trace=false`.")


class GradedOut(OutcomeOut):
    """The grade of an enterprise, that of its worst unit; what `grading grade --json` prints."""

    decision: DecisionOut | None = None
    mode: Mode
    audit_digest: str
    engine: str
    units: list[GradedUnitOut]


class GradingBrief(Out):
    """A stored grading without its units."""

    id: UUID
    audit_id: UUID
    mode: Mode
    grade: str
    attainable: str
    decision: DecisionOut
    engine: str
    audit_digest: str
    inputs: str = Field(description="The digest of everything that the result follows from.")
    created_at: datetime
    waived: bool = Field(description="The grade would be another without a waiver (含豁免).")

    @classmethod
    def of(cls, row: Grading) -> "GradingBrief":
        """The row of the store."""
        plain = {name: getattr(row, name) for name in cls.model_fields if name not in ("decision", "waived")}
        decided = stored_decision(row.grade, row.attainable, row.mode, row.missing, row.open_figures)
        return cls(**plain, decision=DecisionOut.of(decided), waived=rests_on_waivers(row))


class GradingOut(GradedOut):
    """A stored grading."""

    id: UUID
    audit_id: UUID
    inputs: str
    created_at: datetime


class ModeIn(In):
    """The mode of a grading; `trial` counts provisional figures as established, and can't be published."""

    mode: Mode = Mode.OFFICIAL


class ReasonOut(Out):
    """One step of an explanation, from the grade down to a value and its evidence."""

    kind: Literal["unit", "gate", "level", "dimension", "indicator", "condition", "row", "value"]
    id: str
    text: str
    status: Status | None
    seq: int | None = Field(description="The trace entry that concluded it.")
    row: str | None
    value: Any
    value_text: str | None
    measured_in: str | None
    place: str | None
    evidence: list[str]
    note: str | None
    open_figure: Literal["unresolved", "provisional"] | None
    provenance: dict[str, Any] | None
    children: list["ReasonOut"]


class UnitGapsOut(Out):
    """The gaps between a unit and its target level; `gaps` is null when it can't have that target."""

    unit: str
    gaps: UnitGaps | None
    message: str | None = None


Setting = Annotated[
    str,
    StringConstraints(min_length=1, max_length=8000),
    Field(
        description="`unit.fact=value`, `unit.group[row].fact=value` or `enterprise.fact=value`; `null`: unknown.",
        examples=["line-1.outlets[DA001].nmhc=8.5", "enterprise.holds_permit=true"],
    ),
]


class SimulationIn(In):
    """The values to change."""

    settings: Annotated[list[Setting], Field(min_length=1, max_length=500)]


class DifferenceOut(Out):
    """One conclusion that is not the same before and after."""

    unit: str
    kind: Literal[
        "grade",
        "attainable",
        "unit_grade",
        "unit_attainable",
        "level",
        "dimension",
        "gate",
        "indicator",
        "condition",
    ]
    id: str
    before: str
    after: str


class ComparisonOut(Out):
    """Two gradings and what differs."""

    before: OutcomeOut
    after: OutcomeOut
    changed: list[DifferenceOut]


class SimulationOut(Out):
    """The grade before and after, and every conclusion that differs."""

    before: OutcomeOut
    after: GradedOut
    changed: list[DifferenceOut]


class ComparedAuditOut(Out):
    """One of two audits that are compared, with the grading that it is known by."""

    id: UUID
    kind: AuditKind
    state: AuditState
    assessed_on: date | None
    grade: str
    attainable: str


class StatedOut(Out):
    """A fact as one audit states it; `value` is null where nothing is known."""

    value: Any = Field(examples=["8.5"])
    text: str = Field(description="The value in Chinese, with its unit.", examples=["8.5 mg/m³"])
    evidence: list[str]
    note: str | None


class ValuePairOut(Out):
    """A value that the audits don't agree on; `fact` is null for a row or a table that only one of them has."""

    fact: str | None
    label: str
    group: str | None = Field(description="The table that it stands in.")
    row: str | None
    plant: bool = Field(description="Stated for the whole plant, not for the unit.")
    first: StatedOut
    second: StatedOut


class StatusPairOut(Out):
    """An indicator's status at a level in both audits; null where an edition doesn't have it."""

    first: Status | None
    second: Status | None


class IndicatorPairOut(Out):
    """An indicator that was not concluded alike."""

    id: str
    title: str
    dimension: str
    levels: dict[str, StatusPairOut]


class UnitPairOut(Out):
    """A unit that both audits have."""

    id: str
    ruleset: str
    first: OutcomeOut
    second: OutcomeOut
    values: list[ValuePairOut]
    indicators: list[IndicatorPairOut]


class AuditComparisonOut(Out):
    """Two audits side by side. `first` is the enterprise's own assessment, or the earlier one of two of a kind."""

    first: ComparedAuditOut
    second: ComparedAuditOut
    units: list[UnitPairOut]
    only_first: list[str] = Field(description="Units that only the first has, or that another ruleset graded.")
    only_second: list[str]
