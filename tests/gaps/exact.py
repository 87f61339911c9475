"""What an exact solver (z3) says of plans: whether a level can be reached at all, by how few changes, and how cheaply.

The conditions are put to the solver from the language's description alone. With plans it shares what may be changed (what is
given stays, dates go forward, `changes_to`; what only selects rows or plants stays once it is known), and that a work is
paid once.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from math import ceil, floor, lcm
from typing import Any

import z3

from grading.model.audit import Audit
from grading.model.base import Mode, Remedy
from grading.model.condition import All, AnyOf, AtLeastOf, Comparison, ConditionBase, Each, Not, Some
from grading.model.ruleset import Cap, Computed, Indicator, Ruleset
from tests.gaps.exact_values import AIR, ExactValues, NotLinearError, Place, plain_value

__all__ = ["Exact", "NotLinearError", "Place"]

UNPRICED = Decimal(1_000_000)
CENTS = 100
Paying = tuple[Any, ...] | None
"""The owners, from the outermost, whose remedies account for a condition; `SCOPE` for what decides on scope; None: unpaid."""
SCOPE: tuple[Any, ...] = ("scope",)


class Exact:
    """One unit with all the values that it could have, and what it takes to have them."""

    def __init__(self, ruleset: Ruleset, audit: Audit, mode: Mode, elsewhere: Callable[..., Remedy | None]) -> None:
        self.ruleset, self.unit, self.mode, self.elsewhere = ruleset, audit.units[0], mode, elsewhere
        self.day = audit.assessed_on
        self.solver = z3.Solver()
        self.values = ExactValues(ruleset, audit, self.solver)
        self.paid: dict[tuple[Remedy | None, str | None], tuple[Any, Any]] = {}
        self.own: dict[Place, tuple[Any, list[Any]]] = {}
        self.once: dict[tuple[Any, ...], Any] = {}
        self.by_day: dict[Place, list[Fraction | None]] = {}

    # What is asked of a solver

    def fewer(self, level: str, count: int) -> dict[Place, Any] | None:
        """Fewer changes than `count` that reach a level; None when there are none."""
        if count == 0:
            return None
        wanted = self.reaches(level, None)
        return self._solution(wanted, _at_most([(c, 1) for c in self.values.changed.values()], count - 1))

    def any(self, level: str) -> dict[Place, Any] | None:
        """Any changes that reach a level; None when there are none."""
        return self._solution(self.reaches(level, None))

    def cheaper(self, level: str, cost: Decimal) -> dict[Place, Any] | None:
        """Changes that reach a level for less than `cost`; None when there are none."""
        if cost <= 0:
            return None
        wanted = self.reaches(level, ())
        return self._solution(wanted, self._costs(_cents(cost) - 1))

    def costs_at_most(self, level: str, cost: Decimal, then: dict[Place, Any]) -> bool:
        """Whether the changes, those and no others, reach a level at no more than a cost."""
        wanted = self.reaches(level, ())
        is_so = [self.values.is_value(place, then.get(place)) for place in self.values.changed]
        return self._solution(wanted, self._costs(_cents(cost)), *is_so) is not None

    def _costs(self, most: int) -> Any:
        terms = []
        for (remedy, _), (surely, perhaps) in self.paid.items():
            low, high = (remedy.cost_wan_cny if remedy is not None else None) or (UNPRICED, UNPRICED)
            terms += [(surely, _cents(low / 2)), (perhaps, _cents(high / 2))]
        return _at_most([(term, weight) for term, weight in terms if weight], most)

    def _solution(self, *wanted: Any) -> dict[Place, Any] | None:
        if any(one is False for one in wanted):
            return None
        self.solver.push()
        try:
            self.solver.add(*[one for one in wanted if one is not True])
            for is_own, leaves in self.own.values():
                self.solver.add(z3.Implies(is_own, z3.Or(leaves)))
            found = self.solver.check()
            if found == z3.unknown:
                raise NotLinearError
            return None if found == z3.unsat else dict(self._read(self.solver.model()))
        finally:
            self.solver.pop()

    def _read(self, model: Any) -> Iterator[tuple[Place, Any]]:
        for place, changed in self.values.changed.items():
            if z3.is_true(model.eval(changed, model_completion=True)):
                yield place, plain_value(self.ruleset.facts[place[0]], self.values.of(place), model)

    # What a level asks

    def reaches(self, level: str, paying: Paying) -> Any:
        """That the unit has a level or a better one; `paying`: and that all it takes is paid for."""
        key = (level, paying is None)
        if key not in self.once:
            self.once[key] = self._reaches(level, paying)
        return self.once[key]

    def _reaches(self, level: str, paying: Paying) -> Any:
        ruleset, pays = self.ruleset, paying is not None
        graded, ids = ruleset.scale.graded, ruleset.scale.ids
        asked: list[Any] = []
        for indicator in ruleset.indicators if level in graded else ():
            ways = [
                self.holds(r.require, None, True, (indicator, r) if pays else None)
                for r in self._asked(indicator, level)
            ]
            if ways and indicator.applies_when is not None:
                ways.append(self.holds(indicator.applies_when, None, False, SCOPE if pays else None))
            if ways:
                asked.append(either(ways))
        for gate in ruleset.gates:
            if not isinstance(gate.effect, Cap) or ids.index(level) < ids.index(gate.effect.cap):
                asked.append(self.holds(gate.when, None, False, (gate,) if pays else None))
        return both(asked)

    def _asked(self, indicator: Indicator, level: str) -> list[Any]:
        """What is asked at a level, and at every better one; nothing where the level asks nothing."""
        graded = self.ruleset.scale.graded
        own = {
            name: r for names, r in indicator.requirements.items() for name in names if is_there(r.require, self.day)
        }
        asked = [next((own[worse] for worse in graded[i:] if worse in own), None) for i in range(len(graded))]
        if asked[graded.index(level)] is None:
            return []
        found: list[Any] = []
        for one in reversed(asked[: graded.index(level) + 1]):
            if one is not None and all(one is not known for known in found):
                found.append(one)
        return found

    # Conditions

    def holds(self, c: ConditionBase, row: str | None, wanted: bool, paying: Paying) -> Any:
        """That a condition is met (or, not `wanted`, unmet); None where it is not there on the day."""
        if not is_there(c, self.day):
            return None
        inner = (*paying, c) if paying is not None else None
        if isinstance(c, Comparison):
            return self._leaf(c, row, wanted, inner)
        if isinstance(c, Not):
            return self.holds(c.not_, row, not wanted, inner)
        if isinstance(c, Each | Some):
            return self._rows(c, wanted, inner)
        found = [f for f in (self.holds(part, row, wanted, inner) for part in _listed(c)) if f is not None]
        if isinstance(c, AtLeastOf):
            n = min(c.at_least_of, len(found))
            return so_many(found, n if wanted else len(found) - n + 1)
        return both(found) if isinstance(c, All) == wanted else either(found)

    def _rows(self, c: Each | Some, wanted: bool, inner: Paying) -> Any:
        rows = self.unit.groups.get(c.each if isinstance(c, Each) else c.some)
        if rows is None:
            return False
        every = isinstance(c, Each) == wanted
        found = []
        for row in rows:
            require = self.holds(c.require, row.key, wanted, inner)
            scope = SCOPE if inner is not None else None
            where = None if c.where is None else self.holds(c.where, row.key, not every, scope)
            if where is not None:
                require = either([where, require]) if every else both([where, require])
            found.append(require)
        return both(found) if every else either(found)

    def _leaf(self, c: Comparison, row: str | None, wanted: bool, inner: Paying) -> Any:
        if c.is_open(self.mode):
            return False
        declared, computed = self.ruleset.facts.get(c.fact), self.ruleset.computed.get(c.fact)
        corrected = None
        if computed is not None and computed.operation == "oxygen_corrected":
            corrected = self._corrected(c, computed, row, wanted)
        if corrected is not None:
            now = corrected
        elif declared is not None and declared.type in ("boolean", "choice", "choices"):
            now = self.values.option(c, (c.fact, row if declared.group is not None else None), wanted)
        else:
            now = self._limit(c, row, wanted)
        if inner is None or now is False or now is True or self.values.is_today(now, self.values.roots(c.fact, row)):
            return now
        return both([now, self._accounted(c, row, now, inner)])

    def _limit(self, c: Comparison, row: str | None, wanted: bool) -> Any:
        limits = [_fraction(figure) for figure in (c.guess if isinstance(c.guess, tuple) else (c.guess,))]
        moving = [place for place in self.values.roots(c.fact, row) if not self.values.is_fixed(place)]
        if c.fact in self.ruleset.computed and [self.ruleset.facts[name].type for name, _ in moving] == ["date"]:
            return self._on_days(c, row, moving[0], limits, wanted)
        factor, rest, place = self.linear(c.fact, row)
        if factor is None:
            return False
        if place is None:
            return _is_so(c.operator, rest, limits) == wanted
        variable, known = self.values.of(place), self.values.known(place)
        compared = [_compared(c.operator, variable, factor, (limit - rest) / factor) for limit in limits]
        one = both(compared) if c.operator == "none_of" else either(compared)
        return both([known, one if wanted else contrary(one)])

    def _on_days(self, c: Comparison, row: str | None, place: Place, limits: list[Fraction], wanted: bool) -> Any:
        """A value worked out from one day that may move: the days on which it compares so, those around the audit's looked at."""
        today = self.day.toordinal()
        days = range(today - DAYS_AROUND, today + DAYS_AROUND + 1)
        if (c.fact, row) not in self.by_day:
            self.by_day[c.fact, row] = [self._on_day(c.fact, row, place, Fraction(day)) for day in days]
        values = self.by_day[c.fact, row]
        so = [value is not None and _is_so(c.operator, value, limits) == wanted for value in values]
        variable, found = self.values.of(place), []
        for is_so, listed in groupby(zip(so, days, strict=True), key=lambda pair: pair[0]):
            if is_so:
                run = [day for _, day in listed]
                first = [] if run[0] == days[0] else [variable >= run[0]]
                last = [] if run[-1] == days[-1] else [variable <= run[-1]]
                found.append(both([*first, *last]))
        return both([self.values.known(place), either(found)])

    def _on_day(self, name: str, row: str | None, place: Place, day: Fraction) -> Fraction | None:
        """A value as it would be on another day."""
        computed = self.ruleset.computed.get(name)
        if computed is None:
            return (
                day
                if name == place[0]
                else self.linear(name, row)[1]
                if self.linear(name, row)[0] is not None
                else None
            )
        numbers = [self._on_day(o, row, place, day) if isinstance(o, str) else _fraction(o) for o in computed.operands]
        return None if None in numbers else self.values.worked_out(computed, [n for n in numbers if n is not None])

    def _corrected(self, c: Comparison, computed: Computed, row: str | None, wanted: bool) -> Any:
        """A value at reference oxygen against limits, where oxygen is measured anew; None where it is not.

        value · (21 - reference) / (21 - oxygen) against a limit is value · (21 - reference) against limit · (21 - oxygen).
        """
        parts = [
            self.linear(o, row) if isinstance(o, str) else (Fraction(1), _fraction(o), None) for o in computed.operands
        ]
        (factor, rest, place), (step, air, oxygen), (is_known, reference, moving) = parts
        if oxygen is None or factor is None or step is None or is_known is None:
            return None
        if moving is not None or oxygen == place:
            raise NotLinearError
        variables = [(factor, self.values.of(place))] if place is not None else []
        below = self.values.of(oxygen) < ceil((AIR - air) / step)
        known = [below, self.values.known(oxygen), *([self.values.known(place)] if place is not None else [])]
        compared = []
        for limit in map(_fraction, c.guess if isinstance(c.guess, tuple) else (c.guess,)):
            terms = [(f * (AIR - reference), v) for f, v in variables] + [(limit * step, self.values.of(oxygen))]
            right = limit * (AIR - air) - rest * (AIR - reference)
            scale = lcm(right.denominator, *(f.denominator for f, _ in terms))
            left = z3.Sum([int(f * scale) * v for f, v in terms])
            compared.append(_compared(c.operator, left, Fraction(1), right * scale))
        one = both(compared) if c.operator == "none_of" else either(compared)
        return both([*known, one if wanted else contrary(one)])

    def linear(self, name: str, row: str | None) -> tuple[Fraction | None, Fraction, Place | None]:
        """A number as factor · value + rest, the value in its last places; no factor where it is unknown or undefined."""
        if name == "assessed_on":
            return Fraction(1), Fraction(self.day.toordinal()), None
        if name in self.ruleset.computed:
            return self._computed(self.ruleset.computed[name], row)
        fact = self.ruleset.facts[name]
        place = (name, row if fact.group is not None else None)
        step = Fraction(1, 10**fact.decimals) if fact.type == "number" else Fraction(1)
        today = self.values.today(place)
        if self.values.is_fixed(place):
            return (None, Fraction(0), None) if today is None else (Fraction(1), _fraction(today), None)
        return step, Fraction(0), place

    def _computed(self, computed: Computed, row: str | None) -> tuple[Fraction | None, Fraction, Place | None]:
        found = [
            self.linear(o, row) if isinstance(o, str) else (Fraction(1), _fraction(o), None) for o in computed.operands
        ]
        nothing = (None, Fraction(0), None)
        if any(factor is None for factor, _, _ in found):
            return nothing
        operation, moving = computed.operation, [place for _, _, place in found if place is not None]
        if len(moving) > 1 or (moving and operation in ("minimum", "maximum", "days_between")):
            raise NotLinearError
        numbers = [rest for _, rest, place in found if place is None]
        if not moving:
            worked = self.values.worked_out(computed, numbers)
            return nothing if worked is None else (Fraction(1), worked, None)
        n = next(i for i, (_, _, place) in enumerate(found) if place is not None)
        if operation in ("ratio", "oxygen_corrected") and n > 0:
            raise NotLinearError
        ends = [self.values.worked_out(computed, [*numbers[:n], Fraction(x), *numbers[n:]]) for x in (0, 1)]
        if ends[0] is None or ends[1] is None:
            return nothing
        factor, rest, place = found[n]
        slope = ends[1] - ends[0]
        if slope == 0:
            raise NotLinearError
        return slope * (factor or 0), ends[0] + slope * rest, place

    # What it takes

    def _accounted(self, c: Comparison, row: str | None, now: Any, inner: tuple[Any, ...]) -> Any:
        """That what makes a comparison hold is paid for."""
        fact, roots = self.ruleset.facts.get(c.fact), self.values.roots(c.fact, row)
        is_known = all(self.values.is_usable(place) for place in roots)
        in_scope = inner[0] is SCOPE[0]
        given = (place[0] not in self.values.levers for place in roots)
        if not in_scope:
            given = (self.ruleset.facts[name].is_given for name, _ in roots)
        if not is_known and all(given):
            return True
        if fact is not None and fact.lapses_after_months is not None and is_known:
            return True
        owners = () if in_scope else inner
        stated = [o.remedy for o in reversed(owners) if o.remedy is not None]
        stated += [c.remedy] if in_scope and c.remedy is not None else []
        remedy = stated[0] if stated else self.elsewhere(self.ruleset, c.fact)
        group = next((self.ruleset.facts[name].group for name, key in roots if key is not None), None)
        work = (remedy, f"{group}[{row}]" if remedy is not None and remedy.per_row and group is not None else None)
        pays = self._pays(work)[0 if is_known else 1]
        place = roots[0] if len(roots) == 1 else None
        if place is not None:
            is_own, leaves = self.own.setdefault(place, (z3.Bool(f"own {len(self.own)}"), []))
            if in_scope:
                return z3.Or(pays, is_own)
            leaves.append(z3.And(now, pays))
        return pays

    def _pays(self, work: tuple[Remedy | None, str | None]) -> tuple[Any, Any]:
        """That a work is done surely, or perhaps: what is done surely is done perhaps too."""
        if work not in self.paid:
            n = len(self.paid)
            self.paid[work] = (z3.Bool(f"surely {n}"), z3.Bool(f"perhaps {n}"))
            self.solver.add(z3.Implies(*self.paid[work]))
        return self.paid[work]


COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "at_most": lambda value, limit: value <= limit,
    "at_least": lambda value, limit: value >= limit,
    "below": lambda value, limit: value < limit,
    "above": lambda value, limit: value > limit,
    "equals": lambda value, limit: value == limit,
    "one_of": lambda value, limit: value == limit,
    "none_of": lambda value, limit: value != limit,
}
DAYS_AROUND = 400
"""Days are worked out as how long ago they are: far from the day of the audit nothing else holds than at the ends."""
TURNED = {"at_most": "at_least", "at_least": "at_most", "below": "above", "above": "below"}


def _is_so(operator: str, value: Fraction, limits: list[Fraction]) -> bool:
    """Whether a number compares so with one of the limits; of `none_of` with all of them."""
    return (all if operator == "none_of" else any)(COMPARED[operator](value, limit) for limit in limits)


def _compared(operator: str, variable: Any, factor: Fraction, limit: Fraction) -> Any:
    """A comparison of factor · variable with a limit, as one of a whole number with the quotient."""
    operator = TURNED.get(operator, operator) if factor < 0 else operator
    if operator in ("equals", "one_of"):
        return variable == int(limit) if limit.denominator == 1 else False
    if operator == "none_of":
        return variable != int(limit) if limit.denominator == 1 else True
    if operator == "at_most":
        return variable <= floor(limit)
    if operator == "below":
        return variable <= ceil(limit) - 1
    return variable >= (ceil(limit) if operator == "at_least" else floor(limit) + 1)


