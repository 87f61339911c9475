"""The limits of the rule library, checked for every module. Past them it would go wrong without a word."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from grading.engine.rules import Module, NetworkError, Pattern, Test
from grading.model.ruleset import Ruleset

MAX_RULES = 4096
MAX_JOIN = 8
MAX_STACK = 60
MAX_RULES_ON_ONE_CONDITION = 250
MAX_ALPHAS_IN_BUCKET = 32
MAX_BUCKET = 480
MAX_PROPERTIES_OF_A_FACT = 240
OWN_NAMES = ("id", "sid", "$s", "e", "p", "z")


def fill_buckets(module: Module) -> None:
    """Spread a module's properties over buckets: the library looks a first condition up in a table of 512 places."""
    firsts: dict[str, set[Test]] = defaultdict(set)
    for rule in module.rules:
        for pattern in rule.patterns:
            firsts[pattern.tests[0].property].add(pattern.tests[0])
    bucket, filled = 0, 0
    for prop, tests in firsts.items():
        if filled and filled + len(tests) > MAX_ALPHAS_IN_BUCKET:
            bucket, filled = bucket + 1, 0
        filled += len(tests)
        module.buckets[prop] = f"b{bucket}"


def check_limits(ruleset: Ruleset, module: Module) -> None:
    """Refuse what the library would get wrong; raises NetworkError."""
    where = f"{ruleset.id}, module {module.name}"
    rules = module.rules
    if len(rules) > MAX_RULES:
        raise NetworkError(f"{where}: {len(rules)} rules, at most {MAX_RULES} fit; split the dimension")
    if len(set(module.buckets.values())) > MAX_BUCKET:
        raise NetworkError(f"{where}: {len(module.buckets)} facts and conclusions are too many; split the dimension")
    on_one: dict[tuple[Test, ...], int] = defaultdict(int)
    by_property: dict[str, list[Pattern]] = defaultdict(list)
    for rule in rules:
        if len(rule.patterns) > MAX_JOIN:
            raise NetworkError(f"{where}: {rule.title} joins {len(rule.patterns)} facts, at most {MAX_JOIN} fit")
        for pattern in rule.patterns:
            on_one[pattern.tests] += 1
            by_property[pattern.tests[0].property].append(pattern)
    for tests, count in on_one.items():
        if count > MAX_RULES_ON_ONE_CONDITION:
            raise NetworkError(
                f"{where}: {count} rules read {tests[0].property}, at most {MAX_RULES_ON_ONE_CONDITION} fit"
            )
    for prop, patterns in by_property.items():
        at_once = _peak([_steps(pattern, n) for n, pattern in enumerate(patterns)])
        if at_once > MAX_STACK:
            raise NetworkError(
                f"{where}: one fact can meet {at_once} conditions on {prop} at once, at most {MAX_STACK} fit"
            )
        first = {pattern.tests[0] for pattern in patterns}
        if len(first) > MAX_BUCKET:
            raise NetworkError(f"{where}: {len(first)} conditions on {prop}, at most {MAX_BUCKET} fit")
        properties = {test.property for pattern in patterns for test in pattern.tests}
        if len(properties) > MAX_PROPERTIES_OF_A_FACT:
            raise NetworkError(
                f"{where}: {len(properties)} options of {prop} are read, at most {MAX_PROPERTIES_OF_A_FACT} fit"
            )
    _check_hashes(where, {t.property for patterns in by_property.values() for p in patterns for t in p.tests}, module)


Step = Test | int


def _steps(pattern: Pattern, number: int) -> tuple[Step, ...]:
    """The conditions that the library checks one after the other; those of a join it never shares."""
    return pattern.tests if pattern.join is None else (*pattern.tests, number)


def _peak(paths: Iterable[tuple[Step, ...]]) -> int:
    """How many conditions the library can have on its stack for one fact, at most: it puts there all that hold at once."""
    below: dict[Step, list[tuple[Step, ...]]] = defaultdict(list)
    for path in paths:
        if path:
            below[path[0]].append(path[1:])
    if not below:
        return 0
    by_property: dict[str, list[Test]] = defaultdict(list)
    for step in below:
        if isinstance(step, Test):
            by_property[step.property].append(step)
    holding = sum(max(sum(passes(test, v) for test in tests) for v in _near(tests)) for tests in by_property.values())
    holding += sum(isinstance(step, int) for step in below)
    return holding - 1 + max(1, *(_peak(rest) for rest in below.values()))


def _near(tests: Iterable[Test]) -> set[int]:
    return {test.value + step for test in tests for step in (-1, 0, 1)}


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


def passing(tests: list[Test]) -> int:
    """A value that passes all tests of one property."""
    return next(v for v in sorted(_near(tests)) if all(passes(test, v) for test in tests))


def _check_hashes(where: str, tested: set[str], module: Module) -> None:
    properties = {*tested, *module.buckets, *module.buckets.values(), *OWN_NAMES}
    if len({fnv1a(name) for name in properties}) != len(properties):
        raise NetworkError(f"{where}: two property names share a hash; rename a fact")


def fnv1a(text: str) -> int:
    """The 32-bit hash by which the library tells names and fact ids apart."""
    value = 2166136261
    for byte in text.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value
