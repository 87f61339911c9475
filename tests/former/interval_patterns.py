"""Numbers of which only the ends are known: met where all of the interval compares so, unmet where nothing of it does.

These rules are in a module only when an audit has such a number, so that all others are graded without them.
"""

from collections.abc import Iterator

from grading.engine.rules import NetworkError
from grading.plan.nodes import Atom, Node
from grading.problems.engine_codes import EngineCode
from tests.former.rules import (
    MAX_INTEGER,
    MET,
    UNKNOWN,
    UNMET,
    Conclusion,
    Effect,
    Names,
    Pattern,
    Property,
    Test,
    Tests,
)

LOW_END, HIGH_END = "l", "h"
"""Behind the property of an interval, those of its ends, as `Names.ends` writes them."""


def of_intervals(names: Names, fact: str, view: int | None, atoms: list[tuple[int, Node]]) -> Iterator[Conclusion]:
    """What the ends of a number settle, for each comparison of it; raises NetworkError for a figure that is too large."""
    prop = names.of(Property("interval", fact, view))
    for index, node in atoms:
        if not isinstance(node.kind, Atom):
            raise TypeError(f"{node.name} is no comparison")
        for value, tests in _outcomes(names, prop, node.kind):
            yield (Pattern((Test(prop, "$eq", 1), *tests)),), Effect(node.name, "node", index, value)


def _outcomes(names: Names, prop: str, atom: Atom) -> Iterator[tuple[int, Tests]]:
    operand = atom.operand if isinstance(atom.operand, tuple) else (atom.operand,)
    figures = sorted({2 * names.threshold(atom.fact, value) for value in operand})
    if any(abs(figure) >= MAX_INTEGER - 1 for figure in figures):
        raise NetworkError(EngineCode.BOUND_INCOMPARABLE, fact=atom.fact)
    low, high = f"{prop}{LOW_END}", f"{prop}{HIGH_END}"
    if atom.operator in ("at_most", "above"):
        yield from _sides(low, high, figures[0], atom.operator == "at_most")
    elif atom.operator in ("at_least", "below"):
        # What is below a figure is at most what lies right before it.
        yield from _sides(low, high, figures[0] - 1, atom.operator == "below")
    else:
        yield from _equal(low, high, figures, *((UNMET, MET) if atom.operator == "none_of" else (MET, UNMET)))


def _sides(low: str, high: str, figure: int, downward: bool) -> Iterator[tuple[int, Tests]]:
    """Of an interval and the numbers up to `figure`: all of it among them, none of it, or part of it."""
    yield MET if downward else UNMET, (Test(high, "$lte", figure),)
    yield UNMET if downward else MET, (Test(low, "$gt", figure),)
    yield UNKNOWN, (Test(low, "$lte", figure), Test(high, "$gt", figure))


def _equal(low: str, high: str, figures: list[int], same: int, other: int) -> Iterator[tuple[int, Tests]]:
    """Whether the number is one of the figures, by the first of them that is not below the interval."""
    after: Tests = ()
    for figure in figures:
        yield other, (*after, Test(low, "$lt", figure), Test(high, "$lt", figure))
        yield UNKNOWN, (*after, Test(low, "$lt", figure), Test(high, "$gte", figure))
        yield UNKNOWN, (Test(low, "$eq", figure), Test(high, "$gt", figure))
        yield same, (Test(low, "$eq", figure), Test(high, "$eq", figure))
        after = (Test(low, "$gt", figure),)
    yield other, after
