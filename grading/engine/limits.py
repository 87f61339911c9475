"""The limits of the rule library, checked for every module. Past them it would go wrong without a word."""

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable

from grading.engine.rules import Module, NetworkError, Pattern, Test, Tests
from grading.model.ruleset import Ruleset
from grading.problems.engine_codes import EngineCode
from grading.problems.phrases import Phrase
from grading.problems.reason import Reason, reason_of

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
    where = reason_of(Phrase.IN_MODULE, ruleset=ruleset.id, module=module.name)
    rules = module.rules
    if len(rules) > MAX_RULES:
        raise NetworkError(EngineCode.TOO_MANY_RULES, where=where, rules=len(rules), most=MAX_RULES)
    if len(set(module.buckets.values())) > MAX_BUCKET:
        raise NetworkError(EngineCode.TOO_MANY_PROPERTIES, where=where, properties=len(module.buckets))
    on_one: dict[Tests, int] = defaultdict(int)
    by_property: dict[str, list[tuple[Step, ...]]] = defaultdict(list)
    for rule in rules:
        if len(rule.patterns) > MAX_JOIN:
            facts = len(rule.patterns)
            raise NetworkError(EngineCode.JOIN_TOO_LONG, where=where, rule=rule.title, facts=facts, most=MAX_JOIN)
        for pattern in rule.patterns:
            if len(pattern.alternatives) > MAX_ALTERNATIVES:
                most = MAX_ALTERNATIVES
                raise NetworkError(EngineCode.TOO_MANY_ALTERNATIVES, where=where, rule=rule.title, most=most)
            if _is_ambiguous(pattern):
                raise NetworkError(EngineCode.ALTERNATIVES_AMBIGUOUS, where=where, rule=rule.title)
            # The conditions of a join are never shared, nor is the point where alternatives meet, which packs have too.
            own = () if pattern.join is None and len(rule.patterns) > 1 and not pattern.others else (rule.name,)
            for tests in pattern.alternatives:
                on_one[tests] += 1
                by_property[tests[0].property].append((*tests, *own))
    for tests, count in on_one.items():
        if count > MAX_RULES_ON_ONE_CONDITION:
            raise NetworkError(
                EngineCode.TOO_MANY_RULES_ON_ONE,
                where=where,
                rules=count,
                property=tests[0].property,
                most=MAX_RULES_ON_ONE_CONDITION,
            )
    for prop, paths in by_property.items():
        at_once = _peak(paths)
        if at_once > MAX_STACK:
            code = EngineCode.TOO_MANY_CONDITIONS_AT_ONCE
            raise NetworkError(code, where=where, conditions=at_once, property=prop, most=MAX_STACK)
        first = {path[0] for path in paths}
        if len(first) > MAX_BUCKET:
            code = EngineCode.TOO_MANY_CONDITIONS
            raise NetworkError(code, where=where, conditions=len(first), property=prop, most=MAX_BUCKET)
        properties = {step.property for path in paths for step in path if isinstance(step, Test)}
        if len(properties) > MAX_PROPERTIES_OF_A_FACT:
            most = MAX_PROPERTIES_OF_A_FACT
            raise NetworkError(
                EngineCode.TOO_MANY_OPTIONS, where=where, options=len(properties), property=prop, most=most
            )
    _check_hashes(where, {t.property for tests in on_one for t in tests}, module)


Step = Test | str
COMPARE: dict[str, Callable[[int, int], bool]] = {
    "$eq": operator.eq,
    "$neq": operator.ne,
    "$lte": operator.le,
    "$lt": operator.lt,
    "$gte": operator.ge,
    "$gt": operator.gt,
}


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
    return COMPARE[test.op](value, test.value)


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
        if len(alike) > 1
        for value in _near(test for tests in alike for test in tests)
    )


def _check_hashes(where: Reason, tested: set[str], module: Module) -> None:
    properties = {*tested, *module.buckets, *module.buckets.values(), *OWN_NAMES}
    if len({fnv1a(name) for name in properties}) != len(properties):
        raise NetworkError(EngineCode.NAMES_SHARE_HASH, where=where)


def fnv1a(text: str) -> int:
    """The 32-bit hash by which the library tells names and fact ids apart."""
    value = 2166136261
    for byte in text.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value
