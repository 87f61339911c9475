"""A plan → modules of durable-rules rules. This is where the library's limits are kept, by construction.

The first module concludes which rows the views have, the next the nodes that several parts read, then one each dimension,
and the last one scopes, levels, gates and grade.
Statuses are the integers 0 (unmet), 1 (unknown), 2 (met). Every node gets exactly one of them, by a rule that fires; nothing
is concluded from absence. `docs/durable-rules.md` says which limit each choice here answers to.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from grading.engine.plan import (
    Atom,
    Copy,
    Every,
    Figure,
    Free,
    Guarded,
    Node,
    OverRows,
    Plan,
    Ref,
    Target,
    children_of,
)
from grading.model.base import Scalar
from grading.model.condition import ORDER_OPERATORS, SET_OPERATORS
from grading.model.ruleset import Ruleset

UNMET, UNKNOWN, MET = 0, 1, 2
SELECTION, SHARED, TOP = "selection", "shared", "grade"
MAX_RULES = 4096
PORTION = 60
MAX_JOIN = 8
MAX_TERMS = 24
MAX_ALPHAS_IN_BUCKET = 100
MAX_SATISFIED_BY_ONE_FACT = 60
MAX_RULES_ON_ONE_CONDITION = 250
MAX_INTEGER = 2**53
COMPUTED_DECIMALS = 6
UNSTATED, EMPTY = 0, 1


class NetworkError(Exception):
    """A ruleset does not fit the rule library; the message names what to split."""


@dataclass(frozen=True)
class Effect:
    """What a firing concludes: `kind` is node, doubt, rows, grade or attainable."""

    kind: str
    index: int
    value: int


@dataclass(frozen=True)
class Test:
    """`property <op> value`; `op` as the library spells it."""

    property: str
    op: str
    value: int


@dataclass(frozen=True)
class Pattern:
    """One fact that a rule needs: its tests, and whether its row is (`e`) or follows (`p`) that of the first pattern."""

    tests: tuple[Test, ...]
    join: str | None = None


@dataclass(frozen=True)
class Rule:
    """Patterns to match and what follows from them."""

    title: str
    patterns: tuple[Pattern, ...]
    effects: tuple[Effect, ...]


@dataclass
class Module:
    """A part of the network, with everything it must be told."""

    name: str
    rules: list[Rule] = field(default_factory=list)
    buckets: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Property:
    """What a property of the network stands for.

    `role`: value, missing (of `fact`); node, doubt, rows (of node `index`); row, stated (of a view); figures; nothing_asked.
    """

    role: str
    fact: str = ""
    view: int | None = None
    index: int = -1


@dataclass
class Names:
    """The short names of properties, and how values become integers."""

    scale: dict[str, int]
    option: dict[str, dict[str, int]]
    short: dict[Property, str] = field(default_factory=dict)
    meaning: dict[str, Property] = field(default_factory=dict)

    def of(self, meant: Property) -> str:
        """The short name of a property; the same each time."""
        if meant not in self.short:
            name = f"{meant.role[0]}{len(self.short)}"
            self.short[meant] = name
            self.meaning[name] = meant
        return self.short[meant]

    def node(self, index: int) -> str:
        """The property that carries a node's status."""
        return self.of(Property("node", index=index))


@dataclass(frozen=True)
class Network:
    """All modules of a plan, in the order in which they run."""

    plan: Plan
    names: Names
    modules: tuple[Module, ...]


def build_network(plan: Plan) -> Network:
    """The rules of a plan; raises NetworkError when it can't be made to fit."""
    names = _names(plan)
    home = _homes(plan)
    order = [SELECTION, SHARED]
    for dimension in (t.id for t in plan.targets if t.kind == "dimension"):
        order += [*dict.fromkeys(m for m in home.values() if m.startswith(f"{dimension}/")), dimension]
    order.append(TOP)
    modules = {name: Module(name) for name in order}
    for index, node in enumerate(plan.nodes):
        if index in home:
            modules[home[index]].rules.extend(_node_rules(plan, names, index, node))
    _shared_rules(plan, names, home, modules)
    for i, target in enumerate(plan.targets):
        where = target.id if target.kind == "dimension" else TOP
        modules[where].rules.extend(_grade_rules(plan, names, i, target))
    for module in modules.values():
        _fill_buckets(module)
        _check_limits(plan.ruleset, module)
    return Network(plan, names, tuple(module for module in modules.values() if module.rules))


