"""The conditions of the ruleset language: one small abstract syntax tree that everything else reads."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from grading.model.base import Basis, Cite, Confidence, Identifier, Mode, Remedy, Scalar, Strict, Text
from grading.problems.phrases import Phrase
from grading.problems.reason import ReasonError, reason_of
from grading.problems.ruleset_codes import RulesetCode

UNRESOLVED: Literal["unresolved"] = "unresolved"
OPERATORS = (
    "at_most", "at_least", "below", "above",
    "equals", "one_of", "none_of",
    "includes_any", "includes_all", "within",
)  # fmt: skip
CONTRARY = {"at_most": "above", "above": "at_most", "at_least": "below", "below": "at_least"}
"""The operator that holds of two ordered values where another does not."""
ORDER_OPERATORS = frozenset(CONTRARY)
LIST_OPERATORS = frozenset({"one_of", "none_of", "includes_any", "includes_all", "within"})
SET_OPERATORS = frozenset({"includes_any", "includes_all", "within"})
FORMS = ("fact", "all", "any", "not", "at_least_of", "each", "some")
"""The keys by which the forms of a condition are told apart."""


class ProvisionalOne(Strict):
    """A best guess at a figure; counts in trial mode only."""

    provisional: Scalar


class ProvisionalMany(Strict):
    """A best guess at a list; counts in trial mode only."""

    provisional: tuple[Scalar, ...]


One = Scalar | ProvisionalOne
Many = tuple[Scalar, ...] | Literal["unresolved"] | ProvisionalMany
Value = Scalar | tuple[Scalar, ...]


def operands_of(operand: Value) -> tuple[Scalar, ...]:
    """An operand as a tuple: the values that it lists, or the only one."""
    return operand if isinstance(operand, tuple) else (operand,)


class ConditionBase(Strict):
    """Members that any condition may carry beside its own form."""

    text: Text | None = None
    basis: Basis | None = None
    confidence: Confidence | None = None
    cite: Cite | None = None
    remedy: Remedy | None = None
    note: Text | None = None
    from_: date | None = Field(None, alias="from")
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """True when the condition is there on `day`; both ends of its window are inclusive."""
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day <= self.until)


class Comparison(ConditionBase):
    """`{fact: f, <operator>: operand}`: the atom of the language."""

    fact: Identifier
    at_most: One | None = None
    at_least: One | None = None
    below: One | None = None
    above: One | None = None
    equals: One | None = None
    one_of: Many | None = None
    none_of: Many | None = None
    includes_any: Many | None = None
    includes_all: Many | None = None
    within: Many | None = None

    @model_validator(mode="after")
    def exactly_one_operator(self) -> "Comparison":
        """Reject a comparison without an operator or with several."""
        given = [name for name in OPERATORS if getattr(self, name) is not None]
        if len(given) != 1:
            reason = reason_of(Phrase.SEVERAL_OPERATORS, operators=tuple(given)) if given else Phrase.OPERATOR_MISSING
            raise ReasonError(RulesetCode.ONE_OPERATOR, given=reason, operators=tuple(OPERATORS))
        return self

    @property
    def operator(self) -> str:
        """The one operator that is given."""
        # Asked of every comparison many times over, so without a generator.
        given = self.__dict__
        for name in OPERATORS:
            if given[name] is not None:
                return name
        raise TypeError("a comparison without an operator")

    @property
    def operand(self) -> Any:
        """The operand as written: a value, a list, `unresolved` or a provisional one."""
        return getattr(self, self.operator)

    @property
    def is_unresolved(self) -> bool:
        """True when the figure is not known and not even guessed."""
        return isinstance(self.operand, str) and self.operand == UNRESOLVED

    @property
    def is_provisional(self) -> bool:
        """True when the figure is a best guess."""
        return isinstance(self.operand, ProvisionalOne | ProvisionalMany)

    def is_open(self, mode: Mode) -> bool:
        """True when the guideline's figure is what is not known: unresolved, or provisional outside trial mode."""
        return self.is_unresolved or (self.is_provisional and mode is Mode.OFFICIAL)

    @property
    def guess(self) -> Value | None:
        """The value to compare with, provisional or not; None when unresolved."""
        operand = self.operand
        if isinstance(operand, ProvisionalOne | ProvisionalMany):
            return operand.provisional
        return None if self.is_unresolved else operand


