"""Runs a network over one unit's facts: assert, let the rules fire, record each firing, assert what it concluded.

The rule library is driven through its C extension: its Python layer costs half the time and swallows exceptions. One state
of one name is used per module and deleted after each run; a lock keeps a second thread out of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from threading import Lock
from typing import Any

import durable_rules_engine as rete
import orjson
from durable.engine import Ruleset as DurableRuleset

from grading.engine.network import (
    EMPTY,
    FIGURES,
    MAX_INTEGER,
    MET,
    NOTHING_ASKED,
    UNKNOWN,
    UNMET,
    UNSTATED,
    Module,
    Names,
    Network,
    Rule,
    definition,
    encode,
)
from grading.model.base import Scalar, Status

STATE = "s"
HANDLED, NOT_HANDLED = 0, 1
MAX_FACTS = 700_000
"""Decimal fact ids below this have distinct 32-bit hashes; the first two that share one are 40189 and 797186."""

STATUSES = {UNMET: Status.UNMET, UNKNOWN: Status.UNKNOWN, MET: Status.MET}
FactValue = Scalar | frozenset[str] | None


class EngineError(Exception):
    """The rule library did what it must never do; nothing was graded."""


@dataclass(frozen=True)
class UnitFacts:
    """What is known of a unit: values by fact, and rows by group; a group that is absent was not stated."""

    values: Mapping[str, FactValue]
    rows: Mapping[str, Sequence[Mapping[str, FactValue]]]


@dataclass(frozen=True, slots=True)
class Given:
    """A fact of the audit (or of the ruleset) as a cause."""

    fact: str
    group: str | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Firing:
    """One conclusion of a rule that fired. `because` are facts, or the numbers of earlier firings."""

    rule: str
    because: tuple[Given | int, ...]
    kind: str
    index: int
    value: int
    row: int | None


@dataclass
class Conclusions:
    """All firings in order, and the status of every node (per row, for nodes of a group)."""

    firings: list[Firing] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    row_statuses: dict[int, dict[int, int]] = field(default_factory=dict)
    at: dict[tuple[int, int], int] = field(default_factory=dict)
    grades: dict[tuple[str, int], int] = field(default_factory=dict)


class _Loaded:
    """A module inside the rule library."""

    def __init__(self, module: Module, names: Names, name: str) -> None:
        self.module = module
        self.rules: dict[str, Rule] = {f"r{k}": rule for k, rule in enumerate(module.rules)}
        self.durable = DurableRuleset(name, _Host(), definition(module))
        self.handle: int = self.durable._handle
        reads_nodes = module.exports_to_itself | module.imports
        self.prefix = {prop: f'","sid":"{STATE}","{bucket}":1,"{prop}":' for prop, bucket in module.buckets.items()}
        self.consumed = {index: self.prefix[f"n{index}"] for index in reads_nodes}
        self.doubts = {int(p[1:]): self.prefix[p] for p in module.buckets if p[0] == "d"}
        self.passed = {int(p[1:]): self.prefix[p] for p in module.buckets if p[0] == "s"}
        self.facts = tuple(fact for fact in names.fact if fact in module.facts)
        self.groups = tuple(group for group in names.group if group in module.groups)


class _Host:
    """What the library wants of a host; the actions themselves are read from the results."""

    def get_action(self, name: str) -> Any:
        """Any callable will do: it is never called."""
        return lambda _: None


class Machine:
    """A network that is ready to run. Safe to use from several threads."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._lock = Lock()
        ruleset = network.plan.ruleset
        self._group_of = {
            **{f.id: f.group for f in ruleset.facts.values()},
            **{c.id: c.group for c in ruleset.computed.values()},
        }
        self.loaded = [_Loaded(m, network.names, f"{ruleset.id}#{i}") for i, m in enumerate(network.modules)]

    def run(self, facts: UnitFacts) -> Conclusions:
        """Everything the rules conclude from the facts; raises EngineError if the library misbehaves."""
        found = Conclusions()
        with self._lock:
            for module in self.loaded:
                _Run(self, module, facts, found).go()
        self._prove_complete(found, facts)
        return found

    def _prove_complete(self, found: Conclusions, facts: UnitFacts) -> None:
        """Every node must have been concluded: a rule that silently did not fire is an error, never an `unknown`."""
        for index, node in enumerate(self.network.plan.nodes):
            if node.group is None:
                concluded = index in found.statuses
            else:
                concluded = len(found.row_statuses.get(index, {})) == len(facts.rows.get(node.group, ()))
            if not concluded:
                raise EngineError(f"{self.network.plan.ruleset.id}: nothing was concluded about {node.name}")
        for i, target in enumerate(self.network.plan.targets):
            if ("grade", i) not in found.grades or ("attainable", i) not in found.grades:
                raise EngineError(f"{self.network.plan.ruleset.id}: no grade was concluded for {target.id or 'the unit'}")


