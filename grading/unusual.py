"""Unusual answers that an assessor should look at once more: what is missing, and what is seldom so in a plant.

The thresholds are hints of this product and no figures of any guideline: nothing is graded by them, and whatever they find
can be right.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from grading.gaps.causes import unit_decisions
from grading.language.prose import fact_label
from grading.language.values import known_text
from grading.model.audit import Audit, Below, Known, UnitAudit
from grading.model.base import Status
from grading.model.condition import ORDER_OPERATORS, Comparison, comparisons, walk
from grading.model.interval import Interval
from grading.model.result import Grading, UnitGrading
from grading.model.ruleset import Ruleset
from grading.places import sources

LONG_AGO_DAYS = 180
"""Days after which an assessment is called long ago: half a year, within which outlets are measured again."""
AT_LIMIT_LEAST, AT_LIMIT_SHARE = 3, Decimal("0.3")
"""From so many values, and from such a share of those that have a limit, on: measured values seldom hit a limit to the digit."""
IDENTICAL_LEAST = 3
"""Rows with so many values, a number among them, that are all the same: copied rather than measured."""
TENFOLD = 10
"""A value that many times another audit's or a limit, or that small a part of it: a slipped point or another unit."""
ANSWERED_LEAST = Decimal("0.5")
"""An audit with a smaller share of its questions answered is called almost empty."""
WAYS = {"any", "of", "not"}
"""Steps to parts of a condition that need not hold."""
NAMED = 5
"""So many values or rows a finding names."""


@dataclass(frozen=True)
class Finding:
    """Something to look at once more, in words; `unit` is None for what concerns the whole audit."""

    code: str
    unit: str | None
    text: str


class Slot(NamedTuple):
    """A value of an audit: of the enterprise (no unit), of a unit, or of a row."""

    unit: str | None
    group: str | None
    row: str | None
    fact: str


Number = Decimal | Below
"""A number as an audit states it: exactly, or as an upper bound."""


def numbers_of(audit: Audit) -> dict[Slot, Number]:
    """All numbers that an audit states."""
    found = {Slot(None, None, None, fact): known for fact, known in audit.enterprise.facts.items()}
    for unit in audit.units:
        found |= {Slot(unit.id, None, None, fact): known for fact, known in unit.facts.items()}
        for group, rows in unit.groups.items():
            for row in rows:
                found |= {Slot(unit.id, group, row.key, fact): known for fact, known in row.facts.items()}
    return {slot: known.value for slot, known in found.items() if isinstance(known.value, Decimal | Below)}


def findings(
    rulesets: Mapping[str, Ruleset],
    audit: Audit,
    grading: Grading,
    today: date,
    before: Mapping[Slot, Number] | None = None,
) -> tuple[Finding, ...]:
    """Everything to look at once more; `before` are the numbers of the audit before this one."""
    found = list(_of_day(audit, today))
    decisions = unit_decisions(rulesets, audit, grading)
    for unit, graded, decision in zip(audit.units, grading.units, decisions, strict=True):
        ruleset = rulesets[unit.ruleset]
        found += _of_gates(ruleset, graded)
        found += _of_answers(ruleset, audit, unit)
        if decision.causes is not None and decision.causes.missing:
            text = f"还缺 {decision.causes.missing} 项可能改变等级的证据，按“未知”评级。"
            found.append(Finding("missing", unit.id, text))
        found += unusual_values(ruleset, unit, graded)
    if before is not None:
        found += _tenfold(rulesets, audit, before)
    return tuple(found)


def unusual_values(ruleset: Ruleset, unit: UnitAudit, graded: UnitGrading) -> Iterator[Finding]:
    """The findings about what is stated of a unit, whoever stated it and whenever."""
    yield from _at_limits(ruleset, graded)
    yield from _far_from_limits(ruleset, unit, graded)
    yield from _identical_rows(ruleset, unit)


def _of_day(audit: Audit, today: date) -> Iterator[Finding]:
    days = (today - audit.assessed_on).days
    if days > LONG_AGO_DAYS:
        yield Finding("long_ago", None, f"评定日 {audit.assessed_on.isoformat()} 距今 {days} 天，现场情况可能已变。")