def _names(plan: Plan) -> Names:
    ruleset = plan.ruleset
    scale: dict[str, int] = {"assessed_on": 0}
    for fact_id, fact in ruleset.facts.items():
        scale[fact_id] = fact.decimals if fact.type == "number" else 0
    for fact_id, computed in ruleset.computed.items():
        scale[fact_id] = 0 if computed.days_between is not None else COMPUTED_DECIMALS
    for node in plan.nodes:
        if isinstance(node.kind, Atom):
            for value in node.kind.operand if isinstance(node.kind.operand, tuple) else (node.kind.operand,):
                if isinstance(value, Decimal):
                    exponent = value.normalize().as_tuple().exponent
                    scale[node.kind.fact] = max(scale[node.kind.fact], -int(exponent))
    return Names(
        scale=scale,
        option={f.id: {option: i for i, option in enumerate(f.options)} for f in ruleset.facts.values() if f.options},
    )


def encode(names: Names, fact: str, value: Scalar) -> int:
    """A value as the exact integer that stands for it in the network; raises NetworkError beyond 2^53."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, date):
        return value.toordinal()
    if isinstance(value, str):
        return names.option[fact][value]
    scaled = int(value.scaleb(names.scale[fact]))
    if abs(scaled) > MAX_INTEGER:
        raise NetworkError(f"{fact}: {value} with {names.scale[fact]} decimals is beyond exact integers")
    return scaled


def _homes(plan: Plan) -> dict[int, str]:
    """The module of each node: its only reader's, or the shared one.

    A dimension with many conditions is read in portions: what the library sets up for a run grows with the rules of a
    module, and stays in the processor's cache while the modules are small.
    """
    readers: dict[int, set[str]] = defaultdict(set)
    selection: set[int] = set()
    stack = [view.where.node for view in plan.views if view.where is not None]
    while stack:
        index = stack.pop()
        selection.add(index)
        stack.extend(child.node for child in children_of(plan.nodes[index]) if child.node not in selection)

    def read(ref: Ref, module: str) -> None:
        stack = [ref.node]
        while stack:
            index = stack.pop()
            if module not in readers[index]:
                readers[index].add(module)
                stack.extend(child.node for child in children_of(plan.nodes[index]))

    portions = _portions(plan)
    for (indicator, level), ref in plan.indicator_levels.items():
        read(ref, portions[indicator])
    of_dimensions: set[int] = set()
    for target in plan.targets:
        if target.kind == "dimension":
            for ref in target.levels:
                _read_down_to(plan, ref, target.id, readers)
                of_dimensions.add(ref.node)
    top: list[Ref] = [*plan.gates.values(), *plan.levels.values()]
    top += [ref for target in plan.targets if target.kind != "dimension" for ref in target.levels]
    top += [plan.ungraded] if plan.ungraded is not None else []
    stack = [ref.node for ref in top]
    seen: set[int] = set()
    while stack:
        index = stack.pop()
        if index in seen:
            continue
        seen.add(index)
        if index in of_dimensions and len(readers[index]) == 1:
            continue  # concluded in its dimension, read here as a conclusion
        readers[index].add(TOP)
        stack.extend(child.node for child in children_of(plan.nodes[index]))
    for node_index, node in enumerate(plan.nodes):
        if isinstance(node.kind, Free):
            readers[node_index] = {SHARED}
    for ref in [*plan.applies.values(), *plan.places.values()]:
        if not readers[ref.node]:
            read(ref, SHARED)
    homes = {index: next(iter(found)) if len(found) == 1 else SHARED for index, found in readers.items() if found}
    return homes | dict.fromkeys(selection, SELECTION)


def _portions(plan: Plan) -> dict[str, str]:
    """The module of each indicator: its dimension, or a portion of it when the dimension is large."""
    counts: dict[str, int] = {}
    for place in plan.places:
        counts[place.partition(".")[0]] = counts.get(place.partition(".")[0], 0) + 1
    by_dimension: dict[str, list[str]] = defaultdict(list)
    for indicator in plan.ruleset.indicators:
        by_dimension[indicator.dimension].append(indicator.id)
    portions: dict[str, str] = {}
    for dimension, ids in by_dimension.items():
        if sum(counts.get(i, 0) for i in ids) <= PORTION:
            portions |= dict.fromkeys(ids, dimension)
            continue
        number, filled = 1, 0
        for i in ids:
            if filled and filled + counts.get(i, 0) > PORTION:
                number, filled = number + 1, 0
            filled += counts.get(i, 0)
            portions[i] = f"{dimension}/{number}"
    return portions


def _read_down_to(plan: Plan, top: Ref, module: str, readers: dict[int, set[str]]) -> None:
    """Mark what a dimension's level is rolled up from as read there, down to what its indicators read."""
    stack = [top.node]
    while stack:
        index = stack.pop()
        if not any(reader.partition("/")[0] == module for reader in readers[index]):
            readers[index].add(module)
            stack.extend(child.node for child in children_of(plan.nodes[index]))


