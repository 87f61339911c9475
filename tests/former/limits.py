"""How the former network spread its properties; its limits are not checked any more."""

from collections import defaultdict
from typing import Any

from tests.former.rules import Module, Test

MAX_ALTERNATIVES = 8
MAX_ALPHAS_IN_BUCKET = 32


def fill_buckets(module: Module) -> None:
    """Spread a module's properties over buckets: the library looks a first condition up in a table of 512 places."""
    firsts: dict[str, set[Test]] = defaultdict(set)
    for rule in module.rules:
        for tests in (tests for pattern in rule.patterns for tests in pattern.alternatives):
            firsts[tests[0].property].add(tests[0])
    bucket, filled = 0, 0
    for prop, conditions in firsts.items():
        if filled and filled + len(conditions) > MAX_ALPHAS_IN_BUCKET:
            bucket, filled = bucket + 1, 0
        filled += len(conditions)
        module.buckets[prop] = f"b{bucket}"


def passes(test: Test, value: int) -> bool:
    """Whether a value passes a test, as the library compares integers."""
    checks: dict[str, Any] = {
        "$eq": int.__eq__,
        "$neq": int.__ne__,
        "$lte": int.__le__,
        "$lt": int.__lt__,
        "$gte": int.__ge__,
        "$gt": int.__gt__,
    }
    return bool(checks[test.op](value, test.value))
