"""A module inside the rule library: what is asserted of an audit, and what each of its rules concludes."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from grading.model.interval import Interval
from tests.former.certain_rules import certain_rules
from tests.former.conclusions import Concluding, describe, key_of
from tests.former.durable_rules import Memory
from tests.former.interval_patterns import HIGH_END, LOW_END
from tests.former.network import Network, definition, with_bounds
from tests.former.packing import packed
from tests.former.rules import WEIGHED, Effect, Module, Property, Rule

Text = tuple[str, str]
"""What is asserted of something but for the id, the value and the row: its property, and how it begins."""
Asked = tuple[str, Text | None, str, Callable[[Any], str | None]]
"""A fact of the audit that a module reads: its name, what is asserted when it is missing (None: nothing reads that), the property
of its values, and what is asserted of a value but for the id and the row (None: nothing reads values)."""


@dataclass(frozen=True)
class Prepared:
    """Rules inside the library. By the name of a pack: whether it joins facts, and by property what it concludes."""

    memory: Memory
    rules: Mapping[str, tuple[bool, Mapping[str, tuple[Concluding, ...]]]]


class Loaded:
    """A module inside the rule library, with the facts that it starts from.

    Raises EngineError when the rule library refuses a rule or does not fire it.
    """

    def __init__(self, module: Module, network: Network, name: str) -> None:
        self.name, self.network, self.plan, self.names = module.name, network, network.plan, network.names
        self.module, self.full_name = module, name
        self.prefix = {
            network.names.meaning[prop]: (prop, f'","{bucket}":1,"{prop}":') for prop, bucket in module.buckets.items()
        }
        self.concluding = {rule.name: tuple(map(self._concluding, rule.effects)) for rule in module.rules}
        self.all_rules = self._prepared(name, module.rules)
        own = {effect.index for rule in module.rules for effect in rule.effects if effect.kind == "node"}
        by_role = self._by_role
        self.imports = [self._import(m.index, text) for m, text in by_role("node") if m.index not in own]
        self.rows = [(m.view, text) for m, text in by_role("row") if m.view is not None]
        self.stated = [(m.view, text) for m, text in by_role("stated") if m.view is not None]
        self.always = [(prop, f"{text}1}}") for _, (prop, text) in by_role("figures", "nothing_asked")]
        self.asked: dict[int | None, list[Asked]] = {}
        for fact, view in dict.fromkeys((m.fact, m.view) for m, _ in by_role("value", "missing")):
            self.asked.setdefault(view, []).append(self._asked(fact, view))
        self.intervals = {(m.fact, m.view): text for m, text in by_role("interval")}
        """By fact and view, what is asserted of a number of which only the ends are known, as `ends` goes on with it."""

    @cached_property
    def bounded(self) -> "Loaded":
        """The module with rules for numbers of which only the ends are known; proven on first use."""
        return Loaded(with_bounds(self.network, self.module), self.network, f"{self.full_name}, bounded")

    def reads(self, facts: AbstractSet[str]) -> bool:
        """Whether the module compares any of these numbers."""
        return any(fact in facts for fact, _ in self.module.numbers)

    def ends(self, fact: str, view: int | None, value: Interval) -> Text | None:
        """The property and what is asserted of a number of which only the ends are known; None when nothing reads it."""
        prop, text = self.intervals.get((fact, view), ("", ""))
        low, high = self.names.ends(fact, value)
        return (prop, f'{text}1,"{prop}{LOW_END}":{low},"{prop}{HIGH_END}":{high}') if prop else None

    @cached_property
    def certain_rules(self) -> Prepared:
        """Those that can fire when nothing is missing, in a memory of their own; proven on first use."""
        return self._prepared(f"{self.full_name}, certain", certain_rules(self.plan, self.names, self.module))

    def _prepared(self, name: str, rules: Iterable[Rule]) -> Prepared:
        packs = packed(rules)
        memory = Memory(name, definition(self.module, packs))
        concluded = {
            pack.name: (len(pack.patterns) > 1, {prop: self.concluding[rule.name] for prop, rule in pack.rules.items()})
            for pack in packs
        }
        return Prepared(memory, concluded)

    def _by_role(self, *roles: str) -> list[tuple[Property, Text]]:
        return [(meant, text) for meant, text in self.prefix.items() if meant.role in roles]

    def _import(self, index: int, text: Text) -> tuple[int, int | None, bool, bool, Text]:
        view = self.plan.nodes[index].view
        return key_of("node", index), view, self.plan.is_selective(view), index in self.plan.open_nodes, text

    def _asked(self, fact: str, view: int | None) -> Asked:
        missing = self.prefix.get(Property("missing", fact, view))
        prop, prefix = self.prefix.get(Property("value", fact, view), ("", None))
        return fact, missing and (missing[0], f"{missing[1]}1"), prop, self._written(fact, prop, prefix)

    def _written(self, fact: str, prop: str, prefix: str | None) -> Callable[[Any], str | None]:
        """What writes the values of a fact."""
        declared, written = self.plan.ruleset.facts.get(fact), self.names.written
        if prefix is None:
            return lambda _: None
        if declared is not None and declared.type == "choices":
            options = [(option, f',"{prop}o{i}":') for option, i in self.names.option[fact].items()]
            return lambda value: f"{prefix}1" + "".join(f"{text}{int(option in value)}" for option, text in options)
        if declared is not None and declared.type in ("boolean", "choice"):
            few = declared.options if declared.type == "choice" else (False, True)
            return {value: f"{prefix}{written(fact, value)}" for value in few}.__getitem__
        return lambda value: f"{prefix}{written(fact, value)}"

    def _concluding(self, effect: Effect) -> Concluding:
        title, value, key = effect.title, effect.value, key_of(effect.kind, effect.index)
        words = describe(self.plan, effect)
        if effect.kind in ("grade", "attainable"):
            return title, value, key, None, None, words, True
        view = self.plan.view_of(effect.kind, effect.index)
        facts, text = None, self.prefix.get(Property(effect.kind, index=effect.index))
        if text is not None:
            is_weighed = effect.kind == "node" and self.plan.is_selective(view)
            sure, perhaps = WEIGHED[value] if is_weighed else (value, value)
            facts = (f"{text[1]}{sure}", f"{text[1]}{perhaps}", text[0])
        is_needed = effect.kind == "node" and not self.plan.nodes[effect.index].selects_only
        return title, value, key, view, facts, words, is_needed