def _allow(ref: Ref, *wanted: int) -> tuple[int, frozenset[int]]:
    """The raw values of a node for which the reference has one of the wanted statuses."""
    return ref.node, frozenset(2 - v if ref.negated else v for v in wanted)


def _status_test(prop: str, allowed: frozenset[int]) -> Test:
    tests = {
        frozenset({0}): ("$eq", 0),
        frozenset({1}): ("$eq", 1),
        frozenset({2}): ("$eq", 2),
        frozenset({0, 1}): ("$lte", 1),
        frozenset({1, 2}): ("$gte", 1),
        frozenset({0, 2}): ("$neq", 1),
        frozenset({0, 1, 2}): ("$gte", 0),
    }
    return Test(prop, *tests[allowed])


def _joined(
    plan: Plan,
    names: Names,
    title: str,
    needs: Iterable[tuple[int, frozenset[int]]],
    effects: Iterable[Effect],
    first: tuple[Pattern, ...] = (),
) -> Iterator[Rule]:
    """The rule that needs all these node statuses; one pattern a node, since one fact can't satisfy two of a rule."""
    allowed: dict[int, frozenset[int]] = {}
    for node, values in needs:
        allowed[node] = allowed.get(node, values) & values
    if any(not values for values in allowed.values()):
        return
    patterns = list(first)
    for node, values in allowed.items():
        in_rows = plan.nodes[node].view is not None
        patterns.append(Pattern((_status_test(names.node(node), values),), "e" if patterns and in_rows else None))
    yield Rule(title, tuple(patterns), tuple(effects))


def _node_rules(plan: Plan, names: Names, index: int, node: Node) -> Iterator[Rule]:
    kind = node.kind
    if isinstance(kind, Atom):
        yield from _atom_rules(plan, names, index, node, kind)
    elif isinstance(kind, Every):
        yield from _every_rules(plan, names, index, node, kind)
    elif isinstance(kind, Guarded):
        guard, child = kind.guard, kind.child
        for needs, value in (
            ((_allow(guard, 1, 2), _allow(child, MET)), MET),
            ((_allow(guard, 2), _allow(child, UNMET)), UNMET),
            ((_allow(guard, 2), _allow(child, UNKNOWN)), UNKNOWN),
            ((_allow(guard, 1), _allow(child, UNMET, UNKNOWN)), UNKNOWN),
        ):
            yield from _joined(plan, names, node.name, needs, [Effect("node", index, value)])
    elif isinstance(kind, Copy):
        row = None if kind.view is None else names.of(Property("row", view=kind.view))
        marker = () if row is None else (Pattern((Test(row, "$eq", 1),)),)
        for value in (UNMET, UNKNOWN, MET):
            yield from _joined(plan, names, node.name, [_allow(kind.child, value)], [Effect("node", index, value)], marker)
    elif isinstance(kind, OverRows):
        yield from _row_rules(names, index, node, kind)


