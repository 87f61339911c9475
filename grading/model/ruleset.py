"""A ruleset as its file says it, and as it is once its parent and parts are merged in."""

import re
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from grading.model.base import (
    Basis,
    Cite,
    Confidence,
    Identifier,
    Level,
    Provenance,
    Remedy,
    RulesetId,
    Strict,
    Text,
)
from grading.model.condition import Condition, ConditionBase, comparisons
from grading.problems.reason import ReasonError
from grading.problems.ruleset_codes import RulesetCode

ALERTS = ("yellow", "orange", "red")
YES, NO = "yes", "no"
"""The answers of a boolean where its synonyms name them."""
FactType = Literal["number", "boolean", "choice", "choices", "date"]
ChangedBy = Literal["works", "discipline", "papers", "time", "nothing"]
LevelKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_+, -]*$")]
PartId = Annotated[str, StringConstraints(pattern=r"^common/[a-z0-9_]+$")]


class ScaleLevel(Strict):
    """One level of a scale; `standing` (1 = best) alone compares levels of different scales."""

    id: Level
    label: Text
    standing: int = Field(ge=1)


class Scale(Strict):
    """A level scale, best level first; the last level is the floor."""

    label: Text
    levels: tuple[ScaleLevel, ...] = Field(min_length=2)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """All levels, best first."""
        return tuple(level.id for level in self.levels)

    @cached_property
    def graded(self) -> tuple[str, ...]:
        """The levels that have conditions: all but the floor."""
        return self.ids[:-1]

    @property
    def floor(self) -> str:
        """The level of a unit that meets no other."""
        return self.ids[-1]

    def label_of(self, level: str) -> str:
        """The label of a level; the id of one that the scale does not have."""
        return next((known.label for known in self.levels if known.id == level), level)


class Dimension(Strict):
    """A row of the guideline's indicator tables."""

    label: Text


class Scope(Strict):
    """A named set of dimensions that a plan speaks of."""

    label: Text
    dimensions: tuple[Identifier, ...] = Field(min_length=1)


class Frame(Strict):
    """The frame in which all rulesets stand: the scales, the dimensions, the scopes."""

    scales: dict[Identifier, Scale]
    dimensions: dict[Identifier, Dimension]
    scopes: dict[Identifier, Scope]


EditionStanding = Literal["edition_not_yet_in_force", "edition_in_force", "edition_superseded"]


class Edition(Strict):
    """The document that a ruleset puts into data, and since when it applies."""

    document: Text
    section: Text | None = None
    effective: date
    superseded: date | None = None

    def standing_on(self, day: date) -> EditionStanding:
        """True when the edition is in force on a day; on that of its successor it no longer is."""
        if day < self.effective:
            return "edition_not_yet_in_force"
        return "edition_superseded" if self.superseded is not None and day >= self.superseded else "edition_in_force"


class Industry(Strict):
    """The industry of a ruleset: the plants that it is for."""

    gbt4754: tuple[Text, ...] = ()
    includes: Text | None = None
    excludes: Text | None = None


class Review(Strict):
    """The sign-off of the edition by an expert."""

    status: Literal["draft", "reviewed"]
    reviewer: Text | None = None
    on: date | None = None

    @model_validator(mode="after")
    def says_who(self) -> "Review":
        """A reviewed edition names its reviewer and the day."""
        if self.status == "reviewed" and (self.reviewer is None or self.on is None):
            raise ReasonError(RulesetCode.REVIEW_UNSIGNED)
        return self


class Excuse(Strict):
    """The answer to a yes-or-no fact of the unit with which a table may have fewer rows."""

    fact: Identifier
    equals: bool


def _whole(raw: Any) -> Any:
    """A whole number, which YAML gives as a decimal."""
    return int(raw) if isinstance(raw, Decimal) and raw == raw.to_integral_value() else raw


Rows = Annotated[int, Field(ge=0), BeforeValidator(_whole)]


