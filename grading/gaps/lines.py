"""The comparisons that keep a unit from a level, each with its place, values, remedy and source."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from grading.engine.grade import json_value
from grading.language.prose import requirement_text, sentence
from grading.language.values import known_text
from grading.model.audit import Audit, Known, UnitAudit
from grading.model.base import Mode, Remedy, Status
from grading.model.condition import (
    AnyOf,
    AtLeastOf,
    Comparison,
    ConditionBase,
    Each,
    Not,
    Some,
    parts,
)
from grading.model.gap import GapLine
from grading.model.result import UnitGrading
from grading.model.ruleset import Cap, Gate, Indicator, Requirement, Ruleset


@dataclass(frozen=True, eq=False)
class Subject:
    """A unit in an audit with its grading: what gaps are looked for in."""

    audit: Audit
    index: int
    ruleset: Ruleset
    grading: UnitGrading
    mode: Mode

    @property
    def unit(self) -> UnitAudit:
        """The unit as audited."""
        return self.audit.units[self.index]

    def status(self, place: str, row: str | None) -> Status | None:
        """A condition's status; None when it is not there on this day, or the row is not in its view."""
        if place not in self.grading.conditions:
            return None
        status = self.grading.conditions[place]
        return status if isinstance(status, Status) else status.get(row or "")

    def rows(self, place: str, group: str) -> tuple[str | None, ...] | None:
        """The rows that count for what an `each` or `some` requires; None when the table was not stated."""
        if group not in self.unit.groups:
            return None
        status = self.grading.conditions.get(place)
        if isinstance(status, Status) or status is None:
            return tuple(row.key for row in self.unit.groups[group])
        return tuple(status)

    def known(self, fact: str, group: str | None, row: str | None) -> Known | None:
        """What the audit says of a fact."""
        if group is not None:
            found = next((r for r in self.unit.groups.get(group, ()) if r.key == row), None)
            return found.facts.get(fact) if found is not None else None
        own, shared = self.unit.facts.get(fact), self.audit.enterprise.facts.get(fact)
        return own if own is not None and (own.value is not None or shared is None) else shared

    def place(self, fact: str, group: str | None, row: str | None) -> str:
        """Where a fact stands, or would stand, in the audit."""
        unit = f"units[{self.index}]"
        if group is not None:
            keys = [r.key for r in self.unit.groups.get(group, ())]
            position = f"[{keys.index(row)}]" if row in keys else ""
            return f"{unit}.groups.{group}{position}.{fact}"
        if fact not in self.unit.facts and fact in self.audit.enterprise.facts:
            return f"enterprise.facts.{fact}"
        return f"{unit}.facts.{fact}"


@dataclass(frozen=True, eq=False)
class Asked:
    """Something that must hold (or, `wanted=False`, must not) for a level: an indicator's requirement or a gate."""

    indicator: Indicator | Gate
    requirement: Requirement | None
    level: str
    name: str
    condition: ConditionBase
    wanted: bool

    @property
    def title(self) -> str:
        """What people call it."""
        return self.indicator.title or self.indicator.id


@dataclass(frozen=True, eq=False)
class Leaf:
    """A comparison on the way from what is asked: the conditions around it, its row, whether it must hold."""

    asked: Asked
    name: str
    comparison: Comparison
    around: tuple[ConditionBase, ...]
    row: str | None
    wanted: bool
    alternative: str | None = None

    @property
    def remedy(self) -> Remedy | None:
        """The innermost remedy that is stated."""
        stated = [self.comparison.remedy, *(c.remedy for c in reversed(self.around))]
        stated += [self.asked.requirement.remedy if self.asked.requirement else None, self.asked.indicator.remedy]
        return next((remedy for remedy in stated if remedy is not None), None)


def asked_for(subject: Subject, level: str) -> Iterator[Asked]:
    """Everything that is asked for at a level: the indicators' requirements, and that no gate is in the way."""
    for indicator in subject.ruleset.indicators:
        for key, requirement in indicator.levels.items():
            if level in (part.strip() for part in key.split(",")):
                name = f"{indicator.id}.{key.replace(' ', '')}"
                yield Asked(indicator, requirement, level, name, requirement.require, True)
    ids = subject.ruleset.scale.ids
    for gate in subject.ruleset.gates:
        if not isinstance(gate.effect, Cap) or ids.index(level) < ids.index(gate.effect.cap):
            yield Asked(gate, None, level, f"gate.{gate.id}", gate.when, False)


def stands_in_the_way(subject: Subject, asked: Asked) -> bool:
    """Whether what is asked is not fulfilled."""
    if isinstance(asked.indicator, Indicator):
        return subject.grading.indicator(asked.indicator.id).levels[asked.level] is not Status.MET
    return subject.status(asked.name, None) in (Status.MET, Status.UNKNOWN)


