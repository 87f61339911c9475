"""Runs a network over one unit's facts: assert, let the rules fire, record each firing, assert what it concluded.

One state of one name is used per module and deleted after each run; a lock keeps a second thread out of it.
"""

from collections.abc import Iterator
from threading import Lock
from typing import NamedTuple

from grading.engine.firings import Concluding, Conclusions, FactValue, Firing, Given, UnitFacts, View, key_of, said
from grading.engine.homes import SELECTION
from grading.engine.library import STATE, EngineError, Memory
from grading.engine.network import Network, definition
from grading.engine.plan import Plan, Ref
from grading.engine.rules import EMPTY, MET, UNMET, UNSTATED, Effect, Module, Property

MAX_FACTS = 700_000
"""Decimal fact ids below this have distinct 32-bit hashes; the first two that share one are 40189 and 797186."""


class _Asked(NamedTuple):
    """A fact of the audit that a module reads: what is asserted when it is known and when it is missing.

    `options` are the properties of a set of options; empty for other facts.
    """

    fact: str
    known: str | None
    missing: str | None
    options: tuple[tuple[str, str], ...]


class _Loaded:
    """A module inside the rule library, with the facts that it starts from."""

    def __init__(self, module: Module, network: Network, name: str) -> None:
        self.name, self.plan, self.names = module.name, network.plan, network.names
        self.memory = Memory(name, definition(module))
        self.prefix = {
            network.names.meaning[prop]: f'","sid":"{STATE}","{bucket}":1,"{prop}":' for prop, bucket in module.buckets.items()
        }
        self.rules = {f"r{k}": tuple(map(self._concluding, rule.effects)) for k, rule in enumerate(module.rules)}
        own = {c.effect.index for concluded in self.rules.values() for c in concluded if c.effect.kind == "node"}
        by_role = self._by_role
        self.imports = [(m.index, self.plan.nodes[m.index].view, t) for m, t in by_role("node") if m.index not in own]
        self.rows = [(m.view, text) for m, text in by_role("row") if m.view is not None]
        self.stated = [(m.view, text) for m, text in by_role("stated") if m.view is not None]
        self.always = [(f"{text}1}}", Given(m.role)) for m, text in by_role("figures", "nothing_asked")]
        self.asked: dict[int | None, list[_Asked]] = {}
        for fact, view in dict.fromkeys((m.fact, m.view) for m, _ in by_role("value", "missing")):
            self.asked.setdefault(view, []).append(self._asked(fact, view))

    def _by_role(self, *roles: str) -> list[tuple[Property, str]]:
        return [(meant, text) for meant, text in self.prefix.items() if meant.role in roles]

    def _asked(self, fact: str, view: int | None) -> _Asked:
        known = Property("value", fact, view)
        declared = self.plan.ruleset.facts.get(fact)
        is_set = known in self.prefix and declared is not None and declared.type == "choices"
        options = self.names.option[fact].items() if is_set else ()
        properties = tuple((option, f',"{self.names.of(known)}o{i}":') for option, i in options)
        return _Asked(fact, self.prefix.get(known), self.prefix.get(Property("missing", fact, view)), properties)

    def _concluding(self, effect: Effect) -> Concluding:
        key, words = key_of(effect.kind, effect.index), said(self.plan, effect)
        if effect.kind in ("grade", "attainable"):
            return Concluding(effect, key, None, "", words, True)
        view = self.plan.view_of(effect.kind, effect.index)
        prefix = self.prefix.get(Property(effect.kind, index=effect.index))
        fact = "" if prefix is None else f"{prefix}{effect.value}{'}' if view is None else ''}"
        is_needed = effect.kind == "node" and not self.plan.nodes[effect.index].selects_only
        return Concluding(effect, key, view, fact, words, is_needed)


class Machine:
    """A network that is ready to run. Safe to use from several threads."""

    def __init__(self, network: Network) -> None:
        """Raises EngineError when the rule library refuses the network."""
        self.network = network
        self._lock = Lock()
        name = network.plan.ruleset.id
        self.loaded = [_Loaded(module, network, f"{name}, module {module.name}") for module in network.modules]

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
                if len(found.views) < len(views) and module.name != SELECTION:
                    self._select(facts, found)
                _Run(module, facts, found).go()
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
            concluded = (n for n in range(1, len(rows) + 1) if found.firing(where, n) is not None)
            statuses = ((n, found.status(where, n)) for n in concluded)
            found.views[i] = _chain([(n, int(status == MET)) for n, status in statuses if status != UNMET])

    def _prove_complete(self, found: Conclusions) -> None:
        """Every node must have been concluded: a rule that silently did not fire is an error, never an `unknown`."""
        plan = self.network.plan
        expected = 2 * len(plan.targets)
        rows = {i: len(view or ()) for i, view in found.views.items()}
        for node in plan.nodes:
            if not node.selects_only:
                expected += 1 if node.view is None else rows[node.view]
        if found.needed != expected:
            raise EngineError(f"{plan.ruleset.id}: nothing was concluded about {', '.join(_missing(plan, found))}")


