"""Parts of a network: properties of facts, rules that test them, and tables of rules.

Statuses are the integers 0 (unmet), 1 (unknown), 2 (met).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import NamedTuple

from grading.computed import DECIMALS
from grading.engine.durable_rules import EngineError
from grading.engine.name_hashes import name_of_property
from grading.model.base import Scalar, decimal_places
from grading.model.condition import operands_of
from grading.model.interval import Interval
from grading.model.trace import Concludes
from grading.plan.nodes import Atom, Plan
from grading.problems.engine_codes import EngineCode
from grading.problems.reason import CodedError

UNMET, UNKNOWN, MET = 0, 1, 2


def negated(status: int) -> int:
    """The status of a condition's contrary."""
    return MET - status


UNSTATED, EMPTY = 0, 1
START = 3
"""Of a condition over rows, before its first row: still in order."""
WEIGHED = {UNMET: (0, 1), UNKNOWN: (3, 2), MET: (5, 4)}
"""The values of a row's status, when the row is surely in a view, and when it only may be.

In this order what fails an `each`, what leaves it in doubt and what passes are one stretch of numbers each; so it is for
`some`, read from the other end.
"""
MAX_INTEGER = 2**53
"""Every threshold lies between minus this and this; a value beyond is written as the nearer of the two."""


class NetworkError(CodedError):
    """A ruleset does not fit the rule library; the message names what to split."""


class Cause(NamedTuple):
    """The ground of a conclusion, but for the row: `how` is one of the names below, of `slots`, a fact or a group."""

    how: int
    slots: tuple[int, ...] = ()
    name: str = ""


RULESET, FACT, GROUP, ROW, NODES, ROW_AND_NODE, STEP, LAST_ROW, WAIVER = range(9)
"""The ruleset; a fact of the unit or the row; a table; the row itself; conclusions about the same unit or row; the row with a
conclusion about the unit; the rows before with the conclusion about this one; that about the last row looked at; an indicator's
waiver."""


class Effect(NamedTuple):
    """The effect of a firing: the value of a slot, with the rule's title and words in the trace (None: it is no entry).

    Behind them stand the members of its `Cause`: one tuple, since the trace reads it for each entry.
    """

    slot: int
    value: int
    title: str
    words: Concludes | None
    how: int
    of: tuple[int, ...] = ()
    name: str = ""


class Test(NamedTuple):
    """`property <op> value`; `op` as the library spells it."""

    property: str
    op: str
    value: int


Tests = tuple[Test, ...]


class Rule(NamedTuple):
    """A rule: the effect follows from a fact that passes all tests."""

    tests: Tests
    effects: tuple[Effect, ...]


Given = tuple[tuple[str, int], ...]
Case = tuple[Given, tuple[tuple[int, int], ...]]
"""A fact's possible values with what has to follow: values by slot."""


@dataclass(frozen=True)
class Table:
    """Rules over some properties of one fact. Whatever a fact says of them, its cases tell what has to follow.

    `of` is the node, target or fact that the table is about, `reads` are the nodes whose statuses its facts carry. `fires`: how
    many of its rules fire for a fact.
    """

    name: str
    of: int | str
    rules: tuple[Rule, ...]
    cases: Callable[[], Iterable[Case]]
    reads: tuple[int, ...] = ()
    fires: int = 1
    fires_of_ends: int = 0
    """The number of rules that fire for a number of which only the ends are known."""

    @property
    def properties(self) -> frozenset[str]:
        """All properties that its rules test."""
        return frozenset(test.property for rule in self.rules for test in rule.tests)


@dataclass(frozen=True)
class Property:
    """The meaning of a property of the network.

    `role`: value, interval, missing (of `fact`); node, child, so far (of node `index`); row, table (of a view); figures;
    nothing asked; waiver (of indicator `fact`).
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
    nodes: dict[int, str] = field(default_factory=dict)

    def of(self, prop: Property) -> str:
        """The short name of a property; the same each time."""
        if prop not in self.short:
            self.short[prop] = name_of_property(len(self.short))
        return self.short[prop]

    def node(self, index: int) -> str:
        """The property that carries a node's status."""
        if index not in self.nodes:
            self.nodes[index] = self.of(Property("node", index=index))
        return self.nodes[index]

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
        """The integer that stands for a value of a fact: scaled by its decimals, a day's number, an option's place.

        Raises EngineError for a number with more decimals than the fact has.
        """
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, Decimal):
            return self.scaled(fact, value)
        return value.toordinal() if isinstance(value, date) else self.option[fact][value]

    def scaled(self, fact: str, value: Decimal) -> int:
        """The integer that stands for a number: scaled by the decimals of its fact; raises EngineError where it has more."""
        scaled = value.scaleb(self.scale[fact])
        whole = int(scaled)
        if not -MAX_INTEGER < whole < MAX_INTEGER:
            return MAX_INTEGER if whole > 0 else -MAX_INTEGER
        if whole != scaled:
            raise EngineError(EngineCode.TOO_MANY_DECIMALS, fact=fact, value=value, decimals=self.scale[fact])
        return whole


def names_of(plan: Plan) -> Names:
    """Scales that hold every value and every figure of the ruleset exactly."""
    ruleset = plan.ruleset
    scale: dict[str, int] = {"assessed_on": 0}
    for fact_id, fact in ruleset.facts.items():
        scale[fact_id] = fact.decimals if fact.type == "number" else 0
    for fact_id, computed in ruleset.computed.items():
        scale[fact_id] = 0 if computed.days_between is not None else DECIMALS
    for node in plan.nodes:
        if isinstance(node.kind, Atom):
            for value in operands_of(node.kind.operand):
                if isinstance(value, Decimal):
                    scale[node.kind.fact] = max(scale[node.kind.fact], decimal_places(value))
    return Names(
        scale=scale,
        option={f.id: {option: i for i, option in enumerate(f.options)} for f in ruleset.facts.values() if f.options},
    )
