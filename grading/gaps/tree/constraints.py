"""Constraints on one value → the value nearest to today's that satisfies them all."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, NamedTuple

from grading.digest import plain
from grading.model.condition import CONTRARY
from grading.model.interval import Interval
from grading.model.ruleset import Fact

EQUIVALENT = "recognised_equivalent"
"""The option that takes an expert's finding: chosen only where nothing else would do."""
BEYOND = Decimal(10) ** 9
"""Numbers of an audit stay below this in size (`grading.intake`)."""
STATED = "stated"
"""An operator of constraints alone: any value will do, the operand is the one to assume."""


class Constraint(NamedTuple):
    """A constraint on a value: that it compares so, or (`wanted=False`) does not."""

    operator: str
    operand: Any
    wanted: bool

    @property
    def order(self) -> str | None:
        """The comparison with a limit that the constraint comes to; None for other constraints."""
        if self.operator not in CONTRARY:
            return None
        return self.operator if self.wanted else CONTRARY[self.operator]

    @property
    def listed(self) -> tuple[Any, ...]:
        """The operand as a list."""
        return self.operand if isinstance(self.operand, tuple) else (self.operand,)


def satisfies(value: Any, constraint: Constraint) -> bool:
    """True when a value is as asked; an unknown one never is, and a bounded one where all that it can be is."""
    if value is None:
        return False
    operator, operand, wanted = constraint
    found: bool
    if isinstance(value, Interval):
        return surely(value, constraint) is True
    if operator == STATED:
        return True
    if operator in CONTRARY:
        found = {
            "at_most": lambda: value <= operand,
            "at_least": lambda: value >= operand,
            "below": lambda: value < operand,
            "above": lambda: value > operand,
        }[operator]()
    elif operator in ("equals", "one_of"):
        found = value in constraint.listed
    elif operator == "none_of":
        found = value not in constraint.listed
    elif operator == "includes_any":
        found = any(option in value for option in operand)
    elif operator == "includes_all":
        found = all(option in value for option in operand)
    else:
        found = set(value) <= set(operand)
    return found == wanted


def surely(value: Interval, constraint: Constraint) -> bool | None:
    """True when all that a number can be is as wished, false when nothing of it; None where that is not known."""
    if constraint.operator == STATED or constraint.operand is None:
        return None
    figures = tuple(figure for figure in constraint.listed if isinstance(figure, Decimal))
    found = value.compares(constraint.operator, figures)
    return None if found is None else found == constraint.wanted


def ends(value: Interval) -> Iterator[Constraint]:
    """The limits between which a better measurement finds the number."""
    if value.low is not None:
        yield Constraint("above" if value.low_open else "at_least", value.low, True)
    if value.high is not None:
        yield Constraint("below" if value.high_open else "at_most", value.high, True)


def best_value(fact: Fact, constraints: Sequence[Constraint], current: Any) -> Any:
    """The value nearest to `current` that satisfies every constraint and that the form would accept; None when there is none.

    Numbers and dates move to the nearest limit; of options the one that a requirement names first is taken.
    """
    if current is not None and all(satisfies(current, constraint) for constraint in constraints):
        return current
    if isinstance(current, Interval):
        current = None
    assumed = next((constraint.operand for constraint in constraints if constraint.operator == STATED), None)
    constraints = [constraint for constraint in constraints if constraint.operator != STATED]
    if fact.type in ("number", "date"):
        return _ordered(fact, constraints, current, assumed)
    if fact.type == "choices":
        found = _set(fact, constraints, frozenset(current or ()))
        return found if found or current is not None else _one_that_is_allowed(constraints) or found
    options: list[Any] = list(fact.options) if fact.type == "choice" else [True, False]
    fitting = [option for option in options if all(satisfies(option, constraint) for constraint in constraints)]
    return min(fitting, key=lambda option: (option == EQUIVALENT, _preference(constraints, option)), default=None)


def _one_that_is_allowed(constraints: Sequence[Constraint]) -> frozenset[str] | None:
    """The option that a requirement on what there may be names first: of what nobody has stated, nothing is no likely answer."""
    named = (frozenset({option}) for c in constraints if c.operator == "within" and c.wanted for option in c.listed)
    return next((one for one in named if all(satisfies(one, constraint) for constraint in constraints)), None)


def _preference(constraints: Sequence[Constraint], option: Any) -> int:
    """The place of an option in the list of a requirement: guidelines name what they mean first."""
    return next((constraint.listed.index(option) for constraint in constraints if option in constraint.listed), 0)


