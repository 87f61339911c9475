"""Computed facts: whether each can be worked out."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from grading.computed import AIR_OXYGEN
from grading.language.check.words import near
from grading.language.loaded import Loaded
from grading.language.problems import Problem
from grading.language.source import Path_
from grading.model.ruleset import Computed, Ruleset
from grading.problems.reason import Reason, reason_of
from grading.problems.ruleset_codes import RulesetCode


def check_computed(loaded: Loaded) -> Iterator[Problem]:
    """Unknown operands, operands of a wrong type or group, circles, divisions that are never defined."""
    ruleset = loaded.ruleset
    for computed in ruleset.computed.values():
        for inner, operand in _operands(computed):
            reason = _operand(ruleset, computed, operand) if isinstance(operand, str) else None
            if reason is not None:
                yield loaded.problem("computed", computed.id, inner, reason)
        yield from _undefined(loaded, computed)
    yield from _circles(loaded)


def _operands(computed: Computed) -> Iterator[tuple[Path_, str | Decimal]]:
    operands = computed.operands
    names: Iterable[str | int] = range(len(operands))
    if computed.oxygen_corrected is not None:
        names = ("value", "oxygen", "baseline")
    for name, operand in zip(names, operands, strict=True):
        yield (computed.operation, name), operand


def _operand(ruleset: Ruleset, computed: Computed, operand: str) -> Reason | None:
    expected = "date" if computed.days_between is not None else "number"
    if operand == "assessed_on":
        return None if expected == "date" else reason_of(RulesetCode.OPERAND_IS_DATE, operation=computed.operation)
    read = ruleset.facts.get(operand) or ruleset.computed.get(operand)
    if read is None:
        hint = near(operand, [*ruleset.facts, *ruleset.computed])
        return reason_of(RulesetCode.FACT_UNKNOWN, fact=operand, hint=hint)
    type_ = "number" if isinstance(read, Computed) else read.type
    if type_ != expected:
        other = RulesetCode.OPERAND_OF_OTHER_TYPE
        return reason_of(other, fact=operand, type=type_, operation=computed.operation, wanted=expected)
    if read.group not in (None, computed.group):
        group = read.group or ""
        if computed.group is None:
            return reason_of(RulesetCode.OPERAND_OF_ROWS, fact=operand, group=group)
        return reason_of(RulesetCode.OPERAND_OF_OTHER_ROWS, fact=operand, group=group, own=computed.group)
    return None


def _undefined(loaded: Loaded, computed: Computed) -> Iterator[Problem]:
    for inner, operand in _operands(computed):
        if isinstance(operand, str):
            continue
        if computed.days_between is not None:
            yield loaded.problem("computed", computed.id, inner, reason_of(RulesetCode.OPERAND_IS_NUMBER))
        elif inner == ("ratio", 1) and operand == 0:
            yield loaded.problem("computed", computed.id, inner, reason_of(RulesetCode.DIVIDES_BY_ZERO))
        elif inner in (("oxygen_corrected", "baseline"), ("oxygen_corrected", "oxygen")) and operand >= AIR_OXYGEN:
            yield loaded.problem(
                "computed", computed.id, inner, reason_of(RulesetCode.OXYGEN_TOO_HIGH, most=AIR_OXYGEN)
            )


def _circles(loaded: Loaded) -> Iterator[Problem]:
    """Each circle once, at the computed fact of it that stands first."""
    known = loaded.ruleset.computed
    reported: set[str] = set()
    for start in known:
        circle = _circle(known, start)
        if circle is not None and not reported & set(circle):
            reported |= set(circle)
            way = " → ".join([*circle, start])
            yield loaded.problem("computed", start, (), reason_of(RulesetCode.COMPUTED_IN_CIRCLE, circle=way))


def _circle(known: dict[str, Computed], start: str) -> list[str] | None:
    """The way from a computed fact back to itself; None when there is none."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for operand in known[way[-1]].operands:
            if operand == start:
                return way
            if isinstance(operand, str) and operand in known and operand not in seen:
                seen.add(operand)
                ways.append([*way, operand])
    return None
