"""The limits of the rule library, checked for every level. Past them it would go wrong without a word."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from grading.engine.name_hashes import fnv1a
from grading.engine.rules import NetworkError, Table, Test, Tests
from grading.engine.stretches import near, passes
from grading.model.ruleset import Ruleset
from grading.problems.engine_codes import EngineCode
from grading.problems.phrases import Phrase
from grading.problems.reason import reason_of

MAX_RULES = 4096
MAX_ALTERNATIVES = 14
MAX_STACK = 61
MAX_RULES_ON_ONE_CONDITION = 120
MAX_CONDITIONS = 480
MAX_PROPERTIES_OF_A_FACT = 240
OWN_NAMES = ("id", "sid", "$s", "$forward", "z")


class Excess(NamedTuple):
    """The tables that do not fit a fact: of what there is too much, how much there is, and how much fits."""

    code: EngineCode
    amount: int
    most: int


def fits(tables: Sequence[Table]) -> bool:
    """True when tables are inside the limits of one fact."""
    return _excess(tables) is None


def check_limits(ruleset: Ruleset, level: int, rules: int, parcels: Sequence[tuple[str, Sequence[Table]]]) -> None:
    """Refuse what the library would get wrong; raises NetworkError. `rules`: of the library; parcels with their names."""
    where = reason_of(Phrase.IN_LEVEL, ruleset=ruleset.id, level=level)
    if rules > MAX_RULES:
        raise NetworkError(EngineCode.TOO_MANY_RULES, where=where, rules=rules, most=MAX_RULES)
    if len(parcels) > MAX_CONDITIONS:
        raise NetworkError(EngineCode.TOO_MANY_PARCELS, where=where, facts=len(parcels), most=MAX_CONDITIONS)
    for _, tables in parcels:
        excess = _excess(tables)
        if excess is not None:
            code, amount, most = excess
            about = "、".join(table.name for table in tables)
            raise NetworkError(code, where=where, about=about, amount=amount, most=most)
    properties = {prop for _, tables in parcels for table in tables for prop in table.properties}
    names = {*properties, *(name for name, _ in parcels), *OWN_NAMES}
    if len({fnv1a(name) for name in names}) != len(names):
        raise NetworkError(EngineCode.NAMES_SHARE_HASH, where=where)


def _excess(tables: Sequence[Table]) -> Excess | None:
    paths = [rule.tests for table in tables for rule in table.rules]
    properties = {test.property for tests in paths for test in tests}
    at_once, most_behind_one = _walked(paths)
    on_one = max(Counter(paths).values(), default=0)
    found = (
        (EngineCode.TOO_MANY_OPTIONS, len(properties), MAX_PROPERTIES_OF_A_FACT),
        (EngineCode.TOO_MANY_RULES_ON_ONE, on_one, MAX_RULES_ON_ONE_CONDITION),
        (EngineCode.TOO_MANY_CONDITIONS, most_behind_one, MAX_CONDITIONS),
        (EngineCode.TOO_MANY_CONDITIONS_AT_ONCE, at_once, MAX_STACK),
    )
    return next((Excess(*one) for one in found if one[1] > one[2]), None)


def _walked(paths: Iterable[Tests]) -> tuple[int, int]:
    """Of the conditions that the library looks up one behind the other: how many it can have on its stack for one fact, at most,
    since it puts there all that hold at once; and how many stand behind the same one."""
    below: dict[Test, list[Tests]] = defaultdict(list)
    ends = 0
    for path in paths:
        if path:
            below[path[0]].append(path[1:])
        else:
            # Behind the last condition of a rule stands the point at which the alternatives of its pack meet.
            ends += 1
    if not below:
        return ends, ends
    by_property: dict[str, list[Test]] = defaultdict(list)
    for test in below:
        by_property[test.property].append(test)
    holding = ends + sum(_most_passing(tuple((t.op, t.value) for t in tests)) for tests in by_property.values())
    deeper = [_walked(rest) for rest in below.values()]
    return holding - 1 + max(1, *(stack for stack, _ in deeper)), max(len(below), *(behind for _, behind in deeper))


@lru_cache(maxsize=4096)
def _most_passing(tests: tuple[tuple[str, int], ...]) -> int:
    """The most tests of one property that some value passes at once: those of very many properties are the same."""
    of_one = [Test("", op, value) for op, value in tests]
    return max(sum(passes(test, value) for test in of_one) for value in near(of_one))