def _atom_rules(plan: Plan, names: Names, index: int, node: Node, atom: Atom) -> Iterator[Rule]:
    prop = names.of(Property("value", atom.fact, atom.view))
    met, unmet = _tests(plan.ruleset, names, prop, atom)
    for value, branches in ((MET, met), (UNMET, [] if node.selects_only else unmet)):
        for tests in branches:
            yield Rule(node.name, (Pattern(tests),), (Effect("node", index, value),))


Branches = list[tuple[Test, ...]]


def _tests(ruleset: Ruleset, names: Names, prop: str, atom: Atom) -> tuple[Branches, Branches]:
    """When the comparison is met and when unmet: alternatives that exclude one another."""
    operand = atom.operand
    if atom.operator in ORDER_OPERATORS:
        if isinstance(operand, tuple):
            raise NetworkError(f"{atom.fact}: {atom.operator} takes one value")
        value = encode(names, atom.fact, operand)
        ops = {"at_most": ("$lte", "$gt"), "at_least": ("$gte", "$lt"), "below": ("$lt", "$gte"), "above": ("$gt", "$lte")}
        holds, fails = ops[atom.operator]
        return [(Test(prop, holds, value),)], [(Test(prop, fails, value),)]
    listed = operand if isinstance(operand, tuple) else (operand,)
    if atom.operator in SET_OPERATORS:
        return _set_tests(names, prop, atom, listed)
    values = list(dict.fromkeys(encode(names, atom.fact, v) for v in listed))
    inside: Branches = [(Test(prop, "$eq", v),) for v in values]
    outside: Branches
    fact = ruleset.facts.get(atom.fact)
    if fact is not None and fact.options:
        others = [i for i in range(len(fact.options)) if i not in values]
        outside = [(Test(prop, "$eq", v),) for v in others]
    else:
        outside = [tuple(Test(prop, "$neq", v) for v in values) or (Test(prop, "$gte", -MAX_INTEGER),)]
    return (outside, inside) if atom.operator == "none_of" else (inside, outside)


def _set_tests(names: Names, prop: str, atom: Atom, listed: tuple[Scalar, ...]) -> tuple[Branches, Branches]:
    options = names.option[atom.fact]
    chosen = [options[str(v)] for v in dict.fromkeys(listed)]
    there = Test(prop, "$eq", 1)

    def none_has(indices: list[int], value: int) -> tuple[Branches, Branches]:
        """No option of these has `value`, and the contrary as branches that exclude one another."""
        tests = [Test(f"{prop}o{i}", "$eq", 1 - value) for i in indices]
        first = [(there, *tests[:k], Test(f"{prop}o{i}", "$eq", value)) for k, i in enumerate(indices)]
        return [(there, *tests)], first

    if atom.operator == "includes_all":
        return none_has(chosen, 0)
    if atom.operator == "within":
        return none_has([i for i in options.values() if i not in chosen], 1)
    absent, present = none_has(chosen, 1)
    return present, absent


def _every_rules(plan: Plan, names: Names, index: int, node: Node, kind: Every) -> Iterator[Rule]:
    good, bad = (MET, UNMET) if kind.conjunction else (UNMET, MET)
    children = kind.children

    def conclude(needs: list[tuple[int, frozenset[int]]], value: int, first: tuple[Pattern, ...] = ()) -> Iterator[Rule]:
        return _joined(plan, names, node.name, needs, [Effect("node", index, value)], first)

    yield from conclude([_allow(c, good) for c in children], good)
    for child in children:
        yield from conclude([_allow(child, bad)], bad)
    if len(children) == 2:
        one, other = children
        yield from conclude([_allow(one, UNKNOWN), _allow(other, good, UNKNOWN)], UNKNOWN)
        yield from conclude([_allow(one, good), _allow(other, UNKNOWN)], UNKNOWN)
        return
    for child in children:
        yield from _joined(plan, names, f"{node.name}?", [_allow(child, UNKNOWN)], [Effect("doubt", index, 1)])
    doubt = Pattern((Test(names.of(Property("doubt", index=index)), "$eq", 1),))
    yield from conclude([_allow(c, good, UNKNOWN) for c in children], UNKNOWN, (doubt,))