@dataclass
class Collected:
    """Gap lines in the order of the guideline, and what they were made from."""

    leaves: list[tuple[GapLine, Leaf | None]] = field(default_factory=list)

    @property
    def lines(self) -> tuple[GapLine, ...]:
        """The lines, without doubles."""
        return tuple({line.id: line for line, _ in self.leaves}.values())


def gap_lines(subject: Subject, level: str) -> Collected:
    """Every comparison that keeps the unit from a level."""
    found = Collected()
    for asked in asked_for(subject, level):
        if not stands_in_the_way(subject, asked):
            continue
        applies = getattr(asked.indicator, "applies_when", None)
        if applies is not None and subject.status(f"{asked.indicator.id}.applies_when", None) is Status.UNKNOWN:
            guard = Asked(
                asked.indicator, asked.requirement, level, f"{asked.indicator.id}.applies_when", applies, True
            )
            found.leaves += [_made(subject, leaf) for leaf in _unknown(subject, guard, guard.name, applies, (), None)]
        for leaf in _open(subject, asked, asked.name, asked.condition, (), None, asked.wanted, None):
            found.leaves.append(_made(subject, leaf))
    return found


def _fulfilled(status: Status | None, wanted: bool) -> bool:
    return status is None or status is (Status.MET if wanted else Status.UNMET)


def _open(
    subject: Subject,
    asked: Asked,
    name: str,
    c: ConditionBase,
    around: tuple[ConditionBase, ...],
    row: str | None,
    wanted: bool,
    alternative: str | None,
) -> Iterator[Leaf | tuple[Asked, str, Each | Some]]:
    """The comparisons below a condition that keep it from being as wanted."""
    if _fulfilled(subject.status(name, row), wanted):
        return
    inside = (*around, c)
    if isinstance(c, Comparison):
        yield Leaf(asked, name, c, around, row, wanted, alternative)
    elif isinstance(c, Not):
        yield from _open(subject, asked, f"{name}.not", c.not_, inside, row, not wanted, alternative)
    elif isinstance(c, Each | Some):
        yield from _open_rows(subject, asked, name, c, inside, wanted, alternative)
    else:
        either = isinstance(c, AnyOf | AtLeastOf) if wanted else not isinstance(c, AnyOf)
        set_ = line_id(asked, name, row, "") if either and len(parts(c)) > 1 else alternative
        for step, part in parts(c):
            yield from _open(subject, asked, f"{name}.{step}", part, inside, row, wanted, set_)


def _open_rows(
    subject: Subject,
    asked: Asked,
    name: str,
    c: Each | Some,
    inside: tuple[ConditionBase, ...],
    wanted: bool,
    alternative: str | None,
) -> Iterator[Leaf | tuple[Asked, str, Each | Some]]:
    group = c.each if isinstance(c, Each) else c.some
    rows = subject.rows(f"{name}.require", group)
    if rows is None or (not rows and isinstance(c, Some) == wanted):
        yield (asked, name, c)
        return
    either = isinstance(c, Some) if wanted else isinstance(c, Each)
    set_ = line_id(asked, name, None, "") if either and len(rows) > 1 else alternative
    for row in rows:
        if c.where is not None and subject.status(f"{name}.where", row) is Status.UNKNOWN:
            if _fulfilled(subject.status(f"{name}.require", row), wanted):
                continue
            yield from _unknown(subject, asked, f"{name}.where", c.where, inside, row)
        yield from _open(subject, asked, f"{name}.require", c.require, inside, row, wanted, set_)


def _unknown(
    subject: Subject, asked: Asked, name: str, c: ConditionBase, around: tuple[ConditionBase, ...], row: str | None
) -> Iterator[Leaf]:
    """The comparisons because of which a `where` or an `applies_when` is unknown."""
    if subject.status(name, row) is not Status.UNKNOWN:
        return
    if isinstance(c, Comparison):
        yield Leaf(asked, name, c, around, row, True)
    for step, part in parts(c):
        yield from _unknown(subject, asked, f"{name}.{step}", part, (*around, c), row)


def line_id(asked: Asked, name: str, row: str | None, fact: str) -> str:
    """A stable id: of the indicator, what is compared, the row and the level, not of figures or the order of writing."""
    seed = "|".join((asked.indicator.id, asked.level, fact or name, row or ""))
    return "G" + hashlib.sha256(seed.encode()).hexdigest()[:9].upper()


