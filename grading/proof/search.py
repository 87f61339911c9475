"""Finds for each question an audit that answers it, or shows that there is none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import z3

from grading.plan.nodes import Plan
from grading.proof.domain import Domain
from grading.proof.logic import Formulas, Truth
from grading.proof.reading import Reading
from grading.proof.values import Values

EFFORT = 10_000_000
"""Steps of z3 after which a question is given up, the same on every machine: it is then not proven."""
TIMEOUT = 20_000
"""Milliseconds after which a question is given up all the same: products of unknown numbers may not count their steps."""
RANDOM = 5
Ask = Callable[[Reading[Any]], Any]


class DisagreementError(RuntimeError):
    """The formulas say of an audit what its values don't bear out."""


@dataclass(frozen=True)
class Answers:
    """By question an audit; `impossible` are those that no audit answers, `open` those that took too long."""

    found: Mapping[Any, Values]
    impossible: frozenset[Any]
    open: frozenset[Any]


@dataclass
class Search:
    """A plan on the days of one period, for all audits with tables of few rows in which every fact is known."""

    plan: Plan
    first: date
    last: date
    most_rows: Mapping[str, int] = field(default_factory=dict)
    """Of groups that are to have more rows than usual."""
    timeout: int = TIMEOUT
    audits: list[tuple[Values, Reading[bool]]] = field(default_factory=list)
    """The audits found so far."""

    def __post_init__(self) -> None:
        """Write the plan down as formulas."""
        self.domain = Domain(self.plan, self.first, self.last, self.most_rows)
        self.reading: Reading[Any] = Reading(self.plan, Formulas(), self.domain)
        self.solver = z3.Solver()
        # Chance tries more of what audits can be like, so that fewer of them answer all questions.
        self.solver.set("rlimit", EFFORT, "timeout", self.timeout, "phase_selection", RANDOM)
        self._added = 0

    def answer(self, questions: Mapping[Any, Ask]) -> Answers:
        """Answer all questions; an audit found for one is tried for all others."""
        found: dict[Any, Values] = {}
        pending = dict(questions)
        for values, reading in self.audits:
            self._tick(pending, found, values, reading)
        literals = {key: self.literal(ask(self.reading)) for key, ask in pending.items()}
        self._add_constraints()
        impossible: set[Any] = {key for key, literal in literals.items() if literal is False}
        given_up: set[Any] = set()
        together = True
        while True:
            left = [key for key in pending if key not in impossible and key not in given_up]
            if not left:
                break
            candidates = left if together else left[:1]
            model, is_unknown = self._model(Formulas().any_of([literals[key] for key in candidates]))
            if model is not None:
                values = self.domain.values(model)
                reading = Reading(self.plan, Truth(), values)
                self.audits.append((values, reading))
                before = len(pending)
                self._tick(pending, found, values, reading)
                if len(pending) == before:
                    raise DisagreementError(f"{self.plan.ruleset.id}: {candidates[0]}")
            elif not is_unknown:
                impossible.update(candidates)
            elif together:
                together = False
            else:
                given_up.update(candidates)
        return Answers(found, frozenset(impossible), frozenset(given_up))

    def conflict(self, required: Sequence[Any], named: Mapping[Any, Any]) -> tuple[Any, ...] | None:
        """A smallest set of names whose formulas contradict `required`; None when the solver gave up."""
        self._add_constraints()
        marks = {name: z3.Bool(f"mark {i}") for i, name in enumerate(named)}
        self.solver.push()
        try:
            self.solver.add(*required)
            self.solver.add(*(z3.Implies(marks[name], formula) for name, formula in named.items()))
            if self.solver.check(*marks.values()) != z3.unsat:
                return None
            core = {str(one) for one in self.solver.unsat_core()}
            names = [name for name, mark in marks.items() if str(mark) in core]
            for name in list(names):
                fewer = [marks[other] for other in names if other != name]
                if self.solver.check(*fewer) == z3.unsat:
                    names.remove(name)
            return tuple(names)
        finally:
            self.solver.pop()

    def _tick(self, pending: dict[Any, Ask], found: dict[Any, Values], values: Values, reading: Reading[bool]) -> None:
        for key in [key for key, ask in pending.items() if ask(reading)]:
            found[key] = values
            del pending[key]

    def literal(self, formula: Any) -> Any:
        """A variable that implies a formula, so that one check can assume many of them."""
        if isinstance(formula, bool):
            return formula
        literal = z3.FreshBool("q")
        self.solver.add(z3.Implies(literal, formula))
        return literal

    def holds_with(self, assumed: Sequence[Any]) -> Any:
        """A model in which formulas hold, which have to be variables or their contraries; None where none is found."""
        self._add_constraints()
        return self.solver.model() if self.solver.check(*assumed) == z3.sat else None

    def _add_constraints(self) -> None:
        self.solver.add(*self.domain.constraints[self._added :])
        self._added = len(self.domain.constraints)

    def _model(self, formula: Any) -> tuple[Any, bool]:
        """A model if there is one; else True where the solver gave up."""
        self.solver.push()
        try:
            self.solver.add(formula)
            result = self.solver.check()
            return (self.solver.model(), False) if result == z3.sat else (None, result == z3.unknown)
        finally:
            self.solver.pop()