class LeastRows(Strict):
    """The least rows of a table, unless a fact says that there is nothing to fill in."""

    rows: Rows
    unless: Excuse | None = None


_WHAT_IS_A_ROW = re.compile(r"（[^（）]*一行）$")


class Group(Strict):
    """A repeatable table of the audit form."""

    label: Text
    key: Identifier
    at_least_rows: Rows | LeastRows | None = None

    @property
    def name(self) -> str:
        """The label without what it tells the assessor in brackets of what is a row."""
        return _WHAT_IS_A_ROW.sub("", self.label)

    @property
    def least_rows(self) -> LeastRows:
        """The least rows of a stated table; none when nothing is said."""
        stated = self.at_least_rows
        return stated if isinstance(stated, LeastRows) else LeastRows(rows=stated or 0)


class EvidenceValid(Strict):
    """How long evidence proves a value: so many months after the day on which it was taken."""

    months: Annotated[int, Field(ge=1, le=120), BeforeValidator(_whole)]


class Fact(Strict):
    """A question of the audit form."""

    id: Identifier
    label: Text
    type: FactType
    group: Identifier | None = None
    unit: Text | None = None
    min: Decimal | None = None
    max: Decimal | None = None
    decimals: int = Field(4, ge=0, le=6)
    options: dict[Identifier, Text] = Field(default_factory=dict)
    synonyms: dict[Identifier, tuple[Text, ...]] = Field(default_factory=dict)
    """Other words for an option, by its code; for a boolean by `yes` and `no`."""
    evidence: tuple[Text, ...] = ()
    evidence_valid: EvidenceValid | None = None
    help: Text | None = None
    circumstance: bool = False
    """True for what the plant is or where it lies, which no plan proposes to change: a region, a kind of outlet."""
    changed_by: ChangedBy | None = None
    """The way in which the value changes: by works, good practice, papers, only the passing of time, or not at all."""
    lapses_after_months: int | None = Field(None, ge=1, le=120)
    """After how many months at most a fact that only time changes is over."""
    changes_to: tuple[bool | Identifier, ...] = ()
    """The only values that a change may lead to, where not every one is a way: what is built is not torn down."""

    @property
    def is_given(self) -> bool:
        """True when no change at the plant makes the value another."""
        return self.circumstance or self.changed_by == "nothing"

    @model_validator(mode="after")
    def can_change(self) -> "Fact":
        """Check that the statements of how a value changes fit its type and each other."""
        if self.circumstance and self.changed_by not in (None, "nothing"):
            raise ValueError("a circumstance is changed by nothing")
        if (self.lapses_after_months is not None) != (self.changed_by == "time" and self.type != "number"):
            raise ValueError("`lapses_after_months` belongs to what only time changes, and is no number")
        if self.changed_by == "time" and self.type == "number" and self.unit not in MONTHS:
            raise ValueError(f"a number that only time changes is in {' or '.join(MONTHS)}")
        values = set(self.options) if self.type == "choice" else {True, False} if self.type == "boolean" else set()
        if not set(self.changes_to) <= values:
            raise ValueError("`changes_to` lists values of a yes-or-no fact, or options of a choice")
        return self

    @model_validator(mode="after")
    def is_consistent(self) -> "Fact":
        """Options belong to choices, ranges and units to numbers."""
        if self.type in ("choice", "choices") and not self.options:
            raise ReasonError(RulesetCode.OPTIONS_MISSING, type=self.type)
        if self.type not in ("choice", "choices") and self.options:
            raise ReasonError(RulesetCode.OPTIONS_NOT_TAKEN, type=self.type)
        if self.type != "number" and (self.min is not None or self.max is not None or self.unit):
            raise ReasonError(RulesetCode.RANGE_NOT_TAKEN, type=self.type)
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ReasonError(RulesetCode.MIN_ABOVE_MAX)
        if self.synonyms and self.type not in ("boolean", "choice", "choices"):
            raise ReasonError(RulesetCode.SYNONYMS_NOT_TAKEN, type=self.type)
        return self


