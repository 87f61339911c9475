"""All audits of a ruleset as variables of z3: what each fact can be, which rows a table can have."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import z3

from grading.computed import DIVIDING, PLACES, Operand
from grading.model.base import MAX_NUMBER
from grading.model.condition import Value
from grading.model.ruleset import Computed, Fact
from grading.plan.nodes import Atom, Plan
from grading.proof.logic import Formulas, Pair
from grading.proof.terms import Term, constant, greatest, grows_with, rounded, worked_out
from grading.proof.values import ASSESSED_ON, Values

MOST_ROWS = 3
"""Tables are looked at with so many rows, or as many as they have at least."""
FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2099, 12, 31)
"""The days that dates are looked for among."""


class Domain:
    """The variables of a plan's facts, each known and within what an audit may state, on the days of one period."""

    def __init__(self, plan: Plan, first: date, last: date, most_rows: Mapping[str, int] | None = None) -> None:
        """`most_rows`: of groups that are to have more rows than `MOST_ROWS`."""
        self._most_rows = most_rows or {}
        self.plan, self.ruleset = plan, plan.ruleset
        self.first, self.last = first, min(last, LAST_DAY)
        self.constraints: list[Any] = []
        self.logic = Formulas()
        self._facts: dict[tuple[str, int | None], Any] = {}
        self._terms: dict[tuple[str, int | None], Term] = {}
        self._rounded: dict[tuple[str, int | None], Term] = {}
        self._day: Any = None
        self._rows: dict[str, list[Any]] = {}
        for group in self.ruleset.groups:
            self._group(group)
        for name, own in _read(plan):
            rows: Iterable[int | None] = (None,) if own is None else range(len(self._rows[own]))
            for row in rows:
                self._variable(self.ruleset.facts[name], row)

    def rows(self, group: str) -> Sequence[Any]:
        """The formulas that each of the rows is there."""
        return self._rows[group]

    def compared(self, fact: str, operator: str, operand: Value, row: int | None) -> Pair[Any]:
        """A comparison as a formula."""
        listed = operand if isinstance(operand, tuple) else (operand,)
        declared = self.ruleset.facts.get(fact)
        if declared is None:
            if fact == ASSESSED_ON:
                return _certain(_ordered(self._assessed_on(), operator, _ordinal(listed[0])))
            computed = self.ruleset.computed[fact]
            own = row if computed.group is not None else None
            defined, met = self._defined(fact, own), self._number(fact, own, operator, listed)
            return Pair(self.logic.all_of([defined, met]), self.logic.all_of([defined, self._not(met)]))
        variable = self._variable(declared, row if declared.group is not None else None)
        if declared.type == "number":
            whole = [number * 10**declared.decimals for number in listed if isinstance(number, Decimal)]
            if operator in ("equals", "one_of", "none_of"):
                met = self.logic.any_of([variable == int(number) for number in whole])
                return _certain(self._not(met) if operator == "none_of" else met)
            return _certain(_ordered(variable, operator, int(whole[0])))
        if declared.type == "date":
            return _certain(_ordered(variable, operator, _ordinal(listed[0])))
        if declared.type == "boolean":
            met = self.logic.any_of([variable if value else self._not(variable) for value in set(listed)])
            return _certain(self._not(met) if operator == "none_of" else met)
        return _certain(self._options(variable, operator, [str(value) for value in listed]))

    def values(self, model: Any) -> Values:
        """The audit that a model of z3 stands for."""
        facts: dict[str, Operand] = {}
        there = {
            group: [row for row, present in enumerate(rows) if _true(model, present)]
            for group, rows in self._rows.items()
        }
        tables: dict[str, list[dict[str, Operand]]] = {group: [{} for _ in rows] for group, rows in there.items()}
        for (name, row), variable in self._facts.items():
            fact = self.ruleset.facts[name]
            if row is None or fact.group is None:
                facts[name] = _value(model, fact, variable)
            elif row in there[fact.group]:
                tables[fact.group][there[fact.group].index(row)][name] = _value(model, fact, variable)
        day = self.first if self._day is None else date.fromordinal(_whole(model, self._day))
        return Values(self.ruleset, day, facts, tables)

    def same_as(self, values: Values) -> Iterator[tuple[str, Any]]:
        """For each fact and each table's rows, the formulas by which they are as in an audit, by fact or group.

        Nothing is said of what the audit doesn't know.
        """
        for group, rows in self._rows.items():
            there = len(values.groups.get(group, ()))
            for i, present in enumerate(rows):
                yield group, present if i < there else z3.Not(present)
        for (name, row), variable in self._facts.items():
            fact = self.ruleset.facts[name]
            if row is None or fact.group is None:
                value = values.facts.get(name)
            else:
                rows_of = values.groups.get(fact.group, [])
                value = rows_of[row].get(name) if row < len(rows_of) else None
            formula = _same(fact, variable, value)
            if formula is not None:
                yield name, formula

    def _not(self, formula: Any) -> Any:
        return self.logic.negation(formula)

    def _group(self, name: str) -> None:
        least = self.ruleset.groups[name].least_rows
        most = max(MOST_ROWS, least.rows, self._most_rows.get(name, 0))
        rows = self._rows[name] = [z3.Bool(f"{name}#{i}") for i in range(most)]
        self.constraints += [z3.Implies(after, before) for before, after in pairwise(rows)]
        if least.rows:
            excuse: list[Any] = []
            if least.unless is not None:
                answer = self._variable(self.ruleset.facts[least.unless.fact], None)
                excuse = [answer if least.unless.equals else z3.Not(answer)]
            self.constraints.append(z3.Or(rows[least.rows - 1], *excuse))

    def _variable(self, fact: Fact, row: int | None) -> Any:
        key = (fact.id, row)
        if key not in self._facts:
            self._facts[key] = self._made(fact, fact.id if row is None else f"{fact.id}#{row}")
        return self._facts[key]

    def _made(self, fact: Fact, name: str) -> Any:
        if fact.type == "boolean":
            return z3.Bool(name)
        if fact.type in ("choice", "choices"):
            options = {option: z3.Bool(f"{name}={option}") for option in fact.options}
            if fact.type == "choice":
                chosen = list(options.values())
                self.constraints += [z3.Or(chosen), *([z3.AtMost(*chosen, 1)] if len(chosen) > 1 else [])]
            return options
        variable = z3.Int(name)
        if fact.type == "date":
            self.constraints += [variable >= FIRST_DAY.toordinal(), variable <= LAST_DAY.toordinal()]
            return variable
        scale = 10**fact.decimals
        widest = MAX_NUMBER * scale - 1
        low = -widest if fact.min is None else max(-widest, int(fact.min * scale))
        high = widest if fact.max is None else min(widest, int(fact.max * scale))
        self.constraints += [variable >= low, variable <= high]
        return variable

    def _assessed_on(self) -> Any:
        if self._day is None:
            self._day = z3.Int(ASSESSED_ON)
            self.constraints += [self._day >= self.first.toordinal(), self._day <= self.last.toordinal()]
        return self._day

    def _number(self, computed: str, row: int | None, operator: str, listed: Sequence[Any]) -> Any:
        """A comparison of a computed fact, where it is defined."""

        def up_to(limit: int) -> Any:
            return self._up_to(computed, row, limit)

        figures = [int(figure * PLACES) for figure in listed]
        if operator in ("at_most", "above"):
            met = up_to(figures[0])
            return met if operator == "at_most" else self._not(met)
        if operator in ("below", "at_least"):
            under = up_to(figures[0] - 1)
            return under if operator == "below" else self._not(under)
        met = self.logic.any_of([self.logic.all_of([up_to(one), self._not(up_to(one - 1))]) for one in figures])
        return self._not(met) if operator == "none_of" else met

    def _up_to(self, operand: str | Decimal, row: int | None, limit: int) -> Any:
        """The formula that a number, rounded, is at most so many of the last places of computed facts.

        What only grows with a computed fact is asked of that: so no rounded value need be named, which would be multiplied.
        """
        computed = self.ruleset.computed.get(operand) if isinstance(operand, str) else None
        if computed is None:
            return self._operand(operand, row).at_most(limit)
        own = row if computed.group is not None else None
        if computed.operation in ("maximum", "minimum"):
            parts = [self._up_to(one, own, limit) for one in computed.operands]
            return self.logic.all_of(parts) if computed.operation == "maximum" else self.logic.any_of(parts)
        inner = grows_with(computed)
        if inner is not None and inner[0] in self.ruleset.computed:
            return self._up_to(inner[0], own, greatest(inner[1], limit))
        return self._term(computed.id, own).at_most(limit)

    def _defined(self, operand: str | Decimal, row: int | None) -> Any:
        """The formula that the operations behind a computed fact are defined."""
        computed = self.ruleset.computed.get(operand) if isinstance(operand, str) else None
        if computed is None or computed.days_between is not None:
            return True
        own = row if computed.group is not None else None
        parts = [self._defined(one, own) for one in computed.operands]
        if computed.operation in DIVIDING and not isinstance(computed.operands[1], Decimal):
            parts.append(self._term(computed.id, own).defined)
        return self.logic.all_of(parts)

    def _term(self, name: str, row: int | None) -> Term:
        """The exact value of a computed fact."""
        key = (name, row)
        if key not in self._terms:
            computed = self.ruleset.computed[name]
            if computed.days_between is not None:
                start, end = (self._day_of(operand, row) for operand in computed.days_between)
                self._terms[key] = Term(end - start)
            else:
                self._terms[key] = worked_out(computed, [self._operand(one, row) for one in computed.operands])
        return self._terms[key]

    def _operand(self, operand: str | Decimal, row: int | None) -> Term:
        if isinstance(operand, Decimal):
            return constant(operand)
        fact = self.ruleset.facts.get(operand)
        if fact is not None:
            variable = self._variable(fact, row if fact.group is not None else None)
            return Term(variable, 10**fact.decimals, True, fact.min is not None and fact.min >= 0)
        computed = self.ruleset.computed[operand]
        key = (operand, row if computed.group is not None else None)
        if key not in self._rounded:
            self._rounded[key], ties = rounded(self._term(*key), f"{operand}#{key[1]}")
            self.constraints += ties
        return self._rounded[key]

    def _day_of(self, operand: str | Decimal, row: int | None) -> Any:
        if operand == ASSESSED_ON:
            return self._assessed_on()
        fact = self.ruleset.facts[str(operand)]
        return self._variable(fact, row if fact.group is not None else None)

    def _options(self, variable: dict[str, Any], operator: str, listed: list[str]) -> Any:
        chosen = [variable[option] for option in listed if option in variable]
        if operator in ("equals", "one_of", "includes_any"):
            return self.logic.any_of(chosen)
        if operator == "includes_all":
            return self.logic.all_of(chosen)
        if operator == "none_of":
            return self._not(self.logic.any_of(chosen))
        return self._not(self.logic.any_of([one for option, one in variable.items() if option not in listed]))