class _Run:
    """One module's turn: `queue` are facts to assert, `origins` say by id what each stands for."""

    def __init__(self, machine: Machine, module: _Loaded, facts: UnitFacts, found: Conclusions) -> None:
        self.machine, self.module, self.facts, self.found = machine, module, facts, found
        self.names = machine.network.names
        self.nodes = machine.network.plan.nodes
        self.queue: list[str] = []
        self.origins: list[Given | int] = []
        self.last_row = {group: len(rows) for group, rows in facts.rows.items()}

    def go(self) -> None:
        """Fire until nothing is left, and leave no state behind."""
        for text, origin in self._initial():
            self._ask(text, origin)
        handle = self.module.handle
        asserted = False
        try:
            while self.queue:
                batch, self.queue = self.queue, []
                state = None
                for fact in batch:
                    code, offset = rete.assert_fact(handle, fact)
                    asserted = True
                    if code == HANDLED:
                        state = offset
                    elif code != NOT_HANDLED:
                        raise EngineError(f"the rule library refused a fact with code {code}: {fact}")
                if state is not None:
                    self._fire(handle, state)
        finally:
            if asserted:
                rete.delete_state(handle, STATE)

    def _fire(self, handle: int, state: int) -> None:
        started = rete.start_action_for_state(handle, state)
        message = started[1] if started else None
        while message:
            self._record(orjson.loads(message))
            message = rete.complete_and_start_action(handle, state)

    def _ask(self, text: str, origin: Given | int) -> None:
        """Queue a fact; ids are consecutive decimal numbers, so that no two share a hash."""
        if len(self.origins) >= MAX_FACTS:
            raise EngineError(f"more than {MAX_FACTS:,} facts in one module; the audit has too many rows")
        self.queue.append(f'{{"id":"{len(self.origins)}{text}')
        self.origins.append(origin)

    def _initial(self) -> Iterator[tuple[str, Given | int]]:
        prefix = self.module.prefix
        for fixed in (FIGURES, NOTHING_ASKED):
            if fixed in prefix:
                yield f"{prefix[fixed]}1}}", Given(fixed)
        for fact in self.module.facts:
            group = self.machine._group_of.get(fact)
            if group is None:
                text = self._fact(fact, self.facts.values.get(fact))
                if text:
                    yield f"{text}}}", Given(fact)
                continue
            for i, row in enumerate(self.facts.rows.get(group, ()), start=1):
                text = self._fact(fact, row.get(fact))
                if text:
                    yield f"{text}{self._row(group, i)}}}", Given(fact, group, i)
        for group in self.module.groups:
            name = self.names.group[group]
            rows = self.facts.rows.get(group)
            if name in prefix and not rows:
                yield f"{prefix[name]}{UNSTATED if rows is None else EMPTY}}}", Given("", group)
            if f"r{name}" in prefix:
                for i in range(1, len(rows or ()) + 1):
                    yield f"{prefix[f'r{name}']}1{self._row(group, i)}}}", Given("", group, i)
        for index in sorted(self.module.module.imports):
            yield from self._imported(index)

    def _imported(self, index: int) -> Iterator[tuple[str, Given | int]]:
        text, group = self.module.consumed[index], self.nodes[index].group
        if group is None:
            yield f"{text}{self.found.statuses[index]}}}", self.found.at[index, 0]
        else:
            for i, value in self.found.row_statuses.get(index, {}).items():
                yield f"{text}{value}{self._row(group, i)}}}", self.found.at[index, i]

    def _row(self, group: str, i: int) -> str:
        return f',"e":{i},"p":{i - 1},"z":{int(i == self.last_row[group])}'

    def _fact(self, fact: str, value: FactValue) -> str:
        """The fact without its id, row and closing brace; empty when the module does not read it."""
        prop = self.names.fact[fact]
        if value is None:
            return f"{self.module.prefix['u' + prop]}1" if f"u{prop}" in self.module.prefix else ""
        if prop not in self.module.prefix:
            return ""
        if isinstance(value, frozenset):
            flags = "".join(
                f',"{prop}o{i}":{int(option in value)}' for option, i in self.names.option[fact].items()
            )
            return f"{self.module.prefix[prop]}1{flags}"
        return f"{self.module.prefix[prop]}{self._number(fact, value)}"

    def _number(self, fact: str, value: Scalar) -> int:
        if isinstance(value, Decimal) and fact in self.machine.network.plan.ruleset.computed:
            # A computed value can leave the exact range; every threshold lies inside it, so its order stays right.
            limit = Decimal(MAX_INTEGER).scaleb(-self.names.scale[fact])
            value = max(-limit, min(limit, value))
        return encode(self.names, fact, value)

    def _record(self, message: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
        for name, matched in message.items():
            rule = self.module.rules[name]
            row: int | None = None
            ids: list[int] = []
            for i in range(len(rule.patterns)):
                fact = matched[f"m_{i}"]
                ids.append(int(fact["id"]))
                row = fact.get("e", row)
            because = tuple(self.origins[i] for i in ids)
            for effect in rule.effects:
                self._conclude(rule, effect.kind, effect.index, effect.value, row, because)

    def _conclude(
        self, rule: Rule, kind: str, index: int, value: int, row: int | None, because: tuple[Given | int, ...]
    ) -> None:
        found = self.found
        number = len(found.firings)
        if kind == "node":
            group = self.nodes[index].group
            if group is None:
                row = None
                before = found.statuses.setdefault(index, value)
                known = (index, 0)
            else:
                before = found.row_statuses.setdefault(index, {}).setdefault(row or 0, value)
                known = (index, row or 0)
            if before != value:
                raise EngineError(f"{rule.title}: concluded {STATUSES[value]} after {STATUSES[before]}")
            if known in found.at:
                return
            found.at[known] = number
            if index in self.module.consumed:
                tail = "}" if group is None or row is None else f"{self._row(group, row)}}}"
                self._ask(f"{self.module.consumed[index]}{value}{tail}", number)
        elif kind in ("doubt", "rows"):
            group = self.nodes[index].group if kind == "doubt" else self._over(index)
            known = (-1 - index, row or 0) if group is not None else (-1 - index, 0)
            if known in found.at:
                return
            found.at[known] = number
            text = (self.module.doubts if kind == "doubt" else self.module.passed)[index]
            tail = "}" if group is None or row is None else f"{self._row(group, row)}}}"
            self._ask(f"{text}{value}{tail}", number)
        else:
            before = found.grades.setdefault((kind, index), value)
            if before != value:
                raise EngineError(f"{rule.title}: two different outcomes")
        found.firings.append(Firing(rule.title, because, kind, index, value, row))

    def _over(self, index: int) -> str | None:
        kind = self.nodes[index].kind
        return getattr(kind, "over", None)
