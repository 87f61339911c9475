"""The limits of the rule library, checked for every module. Past them it would go wrong without a word."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from grading.engine.rules import Module, NetworkError, Pattern, Test, Tests
from grading.model.ruleset import Ruleset

MAX_RULES = 4096
MAX_JOIN = 8
MAX_ALTERNATIVES = 8
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
        for tests in (tests for pattern in rule.patterns for tests in pattern.alternatives):
            firsts[tests[0].property].add(tests[0])
    bucket, filled = 0, 0
    for prop, conditions in firsts.items():
        if filled and filled + len(conditions) > MAX_ALPHAS_IN_BUCKET:
            bucket, filled = bucket + 1, 0
        filled += len(conditions)
        module.buckets[prop] = f"b{bucket}"


def check_limits(ruleset: Ruleset, module: Module) -> None:
    """Refuse what the library would get wrong; raises NetworkError."""
    where = f"{ruleset.id}, module {module.name}"
    rules = module.rules
    if len(rules) > MAX_RULES:
        raise NetworkError(f"{where}: {len(rules)} rules, at most {MAX_RULES} fit; split the dimension")
    if len(set(module.buckets.values())) > MAX_BUCKET:
        raise NetworkError(f"{where}: {len(module.buckets)} facts and conclusions are too many; split the dimension")
    on_one: dict[Tests, int] = defaultdict(int)
    by_property: dict[str, list[tuple[Step, ...]]] = defaultdict(list)
    for rule in rules:
        if len(rule.patterns) > MAX_JOIN:
            raise NetworkError(f"{where}: {rule.title} joins {len(rule.patterns)} facts, at most {MAX_JOIN} fit")
        for pattern in rule.patterns:
            if len(pattern.alternatives) > MAX_ALTERNATIVES:
                raise NetworkError(f"{where}: {rule.title} has more than {MAX_ALTERNATIVES} alternatives")
            if _is_ambiguous(pattern):
                raise NetworkError(
                    f"{where}: one fact could pass two alternatives of {rule.title}, which would fire twice"
                )
            # The conditions of a join are never shared, nor is the point where alternatives meet, which packs have too.
            own = () if pattern.join is None and len(rule.patterns) > 1 and not pattern.others else (rule.name,)
            for tests in pattern.alternatives:
                on_one[tests] += 1
                by_property[tests[0].property].append((*tests, *own))
    for tests, count in on_one.items():
        if count > MAX_RULES_ON_ONE_CONDITION:
            raise NetworkError(
                f"{where}: {count} rules read {tests[0].property}, at most {MAX_RULES_ON_ONE_CONDITION} fit"
            )
    for prop, paths in by_property.items():
        at_once = _peak(paths)
        if at_once > MAX_STACK:
            raise NetworkError(
                f"{where}: one fact can meet {at_once} conditions on {prop} at once, at most {MAX_STACK} fit"
            )
        first = {path[0] for path in paths}
        if len(first) > MAX_BUCKET:
            raise NetworkError(f"{where}: {len(first)} conditions on {prop}, at most {MAX_BUCKET} fit")
        properties = {step.property for path in paths for step in path if isinstance(step, Test)}
        if len(properties) > MAX_PROPERTIES_OF_A_FACT:
            raise NetworkError(
                f"{where}: {len(properties)} options of {prop} are read, at most {MAX_PROPERTIES_OF_A_FACT} fit"
            )
    _check_hashes(where, {t.property for tests in on_one for t in tests}, module)


Step = Test | str


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
    holding += sum(isinstance(step, str) for step in below)
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


def _is_ambiguous(pattern: Pattern) -> bool:
    """Whether some value passes two alternatives."""
    by_property: dict[str, list[Tests]] = defaultdict(list)
    for tests in pattern.alternatives if pattern.others else ():
        by_property[tests[0].property].append(tests)
    return any(
        sum(all(passes(test, value) for test in tests) for tests in alike) > 1
        for alike in by_property.values()
        for value in _near(test for tests in alike for test in tests)
    )


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