def _of_gates(ruleset: Ruleset, graded: UnitGrading) -> Iterator[Finding]:
    """Gates are asked of every plant; nobody who was there leaves all of them unanswered."""
    open_ = [gate.id for gate in graded.gates if gate.status is Status.UNKNOWN]
    if not open_:
        return
    titles = {gate.id: gate.title or gate.text for gate in ruleset.gates}
    if len(open_) == len(graded.gates):
        yield Finding("gates_unanswered", graded.id, f"{len(open_)} 项否决与限制条件全部未回答。")
    else:
        yield Finding(
            "gates_open", graded.id, f"{len(open_)} 项否决与限制条件未回答：{_named(titles[g] for g in open_)}。"
        )


def _of_answers(ruleset: Ruleset, audit: Audit, unit: UnitAudit) -> Iterator[Finding]:
    own = [fact.id for fact in ruleset.facts.values() if fact.group is None]
    answered = sum(_value(audit, unit, fact) is not None for fact in own)
    tables = sum(group in unit.groups for group in ruleset.groups)
    questions = len(own) + len(ruleset.groups)
    if questions and answered + tables < questions * ANSWERED_LEAST:
        yield Finding("almost_empty", unit.id, f"{questions} 个问题和表格只答了 {answered + tables} 个。")


def _at_limits(ruleset: Ruleset, graded: UnitGrading) -> Iterator[Finding]:
    limits = _limits(ruleset)
    compared, equal = 0, []
    for fact, row in graded.values:
        value = graded.values[fact, row]
        figure = _figure(value)
        if fact in limits and figure is not None:
            compared += 1
            if figure in limits[fact]:
                equal.append(_shown(ruleset, fact, row, value))
    if len(equal) >= AT_LIMIT_LEAST and len(equal) >= compared * AT_LIMIT_SHARE:
        yield Finding("at_limit", graded.id, f"{compared} 个数值中有 {len(equal)} 个恰为限值：{_named(equal)}。")


def _far_from_limits(ruleset: Ruleset, unit: UnitAudit, graded: UnitGrading) -> Iterator[Finding]:
    """Numbers far above the laxest of their upper limits, or far below the laxest of their lower ones (98 % written as 0.98)."""
    listed: list[str] = []
    highest, lowest = _laxest(ruleset)
    for (fact, row), value in graded.values.items():
        # An upper bound says of no number how far it is above a limit.
        above = highest.get(fact) if isinstance(value, Decimal) else None
        below = lowest.get(fact)
        figure = _figure(value)
        limit = above if above and figure and figure >= above * TENFOLD else None
        if limit is None and below and figure and 0 < figure * TENFOLD <= below:
            limit = below
        if limit is not None:
            beside = f"最宽的限值 {known_text(ruleset, fact, limit)}{_worked_out_of(ruleset, unit, fact, row)}"
            listed.append(f"{_shown(ruleset, fact, row, value)}（{beside}）")
    if listed:
        text = f"{len(listed)} 个数值与限值相差 {TENFOLD} 倍以上，请核对小数点和单位：{_named(listed)}。"
        yield Finding("far_from_limit", graded.id, text)


def _worked_out_of(ruleset: Ruleset, unit: UnitAudit, fact: str, row: str | None) -> str:
    """The numbers of the same unit or row that a computed one comes from, as a clause: the slip is in one of them."""
    found = []
    for source, group, key in dict.fromkeys(sources(ruleset, fact, row)):
        rows = (
            [one.facts for one in unit.groups.get(group, ()) if one.key == key] if group is not None else [unit.facts]
        )
        for value in (_plain(facts.get(source)) for facts in rows):
            if source != fact and isinstance(value, Decimal | Below):
                found.append(_shown(ruleset, source, None, value))
    return f"，由{'、'.join(found)} 算得" if found else ""


def _laxest(ruleset: Ruleset) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """By fact the highest of its upper limits, and the lowest of its lower ones, of what is measured.

    What stands in `where` selects rows. An upper figure that is one of several ways (a rate of emission below which no efficiency
    is asked) limits nothing; what is held against figures from both sides tells cases apart.
    """
    highest: dict[str, Decimal] = {}
    lowest: dict[str, Decimal] = {}
    for indicator in ruleset.indicators:
        if indicator.decided_by != "measurement":
            continue
        for path, c in (found for level in indicator.levels.values() for found in walk(level.require)):
            steps = {step.partition("[")[0] for step in path.split(".")}
            if not isinstance(c, Comparison) or not isinstance(c.guess, Decimal) or "where" in steps:
                continue
            if c.operator in ("at_most", "below") and steps.isdisjoint(WAYS):
                highest[c.fact] = max(c.guess, highest.get(c.fact, c.guess))
            elif c.operator in ("at_least", "above"):
                lowest[c.fact] = min(c.guess, lowest.get(c.fact, c.guess))
    both = highest.keys() & lowest.keys()
    upper, lower = ({fact: limit for fact, limit in of.items() if fact not in both} for of in (highest, lowest))
    return upper, lower


