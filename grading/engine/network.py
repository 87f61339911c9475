"""A plan → modules of durable-rules rules. This is where the library's limits are kept, by construction.

`docs/durable-rules.md` says which limit each choice here answers to.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from grading.engine.conclusions import allow, of_grade, of_node, of_values, settled, status_tests
from grading.engine.homes import TOP, homes, order
from grading.engine.limits import check_limits, fill_buckets
from grading.engine.plan import Atom, Figure, Free, Guarded, Node, OverRows, Plan
from grading.engine.rules import (
    EMPTY,
    MET,
    UNKNOWN,
    UNMET,
    UNSTATED,
    Effect,
    Module,
    Names,
    NetworkError,
    Property,
    Test,
    names_of,
)


@dataclass(frozen=True)
class Network:
    """All modules of a plan, in the order in which they run."""

    plan: Plan
    names: Names
    modules: tuple[Module, ...]


def build_network(plan: Plan) -> Network:
    """The rules of a plan; raises NetworkError when it can't be made to fit."""
    names, home = names_of(plan), homes(plan)
    modules = {name: Module(name) for name in order(plan, home)}
    compared: dict[tuple[str, str, int | None], list[tuple[int, Node]]] = defaultdict(list)
    for index, node in enumerate(plan.nodes):
        if isinstance(node.kind, Atom):
            compared[home[index], node.kind.fact, node.kind.view].append((index, node))
        else:
            modules[home[index]].add(of_node(plan, names, index, node))
    for (module, fact, view), atoms in compared.items():
        modules[module].add(of_values(names, plan, fact, view, atoms))
    _add_settled(plan, names, home, modules)
    for i, target in enumerate(plan.targets):
        modules[target.id if target.kind == "dimension" else TOP].add(of_grade(plan, names, i, target))
    for built in modules.values():
        fill_buckets(built)
        check_limits(plan.ruleset, built)
    return Network(plan, names, tuple(built for built in modules.values() if built.effects))


def _add_settled(plan: Plan, names: Names, home: dict[int, str], modules: dict[str, Module]) -> None:
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


def definition(module: Module) -> dict[str, Any]:
    """The module in the library's own JSON form; rule k is called `r<k>`."""
    rules: dict[str, Any] = {}
    for k, rule in enumerate(module.rules):
        patterns = []
        for i, pattern in enumerate(rule.patterns):
            tests: list[dict[str, Any]] = [{module.buckets[pattern.tests[0].property]: 1}]
            for test in pattern.tests:
                equals = {test.property: test.value}
                tests.append(equals if test.op == "$eq" else {test.op: equals})
            if pattern.join is not None:
                tests.append({pattern.join: {"m_0": "e"}})
            patterns.append({f"m_{i}": {"$and": tests}})
        rules[f"r{k}"] = {"all": patterns, "run": "record"}
    return rules


__all__ = ["Network", "NetworkError", "build_network", "definition"]