def both(parts: list[Any]) -> Any:
    """All of the parts; those that are None are not there."""
    left = [part for part in parts if part is not None and part is not True]
    if any(part is False for part in left):
        return False
    return True if not left else z3.And(left) if len(left) > 1 else left[0]


def either(parts: list[Any]) -> Any:
    """One of the parts."""
    return contrary(both([contrary(part) for part in parts if part is not None]))


def contrary(part: Any) -> Any:
    """That a part does not hold."""
    return (not part) if isinstance(part, bool) else z3.Not(part)


def so_many(parts: list[Any], n: int) -> Any:
    """At least so many of the parts."""
    sure = sum(part is True for part in parts)
    left = [part for part in parts if not isinstance(part, bool)]
    if n <= sure:
        return True
    return False if n - sure > len(left) else z3.PbGe([(part, 1) for part in left], n - sure)


def is_there(c: ConditionBase, day: Any) -> bool:
    """Whether a condition is there on a day."""
    if not c.holds_on(day):
        return False
    if isinstance(c, Comparison):
        return True
    if isinstance(c, Not):
        return is_there(c.not_, day)
    if isinstance(c, Each | Some):
        return is_there(c.require, day)
    return any(is_there(part, day) for part in _listed(c))


def _listed(c: Any) -> tuple[ConditionBase, ...]:
    found: tuple[ConditionBase, ...] = c.all if isinstance(c, All) else c.any if isinstance(c, AnyOf) else c.of
    return found


def _at_most(terms: list[tuple[Any, int]], most: int) -> Any:
    if most < 0:
        return False
    return z3.PbLe(terms, most) if terms else True


def _cents(cost: Decimal) -> int:
    return int((cost * CENTS).to_integral_value())


def _fraction(value: Any) -> Fraction:
    return Fraction(value.toordinal()) if hasattr(value, "toordinal") else Fraction(value)
