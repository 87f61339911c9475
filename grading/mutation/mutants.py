"""Rulesets with one mistake: a figure one step off, an operator turned, an option left out, two levels swapped."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal

from grading.language.decision_text import effect_text, level_label
from grading.language.prose import sentence
from grading.model.base import Mode
from grading.model.condition import (
    ORDER_OPERATORS,
    All,
    AnyOf,
    AtLeastOf,
    Comparison,
    ConditionBase,
    Each,
    Not,
    ProvisionalMany,
    ProvisionalOne,
    Some,
)
from grading.model.ruleset import Cap, Gate, Indicator, Requirement, Ruleset, split_levels
from grading.proof.criteria import Criterion, criteria

Kind = Literal["figure", "operator", "option", "level"]
TURNED = {"at_most": "at_least", "at_least": "at_most", "below": "above", "above": "below"}
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Mutant:
    """One mistake: its place, kind and words, and the indicator or gate that has it."""

    kind: Kind
    place: str
    text: str
    changed: Indicator | Gate
    counts_in: tuple[Mode, ...] = tuple(Mode)
    """The modes in which the mistaken condition counts."""


def mutants(ruleset: Ruleset) -> Iterator[Mutant]:
    """All mutants of a ruleset, in the order of writing."""
    indicators = {indicator.id: indicator for indicator in ruleset.indicators}
    gates = {gate.id: gate for gate in ruleset.gates}
    for one in criteria(ruleset):
        owner: Indicator | Gate = gates[one.site.id] if one.site.kind == "gates" else indicators[one.site.id]
        for kind, new in _changes(ruleset, one.condition):
            text = f"{sentence(ruleset, one.condition)} → {sentence(ruleset, new)}"
            yield Mutant(kind, one.name, text, with_condition(owner, one, new), _counts_in(one.condition))
    for indicator in ruleset.indicators:
        yield from _swapped(ruleset, indicator)
    for gate in ruleset.gates:
        yield from _moved(ruleset, gate)


def step_of(ruleset: Ruleset, fact_id: str) -> Decimal:
    """The least by which values of a number differ; of a computed fact, of the finest that it is worked out from."""
    return Decimal(1).scaleb(-_decimals(ruleset, fact_id))


def _decimals(ruleset: Ruleset, fact_id: str) -> int:
    fact = ruleset.facts.get(fact_id)
    if fact is not None:
        return fact.decimals if fact.type == "number" else 0
    computed = ruleset.computed.get(fact_id)
    listed = () if computed is None else computed.operands
    return max((_decimals(ruleset, operand) for operand in listed if isinstance(operand, str)), default=0)


def _counts_in(condition: ConditionBase) -> tuple[Mode, ...]:
    if not isinstance(condition, Comparison):
        return tuple(Mode)
    return tuple(mode for mode in Mode if not condition.is_open(mode))


def _changes(ruleset: Ruleset, c: ConditionBase) -> Iterator[tuple[Kind, ConditionBase]]:
    if isinstance(c, Comparison):
        yield from _comparison(ruleset, c)
    elif isinstance(c, All) and len(c.all) > 1:
        yield "operator", AnyOf(any=c.all, **_around(c))
    elif isinstance(c, AnyOf) and len(c.any) > 1:
        yield "operator", All(all=c.any, **_around(c))
    elif isinstance(c, Not):
        yield "operator", c.not_
    elif isinstance(c, Each):
        yield "operator", Some(some=c.each, where=c.where, require=c.require, **_around(c))
    elif isinstance(c, Some):
        yield "operator", Each(each=c.some, where=c.where, require=c.require, **_around(c))
    elif isinstance(c, AtLeastOf):
        for least in (c.at_least_of - 1, c.at_least_of + 1):
            if 1 <= least <= len(c.of):
                yield "operator", c.model_copy(update={"at_least_of": least})


def _around(c: ConditionBase) -> dict[str, Any]:
    return {"from": c.from_, "until": c.until}


def _comparison(ruleset: Ruleset, c: Comparison) -> Iterator[tuple[Kind, Comparison | Not]]:
    guess = c.guess
    if guess is None:
        return
    listed = guess if isinstance(guess, tuple) else (guess,)
    for i, value in enumerate(listed):
        for moved in _next_to(ruleset, c.fact, value):
            if moved not in listed:
                yield "figure", _stating(c, c.operator, (*listed[:i], moved, *listed[i + 1 :]))
    yield "operator", _turned(c, listed)
    if isinstance(guess, tuple) and len(guess) > 1:
        for i in range(len(guess)):
            yield "option", _stating(c, c.operator, (*guess[:i], *guess[i + 1 :]))


def _next_to(ruleset: Ruleset, fact_id: str, value: Any) -> Iterator[Any]:
    """The values one step away that the fact can have."""
    if isinstance(value, bool | str):
        return
    step = DAY if isinstance(value, date) else step_of(ruleset, fact_id)
    fact = ruleset.facts.get(fact_id)
    for moved in (value - step, value + step):
        below = fact is not None and fact.min is not None and not isinstance(moved, date) and moved < fact.min
        above = fact is not None and fact.max is not None and not isinstance(moved, date) and moved > fact.max
        if not below and not above:
            yield moved


def _turned(c: Comparison, listed: tuple[Any, ...]) -> Comparison | Not:
    if c.operator in ORDER_OPERATORS:
        return _stating(c, TURNED[c.operator], listed)
    if c.operator == "equals":
        value = listed[0]
        return _stating(c, "equals", (not value,)) if isinstance(value, bool) else _stating(c, "none_of", listed)
    if c.operator in ("one_of", "none_of"):
        return _stating(c, "none_of" if c.operator == "one_of" else "one_of", listed)
    if c.operator in ("includes_any", "includes_all") and len(listed) > 1:
        return _stating(c, "includes_all" if c.operator == "includes_any" else "includes_any", listed)
    return Not.model_validate({"not": c})


def _stating(c: Comparison, operator: str, listed: tuple[Any, ...]) -> Comparison:
    """The comparison with another operator or figure, as well established as before."""
    many = operator not in ORDER_OPERATORS and operator != "equals"
    operand: Any = tuple(listed) if many else listed[0]
    if c.is_provisional:
        operand = ProvisionalMany(provisional=operand) if many else ProvisionalOne(provisional=operand)
    return c.model_copy(update={c.operator: None, operator: operand, "text": None})


def with_condition(owner: Indicator | Gate, one: Criterion, new: ConditionBase) -> Indicator | Gate:
    """An indicator or gate with another condition at a place."""
    steps = one.inner[len(one.site.inner) :]
    whole = _replaced(one.site.condition, steps, new)
    if isinstance(owner, Gate):
        return owner.model_copy(update={"when": whole})
    if one.role == "applicability" or one.site.role == "applicability":
        return owner.model_copy(update={"applies_when": whole})
    key = str(one.site.inner[1])
    requirement = owner.levels[key].model_copy(update={"require": whole})
    return owner.model_copy(update={"levels": {**owner.levels, key: requirement}})


def _replaced(c: ConditionBase, steps: tuple[str | int, ...], new: ConditionBase) -> ConditionBase:
    if not steps:
        return new
    name = str(steps[0])
    field = "not_" if name == "not" else name
    inner = getattr(c, field)
    if isinstance(inner, tuple):
        index = int(steps[1])
        part = _replaced(inner[index], steps[2:], new)
        return c.model_copy(update={field: (*inner[:index], part, *inner[index + 1 :])})
    return c.model_copy(update={field: _replaced(inner, steps[1:], new)})


def _swapped(ruleset: Ruleset, indicator: Indicator) -> Iterator[Mutant]:
    """The statement of one level put at the next, and the other way round."""
    for better, worse in pairwise(ruleset.scale.graded):
        other = {better: worse, worse: better}
        levels: dict[str, Requirement] = {}
        for key, requirement in indicator.levels.items():
            names = [other.get(level, level) for level in split_levels(key)]
            levels[",".join(level for level in ruleset.scale.ids if level in names)] = requirement
        before = {tuple(sorted(split_levels(key))): one for key, one in indicator.levels.items()}
        if before != {tuple(sorted(split_levels(key))): one for key, one in levels.items()}:
            labels = [level_label(ruleset.scale, level) for level in (better, worse)]
            text = f"{' 与 '.join(labels)} 的要求互换"
            yield Mutant(
                "level", f"{indicator.id}.{better}↔{worse}", text, indicator.model_copy(update={"levels": levels})
            )


def _moved(ruleset: Ruleset, gate: Gate) -> Iterator[Mutant]:
    """A gate that caps at a neighbouring level, or caps where it bars."""
    ids = ruleset.scale.ids
    at = ids.index(gate.effect.cap) if isinstance(gate.effect, Cap) else len(ids)
    for i in (at - 1, at + 1):
        if 0 < i < len(ids):
            moved = gate.model_copy(update={"effect": Cap(cap=ids[i])})
            text = f"{effect_text(ruleset, gate)} → {effect_text(ruleset, moved)}"
            yield Mutant("level", f"gate.{gate.id}.effect", text, moved)