def _made(subject: Subject, leaf: Leaf | tuple[Asked, str, Each | Some]) -> tuple[GapLine, Leaf | None]:
    if isinstance(leaf, tuple):
        return _table_line(subject, *leaf), None
    asked, c, ruleset = leaf.asked, leaf.comparison, subject.ruleset
    fact, computed = ruleset.facts.get(c.fact), ruleset.computed.get(c.fact)
    group = (fact.group if fact else computed.group if computed else None) if leaf.row is not None else None
    known = subject.known(c.fact, group, leaf.row)
    actual = _actual(subject, c.fact, group, leaf.row)
    unresolved = is_open_figure(c, subject.mode)
    status = "unresolved" if unresolved else "unknown" if actual is None else "unmet"
    remedy = leaf.remedy
    evidence = (fact.evidence if fact else ()) + (remedy.evidence if remedy else ())
    limit = c.guess
    label = fact.label if fact else (computed.label or c.fact) if computed else c.fact
    seed = (
        f"{c.fact} {c.operator} {leaf.wanted} {'guard' if 'applies_when' in leaf.name or '.where' in leaf.name else ''}"
    )
    line = GapLine(
        id=line_id(asked, leaf.name, leaf.row if group else None, f"{subject.unit.id}|{seed}"),
        unit=subject.unit.id,
        source="gate" if isinstance(asked.indicator, Gate) else "indicator",
        indicator=asked.indicator.id,
        title=asked.title,
        dimension=getattr(asked.indicator, "dimension", None),
        level=asked.level,
        status=status,  # type: ignore[arg-type]
        condition=leaf.name,
        text=_text(ruleset, asked),
        required=sentence(ruleset, c if leaf.wanted else Not.model_validate({"not": c})),
        operator=c.operator,
        required_value=_plain(limit),
        fact=c.fact,
        fact_label=label,
        measured_in=fact.unit if fact else computed.unit if computed else None,
        place=subject.place(c.fact, group, leaf.row),
        group=group,
        row=leaf.row if group else None,
        actual=_plain(actual),
        actual_text=None if actual is None else known_text(ruleset, c.fact, actual),
        difference=_difference(c, actual) if status == "unmet" else None,
        remedy=remedy,
        evidence=tuple(dict.fromkeys((*evidence, *(known.evidence if known and status == "unknown" else ())))),
        provenance=_provenance(ruleset, leaf),
        alternative=leaf.alternative,
        on_cheapest_way=leaf.alternative is None,
    )
    return line, leaf


def is_open_figure(c: Comparison, mode: Mode) -> bool:
    """Whether the figure itself is what is not known."""
    return c.is_unresolved or (c.is_provisional and mode is Mode.OFFICIAL)


def _table_line(subject: Subject, asked: Asked, name: str, c: Each | Some) -> GapLine:
    """A table that was not stated, or has no row where one is needed."""
    group = c.each if isinstance(c, Each) else c.some
    label = subject.ruleset.groups[group].label
    stated = group in subject.unit.groups
    remedy = asked.requirement.remedy if asked.requirement and asked.requirement.remedy else asked.indicator.remedy
    return GapLine(
        id=line_id(asked, name, None, f"{subject.unit.id}|{group}"),
        unit=subject.unit.id,
        source="gate" if isinstance(asked.indicator, Gate) else "indicator",
        indicator=asked.indicator.id,
        title=asked.title,
        dimension=getattr(asked.indicator, "dimension", None),
        level=asked.level,
        status="unmet" if stated else "unknown",
        condition=name,
        text=_text(subject.ruleset, asked),
        required=f"“{label}”表中至少有一行满足要求" if stated else f"填报“{label}”表（没有的也要写明“无”）",
        operator="some" if isinstance(c, Some) else "each",
        required_value=None,
        fact=group,
        fact_label=label,
        measured_in=None,
        place=f"units[{subject.index}].groups.{group}",
        group=group,
        row=None,
        actual=None,
        actual_text=None,
        difference=None,
        remedy=remedy,
        evidence=remedy.evidence if remedy else (),
        provenance=subject.ruleset.provenance(asked.indicator, asked.requirement, c),
        alternative=None,
        on_cheapest_way=True,
    )


def _text(ruleset: Ruleset, asked: Asked) -> str:
    if isinstance(asked.indicator, Gate):
        return asked.indicator.text
    return requirement_text(ruleset, asked.indicator, asked.level)


def _provenance(ruleset: Ruleset, leaf: Leaf) -> Any:
    return ruleset.provenance(leaf.asked.indicator, leaf.asked.requirement, *leaf.around, leaf.comparison)


def _actual(subject: Subject, fact: str, group: str | None, row: str | None) -> Any:
    """The value that was compared: of the audit, or worked out; None when unknown."""
    return subject.grading.values.get((fact, row if group else None))


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [json_value(item) for item in value]
    return json_value(value)


def _difference(c: Comparison, actual: Any) -> Decimal | None:
    """By how much a number misses its limit, in the fact's unit."""
    limit = c.guess
    if isinstance(limit, Decimal) and isinstance(actual, Decimal):
        return abs(actual - limit)
    if isinstance(limit, date) and isinstance(actual, date):
        return Decimal(abs((actual - limit).days))
    return None
