"""Numbers of which only the ends are known: met where all of the interval compares so, unmet where nothing of it does.

These rules are in a level only when an audit has such a number, so that all others are graded without them.
"""

from collections.abc import Iterator, Mapping, Sequence

from grading.engine.rules import MAX_INTEGER, MET, UNKNOWN, UNMET, Case, Names, NetworkError, Test, Tests
from grading.model.condition import operands_of
from grading.plan.nodes import Atom
from grading.problems.engine_codes import EngineCode

LOW_END, HIGH_END = "l", "h"
"""Behind the property of an interval, those of its ends, as `Names.ends` writes them."""


def interval_rules(names: Names, prop: str, atom: Atom) -> Iterator[tuple[int, Tests]]:
    """The rules that the ends of a number settle for a comparison; raises NetworkError for a figure that is too large."""
    for value, tests in _outcomes(names, prop, atom):
        yield value, (Test(prop, "$eq", 1), *tests)


def interval_cases(names: Names, prop: str, compared: Mapping[int, Atom]) -> Iterator[Case]:
    """Intervals from and to each figure and right beside it, with what they settle; comparisons by slot."""
    figures = {slot: _figures(names, atom) for slot, atom in compared.items()}
    edges = sorted({figure + step for some in figures.values() for figure in some for step in (-1, 0, 1)})
    ends = [-MAX_INTEGER, *edges, MAX_INTEGER]
    for n, low in enumerate(ends):
        for high in ends[n:]:
            given = ((prop, 1), (f"{prop}{LOW_END}", low), (f"{prop}{HIGH_END}", high))
            yield (
                given,
                tuple((slot, _status(atom.operator, figures[slot], low, high)) for slot, atom in compared.items()),
            )


def _figures(names: Names, atom: Atom) -> list[int]:
    return sorted({2 * names.threshold(atom.fact, value) for value in operands_of(atom.operand)})


def _status(operator: str, figures: Sequence[int], low: int, high: int) -> int:
    """The status in the language: what holds of all numbers from low to high, or of none, or of some."""
    if operator in ("at_most", "above", "at_least", "below"):
        figure = figures[0]
        some = [
            {"at_most": end <= figure, "above": end > figure, "at_least": end >= figure, "below": end < figure}[
                operator
            ]
            for end in (low, high)
        ]
    else:
        within = [low <= figure <= high for figure in figures]
        some = [any(within), low == high and low in figures]
        some = [not one for one in some] if operator == "none_of" else some
    return MET if all(some) else UNKNOWN if any(some) else UNMET


def _outcomes(names: Names, prop: str, atom: Atom) -> Iterator[tuple[int, Tests]]:
    figures = _figures(names, atom)
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
    """True when the number is one of the figures, by the first of them that is not below the interval."""
    after: Tests = ()
    for figure in figures:
        yield other, (*after, Test(low, "$lt", figure), Test(high, "$lt", figure))
        yield UNKNOWN, (*after, Test(low, "$lt", figure), Test(high, "$gte", figure))
        yield UNKNOWN, (Test(low, "$eq", figure), Test(high, "$gt", figure))
        yield same, (Test(low, "$eq", figure), Test(high, "$eq", figure))
        after = (Test(low, "$gt", figure),)
    yield other, after