def _ordered(fact: Fact, constraints: Sequence[Constraint], current: Any, assumed: Any) -> Any:
    step: Any = timedelta(days=1) if fact.type == "date" else Decimal(1).scaleb(-fact.decimals)
    low, high = (fact.min, fact.max) if fact.type == "number" else (None, None)
    if fact.type == "number":
        low, high = (step - BEYOND if low is None else low), (BEYOND - step if high is None else high)
    limit: Any = None
    for constraint in constraints:
        order = constraint.order
        if order in ("at_most", "below"):
            bound = constraint.operand if order == "at_most" else _before(constraint.operand, step)
            high = bound if high is None else min(high, bound)
            limit = high
        elif order in ("at_least", "above"):
            bound = constraint.operand if order == "at_least" else _after(constraint.operand, step)
            low = bound if low is None else max(low, bound)
            limit = low if limit is None else limit
    if isinstance(step, Decimal):
        low, high, limit = _on_grid(low, step, up=True), _on_grid(high, step), _on_grid(limit, step, up=limit == low)
    others = [constraint for constraint in constraints if constraint.order is None]
    start = next(value for value in (current, limit, assumed, low, high, date(2000, 1, 1)) if value is not None)
    for value in _nearby(start, low, high, step, others):
        if all(satisfies(value, constraint) for constraint in others):
            return value if isinstance(value, date) else Decimal(plain(value))
    return None


def _before(value: Any, step: Any) -> Any:
    """The last value of the grid below a limit."""
    return value - step if isinstance(value, date) else _on_grid(value, step, up=True) - step


def _after(value: Any, step: Any) -> Any:
    """The first value of the grid above a limit."""
    return value + step if isinstance(value, date) else _on_grid(value, step) + step


def _on_grid(value: Any, step: Decimal, up: bool = False) -> Any:
    """A number with no more places than the form takes."""
    return value if value is None else value.quantize(step, rounding=ROUND_CEILING if up else ROUND_FLOOR)


def _nearby(start: Any, low: Any, high: Any, step: Any, others: Sequence[Constraint]) -> Iterator[Any]:
    """Values between the limits, from the nearest to `start` on: so many that one must do, if any does."""
    if low is not None and high is not None and low > high:
        return
    start = start if low is None else max(start, low)
    start = start if high is None else min(start, high)
    listed = [value for constraint in others for value in constraint.listed]
    if isinstance(step, Decimal):
        start = _on_grid(start, step)
        listed = [value for value in listed if value == _on_grid(value, step)]
    near = [start + sign * n * step for n in range(len(listed) + 1) for sign in (-1, 1)]
    for value in sorted({*near, *listed}, key=lambda value: (abs(value - start), value)):
        if (low is None or value >= low) and (high is None or value <= high):
            yield value


def _set(fact: Fact, constraints: Sequence[Constraint], current: frozenset[str]) -> frozenset[str] | None:
    """A set of options: what must be in, what must not, then one way after the other for what leaves a choice."""
    inside: set[str] = set()
    outside: set[str] = set()
    choices: list[tuple[list[str], bool]] = []
    for constraint in constraints:
        listed = [str(option) for option in constraint.operand]
        if (constraint.operator, constraint.wanted) == ("includes_all", True):
            inside |= set(listed)
        elif (constraint.operator, constraint.wanted) == ("within", True):
            outside |= set(fact.options) - set(listed)
        elif (constraint.operator, constraint.wanted) == ("includes_any", False):
            outside |= set(listed)
        elif constraint.operator == "includes_any":
            choices.append((listed, True))
        elif constraint.operator == "within":
            choices.append(([option for option in fact.options if option not in listed], True))
        else:
            choices.append((listed, False))
    if inside & outside or inside - set(fact.options):
        return None
    found = sorted(_sets(current, inside, outside, choices), key=lambda chosen: len(chosen ^ current))
    return found[0] if found else None


def _sets(
    current: frozenset[str], inside: set[str], outside: set[str], choices: list[tuple[list[str], bool]]
) -> Iterator[frozenset[str]]:
    chosen = frozenset((current | inside) - outside)
    unmet = next((c for c in choices if not any((option in chosen) == c[1] for option in c[0])), None)
    if unmet is None:
        yield chosen
        return
    listed, wanted = unmet
    free = [option for option in listed if option not in (outside if wanted else inside)]
    for option in sorted(free, key=lambda option: (option == EQUIVALENT, listed.index(option))):
        yield from _sets(
            current, inside | {option} if wanted else inside, outside if wanted else outside | {option}, choices
        )
