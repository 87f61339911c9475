"""The proof, at load time, that the rule library runs a network as written: each rule is made to fire once."""

from collections.abc import Iterable

import orjson

from grading.engine.durable_rules import EngineError, Memory
from grading.engine.limits import passing
from grading.engine.packing import Pack
from grading.engine.rules import Module, Test, Tests
from grading.problems.engine_codes import EngineCode

Asked = tuple[Tests, str | None]
Batch = list[tuple[str, str, tuple[Asked, ...]]]
"""What is asserted in one state: name and title of a rule, and the facts that it needs, each with its chain."""


def prove(module: Module, memory: Memory, packs: Iterable[Pack]) -> None:
    """Assert just what each rule needs, by each of its alternatives, and see it fire.

    Rules that share no property are proven in one state: none can then fire on another's facts. Raises EngineError naming the
    first rule that does not fire.
    """
    for batch in _batches(packs):
        queue: list[str] = []
        heads: list[str] = []
        for _, _, needed in batch:
            heads.append(str(len(queue)))
            for asked in needed:
                queue.append(f'{{"id":"{len(queue)}",{_needed(module, asked)}}}')
        fired: list[str] = []
        memory.run(queue, fired.extend)
        # By its first fact too: a pack also fires for its other rules, whose facts may be in the same state.
        seen = {(name, facts["m_0"]["id"]) for message in fired for name, facts in orjson.loads(message).items()}
        for (name, title, _), head in zip(batch, heads, strict=True):
            if (name, head) not in seen:
                raise EngineError(EngineCode.RULE_SILENT, module=memory.name, rule=title)


def _batches(packs: Iterable[Pack]) -> list[Batch]:
    batches: list[tuple[set[str], Batch]] = []
    for pack in packs:
        # No pattern of a join has alternatives, but the first may: each is proven with the rest.
        first, *rest = pack.patterns
        for tests in first.alternatives:
            needed = ((tests, first.join), *((pattern.tests, pattern.join) for pattern in rest))
            properties = {tests[0].property for tests, _ in needed}
            taken = next((b for b in batches if b[0].isdisjoint(properties)), None)
            if taken is None:
                taken = (set(), [])
                batches.append(taken)
            taken[0].update(properties)
            taken[1].append((pack.name, pack.rules[tests[0].property].title, needed))
    return [batch for _, batch in batches]


def _needed(module: Module, asked: Asked) -> str:
    """The fact that passes some tests, but for its id; a chained one continues the row of the first."""
    tests, join = asked
    by_property: dict[str, list[Test]] = {}
    for test in tests:
        by_property.setdefault(test.property, []).append(test)
    row, before = (2, 1) if join == "p" else (1, 0)
    # A test may ask for the end of the chain, which stands there once.
    fact = {module.buckets[tests[0].property]: 1, "e": row, "p": before, "z": 1}
    fact |= {prop: passing(of_one) for prop, of_one in by_property.items()}
    return ",".join([f'"{prop}":{value}' for prop, value in fact.items()])
