"""Days on which a comparison with the day of the audit, or with a count of days up to it, changes its result.

A comparison hangs on nothing but the order of its value and its figures. So the days are those on which that order changes:
nothing here knows what an operator means.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from grading.computed import order, with_computed
from grading.engine.grade import audited_values
from grading.model.audit import Audit
from grading.model.base import Scalar
from grading.model.condition import comparisons, operands_of
from grading.model.interval import Interval
from grading.model.ruleset import Computed, Ruleset
from grading.plan.build import conditions_of

DAY = "assessed_on"


def days_of_change(audit: Audit, index: int, ruleset: Ruleset, since: date, until: date) -> Iterator[date]:
    """The days after `since` up to `until` on which the order of a value and its figures is another than the day before."""
    moving = _moving(ruleset)
    figures = {name: found for name, found in _figures(ruleset).items() if name in moving}
    if not figures:
        return
    chain = _needed(ruleset, figures)
    before: Any = None
    day = since
    while day <= until:
        now = _order(audit.model_copy(update={"assessed_on": day}), index, ruleset, chain, figures)
        if day > since and now != before:
            yield day
        before, day = now, day + timedelta(days=1)


def _moving(ruleset: Ruleset) -> frozenset[str]:
    """Values that change from day to day: the day itself, and facts computed from it."""
    found = {DAY}
    for computed in order(ruleset):
        if not found.isdisjoint(str(operand) for operand in computed.operands):
            found.add(computed.id)
    return frozenset(found)


def _figures(ruleset: Ruleset) -> dict[str, tuple[Scalar, ...]]:
    """The figures that each fact is compared with; provisional ones too, so that they serve both modes."""
    found: dict[str, dict[Scalar, None]] = {}
    for condition in conditions_of(ruleset):
        for one in comparisons(condition):
            if one.guess is not None:
                found.setdefault(one.fact, {}).update(dict.fromkeys(operands_of(one.guess)))
    return {name: tuple(values) for name, values in found.items()}


def _needed(ruleset: Ruleset, needed_facts: Mapping[str, Any]) -> tuple[Computed, ...]:
    """The computed facts that are compared, after those that they are computed from."""
    needed = set(needed_facts)
    ordered = order(ruleset)
    for computed in reversed(ordered):
        if computed.id in needed:
            needed |= {operand for operand in computed.operands if isinstance(operand, str)}
    return tuple(computed for computed in ordered if computed.id in needed)


def _order(
    audit: Audit, index: int, ruleset: Ruleset, chain: tuple[Computed, ...], figures: Mapping[str, tuple[Scalar, ...]]
) -> list[Any]:
    values, rows = audited_values(audit, index, ruleset)
    known = with_computed(chain, values, rows)
    found: list[Any] = []
    for name, compared in figures.items():
        computed = ruleset.computed.get(name)
        group = computed.group if computed is not None else None
        listed = [known.get(name)] if group is None else [row.get(name) for row in rows.get(group, ())]
        found.append([(value is None, [_beside(value, figure) for figure in compared]) for value in listed])
    return found


def _beside(value: Any, figure: Any) -> Any:
    """The side of a figure on which a value, or each end of its range, lies."""
    if value is None:
        return None
    if isinstance(value, Interval):
        ends = (value.low, value.first, value.last, value.high)
        return tuple(None if end is None else (end > figure) - (end < figure) for end in ends)
    return (value > figure) - (value < figure)
