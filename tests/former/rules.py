"""What a network is made of: facts with one short property each, patterns over them, rules, and modules of rules.

Statuses are the integers 0 (unmet), 1 (unknown), 2 (met).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor

from grading.engine.rules import NetworkError
from grading.model.base import Scalar, decimal_places
from grading.model.interval import Interval
from grading.plan.nodes import Atom, Node, Plan
from grading.problems.engine_codes import EngineCode

UNMET, UNKNOWN, MET = 0, 1, 2
UNSTATED, EMPTY = 0, 1
WEIGHED = {UNMET: (0, 1), UNKNOWN: (3, 2), MET: (5, 4)}
"""How a status is written of a row that is surely in a view, and of one that only may be.

In this order what fails an `each`, what leaves it in doubt and what passes are one stretch of numbers each; so it is for
`some`, read from the other end.
"""
MAX_INTEGER = 2**53
"""Every threshold lies between minus this and this; a value beyond is written as the nearer of the two."""
COMPUTED_DECIMALS = 6


@dataclass(frozen=True)
class Effect:
    """What a firing concludes: `kind` is node, doubt, rows, grade or attainable; `title` is the rule's name in the trace."""

    title: str
    kind: str
    index: int
    value: int


@dataclass(frozen=True)
class Test:
    """`property <op> value`; `op` as the library spells it."""

    property: str
    op: str
    value: int


Tests = tuple[Test, ...]


@dataclass(frozen=True)
class Pattern:
    """One fact that a rule needs: its tests, and whether its row is (`e`) or follows (`p`) that of the first pattern.

    A fact that passes one of the `others` will do as well. No fact can pass two: each has one property of those tested.
    """

    tests: Tests
    join: str | None = None
    others: tuple[Tests, ...] = ()

    @property
    def alternatives(self) -> tuple[Tests, ...]:
        """All tests of which a fact has to pass one."""
        return (self.tests, *self.others)


Patterns = tuple[Pattern, ...]
Conclusion = tuple[Patterns, Effect]
"""That the effect follows from facts that match the patterns."""


@dataclass(frozen=True)
class Rule:
    """Patterns to match and everything that follows from them. Its name is the same in every part of its module."""

    name: str
    patterns: Patterns
    effects: tuple[Effect, ...]

    @property
    def title(self) -> str:
        """A name for messages: that of the first conclusion."""
        return self.effects[0].title


@dataclass
class Module:
    """A part of the network with a memory of its own. What follows from the same patterns is one rule."""

    name: str
    effects: dict[Patterns, dict[Effect, None]] = field(default_factory=dict)
    buckets: dict[str, str] = field(default_factory=dict)
    numbers: dict[tuple[str, int | None], list[tuple[int, Node]]] = field(default_factory=dict)
    """By fact and view, the comparisons of numbers that the module concludes."""

    def add(self, conclusions: Iterable[Conclusion]) -> None:
        """Add conclusions to the module's rules."""
        for patterns, effect in conclusions:
            self.effects.setdefault(patterns, {})[effect] = None

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in the order in which they are written."""
        return tuple(Rule(f"r{k}", patterns, tuple(made)) for k, (patterns, made) in enumerate(self.effects.items()))


@dataclass(frozen=True)
class Property:
    """What a property of the network stands for.

    `role`: value, interval, missing (of `fact`); node, doubt, rows (of node `index`); row, stated (of a view); figures;
    nothing_asked.
    """

    role: str
    fact: str = ""
    view: int | None = None
    index: int = -1


@dataclass
class Names:
    """The short names of properties, and how values become integers."""

    scale: dict[str, int]
    option: dict[str, dict[str, int]]
    short: dict[Property, str] = field(default_factory=dict)
    meaning: dict[str, Property] = field(default_factory=dict)

    def of(self, meant: Property) -> str:
        """The short name of a property; the same each time."""
        if meant not in self.short:
            name = f"{meant.role[0]}{len(self.short)}"
            self.short[meant] = name
            self.meaning[name] = meant
        return self.short[meant]

    def node(self, index: int) -> str:
        """The property that carries a node's status."""
        return self.of(Property("node", index=index))

    def ends(self, fact: str, value: Interval) -> tuple[int, int]:
        """The integers that stand for the ends of an interval: of a number twice its own, between two numbers the odd ones."""
        return self._end(fact, value.low, value.low_open, -1), self._end(fact, value.high, value.high_open, 1)

    def _end(self, fact: str, end: Decimal | None, is_open: bool, outward: int) -> int:
        if end is None:
            return outward * MAX_INTEGER
        scaled = Fraction(end) * Fraction(10) ** self.scale[fact]
        between = scaled.denominator != 1
        code = 2 * floor(scaled) + 1 if between else 2 * int(scaled) - (outward if is_open else 0)
        return max(-MAX_INTEGER, min(MAX_INTEGER, code))

    def threshold(self, fact: str, value: Scalar) -> int:
        """The exact integer that stands for a figure of the ruleset; raises NetworkError where there is none."""
        if not isinstance(value, Decimal):
            return self.written(fact, value)
        scaled = Fraction(value) * Fraction(10) ** self.scale[fact]
        if scaled.denominator != 1 or abs(scaled) >= MAX_INTEGER:
            decimals = self.scale[fact]
            raise NetworkError(EngineCode.FIGURE_NOT_EXACT, fact=fact, figure=value, decimals=decimals)
        return int(scaled)

    def written(self, fact: str, value: Scalar) -> int:
        """The integer that stands for a value of a fact: scaled by its decimals, a day's number, an option's place."""
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, Decimal):
            scaled = int(value.scaleb(self.scale[fact]))
            return scaled if -MAX_INTEGER < scaled < MAX_INTEGER else MAX_INTEGER if scaled > 0 else -MAX_INTEGER
        return value.toordinal() if isinstance(value, date) else self.option[fact][value]


def names_of(plan: Plan) -> Names:
    """Scales that hold every value and every figure of the ruleset exactly."""
    ruleset = plan.ruleset
    scale: dict[str, int] = {"assessed_on": 0}
    for fact_id, fact in ruleset.facts.items():
        scale[fact_id] = fact.decimals if fact.type == "number" else 0
    for fact_id, computed in ruleset.computed.items():
        scale[fact_id] = 0 if computed.days_between is not None else COMPUTED_DECIMALS
    for node in plan.nodes:
        if isinstance(node.kind, Atom):
            for value in node.kind.operand if isinstance(node.kind.operand, tuple) else (node.kind.operand,):
                if isinstance(value, Decimal):
                    scale[node.kind.fact] = max(scale[node.kind.fact], decimal_places(value))
    return Names(
        scale=scale,
        option={f.id: {option: i for i, option in enumerate(f.options)} for f in ruleset.facts.values() if f.options},
    )