MONTHS = {"月": 1, "年": 12}
"""The months in the units of facts about how long something is stored."""
Operand = Identifier | Decimal


class OxygenCorrection(Strict):
    """ρ · (21 − baseline) ÷ (21 − O₂), in the unit of `value`; oxygen and baseline in %."""

    value: Operand
    oxygen: Operand
    baseline: Operand


class Computed(Strict):
    """A fact worked out from others; exactly one operation."""

    id: Identifier
    label: Text | None = None
    group: Identifier | None = None
    unit: Text | None = None
    ratio: tuple[Operand, Operand] | None = None
    product: tuple[Operand, ...] | None = None
    sum: tuple[Operand, ...] | None = None
    difference: tuple[Operand, Operand] | None = None
    minimum: tuple[Operand, ...] | None = None
    maximum: tuple[Operand, ...] | None = None
    oxygen_corrected: OxygenCorrection | None = None
    days_between: tuple[Operand, Operand] | None = None
    help: Text | None = None

    @model_validator(mode="after")
    def exactly_one_operation(self) -> "Computed":
        """Reject a computed fact without an operation or with several."""
        given = [name for name in OPERATIONS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ReasonError(RulesetCode.ONE_OPERATION, operations=tuple(OPERATIONS))
        return self

    @cached_property
    def operation(self) -> str:
        """The one operation that is given."""
        return next(name for name in OPERATIONS if getattr(self, name) is not None)

    @cached_property
    def operands(self) -> tuple[Operand, ...]:
        """The facts and numbers it reads, in order."""
        given = getattr(self, self.operation)
        if isinstance(given, OxygenCorrection):
            return (given.value, given.oxygen, given.baseline)
        return tuple(given)


OPERATIONS = (
    "ratio", "product", "sum", "difference", "minimum", "maximum", "oxygen_corrected", "days_between",
)  # fmt: skip


class Requirement(Strict):
    """An indicator's requirement at one level, or at several joined by a comma."""

    require: Condition
    text: Text | None = None
    basis: Basis | None = None
    confidence: Confidence | None = None
    cite: Cite | None = None
    remedy: Remedy | None = None
    note: Text | None = None


class Indicator(Strict):
    """A row of the guideline's table."""

    id: Identifier
    dimension: Identifier
    title: Text
    applies_when: Condition | None = None
    levels: dict[LevelKey, Requirement] = Field(min_length=1)
    cite: Cite | None = None
    basis: Basis | None = None
    confidence: Confidence | None = None
    decided_by: Literal["record", "measurement", "judgement"] = "record"
    renamed_from: Identifier | None = None
    remedy: Remedy | None = None
    note: Text | None = None

    @property
    def requirements(self) -> dict[tuple[str, ...], Requirement]:
        """The requirements by the levels that each serves."""
        return {split_levels(key): requirement for key, requirement in self.levels.items()}

    def requirement(self, level: str) -> Requirement | None:
        """The requirement that the indicator states for `level` itself; None when it states none."""
        return next((r for levels, r in self.requirements.items() if level in levels), None)


class Cap(Strict):
    """Makes every level better than this one unreachable."""

    cap: Level


class Gate(Strict):
    """A fact about the plant that limits or forbids grading, whatever its indicators say."""

    id: Identifier
    title: Text | None = None
    when: Condition
    effect: Cap | Literal["ungraded"]
    text: Text
    cite: Cite | None = None
    basis: Basis | None = None
    confidence: Confidence | None = None
    remedy: Remedy | None = None
    note: Text | None = None


class ProvisionalPercent(Strict):
    """A best guess at a percentage."""

    provisional: Decimal


MeasureKind = Literal["self_decided", "output_cut", "line_stop", "stop", "transport", "other"]


class Measure(Strict):
    """The measure of a unit of some level in some alert."""

    text: Text
    kind: MeasureKind
    percent: Decimal | Literal["unresolved"] | ProvisionalPercent | None = None
    cite: Cite | None = None
    basis: Basis | None = None
    confidence: Confidence | None = None
    note: Text | None = None


class Measures(Strict):
    """Measures by alert, then by level or levels joined by a comma."""

    yellow: dict[LevelKey, tuple[Measure, ...]] = Field(default_factory=dict)
    orange: dict[LevelKey, tuple[Measure, ...]] = Field(default_factory=dict)
    red: dict[LevelKey, tuple[Measure, ...]] = Field(default_factory=dict)

    def at(self, alert: str, level: str) -> tuple[Measure, ...]:
        """The measure of a unit of `level` in `alert`."""
        stated: dict[str, tuple[Measure, ...]] = getattr(self, alert)
        return next((m for key, m in stated.items() if level in split_levels(key)), ())


class Content(Strict):
    """The common content of parts and rulesets."""

    groups: dict[Identifier, Group] = Field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    computed: tuple[Computed, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    gates: tuple[Gate, ...] = ()
    measures: Measures = Measures()


class Part(Content):
    """`rulesets/common/<name>.yaml`."""

    id: PartId | None = None
    title: Text | None = None
    notes: tuple[Text, ...] = ()


class RulesetFile(Content):
    """`rulesets/<edition>/<industry>.yaml` as written."""

    id: RulesetId
    title: Text | None = None
    scale: Identifier | None = None
    edition: Edition
    jurisdiction: Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
    industry: Industry | None = None
    review: Review
    include: tuple[PartId, ...] = ()
    extends: RulesetId | None = None
    notes: tuple[Text, ...] = ()


class Ruleset(Strict):
    """A ruleset with its parent and its parts merged in: what is checked, digested and run."""

    id: RulesetId
    title: Text
    scale_id: Identifier
    scale: Scale
    dimensions: dict[Identifier, Dimension]
    scopes: dict[Identifier, Scope]
    edition: Edition
    jurisdiction: str
    industry: Industry
    review: Review
    lineage: tuple[str, ...]
    groups: dict[Identifier, Group]
    facts: dict[Identifier, Fact]
    computed: dict[Identifier, Computed]
    indicators: tuple[Indicator, ...]
    gates: tuple[Gate, ...]
    measures: Measures
    notes: tuple[Text, ...]

    @cached_property
    def compared_with(self) -> dict[str, frozenset[Decimal]]:
        """The numbers that conditions compare each fact with, established or not."""
        stated = [i.applies_when for i in self.indicators if i.applies_when is not None]
        stated += [requirement.require for i in self.indicators for requirement in i.levels.values()]
        stated += [gate.when for gate in self.gates]
        found: dict[str, set[Decimal]] = {}
        for comparison in (c for condition in stated for c in comparisons(condition)):
            guess = comparison.guess
            operands = guess if isinstance(guess, tuple) else (guess,)
            found.setdefault(comparison.fact, set()).update(
                number for number in operands if isinstance(number, Decimal)
            )
        return {fact: frozenset(numbers) for fact, numbers in found.items()}

    def provenance(
        self, indicator: Indicator | Gate, requirement: Requirement | None, *inner: ConditionBase
    ) -> Provenance:
        """The provenance of a figure; `inner` are the conditions from the outermost to the figure's own."""
        layers = [*reversed(inner), requirement, indicator]
        basis = next((layer.basis for layer in layers if layer is not None and layer.basis), "recalled")
        confidence = next((layer.confidence for layer in layers if layer is not None and layer.confidence), "low")
        cite = next((layer.cite for layer in layers if layer is not None and layer.cite), None)
        return Provenance(basis=basis, confidence=confidence, cite=cite or Cite(document=self.edition.document))


def split_levels(key: str) -> tuple[str, ...]:
    """`"B,C"` → `("B", "C")`."""
    return tuple(level.strip() for level in key.split(","))
