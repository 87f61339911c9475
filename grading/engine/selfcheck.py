"""The proof, at load time, that the rule library runs a network as written: each rule is made to fire once."""

import orjson

from grading.engine.library import STATE, EngineError
from grading.engine.limits import passing
from grading.engine.rules import Module, Pattern, Rule, Test
from grading.engine.session import Machine

Batch = list[tuple[str, Rule]]


def prove(machine: Machine) -> None:
    """Assert just what each rule needs and see it fire; raises EngineError naming the first rule that does not.

    Rules that share no property are proven in one state: none can then fire on another's facts.
    """
    for loaded, module in zip(machine.loaded, machine.network.modules, strict=True):
        for batch in _batches(module):
            wanted = [_needed(module, pattern) for _, rule in batch for pattern in rule.patterns]
            fired: list[str] = []
            loaded.memory.run(
                [orjson.dumps({"id": str(i), **fact}).decode() for i, fact in enumerate(wanted)], fired.append
            )
            names = {name for message in fired for name in orjson.loads(message)}
            for name, rule in batch:
                if name not in names:
                    raise EngineError(
                        f"{loaded.memory.name}: the rule for {rule.title} does not fire in the rule library; "
                        f"this ruleset can't grade"
                    )


def _batches(module: Module) -> list[Batch]:
    batches: list[tuple[set[str], Batch]] = []
    for k, rule in enumerate(module.rules):
        properties = {pattern.tests[0].property for pattern in rule.patterns}
        taken = next((b for b in batches if not b[0] & properties), None)
        if taken is None:
            taken = (set(), [])
            batches.append(taken)
        taken[0].update(properties)
        taken[1].append((f"r{k}", rule))
    return [batch for _, batch in batches]


def _needed(module: Module, pattern: Pattern) -> dict[str, str | int]:
    """The fact that satisfies one pattern, but for its id; a chained pattern continues the row of the first."""
    by_property: dict[str, list[Test]] = {}
    for test in pattern.tests:
        by_property.setdefault(test.property, []).append(test)
    tested = {prop: passing(tests) for prop, tests in by_property.items()}
    row, before = (2, 1) if pattern.join == "p" else (1, 0)
    return {"sid": STATE, module.buckets[pattern.tests[0].property]: 1, "e": row, "p": before, "z": 1, **tested}
