"""Demands on a value → the value nearest to today's that satisfies them all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Decimal
from typing import Any

from grading.gaps.ways import Demand, Slot
from grading.model.ruleset import Computed, Fact, Ruleset

EQUIVALENT = "recognised_equivalent"
"""The option that needs an expert's finding: offered only when nothing else would do."""


@dataclass(frozen=True)
class Bounds:
    """What demands leave of numbers or dates."""

    low: Any = None
    high: Any = None
    not_equal: frozenset[Any] = frozenset()


def settle(ruleset: Ruleset, demands: Iterable[Demand], current: dict[Slot, Any]) -> dict[Slot, Any] | None:
    """A value for every slot that must change, or None when the demands contradict each other or can't be worked back."""
    by_slot: dict[Slot, list[Demand]] = {}
    for demand in demands:
        for basic in _worked_back(ruleset, demand, current):
            if basic is None:
                return None
            by_slot.setdefault(basic.slot, []).append(basic)
    settled: dict[Slot, Any] = {}
    for slot, listed in by_slot.items():
        value = _value(ruleset.facts[slot.fact], listed, current.get(slot))
        if value is None:
            return None
        if value != current.get(slot):
            settled[slot] = value
    return settled


def _worked_back(ruleset: Ruleset, demand: Demand, current: dict[Slot, Any]) -> list[Demand | None]:
    """Demands on facts instead of on a computed fact: the first operand moves, the others stay as they are."""
    computed = ruleset.computed.get(demand.slot.fact)
    if computed is None:
        return [demand if demand.slot.fact in ruleset.facts else None]
    operator, bound = _direction(demand), demand.operand
    if operator is None or not isinstance(bound, Decimal):
        return [None]
    operation, operands = computed.operation, computed.operands
    if (operation, operator) in (
        ("maximum", "at_most"),
        ("minimum", "at_least"),
        ("maximum", "below"),
        ("minimum", "above"),
    ):
        moved = [(operand, bound) for operand in operands if isinstance(operand, str)]
    else:
        found = _first_operand(ruleset, computed, demand.slot, bound, current)
        if found is None:
            return [None]
        moved = [(found[0], found[1])]
    result: list[Demand | None] = []
    for operand, value in moved:
        slot = _slot_of(ruleset, operand, demand.slot)
        inner = Demand(slot, operator, value, True, demand.effort, demand.condition)
        result += _worked_back(ruleset, inner, current)
    return result


def _direction(demand: Demand) -> str | None:
    opposite = {"at_most": "above", "at_least": "below", "below": "at_least", "above": "at_most"}
    if demand.operator not in opposite:
        return None
    return demand.operator if demand.wanted else opposite[demand.operator]


def _slot_of(ruleset: Ruleset, operand: str, beside: Slot) -> Slot:
    declared = ruleset.facts.get(operand) or ruleset.computed.get(operand)
    group = declared.group if declared is not None else None
    return Slot(operand, group, beside.row if group else None)


def _first_operand(
    ruleset: Ruleset, computed: Computed, slot: Slot, bound: Decimal, current: dict[Slot, Any]
) -> tuple[str, Decimal] | None:
    """The first operand that is a fact, and the value of it at which the result is `bound`."""
    operation, operands = computed.operation, list(computed.operands)
    values: list[Any] = [
        current.get(_slot_of(ruleset, operand, slot)) if isinstance(operand, str) else operand for operand in operands
    ]
    first = operands[0]
    rest = values[1:]
    if not isinstance(first, str) or any(not isinstance(value, Decimal) for value in rest):
        return None
    if operation == "oxygen_corrected":
        oxygen, baseline = rest
        return (first, bound * (21 - oxygen) / (21 - baseline)) if baseline < 21 and oxygen < 21 else None
    if operation == "ratio":
        return (first, bound * rest[0]) if rest[0] > 0 else None
    if operation == "difference":
        return (first, bound + rest[0])
    if operation == "sum":
        return (first, bound - sum(rest, Decimal(0)))
    if operation == "product":
        factor = Decimal(1)
        for value in rest:
            factor *= value
        return (first, bound / factor) if factor > 0 else None
    return None


