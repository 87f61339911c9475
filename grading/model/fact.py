"""Facts of the audit form, the tables they stand in, and facts computed from others."""

import re
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from grading.model.base import Identifier, Strict, Text
from grading.problems.reason import ReasonError
from grading.problems.ruleset_codes import RulesetCode

YES, NO = "yes", "no"
"""The answers of a boolean where its synonyms name them."""
FactType = Literal["number", "boolean", "choice", "choices", "date"]
ChangedBy = Literal["works", "discipline", "papers", "time", "nothing"]
MONTHS = {"月": 1, "年": 12}
"""The months in the units of facts about how long something is stored."""
Operand = Identifier | Decimal
OPERATIONS = (
    "ratio", "product", "sum", "difference", "minimum", "maximum", "oxygen_corrected", "days_between",
)  # fmt: skip
_ROW_HINT = re.compile(r"（[^（）]*一行）$")


def _whole(raw: Any) -> Any:
    """A whole number, which YAML gives as a decimal."""
    return int(raw) if isinstance(raw, Decimal) and raw == raw.to_integral_value() else raw


Rows = Annotated[int, Field(ge=0), BeforeValidator(_whole)]


class Excuse(Strict):
    """The answer to a yes-or-no fact of the unit with which a table may have fewer rows."""

    fact: Identifier
    equals: bool


class LeastRows(Strict):
    """The least rows of a table, unless a fact says that there is nothing to fill in."""

    rows: Rows
    unless: Excuse | None = None


class Group(Strict):
    """A repeatable table of the audit form."""

    label: Text
    key: Identifier
    at_least_rows: Rows | LeastRows | None = None

    @property
    def name(self) -> str:
        """The label without the hint in brackets that says what a row is."""
        return _ROW_HINT.sub("", self.label)

    @property
    def least_rows(self) -> LeastRows:
        """The least rows of a stated table; 0 where the ruleset states none."""
        stated = self.at_least_rows
        return stated if isinstance(stated, LeastRows) else LeastRows(rows=stated or 0)


class EvidenceValid(Strict):
    """The months for which evidence proves a value, from the day on which it was taken."""

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
    """True for a trait of the plant or its site that no plan proposes to change: a region, a kind of outlet."""
    changed_by: ChangedBy | None = None
    """The way in which the value changes: by works, good practice, papers, only the passing of time, or not at all."""
    lapses_after_months: int | None = Field(None, ge=1, le=120)
    """The most months until a fact that only time changes is over."""
    changes_to: tuple[bool | Identifier, ...] = ()
    """The only values that a change may lead to, where some lead nowhere: no plan tears down what is built."""

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
