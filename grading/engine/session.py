"""Runs a network over one unit's facts: assert, let the rules fire, record each firing, assert what it concluded.

The rule library is driven through its C extension: its Python layer costs half the time and swallows exceptions. One state
of one name is used per module and deleted after each run; a lock keeps a second thread out of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from threading import Lock
from typing import Any, NamedTuple

import durable_rules_engine as rete
import orjson
from durable.engine import Ruleset as DurableRuleset

from grading.engine.network import (
    EMPTY,
    MAX_INTEGER,
    MET,
    UNKNOWN,
    UNMET,
    UNSTATED,
    Effect,
    Module,
    Network,
    Property,
    definition,
    encode,
)
from grading.engine.plan import Plan, Ref
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


class Given(NamedTuple):
    """A fact of the audit (or of the ruleset) as a cause; `fact` is empty where only the row or its group counts."""

    fact: str
    group: str | None = None
    row: int | None = None


class Firing(NamedTuple):
    """One conclusion of a rule that fired. `because` are facts, or the numbers of earlier firings."""

    rule: str
    because: tuple[Given | int, ...]
    kind: str
    index: int
    value: int
    row: int


class Member(NamedTuple):
    """A row of a view: its number from 1, and its place in the chain of the view's rows as JSON."""

    row: int
    chain: str


@dataclass
class Conclusions:
    """All firings in order, and the status of every node (by row number; 0 is the unit itself)."""

    firings: list[Firing] = field(default_factory=list)
    statuses: dict[int, dict[int, int]] = field(default_factory=dict)
    at: dict[tuple[int, int], int] = field(default_factory=dict)
    grades: dict[tuple[str, int], int] = field(default_factory=dict)
    views: dict[int, tuple[Member, ...] | None] = field(default_factory=dict)

    def status(self, ref: Ref, row: int = 0) -> int:
        """The status of a reference; raises KeyError when the row is not in its view."""
        value = self.statuses[ref.node][row]
        return 2 - value if ref.negated else value


class _Effect(NamedTuple):
    """An effect, ready to apply: `fact` is what it asserts but for the id and the row; empty when nothing reads it.

    `key` tells apart what is concluded; `view` is the view whose rows it is about.
    """

    kind: str
    index: int
    value: int
    key: int
    view: int | None
    fact: str


class _Loaded:
    """A module inside the rule library."""

    def __init__(self, module: Module, network: Network, name: str) -> None:
        self.module = module
        self.durable = DurableRuleset(name, _Host(), definition(module))
        self.handle: int = self.durable._handle
        self.prefix = {
            network.names.meaning[prop]: f'","sid":"{STATE}","{bucket}":1,"{prop}":'
            for prop, bucket in module.buckets.items()
        }
        self.carries = {(m.role, m.index): text for m, text in self.prefix.items() if m.index >= 0}
        self.rules = {
            f"r{k}": (rule.title, len(rule.patterns), tuple(self._ready(network.plan, e) for e in rule.effects))
            for k, rule in enumerate(module.rules)
        }

    def _ready(self, plan: Plan, effect: Effect) -> _Effect:
        if effect.kind in ("grade", "attainable"):
            return _Effect(effect.kind, effect.index, effect.value, -1, None, "")
        view = plan.view_of(effect.kind, effect.index)
        key = effect.index * 3 + ("node", "doubt", "rows").index(effect.kind)
        prefix = self.carries.get((effect.kind, effect.index))
        fact = "" if prefix is None else f"{prefix}{effect.value}{'}' if view is None else ''}"
        return _Effect(effect.kind, effect.index, effect.value, key, view, fact)


class _Host:
    """What the library wants of a host; the actions themselves are read from the results."""

    def get_action(self, name: str) -> Any:
        """Any callable will do: it is never called."""
        return lambda _: name


