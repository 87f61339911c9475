"""The proof, at load time, that the rule library runs a network as written: each rule is made to fire once."""

import durable_rules_engine as rete
import orjson

from grading.engine.network import Module, Pattern, Test
from grading.engine.session import HANDLED, STATE, EngineError, Machine


def prove(machine: Machine) -> None:
    """Assert just what each rule needs and see it fire; raises EngineError naming the first rule that does not.

    Rules that share no property are proven in one state: none can then fire on another's facts.
    """
    for loaded in machine.loaded:
        for batch in _batches(loaded.module):
            fired = _fired(loaded.handle, [fact for _, facts in batch for fact in facts])
            for k, _ in batch:
                if f"r{k}" not in fired:
                    raise EngineError(
                        f"{machine.network.plan.ruleset.id}, module {loaded.module.name}: the rule for "
                        f"{loaded.module.rules[k].title} does not fire in the rule library; this ruleset can't grade"
                    )


Batch = list[tuple[int, list[str]]]


def _batches(module: Module) -> list[Batch]:
    batches: list[tuple[set[str], Batch]] = []
    for k, rule in enumerate(module.rules):
        properties = {pattern.tests[0].property for pattern in rule.patterns}
        taken = next((b for b in batches if not b[0] & properties), None)
        if taken is None:
            taken = (set(), [])
            batches.append(taken)
        taken[0].update(properties)
        taken[1].append((k, [_fact(module, f"{k}.{i}", pattern) for i, pattern in enumerate(rule.patterns)]))
    return [batch for _, batch in batches]


def _fired(handle: int, facts: list[str]) -> set[str]:
    fired: set[str] = set()
    try:
        for fact in facts:
            code, state = rete.assert_fact(handle, fact)
            if code != HANDLED:
                continue
            started = rete.start_action_for_state(handle, state)
            message = started[1] if started else None
            while message:
                fired.update(orjson.loads(message))
                message = rete.complete_and_start_action(handle, state)
    finally:
        rete.delete_state(handle, STATE)
    return fired


def _fact(module: Module, name: str, pattern: Pattern) -> str:
    """The fact that satisfies one pattern; a chained pattern continues the row of the first."""
    properties: dict[str, int] = {module.buckets[pattern.tests[0].property]: 1}
    by_property: dict[str, list[Test]] = {}
    for test in pattern.tests:
        by_property.setdefault(test.property, []).append(test)
    for prop, tests in by_property.items():
        properties[prop] = _value(tests)
    follows = pattern.join == "p"
    row = {"e": 2 if follows else 1, "p": 1 if follows else properties.get("p", 0), "z": properties.get("z", 1), "k": 1}
    return orjson.dumps({"id": name, "sid": STATE, **row, **properties}).decode()


def _value(tests: list[Test]) -> int:
    """A value that passes all tests of one property."""
    candidates = {test.value + step for test in tests for step in (-1, 0, 1)}
    checks = {
        "$eq": int.__eq__,
        "$neq": int.__ne__,
        "$lte": int.__le__,
        "$lt": int.__lt__,
        "$gte": int.__ge__,
        "$gt": int.__gt__,
    }
    return next(v for v in sorted(candidates) if all(checks[t.op](v, t.value) for t in tests))
