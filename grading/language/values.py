"""Values of an audit as people write them."""

from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from grading.language.bounds import bound_text
from grading.language.prose import day_text, number_text
from grading.model.audit import Below
from grading.model.interval import Interval
from grading.model.ruleset import Ruleset

UNKNOWN = "未提供"
ROUNDING = Context(prec=80, rounding=ROUND_HALF_UP)
SIGNIFICANT = 3
"""Digits of a computed number that are shown; those before the point always are."""


def known_text(ruleset: Ruleset, fact_id: str, value: Any) -> str:
    """A value of a fact, computed or not: with its unit, options by their labels, 是 or 否; 未提供 for None."""
    fact, computed = ruleset.facts.get(fact_id), ruleset.computed.get(fact_id)
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        value = shown_number(ruleset, fact_id, value)
        return number_text(value, fact.unit if fact is not None else computed.unit if computed is not None else None)
    if isinstance(value, Below | Interval):
        return bound_in_unit(ruleset, fact_id, bound_text(value))
    if isinstance(value, date):
        return day_text(value)
    if fact is None:
        return str(value)
    chosen = value if isinstance(value, frozenset | tuple | list) else (value,)
    return "、".join(label for option, label in fact.options.items() if option in chosen) or "（无）"


def bound_in_unit(ruleset: Ruleset, fact_id: str, bound: str) -> str:
    """An upper bound or interval of a fact, computed or not, that is a text already: `<20 mg/m³`."""
    declared = ruleset.facts.get(fact_id) or ruleset.computed.get(fact_id)
    unit = declared.unit if declared is not None else None
    return bound + number_text(Decimal(0), unit).removeprefix("0")


def shown_number(ruleset: Ruleset, fact_id: str, value: Decimal) -> Decimal:
    """A number as it is shown: as stated; a computed one rounded, but never onto or across a figure that it is compared with.

    `7.262136` is `7.26`, and beside a limit of 7.26 it is `7.262`: what misses a limit never looks as if it met it.
    """
    if fact_id not in ruleset.computed:
        return value
    figures = ruleset.compared_with.get(fact_id, frozenset())
    for decimals in range(max(0, SIGNIFICANT - 1 - value.adjusted()), -int(value.as_tuple().exponent)):
        shown = value.quantize(Decimal(1).scaleb(-decimals), context=ROUNDING)
        if all(shown.compare(figure) == value.compare(figure) for figure in figures):
            return shown
    return value