def _figure(value: object) -> Decimal | None:
    """The figure that is stated of a number: the number, or the limit that it is below; None for what nobody stated so."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, Below):
        return value.below
    return value.high if isinstance(value, Interval) and value.stated else None


def _limits(ruleset: Ruleset) -> dict[str, set[Decimal]]:
    """By fact the figures that measured numbers are held against; the ends of a fact's own range are hit often."""
    found: dict[str, set[Decimal]] = {}
    for indicator in ruleset.indicators:
        if indicator.decided_by != "measurement":
            continue
        for c in (c for level in indicator.levels.values() for c in comparisons(level.require)):
            if c.operator not in ORDER_OPERATORS or not isinstance(c.guess, Decimal):
                continue
            fact = ruleset.facts.get(c.fact)
            if c.guess not in ((0,) if fact is None else (0, fact.min, fact.max)):
                found.setdefault(c.fact, set()).add(c.guess)
    return found


def _identical_rows(ruleset: Ruleset, unit: UnitAudit) -> Iterator[Finding]:
    for group, rows in unit.groups.items():
        alike: dict[frozenset[tuple[str, Hashable]], list[str]] = {}
        for row in rows:
            values = {fact: known.value for fact, known in row.facts.items() if known.value is not None}
            if len(values) >= IDENTICAL_LEAST and any(isinstance(value, Decimal | Below) for value in values.values()):
                alike.setdefault(frozenset(values.items()), []).append(row.key)
        for keys in alike.values():
            if len(keys) > 1:
                text = f"“{ruleset.groups[group].name}”表中 {len(keys)} 行除编号外完全相同：{_named(keys)}。"
                yield Finding("identical_rows", unit.id, text)


def _tenfold(rulesets: Mapping[str, Ruleset], audit: Audit, before: Mapping[Slot, Number]) -> Iterator[Finding]:
    by_unit = {unit.id: rulesets[unit.ruleset] for unit in audit.units}
    found: dict[str | None, list[str]] = {}
    for slot, value in numbers_of(audit).items():
        was = before.get(slot)
        if was is not None and _is_tenfold(value, was):
            ruleset = by_unit[slot.unit] if slot.unit is not None else _asking(rulesets, audit, slot.fact)
            text = f"{_shown(ruleset, slot.fact, slot.row, value)}（上次 {known_text(ruleset, slot.fact, was)}）"
            found.setdefault(slot.unit, []).append(text)
    for unit, listed in found.items():
        yield Finding("tenfold", unit, f"{len(listed)} 个数值与上次相差 {TENFOLD} 倍以上：{_named(listed)}。")


def _is_tenfold(value: Number, was: Number) -> bool:
    """True when two numbers are so far apart for certain; of two upper bounds, when their limits are."""
    now, then = _figure(value), _figure(was)
    if not now or not then:
        return False
    is_far_above = abs(now) >= abs(then) * TENFOLD and not (isinstance(value, Below) and isinstance(was, Decimal))
    is_far_below = abs(then) >= abs(now) * TENFOLD and not (isinstance(was, Below) and isinstance(value, Decimal))
    return is_far_above or is_far_below


def _asking(rulesets: Mapping[str, Ruleset], audit: Audit, fact: str) -> Ruleset:
    """The first of the units' rulesets that asks for a fact of the enterprise."""
    listed = [rulesets[unit.ruleset] for unit in audit.units]
    return next((ruleset for ruleset in listed if fact in ruleset.facts), listed[0])


def _shown(ruleset: Ruleset, fact: str, row: str | None, value: Number | Interval) -> str:
    return f"{row + ' ' if row else ''}{fact_label(ruleset, fact)} {known_text(ruleset, fact, value)}"


def _named(texts: Iterator[str] | Sequence[str]) -> str:
    listed = list(texts)
    return "、".join(listed[:NAMED]) + (f" 等 {len(listed)} 项" if len(listed) > NAMED else "")


def _value(audit: Audit, unit: UnitAudit, fact: str) -> object:
    """A unit's own value goes before the enterprise's."""
    own = _plain(unit.facts.get(fact))
    return own if own is not None else _plain(audit.enterprise.facts.get(fact))


def _plain(known: Known | None) -> object:
    return None if known is None else known.value