def _value(fact: Fact, demands: list[Demand], current: Any) -> Any:
    if fact.type in ("number", "date"):
        return _ordered(fact, demands, current)
    if fact.type == "choices":
        return _set(fact, demands, current)
    options: list[Any] = list(fact.options) if fact.type == "choice" else [True, False]
    fitting = [option for option in options if all(_suits(demand, option) for demand in demands)]
    if current in fitting:
        return current
    fitting.sort(key=lambda option: (option == EQUIVALENT, _preference(demands, option)))
    return fitting[0] if fitting else None


def _preference(demands: list[Demand], option: Any) -> int:
    """The place of an option in the list of the requirement: guidelines name what they mean first."""
    for demand in demands:
        if isinstance(demand.operand, tuple) and option in demand.operand:
            return demand.operand.index(option)
    return 0


def _suits(demand: Demand, option: Any) -> bool:
    listed = demand.operand if isinstance(demand.operand, tuple) else (demand.operand,)
    inside = option in listed
    return (inside if demand.operator in ("equals", "one_of") else not inside) == demand.wanted


def _set(fact: Fact, demands: list[Demand], current: Any) -> Any:
    chosen = set(current or ())
    barred: set[str] = set()
    for demand in demands:
        listed = [str(option) for option in demand.operand]
        operator, wanted = demand.operator, demand.wanted
        if operator == "includes_all" and wanted:
            chosen |= set(listed)
        elif operator == "within" and wanted:
            barred |= set(fact.options) - set(listed)
        elif operator == "includes_any" and not wanted:
            barred |= set(listed)
    for demand in demands:
        listed = [str(option) for option in demand.operand]
        if demand.operator == "includes_any" and demand.wanted and not chosen & (set(listed) - barred):
            open_ = [option for option in listed if option not in barred]
            if not open_:
                return None
            chosen.add(min(open_, key=lambda option: (option == EQUIVALENT, listed.index(option))))
        elif demand.operator == "includes_all" and not demand.wanted:
            barred.add(listed[-1])
        elif demand.operator == "within" and not demand.wanted:
            outside = [option for option in fact.options if option not in listed and option not in barred]
            if not outside:
                return None
            chosen.add(outside[0])
    needed = {str(o) for d in demands if d.operator == "includes_all" and d.wanted for o in d.operand}
    if needed & barred:
        return None
    return frozenset(chosen - barred)


def _ordered(fact: Fact, demands: list[Demand], current: Any) -> Any:
    step: Any = timedelta(days=1) if fact.type == "date" else Decimal(1).scaleb(-fact.decimals)
    low, high = fact.min, fact.max
    allowed: set[Any] | None = None
    barred: set[Any] = set()
    for demand in demands:
        operator = _direction(demand) or demand.operator
        value = demand.operand
        if operator in ("equals", "one_of", "none_of"):
            listed = set(value) if isinstance(value, tuple) else {value}
            if (operator != "none_of") == demand.wanted:
                allowed = listed if allowed is None else allowed & listed
            else:
                barred |= listed
            continue
        if operator in ("at_most", "below"):
            limit = value if operator == "at_most" else value - step
            high = limit if high is None else min(high, limit)  # type: ignore[type-var]
        else:
            limit = value if operator == "at_least" else value + step
            low = limit if low is None else max(low, limit)  # type: ignore[type-var]
    if isinstance(high, Decimal):
        high = high.quantize(step, rounding=ROUND_FLOOR)
    if isinstance(low, Decimal):
        low = low.quantize(step, rounding=ROUND_CEILING)
    return _nearest(current, low, high, allowed, barred, step)


def _nearest(current: Any, low: Any, high: Any, allowed: set[Any] | None, barred: set[Any], step: Any) -> Any:
    def fits(value: Any) -> bool:
        return (low is None or value >= low) and (high is None or value <= high) and value not in barred

    if allowed is not None:
        fitting = sorted(value for value in allowed if fits(value))
        return current if current in fitting else fitting[0] if fitting else None
    if current is not None and fits(current):
        return current
    start = high if high is not None and (current is None or low is None or current > high) else low
    if start is None:
        start = current
    if start is None:
        return None
    direction = -1 if start == high else 1
    for n in range(len(barred) + 1):
        candidate = start + direction * n * step
        if fits(candidate):
            return (
                candidate.quantize(step, rounding=ROUND_DOWN).normalize()
                if isinstance(candidate, Decimal)
                else candidate
            )
    return None
