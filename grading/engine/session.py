"""Runs a network over one unit's facts: assert, let the rules fire, record each firing, assert what it concluded.

One state of one name is used per module and deleted after each run; a lock keeps a second thread out of it.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from threading import Lock
from typing import NamedTuple

from grading.engine.certain import certain_rules
from grading.engine.firings import Concluding, Conclusions, FactValue, UnitFacts, View, key_of, said
from grading.engine.homes import SELECTION
from grading.engine.library import STATE, EngineError, Memory
from grading.engine.network import Network, definition
from grading.engine.plan import Plan, Ref
from grading.engine.rules import EMPTY, MET, UNKNOWN, UNMET, UNSTATED, WEIGHED, Effect, Module, Names, Property
from grading.engine.trace import Cause, Causes
from grading.model.result import TraceEntry

MAX_FACTS = 700_000
"""Decimal fact ids below this have distinct 32-bit hashes; the first two that share one are 40189 and 797186."""
ALONE = ("}", False)
"""The place in a chain of what is about the unit and not about a row."""
UNIT: View = {0: ALONE}
FACT_IDS = re.compile(r'{"id":"(\d+)"').findall
AFTER_RULE = len('":{"m_0":{"id":"')
"""How far the id of a firing's first fact stands behind the name of its rule."""


class _Asked(NamedTuple):
    """A fact of the audit that a module reads: what is asserted when it is known and when it is missing.

    `options` are the properties of a set of options; empty for other facts.
    """

    fact: str
    known: str | None
    missing: str | None
    options: tuple[tuple[str, str], ...]
    names: Names

    def text(self, value: FactValue) -> str | None:
        """What is asserted of a value but for the id and the row; None when nothing reads it."""
        if value is None:
            return None if self.missing is None else f"{self.missing}1"
        if self.known is None:
            return None
        if isinstance(value, frozenset):
            return f"{self.known}1" + "".join(f"{text}{int(option in value)}" for option, text in self.options)
        return f"{self.known}{self.names.written(self.fact, value)}"


class _Loaded:
    """A module inside the rule library, with the facts that it starts from."""

    def __init__(self, module: Module, network: Network, name: str) -> None:
        self.name, self.plan, self.names = module.name, network.plan, network.names
        certain = certain_rules(self.plan, self.names, module)
        self.memories = [
            (Memory(name, definition(module, module.rules)), module.rules),
            (Memory(f"{name}, certain", definition(module, certain)), certain),
        ]
        self.prefix = {
            network.names.meaning[prop]: f'","sid":"{STATE}","{bucket}":1,"{prop}":'
            for prop, bucket in module.buckets.items()
        }
        self.rules = {rule.name: tuple(map(self._concluding, rule.effects)) for rule in module.rules}
        self.joining = {rule.name for rule in module.rules if len(rule.patterns) > 1}
        own = {effect.index for rule in module.rules for effect in rule.effects if effect.kind == "node"}
        by_role = self._by_role
        self.imports = [self._import(m.index, text) for m, text in by_role("node") if m.index not in own]
        self.rows = [(m.view, text) for m, text in by_role("row") if m.view is not None]
        self.stated = [(m.view, text) for m, text in by_role("stated") if m.view is not None]
        self.always = [f"{text}1}}" for _, text in by_role("figures", "nothing_asked")]
        self.asked: dict[int | None, list[_Asked]] = {}
        for fact, view in dict.fromkeys((m.fact, m.view) for m, _ in by_role("value", "missing")):
            self.asked.setdefault(view, []).append(self._asked(fact, view))

    def _by_role(self, *roles: str) -> list[tuple[Property, str]]:
        return [(meant, text) for meant, text in self.prefix.items() if meant.role in roles]

    def _import(self, index: int, text: str) -> tuple[int, int | None, bool, bool, str]:
        view = self.plan.nodes[index].view
        return key_of("node", index), view, self.plan.is_selective(view), index in self.plan.open_nodes, text

    def _asked(self, fact: str, view: int | None) -> _Asked:
        known = Property("value", fact, view)
        declared = self.plan.ruleset.facts.get(fact)
        is_set = known in self.prefix and declared is not None and declared.type == "choices"
        options = self.names.option[fact].items() if is_set else ()
        properties = tuple((option, f',"{self.names.of(known)}o{i}":') for option, i in options)
        missing = self.prefix.get(Property("missing", fact, view))
        return _Asked(fact, self.prefix.get(known), missing, properties, self.names)

    def _concluding(self, effect: Effect) -> Concluding:
        title, value, key = effect.title, effect.value, key_of(effect.kind, effect.index)
        words = said(self.plan, effect)
        if effect.kind in ("grade", "attainable"):
            return Concluding(title, value, key, None, None, words, True)
        view = self.plan.view_of(effect.kind, effect.index)
        prefix = self.prefix.get(Property(effect.kind, index=effect.index))
        facts = None if prefix is None else (f"{prefix}{value}", f"{prefix}{value}")
        if facts is not None and effect.kind == "node" and self.plan.is_selective(view):
            facts = (f"{prefix}{WEIGHED[value][0]}", f"{prefix}{WEIGHED[value][1]}")
        is_needed = effect.kind == "node" and not self.plan.nodes[effect.index].selects_only
        return Concluding(title, value, key, view, facts, words, is_needed)