class All(ConditionBase):
    """Every condition of the list."""

    all: tuple["Condition", ...] = Field(min_length=1)


class AnyOf(ConditionBase):
    """At least one condition of the list."""

    any: tuple["Condition", ...] = Field(min_length=1)


class Not(ConditionBase):
    """The contrary; unknown stays unknown."""

    not_: "Condition" = Field(alias="not")


class AtLeastOf(ConditionBase):
    """At least so many conditions of the list."""

    at_least_of: int = Field(ge=1)
    of: tuple["Condition", ...] = Field(min_length=1)

    @model_validator(mode="after")
    def can_be_met(self) -> "AtLeastOf":
        """Reject a count that the list cannot reach."""
        if self.at_least_of > len(self.of):
            raise ReasonError(RulesetCode.TOO_FEW_CONDITIONS, least=self.at_least_of, there=len(self.of))
        return self


class Each(ConditionBase):
    """Every row of the group that `where` selects."""

    each: Identifier
    where: "Condition | None" = None
    require: "Condition"


class Some(ConditionBase):
    """At least one row of the group that `where` selects."""

    some: Identifier
    where: "Condition | None" = None
    require: "Condition"


FORM_MISSING = "condition_form"
"""The type of pydantic's error where a value has the key of no form."""


def _form(raw: Any) -> str | None:
    keys = raw.keys() if isinstance(raw, dict) else {"not" if f == "not_" else f for f in type(raw).model_fields}
    if "at_least_of" in keys or "of" in keys:
        return "at_least_of"
    return next((form for form in FORMS if form in keys), None)


Condition = Annotated[
    Annotated[Comparison, Tag("fact")]
    | Annotated[All, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[AtLeastOf, Tag("at_least_of")]
    | Annotated[Each, Tag("each")]
    | Annotated[Some, Tag("some")],
    Discriminator(
        _form,
        custom_error_type=FORM_MISSING,
        custom_error_message=RulesetCode.CONDITION_FORM.en.replace("{forms}", ", ".join(FORMS)),
    ),
]
for _model in (All, AnyOf, Not, AtLeastOf, Each, Some):
    _model.model_rebuild()


def parts(condition: ConditionBase) -> tuple[tuple[str, ConditionBase], ...]:
    """The direct parts of a condition, each with its step of the path (`all[0]`, `where`, `require`)."""
    if isinstance(condition, All):
        return tuple((f"all[{i}]", c) for i, c in enumerate(condition.all))
    if isinstance(condition, AnyOf):
        return tuple((f"any[{i}]", c) for i, c in enumerate(condition.any))
    if isinstance(condition, AtLeastOf):
        return tuple((f"of[{i}]", c) for i, c in enumerate(condition.of))
    if isinstance(condition, Not):
        return (("not", condition.not_),)
    if isinstance(condition, Each | Some):
        where = (("where", condition.where),) if condition.where is not None else ()
        return (*where, ("require", condition.require))
    return ()


def walk(condition: ConditionBase, path: str = "") -> Iterator[tuple[str, ConditionBase]]:
    """The condition and everything below it, each with its path from the top."""
    yield path, condition
    for step, part in parts(condition):
        yield from walk(part, f"{path}.{step}" if path else step)


def comparisons(condition: ConditionBase) -> Iterator[Comparison]:
    """The comparisons at the leaves of a condition, in the order of writing."""
    return (c for _, c in walk(condition) if isinstance(c, Comparison))


def as_decimal(value: Scalar) -> Decimal:
    """A number of a ruleset as a decimal; raises TypeError for anything else."""
    if isinstance(value, bool) or not isinstance(value, Decimal):
        raise TypeError(f"not a number: {value!r}")
    return value