def _row_rules(names: Names, index: int, node: Node, kind: OverRows) -> Iterator[Rule]:
    """One row that fails decides; else the rows are passed along one by one, and the last (`z`) concludes.

    `k` tells a row that is surely in the view from one that only may be: what that one fails stays in doubt.
    """
    good, bad = (MET, UNMET) if kind.conjunction else (UNMET, MET)
    prop, so_far = names.node(kind.child.node), names.of(Property("rows", index=index))

    def row(*wanted: int) -> Test:
        return _status_test(prop, _allow(kind.child, *wanted)[1])

    surely, perhaps = Test("k", "$eq", 1), Test("k", "$eq", 0)
    yield Rule(node.name, (Pattern((row(bad), surely)),), (Effect("node", index, bad),))
    passes = [(MET, (row(good),), MET), (MET, (row(UNKNOWN),), UNKNOWN), (MET, (row(bad), perhaps), UNKNOWN)]
    passes += [(UNKNOWN, (row(good, UNKNOWN),), UNKNOWN), (UNKNOWN, (row(bad), perhaps), UNKNOWN)]
    for is_last in (0, 1):
        position = Test("z", "$eq", is_last)
        for before, tests, after in passes:
            value = after if not is_last or after == UNKNOWN else good
            effect = (Effect("node" if is_last else "rows", index, value),)
            title = node.name if is_last else f"{node.name}…"
            if before == MET:
                yield Rule(title, (Pattern((*tests, position, Test("p", "$eq", 0))),), effect)
            yield Rule(title, (Pattern((Test(so_far, "$eq", before),)), Pattern((*tests, position), "p")), effect)


def _shared_rules(plan: Plan, names: Names, home: dict[int, str], modules: dict[str, Module]) -> None:
    """Rules by which one fact settles several nodes at once: what is missing, what is not established, what does not apply."""
    by_test: dict[tuple[str, str, Test], list[Effect]] = defaultdict(list)
    for index, node in enumerate(plan.nodes):
        kind, module = node.kind, home.get(index)
        if module is None:
            continue
        if isinstance(kind, Atom):
            missing = Test(names.of(Property("missing", kind.fact, kind.view)), "$eq", 1)
            by_test[module, f"missing {kind.fact}", missing].append(Effect("node", index, UNKNOWN))
        elif isinstance(kind, Figure):
            role = "figures" if kind.view is None else "row"
            source = Test(names.of(Property(role, view=kind.view)), "$eq", 1)
            by_test[module, "figures not established", source].append(Effect("node", index, UNKNOWN))
        elif isinstance(kind, Free):
            nothing = Test(names.of(Property("nothing_asked")), "$eq", 1)
            by_test[module, "nothing is asked", nothing].append(Effect("node", index, MET))
        elif isinstance(kind, Guarded):
            test = _status_test(names.node(kind.guard.node), _allow(kind.guard, UNMET)[1])
            title = f"not applicable: {plan.nodes[kind.guard.node].name}"
            by_test[module, title, test].append(Effect("node", index, MET))
        elif isinstance(kind, OverRows):
            good = MET if kind.conjunction else UNMET
            group, stated = plan.views[kind.over].group, names.of(Property("stated", view=kind.over))
            by_test[module, f"no rows: {group}", Test(stated, "$eq", EMPTY)].append(Effect("node", index, good))
            unstated = Test(stated, "$eq", UNSTATED)
            by_test[module, f"not stated: {group}", unstated].append(Effect("node", index, UNKNOWN))
    for (module, title, test), effects in by_test.items():
        modules[module].rules.append(Rule(title, (Pattern((test,)),), tuple(effects)))


