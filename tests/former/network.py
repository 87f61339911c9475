"""A plan → modules of durable-rules rules. This is where the library's limits are kept, by construction.

`docs/durable-rules.md` says which limit each choice here answers to.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grading.plan.nodes import Atom, Figure, Free, Guarded, Node, OverRows, Plan
from tests.former.interval_patterns import of_intervals
from tests.former.limits import fill_buckets
from tests.former.module_assignment import TOP, assign_modules, order
from tests.former.packing import Pack
from tests.former.plan import FormerPlan, former_plan
from tests.former.rule_patterns import allow, of_grade, of_node, of_values, settled, status_tests
from tests.former.rules import (
    EMPTY,
    MET,
    UNKNOWN,
    UNMET,
    UNSTATED,
    Effect,
    Module,
    Names,
    Pattern,
    Property,
    Test,
    Tests,
    names_of,
)


@dataclass(frozen=True)
class Network:
    """All modules of a plan, in the order in which they run."""

    plan: FormerPlan
    names: Names
    modules: tuple[Module, ...]


def build_network(of: Plan) -> Network:
    """The rules of a plan; raises NetworkError when it can't be made to fit."""
    plan = former_plan(of)
    names, home = names_of(plan), assign_modules(plan)
    modules = {name: Module(name) for name in order(plan, home)}
    compared: dict[tuple[str, str, int | None], list[tuple[int, Node]]] = defaultdict(list)
    for index, node in enumerate(plan.nodes):
        if isinstance(node.kind, Atom):
            compared[home[index], node.kind.fact, node.kind.view].append((index, node))
        else:
            modules[home[index]].add(of_node(plan, names, index, node))
    for (module, fact, view), atoms in compared.items():
        modules[module].add(of_values(names, plan, fact, view, atoms))
        if _is_number(plan, fact):
            modules[module].numbers[fact, view] = atoms
    _add_settled(plan, names, home, modules)
    for i, target in enumerate(plan.targets):
        modules[target.id if target.kind == "dimension" else TOP].add(of_grade(plan, names, i, target))
    for built in modules.values():
        fill_buckets(built)
    return Network(plan, names, tuple(built for built in modules.values() if built.effects))


def _is_number(plan: FormerPlan, fact: str) -> bool:
    declared = plan.ruleset.facts.get(fact)
    computed = plan.ruleset.computed.get(fact)
    return declared.type == "number" if declared is not None else computed is not None and computed.days_between is None


def with_bounds(network: Network, module: Module) -> Module:
    """A module with rules for numbers of which only the ends are known; raises NetworkError when it can't be made to fit."""
    effects = {patterns: dict(made) for patterns, made in module.effects.items()}
    bounded = Module(module.name, effects, numbers=module.numbers)
    for (fact, view), atoms in module.numbers.items():
        bounded.add(of_intervals(network.names, fact, view, atoms))
    fill_buckets(bounded)
    return bounded


def _add_settled(plan: FormerPlan, names: Names, home: dict[int, str], modules: dict[str, Module]) -> None:
    """What a single fact settles: what is missing, what is not established, what does not apply, a group without rows."""

    def conclude(index: int, role: Property, said: int, title: str, value: int) -> None:
        test = Test(names.of(role), "$eq", said)
        modules[home[index]].add([settled((test,), Effect(title, "node", index, value))])

    for index, node in enumerate(plan.nodes):
        kind = node.kind
        if isinstance(kind, Atom):
            conclude(index, Property("missing", kind.fact, kind.view), 1, f"missing {kind.fact}", UNKNOWN)
        elif isinstance(kind, Figure):
            role = "figures" if kind.view is None else "row"
            conclude(index, Property(role, view=kind.view), 1, "figures not established", UNKNOWN)
        elif isinstance(kind, Free):
            conclude(index, Property("nothing_asked"), 1, "nothing is asked", MET)
        elif isinstance(kind, Guarded):
            tests = status_tests(plan, names, *allow(kind.guard, UNMET))
            title = f"not applicable: {plan.nodes[kind.guard.node].name}"
            modules[home[index]].add([settled(tests, Effect(title, "node", index, MET))])
        elif isinstance(kind, OverRows):
            group, stated = plan.views[kind.over].group, Property("stated", view=kind.over)
            conclude(index, stated, EMPTY, f"no rows: {group}", MET if kind.conjunction else UNMET)
            conclude(index, stated, UNSTATED, f"not stated: {group}", UNKNOWN)


def definition(module: Module, packs: Iterable[Pack]) -> dict[str, Any]:
    """Packs of the module's rules in the library's own JSON form."""

    def condition(tests: Tests) -> list[dict[str, Any]]:
        written: list[dict[str, Any]] = [{module.buckets[tests[0].property]: 1}]
        for test in tests:
            equals = {test.property: test.value}
            written.append(equals if test.op == "$eq" else {test.op: equals})
        return written

    def pattern(asked: Pattern) -> dict[str, Any]:
        if asked.others:
            return {"$or": [{"$and": condition(tests)} for tests in asked.alternatives]}
        chained = [] if asked.join is None else [{asked.join: {"m_0": "e"}}]
        return {"$and": condition(asked.tests) + chained}

    return {
        pack.name: {"all": [{f"m_{i}": pattern(asked)} for i, asked in enumerate(pack.patterns)], "run": "record"}
        for pack in packs
    }


__all__ = ["Network", "build_network", "definition", "with_bounds"]
