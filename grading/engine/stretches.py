"""Stretches of integers, as tests and as cases."""

from collections.abc import Callable, Iterable

from grading.engine.rules import Test, Tests

CHECKS: dict[str, Callable[[int, int], bool]] = {
    "$eq": int.__eq__,
    "$lte": int.__le__,
    "$lt": int.__lt__,
    "$gte": int.__ge__,
    "$gt": int.__gt__,
}


def passes(test: Test, value: int) -> bool:
    """True when a value passes a test, as the library compares integers."""
    return CHECKS[test.op](value, test.value)


def near(tests: Iterable[Test]) -> set[int]:
    """The values between which tests of one property come out otherwise."""
    return {test.value + step for test in tests for step in (-1, 0, 1)}


def between(prop: str, low: int, high: int, start: int, end: int) -> Tests:
    """The tests that a property, which is from low to high, is from start to end."""
    if start == end:
        return (Test(prop, "$eq", start),)
    tests = [Test(prop, "$gte", start)] if start > low or end == high else []
    return (*tests, Test(prop, "$lte", end)) if end < high else tuple(tests)


def stretches(
    low: int, high: int, cuts: Iterable[int], outcome: Callable[[int], list[bool]]
) -> list[tuple[int, int, list[bool]]]:
    """Stretches from low to high, as long as they can be, in each of which the outcome is the same."""
    found: list[tuple[int, int, list[bool]]] = []
    edges = sorted({low, *(cut for c in cuts for cut in (c, c + 1) if low <= cut <= high)})
    for start, after in zip(edges, [*edges[1:], high + 1], strict=True):
        here = outcome(start)
        if found and found[-1][2] == here:
            found[-1] = (found[-1][0], after - 1, here)
        else:
            found.append((start, after - 1, here))
    return found