def _read(plan: Plan) -> Iterable[tuple[str, str | None]]:
    """The facts that a plan's comparisons read, computed ones through their operands, in the order of the ruleset."""
    ruleset, names = plan.ruleset, set[str]()

    def add(name: str) -> None:
        names.add(name)
        computed: Computed | None = ruleset.computed.get(name)
        for operand in computed.operands if computed is not None else ():
            if isinstance(operand, str):
                add(operand)

    for node in plan.nodes:
        if isinstance(node.kind, Atom):
            add(node.kind.fact)
    return [(fact.id, fact.group) for fact in ruleset.facts.values() if fact.id in names]


def _ordered(variable: Any, operator: str, limit: int) -> Any:
    if operator == "at_most":
        return variable <= limit
    if operator == "at_least":
        return variable >= limit
    return variable < limit if operator == "below" else variable > limit


def _certain(met: Any) -> Pair[Any]:
    return Pair(met, Formulas().negation(met))


def _ordinal(day: Any) -> int:
    if not isinstance(day, date):
        raise TypeError(f"not a day: {day!r}")
    return day.toordinal()


def _value(model: Any, fact: Fact, variable: Any) -> Operand:
    if fact.type == "boolean":
        return _true(model, variable)
    if fact.type == "choice":
        return next(str(option) for option, one in variable.items() if _true(model, one))
    if fact.type == "choices":
        return frozenset(option for option, one in variable.items() if _true(model, one))
    number = _whole(model, variable)
    return date.fromordinal(number) if fact.type == "date" else Decimal(number).scaleb(-fact.decimals)


def _true(model: Any, variable: Any) -> bool:
    return bool(z3.is_true(model.eval(variable, model_completion=True)))


def _whole(model: Any, variable: Any) -> int:
    return int(model.eval(variable, model_completion=True).as_long())


def _same(fact: Fact, variable: Any, value: Operand) -> Any:
    """The formula that a variable has a value; None where the value is not known exactly."""
    if isinstance(value, bool):
        return variable if value else z3.Not(variable)
    if isinstance(value, Decimal):
        return variable == int(value.scaleb(fact.decimals))
    if isinstance(value, date):
        return variable == value.toordinal()
    if isinstance(value, str):
        return variable[value]
    if isinstance(value, frozenset):
        return z3.And([one if option in value else z3.Not(one) for option, one in variable.items()])
    return None