def _grade_rules(plan: Plan, names: Names, index: int, target: Target) -> Iterator[Rule]:
    """The best level that is met, and the best that is not unmet; for the unit, within what the vetoes allow."""
    veto = plan.ungraded if target.kind == "unit" else None
    for kind, enough, vetoed in (("grade", (MET,), (UNKNOWN, MET)), ("attainable", (UNKNOWN, MET), (MET,))):
        short = tuple(v for v in (UNMET, UNKNOWN, MET) if v not in enough)
        free = [] if veto is None else [_allow(veto, *(v for v in (UNMET, UNKNOWN, MET) if v not in vetoed))]
        name = f"{kind} {target.id}".strip()
        for i in range(len(target.levels) + 1):
            needs = [*free, *(_allow(ref, *short) for ref in target.levels[:i])]
            needs += [_allow(target.levels[i], *enough)] if i < len(target.levels) else []
            yield from _joined(plan, names, name, needs, [Effect(kind, index, i)])
        if veto is not None:
            yield from _joined(plan, names, name, [_allow(veto, *vetoed)], [Effect(kind, index, -1)])


def _fill_buckets(module: Module) -> None:
    """Spread a module's properties over buckets: the library looks a first condition up in a table of 512 places."""
    alphas: dict[str, set[tuple[Test, ...]]] = defaultdict(set)
    for rule in module.rules:
        for pattern in rule.patterns:
            tests = alphas[pattern.tests[0].property]
            tests.update(pattern.tests[: n + 1] for n in range(len(pattern.tests)))
    bucket, filled = 0, 0
    for prop, tests in alphas.items():
        if filled and filled + len(tests) > MAX_ALPHAS_IN_BUCKET:
            bucket, filled = bucket + 1, 0
        filled += len(tests)
        module.buckets[prop] = f"b{bucket}"


def _check_limits(ruleset: Ruleset, module: Module) -> None:
    """Refuse what the library would get wrong without a word."""
    where = f"{ruleset.id}, module {module.name}"
    if len(module.rules) > MAX_RULES:
        raise NetworkError(f"{where}: {len(module.rules)} rules, at most {MAX_RULES} fit; split the dimension")
    on_one: dict[tuple[Test, ...], int] = defaultdict(int)
    on_property: dict[str, set[tuple[Test, ...]]] = defaultdict(set)
    for rule in module.rules:
        if len(rule.patterns) > MAX_JOIN:
            raise NetworkError(f"{where}: {rule.title} joins {len(rule.patterns)} facts, at most {MAX_JOIN} fit")
        for pattern in rule.patterns:
            if len(pattern.tests) > MAX_TERMS:
                raise NetworkError(f"{where}: {rule.title} tests {len(pattern.tests)} options, at most {MAX_TERMS} fit")
            on_one[pattern.tests] += 1
            on_property[pattern.tests[0].property].add(pattern.tests)
    for tests, count in on_one.items():
        if count > MAX_RULES_ON_ONE_CONDITION:
            raise NetworkError(f"{where}: {count} rules read {tests[0].property}, at most {MAX_RULES_ON_ONE_CONDITION} fit")
    for prop, distinct in on_property.items():
        if len(distinct) > MAX_SATISFIED_BY_ONE_FACT:
            raise NetworkError(f"{where}: {len(distinct)} conditions on {prop}, at most {MAX_SATISFIED_BY_ONE_FACT} fit")
    properties = {*module.buckets, *module.buckets.values(), "id", "sid", "e", "p", "z", "k"}
    properties |= {t.property for r in module.rules for p in r.patterns for t in p.tests}
    hashes = {fnv1a(name) for name in properties}
    if len(hashes) != len(properties):
        raise NetworkError(f"{where}: two property names share a hash; rename a fact")


def fnv1a(text: str) -> int:
    """The 32-bit hash by which the library tells names and fact ids apart."""
    value = 2166136261
    for byte in text.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


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