class Machine:
    """A network that is ready to run. Safe to use from several threads."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._lock = Lock()
        name = network.plan.ruleset.id
        self.loaded = [_Loaded(module, network, f"{name}#{i}") for i, module in enumerate(network.modules)]

    def run(self, facts: UnitFacts) -> Conclusions:
        """Everything the rules conclude from the facts; raises EngineError if the library misbehaves."""
        found = Conclusions()
        views = self.network.plan.views
        for i, view in enumerate(views):
            if view.where is None:
                rows = facts.rows.get(view.group)
                found.views[i] = None if rows is None else _chain([(n, 1) for n in range(1, len(rows) + 1)])
        with self._lock:
            for module in self.loaded:
                if len(found.views) < len(views) and module.module.name != "selection":
                    self._select(facts, found)
                _Run(self, module, facts, found).go()
        self._prove_complete(found)
        return found

    def _select(self, facts: UnitFacts, found: Conclusions) -> None:
        """The rows that the rules found to be in each view, surely (1) or perhaps (0), chained in their order."""
        for i, view in enumerate(self.network.plan.views):
            where, rows = view.where, facts.rows.get(view.group)
            if where is None:
                continue
            if rows is None:
                found.views[i] = None
                continue
            concluded = found.statuses.get(where.node, {})
            statuses = {row: 2 - v if where.negated else v for row, v in concluded.items()}
            found.views[i] = _chain([(row, int(statuses[row] == MET)) for row in sorted(statuses) if statuses[row] != UNMET])

    def _prove_complete(self, found: Conclusions) -> None:
        """Every node must have been concluded: a rule that silently did not fire is an error, never an `unknown`."""
        plan = self.network.plan
        for index, node in enumerate(plan.nodes):
            expected = 1 if node.view is None else len(found.views[node.view] or ())
            if not node.selects_only and len(found.statuses.get(index, ())) != expected:
                raise EngineError(f"{plan.ruleset.id}: nothing was concluded about {node.name}")
        for i, target in enumerate(plan.targets):
            if ("grade", i) not in found.grades or ("attainable", i) not in found.grades:
                raise EngineError(f"{plan.ruleset.id}: no grade was concluded for {target.id or 'the unit'}")


def _chain(rows: list[tuple[int, int]]) -> tuple[Member, ...]:
    """Each row with its own number `e`, the one before it `p` (0: it is the first), whether it is the last, whether it is sure."""
    before = [0, *(row for row, _ in rows)]
    last = rows[-1][0] if rows else 0
    return tuple(
        Member(row, f',"e":{row},"p":{p},"z":{int(row == last)},"k":{sure}}}')
        for (row, sure), p in zip(rows, before, strict=False)
    )


class _Run:
    """One module's turn: `queue` are facts to assert, `origins` say by id what each stands for."""

    def __init__(self, machine: Machine, module: _Loaded, facts: UnitFacts, found: Conclusions) -> None:
        self.network, self.module, self.facts, self.found = machine.network, module, facts, found
        self.names, self.plan = machine.network.names, machine.network.plan
        self.computed = machine.network.plan.ruleset.computed
        self.queue: list[str] = []
        self.origins: list[Given | int] = []
        self.chains: dict[tuple[int, int], str] = {}

    def go(self) -> None:
        """Fire until nothing is left, and leave no state behind."""
        for meant, prefix in self.module.prefix.items():
            for text, origin in self._initial(meant, prefix):
                self._ask(text, origin)
        if not self.queue:
            return
        handle, assert_fact = self.module.handle, rete.assert_fact
        try:
            while self.queue:
                batch, self.queue = self.queue, []
                state = None
                for fact in batch:
                    code, offset = assert_fact(handle, fact)
                    if code == HANDLED:
                        state = offset
                    elif code != NOT_HANDLED:
                        raise EngineError(f"the rule library refused a fact with code {code}: {fact}")
                if state is not None:
                    self._fire(handle, state)
        finally:
            rete.delete_state(handle, STATE)

    def _fire(self, handle: int, state: int) -> None:
        started = rete.start_action_for_state(handle, state)
        message = started[1] if started else None
        while message:
            self._record(orjson.loads(message))
            message = rete.complete_and_start_action(handle, state)

    def _ask(self, text: str, origin: Given | int) -> None:
        """Queue a fact; ids are consecutive decimal numbers, so that no two share a hash."""
        number = len(self.origins)
        if number >= MAX_FACTS:
            raise EngineError(f"more than {MAX_FACTS:,} facts in one module; the audit has too many rows")
        self.queue.append(f'{{"id":"{number}{text}')
        self.origins.append(origin)

    def _initial(self, meant: Property, prefix: str) -> Iterator[tuple[str, Given | int]]:
        """The facts that a property is asserted with before any rule has fired."""
        role, view = meant.role, meant.view
        members = None if view is None else self.found.views[view]
        if role in ("value", "missing"):
            yield from self._values(meant, prefix)
        elif role == "node":
            yield from self._imported(meant.index, prefix)
        elif role == "stated" and view is not None:
            if not members:
                yield f"{prefix}{UNSTATED if members is None else EMPTY}}}", Given("", self.plan.views[view].group)
        elif role == "row" and view is not None:
            for member in members or ():
                yield f"{prefix}1{member.chain}", Given("", self.plan.views[view].group, member.row)
        elif role in ("figures", "nothing_asked"):
            yield f"{prefix}1}}", Given(role)

    def _values(self, meant: Property, prefix: str) -> Iterator[tuple[str, Given | int]]:
        fact, missing = meant.fact, meant.role == "missing"
        if meant.view is None:
            value = self.facts.values.get(fact)
            if (value is None) == missing:
                yield f"{prefix}{1 if missing else self._written(meant, value)}}}", Given(fact)
            return
        group = self.plan.views[meant.view].group
        rows = self.facts.rows.get(group, ())
        for member in self.found.views[meant.view] or ():
            row = rows[member.row - 1]
            value = row[fact] if fact in row else None
            if (value is None) == missing:
                text = 1 if missing else self._written(meant, value)
                yield f"{prefix}{text}{member.chain}", Given(fact, group, member.row)

    def _imported(self, index: int, prefix: str) -> Iterator[tuple[str, Given | int]]:
        view = self.plan.nodes[index].view
        concluded = self.found.statuses.get(index, {})
        if view is None:
            if concluded:
                yield f"{prefix}{concluded[0]}}}", self.found.at[index * 3, 0]
            return
        for member in self.found.views[view] or ():
            if member.row in concluded:
                yield f"{prefix}{concluded[member.row]}{member.chain}", self.found.at[index * 3, member.row]

    def _written(self, meant: Property, value: FactValue) -> str | int:
        fact = meant.fact
        if isinstance(value, frozenset):
            prop, options = self.names.of(meant), self.names.option[fact]
            return "1" + "".join(f',"{prop}o{i}":{int(option in value)}' for option, i in options.items())
        if value is None:
            raise EngineError(f"{fact} has no value")
        if isinstance(value, Decimal) and fact in self.computed:
            # A computed value can leave the exact range; every threshold lies inside it, so its order stays right.
            limit = Decimal(MAX_INTEGER).scaleb(-self.names.scale[fact])
            value = max(-limit, min(limit, value))
        return encode(self.names, fact, value)

    def _record(self, message: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
        origins = self.origins
        for name, matched in message.items():
            title, count, effects = self.module.rules[name]
            fact = matched["m_0"]
            row = fact.get("e", 0)
            because: tuple[Given | int, ...] = (origins[int(fact["id"])],)
            for i in range(1, count):
                fact = matched[f"m_{i}"]
                because += (origins[int(fact["id"])],)
                row = fact.get("e", row)
            for effect in effects:
                self._conclude(title, effect, row, because)

    def _conclude(self, title: str, effect: _Effect, row: int, because: tuple[Given | int, ...]) -> None:
        found = self.found
        kind, index, value, key, view, fact = effect
        if key < 0:
            if found.grades.setdefault((kind, index), value) != value:
                raise EngineError(f"{title}: two different outcomes")
            found.firings.append(Firing(title, because, kind, index, value, row))
            return
        if view is None:
            row = 0
        number = len(found.firings)
        if found.at.setdefault((key, row), number) != number:
            if kind == "node" and found.statuses[index][row] != value:
                raise EngineError(f"{title}: concluded {STATUSES[value]} after {STATUSES[found.statuses[index][row]]}")
            return
        if kind == "node":
            if row:
                found.statuses.setdefault(index, {})[row] = value
            else:
                found.statuses[index] = {0: value}
        found.firings.append(Firing(title, because, kind, index, value, row))
        if fact:
            self._ask(fact if view is None else fact + self._chain_of(view, row), number)

    def _chain_of(self, view: int, row: int) -> str:
        if (view, row) not in self.chains:
            for member in self.found.views[view] or ():
                self.chains[view, member.row] = member.chain
        return self.chains[view, row]