def _missing(plan: Plan, found: Conclusions) -> Iterator[str]:
    """The names of what ought to have been concluded."""
    for index, node in enumerate(plan.nodes):
        rows = (0,) if node.view is None else found.views[node.view] or ()
        if not node.selects_only and any(found.firing(Ref(index), row) is None for row in rows):
            yield node.name
    for i, target in enumerate(plan.targets):
        if any(key_of(kind, i) not in found.at for kind in ("grade", "attainable")):
            yield f"the grade of {target.id or 'the unit'}"


def _chain(rows: list[tuple[int, int]]) -> View:
    """Each row with its own number `e`, the one before it `p` (0: it is the first), whether it is the last, whether it is sure."""
    before = [0, *(row for row, _ in rows)]
    last = rows[-1][0] if rows else 0
    return {
        row: f',"e":{row},"p":{p},"z":{int(row == last)},"k":{sure}}}' for (row, sure), p in zip(rows, before, strict=False)
    }


class _Run:
    """One module's turn: `queue` are facts to assert, `origins` and `rows` say by id what each stands for."""

    def __init__(self, module: _Loaded, facts: UnitFacts, found: Conclusions) -> None:
        self.module, self.facts, self.found = module, facts, found
        self.queue: list[str] = []
        self.origins: list[Given | int] = []
        self.rows: list[int] = []

    def go(self) -> None:
        """Fire until nothing is left."""
        for text, origin in self.module.always:
            self._ask(text, origin)
        self._ask_rows()
        self._ask_conclusions()
        self._ask_values()
        self.module.memory.run(self.queue, self._record)

    def _ask(self, text: str, origin: Given | int, row: int = 0) -> None:
        """Queue a fact; ids are consecutive decimal numbers, so that no two share a hash."""
        number = len(self.origins)
        if number >= MAX_FACTS:
            raise EngineError(f"more than {MAX_FACTS:,} facts in one module; the audit has too many rows")
        self.queue.append(f'{{"id":"{number}{text}')
        self.origins.append(origin)
        self.rows.append(row)

    def _ask_rows(self) -> None:
        views, groups = self.found.views, self.module.plan.views
        for view, text in self.module.stated:
            if not views[view]:
                self._ask(f"{text}{UNSTATED if views[view] is None else EMPTY}}}", Given("", groups[view].group))
        for view, text in self.module.rows:
            for row, chain in (views[view] or {}).items():
                self._ask(f"{text}1{chain}", Given("", groups[view].group, row), row)

    def _ask_conclusions(self) -> None:
        """What earlier modules have concluded."""
        found = self.found
        for index, view, text in self.module.imports:
            key = key_of("node", index)
            rows = {0: "}"} if view is None else found.views[view] or {}
            for row, chain in rows.items():
                number = found.at.get(key + row)
                if number is not None:
                    self._ask(f"{text}{found.firings[number].concluding.effect.value}{chain}", number, row)

    def _ask_values(self) -> None:
        for view, asked in self.module.asked.items():
            if view is None:
                values = self.facts.values
                for one in asked:
                    self._ask_value(one, values.get(one.fact), Given(one.fact), 0, "}")
                continue
            group = self.module.plan.views[view].group
            rows = self.facts.rows.get(group, ())
            for row, chain in (self.found.views[view] or {}).items():
                values = rows[row - 1]
                for one in asked:
                    self._ask_value(one, values.get(one.fact), Given(one.fact, group, row), row, chain)

    def _ask_value(self, asked: _Asked, value: FactValue, given: Given, row: int, chain: str) -> None:
        if value is None:
            if asked.missing is not None:
                self._ask(f"{asked.missing}1{chain}", given, row)
        elif asked.known is None:
            return
        elif isinstance(value, frozenset):
            options = "".join(f"{text}{int(option in value)}" for option, text in asked.options)
            self._ask(f"{asked.known}1{options}{chain}", given, row)
        else:
            self._ask(f"{asked.known}{self.module.names.written(asked.fact, value)}{chain}", given, row)

    def _record(self, message: str) -> None:
        """Read a firing: the rule's name, then the ids of its facts in the order of its patterns."""
        rule, *facts = message.split('{"id":"')
        origins, rows, row = self.origins, self.rows, 0
        because: list[Given | int] = []
        for fact in facts:
            number = int(fact[: fact.index('"')])
            because.append(origins[number])
            row = rows[number] or row
        causes = tuple(because)
        for concluding in self.module.rules[rule[2 : rule.index('"', 2)]]:
            self._conclude(concluding, causes, row)

    def _conclude(self, concluding: Concluding, because: tuple[Given | int, ...], row: int) -> None:
        found = self.found
        effect, key, view, fact, _, is_needed = concluding
        if view is None:
            row = 0
        number = len(found.firings)
        known = found.at.setdefault(key + row, number)
        if known != number:
            if found.firings[known].concluding.effect.value != effect.value:
                raise EngineError(f"{effect.title}: concluded {effect.value} after another rule concluded otherwise")
            return
        found.needed += is_needed
        found.firings.append(Firing(concluding, because, row))
        if fact:
            self._ask(fact if view is None else fact + self._chain_of(view, row), number, row)

    def _chain_of(self, view: int, row: int) -> str:
        chains = self.found.views[view]
        if chains is None:
            raise EngineError(f"a conclusion about a row of a group that was not stated: view {view}, row {row}")
        return chains[row]