class Machine:
    """A network that is ready to run. Safe to use from several threads."""

    def __init__(self, network: Network) -> None:
        """Raises EngineError when the rule library refuses the network."""
        self.network = network
        self._lock = Lock()
        name = network.plan.ruleset.id
        self._needed = Counter(node.view for node in network.plan.nodes if not node.selects_only)
        self.loaded = [_Loaded(module, network, f"{name}, module {module.name}") for module in network.modules]

    def run(self, facts: UnitFacts, causes: Causes) -> Conclusions:
        """Everything the rules conclude from the facts; raises EngineError if the library misbehaves."""
        found = Conclusions()
        views = self.network.plan.views
        for i, view in enumerate(views):
            if view.where is None:
                rows = facts.rows.get(view.group)
                found.views[i] = None if rows is None else _chain([(n, False) for n in range(1, len(rows) + 1)])
        with self._lock:
            for module in self.loaded:
                if len(found.views) < len(views) and module.name != SELECTION:
                    self._select(facts, found)
                _Run(module, facts, found, causes).go()
        self._prove_complete(found)
        return found

    def _select(self, facts: UnitFacts, found: Conclusions) -> None:
        """The rows that the rules found to be in each view, surely or perhaps, chained in their order."""
        for i, view in enumerate(self.network.plan.views):
            where, rows = view.where, facts.rows.get(view.group)
            if where is None:
                continue
            if rows is None:
                found.views[i] = None
                continue
            concluded = (n for n in range(1, len(rows) + 1) if found.firing(where, n) is not None)
            statuses = ((n, found.status(where, n)) for n in concluded)
            found.views[i] = _chain([(n, status != MET) for n, status in statuses if status != UNMET])

    def _prove_complete(self, found: Conclusions) -> None:
        """Every node must have been concluded: a rule that silently did not fire is an error, never an `unknown`."""
        plan = self.network.plan
        rows: dict[int | None, int] = {i: len(view or ()) for i, view in found.views.items()}
        rows[None] = 1
        expected = 2 * len(plan.targets) + sum(rows[view] * nodes for view, nodes in self._needed.items())
        if len(found.trace) - found.dispensable != expected:
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


def _chain(rows: list[tuple[int, bool]]) -> View:
    """Each row, with whether it may not be in the view: its own number `e`, that of the one before it `p`, the last with `z`."""
    before = [0, *(row for row, _ in rows)]
    last = rows[-1][0] if rows else 0
    return {
        row: (f',"e":{row},"p":{p},"z":{int(row == last)}}}', perhaps)
        for (row, perhaps), p in zip(rows, before, strict=False)
    }


