"""Values of an audit as people write them."""

from datetime import date
from decimal import Decimal
from typing import Any

from grading.language.prose import day_text, number_text
from grading.model.ruleset import Ruleset

UNKNOWN = "未提供"


def known_text(ruleset: Ruleset, fact_id: str, value: Any) -> str:
    """A value of a fact, computed or not: with its unit, options by their labels, 是 or 否; 未提供 for None."""
    fact, computed = ruleset.facts.get(fact_id), ruleset.computed.get(fact_id)
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return number_text(value, fact.unit if fact is not None else computed.unit if computed is not None else None)
    if isinstance(value, date):
        return day_text(value)
    if fact is None:
        return str(value)
    chosen = value if isinstance(value, frozenset | tuple | list) else (value,)
    return "、".join(label for option, label in fact.options.items() if option in chosen) or "（无）"
