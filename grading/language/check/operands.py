"""What a fact is compared with: of the right type, within its range, with no more places than it can have."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from grading.language.check.words import listed, near
from grading.language.source import Path_
from grading.model.base import Scalar, decimal_places
from grading.model.condition import Comparison
from grading.model.ruleset import Computed, Fact

Finding = tuple[Path_, str, bool]
COMPUTED_DECIMALS = 6
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
            f"`{c.fact}` is a {type_}; it is compared with {listed(OPERATORS_OF[type_])}",
            False,
        )
        return
    guess = c.guess
    if guess is None:
        return
    at: Path_ = (c.operator, "provisional") if c.is_provisional else (c.operator,)
    values = guess if isinstance(guess, tuple) else (guess,)
    if not values:
        yield at, "is an empty list; name at least one value", False
    for i, value in enumerate(values):
        here: Path_ = (*at, i) if isinstance(guess, tuple) else at
        if value in values[:i]:
            yield here, f"names `{_shown(value)}` twice", False
        yield from ((here, *finding) for finding in _value(c, type_, fact, value))


def _value(c: Comparison, type_: str, fact: Fact | None, value: Scalar) -> Iterator[tuple[str, bool]]:
    """Messages about one value, each with whether it is only a warning."""
    if type_ == "boolean" and not isinstance(value, bool):
        yield f"`{c.fact}` is a boolean; `{_shown(value)}` is neither true nor false", False
    elif type_ == "date" and not isinstance(value, date):
        yield f"`{c.fact}` is a date; `{_shown(value)}` is not a day like 2023-09-10", False
    elif fact is not None and type_ in ("choice", "choices"):
        if not isinstance(value, str) or value not in fact.options:
            options = listed(fact.options) if len(fact.options) > 12 else ""
            hint = f"; there are {options}" if options else near(str(value), fact.options)
            yield f"`{_shown(value)}` is no option of `{c.fact}`{hint}", False
    elif type_ == "number":
        if isinstance(value, bool) or not isinstance(value, Decimal):
            yield f"`{c.fact}` is a number; `{_shown(value)}` is none", False
        else:
            yield from _number(c, fact, value)


def _number(c: Comparison, fact: Fact | None, value: Decimal) -> Iterator[tuple[str, bool]]:
    decimals = fact.decimals if fact is not None else COMPUTED_DECIMALS
    places = decimal_places(value)
    if places > decimals:
        remedy = f"give the fact `decimals: {places}`" if fact is not None else "a computed fact has no more"
        yield f"{value} has more than the {decimals} decimals of `{c.fact}`; {remedy}", False
    if fact is None:
        return
    if fact.min is not None and value < fact.min:
        yield f"{value} is below {fact.min}, the least that `{c.fact}` can be", False
    elif fact.max is not None and value > fact.max:
        yield f"{value} is above {fact.max}, the most that `{c.fact}` can be", False
    elif (c.operator, value) in (("at_most", fact.max), ("at_least", fact.min)):
        yield f"every value of `{c.fact}` meets this; it only asks that the value is known", True
    elif (c.operator, value) in (("above", fact.max), ("below", fact.min)):
        yield f"no value of `{c.fact}` meets this", True


def _shown(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