class _Run:
    """One module's turn: `queue` are facts to assert, `origins` and `rows` say by id what each stands for."""

    def __init__(self, module: _Loaded, facts: UnitFacts, found: Conclusions, causes: Causes) -> None:
        self.module, self.facts, self.found, self.causes = module, facts, found, causes
        self.queue: list[str] = []
        self.origins: list[Cause] = []
        self.rows: list[int] = []
        self.in_doubt = False
        """Whether something is missing that the module reads, so that rules about what is unknown are needed."""

    def go(self) -> None:
        """Fire until nothing is left."""
        for text in self.module.always:
            self._ask(text, self.causes.ruleset)
        self._ask_rows()
        self._ask_conclusions()
        self._ask_values()
        # Which rows there are is concluded by all rules: what is missed there would be left out without a word.
        memory, _ = self.module.memories[0 if self.in_doubt or self.module.name == SELECTION else 1]
        memory.run(self.queue, self._recorder())
        if len(self.origins) > MAX_FACTS:
            raise EngineError(f"more than {MAX_FACTS:,} facts in one module; the audit has too many rows")

    def _ask(self, text: str, origin: Cause, row: int = 0) -> None:
        """Queue a fact; ids are consecutive decimal numbers, so that no two share a hash."""
        self.queue.append(f'{{"id":"{len(self.origins)}{text}')
        self.origins.append(origin)
        self.rows.append(row)

    def _ask_rows(self) -> None:
        views, groups, of_group = self.found.views, self.module.plan.views, self.causes.group
        for view, text in self.module.stated:
            if not views[view]:
                self.in_doubt |= views[view] is None
                self._ask(f"{text}{UNSTATED if views[view] is None else EMPTY}}}", of_group(groups[view].group))
        for view, text in self.module.rows:
            for row, (chain, perhaps) in (views[view] or {}).items():
                self.in_doubt |= perhaps
                self._ask(f"{text}1{chain}", of_group(groups[view].group, row), row)

    def _ask_conclusions(self) -> None:
        """What earlier modules have concluded."""
        found = self.found
        for key, view, weighed, is_open, text in self.module.imports:
            rows = UNIT if view is None else found.views[view] or {}
            for row, (chain, perhaps) in rows.items():
                number = found.at.get(key + row)
                if number is not None:
                    value = found.values[number]
                    self.in_doubt |= perhaps or (value == UNKNOWN and not is_open)
                    self._ask(f"{text}{WEIGHED[value][perhaps] if weighed else value}{chain}", {"seq": number + 1}, row)

    def _ask_values(self) -> None:
        of_fact = self.causes.fact
        for view, asked in self.module.asked.items():
            if view is None:
                values = self.facts.values
                for one in asked:
                    value = values.get(one.fact)
                    text = one.text(value)
                    if text is not None:
                        self.in_doubt |= value is None
                        self._ask(text + "}", of_fact(one.fact))
                continue
            group = self.module.plan.views[view].group
            rows = self.facts.rows.get(group, ())
            for row, (chain, perhaps) in (self.found.views[view] or {}).items():
                self.in_doubt |= perhaps
                values = rows[row - 1]
                for one in asked:
                    value = values.get(one.fact)
                    text = one.text(value)
                    if text is not None:
                        self.in_doubt |= value is None
                        self._ask(text + chain, of_fact(one.fact, group, row), row)

    def _recorder(self) -> Callable[[str], None]:
        """What is done for each firing. It is the heart of a grading, so it holds everything in names of its own."""
        queue, origins, rows = self.queue, self.origins, self.rows
        at, trace, views, found = self.found.at, self.found.trace, self.found.views, self.found
        rules, joining, plan, keys = self.module.rules, self.module.joining, self.module.plan, self.causes.keys
        conclude = found.values.append
        # A named tuple's own constructor is a Python function: twice as slow.
        new_entry = tuple.__new__

        def record(message: str) -> None:
            """Read the rule's name and the ids of its facts in the order of its patterns, and apply its effects."""
            end = message.index('"', 3)
            rule = message[2:end]
            because: tuple[Cause, ...]
            if rule in joining:
                ids = [int(fact) for fact in FACT_IDS(message)]
                because = tuple([origins[n] for n in ids])
                row = 0
                for n in ids:
                    row = rows[n] or row
            else:
                start = end + AFTER_RULE
                first = int(message[start : message.index('"', start)])
                because, row = (origins[first],), rows[first]
            for title, value, key, view, facts, concludes, is_needed in rules[rule]:
                number = len(trace)
                if view is not None:
                    key += row
                    concludes = {**concludes, "row": keys[plan.views[view].group][row - 1]}
                known = at.setdefault(key, number)
                if known != number:
                    if found.values[known] != value:
                        raise EngineError(f"{title}: concluded {value} after another rule said otherwise")
                    continue
                if not is_needed:
                    found.dispensable += 1
                conclude(value)
                trace.append(new_entry(TraceEntry, (number + 1, title, because, concludes)))
                if facts is None:
                    continue
                if view is None:
                    queue.append(f'{{"id":"{len(origins)}{facts[0]}}}')
                    rows.append(0)
                else:
                    chain, perhaps = views[view][row]  # type: ignore[index]
                    queue.append(f'{{"id":"{len(origins)}{facts[perhaps]}{chain}')
                    rows.append(row)
                origins.append({"seq": number + 1})

        return record
