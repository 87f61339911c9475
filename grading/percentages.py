"""Shares that are probably stated as fractions: 0.95 where 95 % is meant."""

from decimal import Decimal

from grading.digest import plain
from grading.model.ruleset import Fact

WHOLE = Decimal(100)


def is_share(fact: Fact) -> bool:
    """True when a fact is a share of a whole, in percent."""
    return fact.type == "number" and fact.unit == "%" and fact.max == WHOLE


def fraction_question(fact: Fact, value: Decimal) -> str | None:
    """The question about a bare number of a share that is no more than 1; None for any other."""
    if not is_share(fact) or not 0 < value <= 1:
        return None
    return f"“{fact.label}”填的是 {plain(value)}，单位是 %；是否应为 {plain(value * WHOLE)} %？"
