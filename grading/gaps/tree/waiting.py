"""Values that only the passing of time changes: how long it takes, and from which day on."""

from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any

from grading.calendar import months_later
from grading.gaps.tree.constraints import Constraint
from grading.model.ruleset import MONTHS, Fact

DAYS_A_WEEK = 7
DAYS_A_MONTH = Decimal("30.436875")
"""The mean month of the Gregorian calendar."""


def ready_on(fact: Fact, before: Any, after: Any, today: date) -> date | None:
    """The day from which on a value is another because time has passed; None where time alone does not do it.

    Records that are kept grow by a month a month. What lapses is over at the latest so long after today.
    """
    months = _months(fact, before, after)
    return None if months is None else after_months(today, months)


def weeks_to_wait(fact: Fact, before: Any, constraint: Constraint, today: date) -> Decimal:
    """The weeks that pass before a value can be as wished; nothing where time is not what it takes."""
    operand = constraint.operand if fact.type == "number" and constraint.order in ("at_least", "above") else None
    months = _months(fact, before, operand)
    if months is None:
        return Decimal(0)
    return weeks_between(today, after_months(today, months))


def weeks_between(today: date, then: date) -> Decimal:
    """Whole weeks, the last one begun."""
    return (Decimal((then - today).days) / DAYS_A_WEEK).to_integral_value(rounding=ROUND_CEILING)


def _months(fact: Fact, before: Any, after: Any) -> Decimal | None:
    if fact.changed_by != "time" or before is None:
        return None
    if fact.lapses_after_months is not None:
        return Decimal(fact.lapses_after_months)
    if isinstance(before, Decimal) and isinstance(after, Decimal) and after > before:
        return (after - before) * MONTHS[fact.unit or ""]
    return None


def after_months(day: date, months: Decimal) -> date:
    """The same day so many months later, or the month's last; of a part of a month the days, rounded up."""
    whole = int(months)
    rest = ((months - whole) * DAYS_A_MONTH).to_integral_value(rounding=ROUND_CEILING)
    return months_later(day, whole) + timedelta(days=int(rest))
