"""A plan → levels of tables → rules of durable-rules. This is where the library's limits are kept, by construction.

`docs/durable-rules.md` says which limit each choice here answers to.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from grading.engine.levels import Levels, levels_of
from grading.engine.limits import check_limits
from grading.engine.parcels import Pack, Parcel, Source, packs_of, parcels_of
from grading.engine.row_tables import of_no_rows, of_step
from grading.engine.rules import Names, NetworkError, Table, Tests, names_of
from grading.engine.slots import Slots, slots_of
from grading.engine.status_tables import of_node, of_target, of_waiver
from grading.engine.value_tables import Facts
from grading.plan.nodes import Atom, Copy, Figure, Free, OverRows, Plan, Waiver

CAP = 60_000
"""So many firings of a rule the library tells at once."""


@dataclass(frozen=True)
class Level:
    """The conclusions of one level, in a memory of its own, and the views whose rows are known after it."""

    number: int
    parcels: tuple[Parcel, ...]
    packs: tuple[Pack, ...]
    numbers: frozenset[str]
    """The facts that it compares of whose values only the ends may be known."""
    views: tuple[int, ...]


@dataclass(frozen=True)
class Network:
    """All levels of a plan, in the order in which they run."""

    plan: Plan
    names: Names
    slots: Slots
    levels: tuple[Level, ...]


def build_network(plan: Plan) -> Network:
    """The rules of a plan; raises NetworkError when it can't be made to fit."""
    builder = _Builder(plan)
    levels = tuple(builder.level(number) for number in range(builder.levels.amount))
    return Network(plan, builder.names, builder.slots, levels)


def with_bounds(network: Network, level: Level) -> Level:
    """A level with rules for numbers of which only the ends are known; raises NetworkError when it can't be made to fit."""
    return _Builder(network.plan, network.names, network.slots).level(level.number, bounded=True)


class _Builder:
    def __init__(self, plan: Plan, names: Names | None = None, slots: Slots | None = None) -> None:
        self.plan, self.names, self.slots = plan, names or names_of(plan), slots or slots_of(plan)
        self.levels: Levels = levels_of(plan)
        self.facts = Facts(plan, self.names, self.slots)
        self.nodes: dict[int, list[int]] = defaultdict(list)
        for index, level in enumerate(self.levels.of_nodes):
            self.nodes[level].append(index)

    def level(self, number: int, bounded: bool = False) -> Level:
        """The tables of a level as parcels and packs."""
        tables: dict[Source, list[Table]] = defaultdict(list)
        compared: dict[tuple[str, int | None], list[int]] = defaultdict(list)
        settled: dict[int | None, list[int]] = defaultdict(list)
        plan, names, slots = self.plan, self.names, self.slots
        for index in self.nodes[number]:
            node = plan.nodes[index]
            kind = node.kind
            if isinstance(kind, Atom):
                compared[kind.fact, kind.view].append(index)
            elif isinstance(kind, Figure | Free):
                settled[node.view].append(index)
            elif isinstance(kind, Waiver):
                tables[Source("waivers", None)].append(of_waiver(plan, names, slots, index, kind))
            elif isinstance(kind, OverRows):
                tables[Source("steps", kind.over)].append(of_step(plan, names, slots, index, node, kind))
                tables[Source("stated", kind.over)].append(of_no_rows(plan, names, slots, index, kind))
            else:
                source = Source("copies" if isinstance(kind, Copy) and kind.view is not None else "nodes", node.view)
                tables[source].append(of_node(plan, names, slots, index, node))
        for view, nodes in settled.items():
            tables[Source("settled", view)].append(self.facts.settled(view, nodes))
        for (fact, view), nodes in compared.items():
            tables[Source("values", view)].append(self.facts.compared(fact, view, nodes, bounded))
        for index, target in enumerate(plan.targets):
            if self.levels.of_targets[index] == number:
                tables[Source("nodes", None)].append(of_target(plan, names, slots, index, target))
        parcels = parcels_of(tables)
        packs = packs_of(parcels)
        check_limits(plan.ruleset, number, len(packs), [(parcel.name, parcel.tables) for parcel in parcels])
        numbers = frozenset(fact for fact, _ in compared if self.facts.is_number(fact))
        return Level(number, parcels, packs, numbers, self.levels.views_after.get(number, ()))


def definition(packs: tuple[Pack, ...]) -> dict[str, Any]:
    """Packs in the library's own JSON form."""

    def condition(parcel: str, tests: Tests) -> dict[str, Any]:
        written: list[dict[str, Any]] = [{parcel: 1}]
        for test in tests:
            equals = {test.property: test.value}
            written.append(equals if test.op == "$eq" else {test.op: equals})
        return {"$and": written}

    def pattern(pack: Pack) -> dict[str, Any]:
        conditions = [condition(parcel, rule.tests) for parcel, rule in pack.rules.items()]
        return conditions[0] if len(conditions) == 1 else {"$or": conditions}

    return {pack.name: {"all": [{"m_0": pattern(pack)}], "cap": CAP, "run": "record"} for pack in packs}


__all__ = ["Level", "Network", "NetworkError", "build_network", "definition", "with_bounds"]
