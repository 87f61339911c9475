"""Operands of comparisons: of the right type, within the fact's range, with no more places than it can have."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from grading.computed import DECIMALS
from grading.language.check.words import listed, near
from grading.language.source import Path_
from grading.model.base import Scalar, decimal_places
from grading.model.condition import Comparison
from grading.model.ruleset import Computed, Fact
from grading.problems.phrases import Phrase
from grading.problems.reason import Reason, reason_of
from grading.problems.ruleset_codes import RulesetCode

Finding = tuple[Path_, Reason, bool]
OPERATORS_OF = {
    "number": ("at_most", "at_least", "below", "above", "equals", "one_of", "none_of"),
    "date": ("at_most", "at_least", "below", "above"),
    "boolean": ("equals", "one_of", "none_of"),
    "choice": ("equals", "one_of", "none_of"),
    "choices": ("includes_any", "includes_all", "within"),
}


def check_operand(c: Comparison, fact: Fact | None, computed: Computed | None) -> Iterator[Finding]:
    """Findings about operator and operand; neither a fact nor a computed fact means `assessed_on`."""
    type_ = fact.type if fact is not None else "number" if computed is not None else "date"
    if c.operator not in OPERATORS_OF[type_]:
        yield (
            (c.operator,),
            reason_of(
                RulesetCode.OPERATOR_OF_OTHER_TYPE, fact=c.fact, type=type_, operators=listed(OPERATORS_OF[type_])
            ),
            False,
        )
        return
    guess = c.guess
    if guess is None:
        return
    at: Path_ = (c.operator, "provisional") if c.is_provisional else (c.operator,)
    values = guess if isinstance(guess, tuple) else (guess,)
    if not values:
        yield at, reason_of(RulesetCode.EMPTY_LIST), False
    for i, value in enumerate(values):
        here: Path_ = (*at, i) if isinstance(guess, tuple) else at
        if value in values[:i]:
            yield here, reason_of(RulesetCode.VALUE_TWICE, value=_shown(value)), False
        yield from ((here, *finding) for finding in _value(c, type_, fact, value))


def _value(c: Comparison, type_: str, fact: Fact | None, value: Scalar) -> Iterator[tuple[Reason, bool]]:
    """The problems of one value, each with whether it is only a warning."""
    if type_ == "boolean" and not isinstance(value, bool):
        yield reason_of(RulesetCode.NOT_A_BOOLEAN, fact=c.fact, value=_shown(value)), False
    elif type_ == "date" and not isinstance(value, date):
        yield reason_of(RulesetCode.NOT_A_DAY, fact=c.fact, value=_shown(value)), False
    elif fact is not None and type_ in ("choice", "choices"):
        if not isinstance(value, str) or value not in fact.options:
            many = len(fact.options) > 12
            options = reason_of(Phrase.THERE_ARE, names=listed(fact.options))
            hint = options if many else near(str(value), fact.options)
            yield reason_of(RulesetCode.NOT_AN_OPTION, value=_shown(value), fact=c.fact, hint=hint), False
    elif type_ == "number":
        if isinstance(value, bool) or not isinstance(value, Decimal):
            yield reason_of(RulesetCode.NOT_A_NUMBER, fact=c.fact, value=_shown(value)), False
        else:
            yield from _number(c, fact, value)


def _number(c: Comparison, fact: Fact | None, value: Decimal) -> Iterator[tuple[Reason, bool]]:
    decimals = fact.decimals if fact is not None else DECIMALS
    places = decimal_places(value)
    if places > decimals:
        code = RulesetCode.FIGURE_TOO_PRECISE
        if fact is None:
            code = RulesetCode.FIGURE_TOO_PRECISE_FOR_COMPUTED
            yield reason_of(code, value=value, decimals=decimals, fact=c.fact), False
        else:
            yield reason_of(code, value=value, decimals=decimals, fact=c.fact, places=places), False
    if fact is None:
        return
    if fact.min is not None and value < fact.min:
        yield reason_of(RulesetCode.FIGURE_BELOW_LEAST, value=value, least=fact.min, fact=c.fact), False
    elif fact.max is not None and value > fact.max:
        yield reason_of(RulesetCode.FIGURE_ABOVE_MOST, value=value, most=fact.max, fact=c.fact), False
    elif (c.operator, value) in (("at_most", fact.max), ("at_least", fact.min)):
        yield reason_of(RulesetCode.ALWAYS_MET, fact=c.fact), True
    elif (c.operator, value) in (("above", fact.max), ("below", fact.min)):
        yield reason_of(RulesetCode.NEVER_MET, fact=c.fact), True


def _shown(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
