"""The values of a unit as the exact solver has them: what stays is a value, what may change a variable."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import z3

from grading.model.audit import Audit
from grading.model.condition import Comparison, ConditionBase, Each, Not, Some
from grading.model.ruleset import Computed, Fact, Ruleset
from tests import plain

Place = tuple[str, str | None]
BEYOND = 10**9
AIR = 21
DAYS = (date(1990, 1, 1).toordinal(), date(2090, 1, 1).toordinal())


class NotLinearError(Exception):
    """Something that the solver is not asked about: values multiplied with each other, or bounded only."""


class ExactValues:
    """A number is a whole number of its last places, a day a number, an option its place, a set a yes or no by option."""

    def __init__(self, ruleset: Ruleset, audit: Audit, solver: Any) -> None:
        self.ruleset, self.audit, self.unit, self.solver = ruleset, audit, audit.units[0], solver
        self.levers = levers(ruleset)
        corrected = (c.oxygen_corrected for c in ruleset.computed.values())
        self.oxygen = {correction.oxygen for correction in corrected if correction is not None}
        self.changed: dict[Place, Any] = {}
        self._variables: dict[Place, Any] = {}
        self._today: dict[Place, list[tuple[Any, Any]]] = {}

    def today(self, place: Place) -> Any:
        """What the audit says, of the row or of the unit, else of the enterprise."""
        name, row = place
        if row is not None:
            group = self.ruleset.facts[name].group or ""
            facts = next(r.facts for r in self.unit.groups[group] if r.key == row)
        else:
            facts = {**self.audit.enterprise.facts, **self.unit.facts}
        known = facts.get(name)
        if known is not None and not isinstance(known.value, bool | str | Decimal | date | tuple | None):
            raise NotLinearError
        return None if known is None else known.value

    def is_fixed(self, place: Place) -> bool:
        """Whether a value stays: it is known, and given or nothing but what selects."""
        return self.is_usable(place) and place[0] not in self.levers

    def is_usable(self, place: Place) -> bool:
        """Whether a value is known, and not oxygen of air, which has to be measured anew."""
        today = self.today(place)
        return today is not None and not (place[0] in self.oxygen and today >= AIR)

    def of(self, place: Place) -> Any:
        """The variable of a value that may change."""
        if place not in self._variables:
            self._declare(place)
        return self._variables[place]

    def known(self, place: Place) -> Any:
        """That a value that may change is known."""
        self.of(place)
        return True if self.today(place) is not None else self.changed[place]

    def _declare(self, place: Place) -> None:
        fact, today = self.ruleset.facts[place[0]], self.today(place)
        label = f"{place[0]}@{place[1]}"
        variable = self._variables[place] = _variable(fact, label)
        changed = self.changed[place] = z3.Bool(f"changed {label}")
        self.solver.add(*_bounds(fact, variable))
        self._today[place] = [(changed, z3.BoolVal(False))]
        if today is None:
            return
        self.solver.add(changed == z3.Not(self.is_value(place, today)))
        self._today[place] += _pairs(fact, variable, today)
        if fact.type == "date":
            self.solver.add(z3.Implies(changed, variable >= max(self.audit.assessed_on, today).toordinal()))
        if fact.changes_to:
            self.solver.add(z3.Implies(changed, z3.Or([self.is_value(place, option) for option in fact.changes_to])))

    def is_value(self, place: Place, value: Any) -> Any:
        """That a place has a value; None: that it is as today."""
        fact, variable = self.ruleset.facts[place[0]], self.of(place)
        if value is None:
            return z3.Not(self.changed[place])
        pairs = _pairs(fact, variable, value)
        same = z3.And([one == other for one, other in pairs]) if pairs else z3.BoolVal(True)
        return same if self.today(place) is not None else z3.And(self.changed[place], same)

    def is_today(self, expression: Any, places: list[Place]) -> bool:
        """Whether something about some places is so as things are."""
        today = [pair for place in places for pair in self._today.get(place, ())]
        return bool(z3.is_true(z3.simplify(z3.substitute(expression, *today))))

    def option(self, c: Comparison, place: Place, wanted: bool) -> Any:
        """That options, or a yes or no, compare so (or do not)."""
        fact, today = self.ruleset.facts[c.fact], self.today(place)
        if self.is_fixed(place):
            return plain.holds(c.operator, frozenset(today) if isinstance(today, tuple) else today, c.guess) == wanted
        variable, known = self.of(place), self.known(place)
        listed = c.guess if isinstance(c.guess, tuple) else (c.guess,)
        if fact.type == "choices":
            chosen = [variable[option] for option in listed]
            found = {
                "includes_any": lambda: z3.Or(chosen),
                "includes_all": lambda: z3.And(chosen),
                "within": lambda: z3.And([z3.Not(v) for option, v in variable.items() if option not in listed]),
            }[c.operator]()
        else:
            found = z3.Or([z3.And([a == b for a, b in _pairs(fact, variable, option)]) for option in listed])
            found = z3.Not(found) if c.operator == "none_of" else found
        found = found if wanted else z3.Not(found)
        return found if known is True else z3.And(known, found)

    def roots(self, name: str, row: str | None) -> list[Place]:
        """The audited values behind a fact."""
        if name == "assessed_on":
            return []
        if name in self.ruleset.computed:
            operands = [o for o in self.ruleset.computed[name].operands if isinstance(o, str)]
            return list(dict.fromkeys(place for operand in operands for place in self.roots(operand, row)))
        return [(name, row if self.ruleset.facts[name].group is not None else None)]

    def worked_out(self, computed: Computed, numbers: list[Fraction]) -> Fraction | None:
        """What a computed fact comes to; None where it is undefined."""
        if computed.operation == "days_between":
            return numbers[1] - numbers[0]
        found = plain.worked_out(computed, numbers)
        return None if found is None else Fraction(found)


def levers(ruleset: Ruleset) -> frozenset[str]:
    """The audited facts that requirements and gates compare, outside `where`, and that a change makes another."""
    found: set[str] = set()

    def collect(c: Any) -> None:
        if isinstance(c, Comparison):
            names = [c.fact]
            while names:
                name = names.pop()
                if name in ruleset.computed:
                    names += [o for o in ruleset.computed[name].operands if isinstance(o, str)]
                elif name in ruleset.facts and not ruleset.facts[name].is_given:
                    found.add(name)
        elif isinstance(c, Not):
            collect(c.not_)
        elif isinstance(c, Each | Some):
            collect(c.require)
        else:
            for part in getattr(c, "all", None) or getattr(c, "any", None) or c.of:
                collect(part)

    conditions: list[ConditionBase] = [r.require for i in ruleset.indicators for r in i.levels.values()]
    for condition in (*conditions, *(gate.when for gate in ruleset.gates)):
        collect(condition)
    return frozenset(found)


def _variable(fact: Fact, label: str) -> Any:
    if fact.type == "boolean":
        return z3.Bool(label)
    if fact.type == "choices":
        return {option: z3.Bool(f"{label} {option}") for option in fact.options}
    return z3.Int(label)


def _pairs(fact: Fact, variable: Any, value: Any) -> list[tuple[Any, Any]]:
    """The variable, or its parts, beside what they are when it has a value."""
    if fact.type == "choices":
        return [(variable[option], z3.BoolVal(option in value)) for option in variable]
    if fact.type == "boolean":
        return [(variable, z3.BoolVal(value))]
    if fact.type == "choice":
        return [(variable, z3.IntVal([*fact.options, value].index(value)))]
    number = value.toordinal() if fact.type == "date" else int(Decimal(value).scaleb(fact.decimals))
    return [(variable, z3.IntVal(number))]


def _bounds(fact: Fact, variable: Any) -> Iterator[Any]:
    if fact.type == "choice":
        yield z3.And(variable >= 0, variable < len(fact.options))
    if fact.type == "number":
        scale = Decimal(10) ** fact.decimals
        low, high = (Decimal(-BEYOND) if fact.min is None else fact.min), (BEYOND if fact.max is None else fact.max)
        yield z3.And(variable >= int(low * scale), variable <= int(high * scale))
    if fact.type == "date":
        yield z3.And(variable >= DAYS[0], variable <= DAYS[1])


def plain_value(fact: Fact, variable: Any, model: Any) -> Any:
    """What the solver found, as a value of an audit."""
    if fact.type == "choices":
        return tuple(o for o, v in variable.items() if z3.is_true(model.eval(v, model_completion=True)))
    value = model.eval(variable, model_completion=True)
    if fact.type == "boolean":
        return bool(z3.is_true(value))
    number = value.as_long()
    if fact.type == "choice":
        return [*fact.options, None][number]
    return date.fromordinal(number) if fact.type == "date" else Decimal(number).scaleb(-fact.decimals)
