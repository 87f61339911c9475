"""A module inside the rule library: what is asserted of an audit, and what each of its rules concludes."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from grading.engine.certain import certain_rules
from grading.engine.firings import Concluding, key_of, said
from grading.engine.library import Memory
from grading.engine.network import Network, definition
from grading.engine.rules import WEIGHED, Effect, Module, Property
from grading.engine.selfcheck import prove

Asked = tuple[str, str | None, Callable[[Any], str | None]]
"""A fact of the audit that a module reads: its name, and what is asserted but for the id and the row: when the fact is missing
(None: nothing reads that), and of a value that it has (None: nothing reads values)."""


class Loaded:
    """A module inside the rule library, with the facts that it starts from.

    Raises EngineError when the rule library refuses a rule or does not fire it.
    """

    def __init__(self, module: Module, network: Network, name: str) -> None:
        self.name, self.plan, self.names = module.name, network.plan, network.names
        self.module = module
        self.all_rules = Memory(name, definition(module, module.rules))
        prove(module, self.all_rules, module.rules)
        self.prefix = {
            network.names.meaning[prop]: f'","{bucket}":1,"{prop}":' for prop, bucket in module.buckets.items()
        }
        self.rules = {
            rule.name: (len(rule.patterns) > 1, tuple(map(self._concluding, rule.effects))) for rule in module.rules
        }
        """By name whether a rule joins facts, and what it concludes."""
        own = {effect.index for rule in module.rules for effect in rule.effects if effect.kind == "node"}
        by_role = self._by_role
        self.imports = [self._import(m.index, text) for m, text in by_role("node") if m.index not in own]
        self.rows = [(m.view, text) for m, text in by_role("row") if m.view is not None]
        self.stated = [(m.view, text) for m, text in by_role("stated") if m.view is not None]
        self.always = [f"{text}1}}" for _, text in by_role("figures", "nothing_asked")]
        self.asked: dict[int | None, list[Asked]] = {}
        for fact, view in dict.fromkeys((m.fact, m.view) for m, _ in by_role("value", "missing")):
            self.asked.setdefault(view, []).append(self._asked(fact, view))

    @cached_property
    def certain_rules(self) -> Memory:
        """Those that can fire when nothing is missing, in a memory of their own; proven on first use."""
        rules = certain_rules(self.plan, self.names, self.module)
        memory = Memory(f"{self.all_rules.name}, certain", definition(self.module, rules))
        prove(self.module, memory, rules)
        return memory

    def _by_role(self, *roles: str) -> list[tuple[Property, str]]:
        return [(meant, text) for meant, text in self.prefix.items() if meant.role in roles]

    def _import(self, index: int, text: str) -> tuple[int, int | None, bool, bool, str]:
        view = self.plan.nodes[index].view
        return key_of("node", index), view, self.plan.is_selective(view), index in self.plan.open_nodes, text

    def _asked(self, fact: str, view: int | None) -> Asked:
        missing = self.prefix.get(Property("missing", fact, view))
        return fact, missing and f"{missing}1", self._written(fact, Property("value", fact, view))

    def _written(self, fact: str, known: Property) -> Callable[[Any], str | None]:
        """What writes the values of a fact."""
        prefix, declared, written = self.prefix.get(known), self.plan.ruleset.facts.get(fact), self.names.written
        if prefix is None:
            return lambda _: None
        if declared is not None and declared.type == "choices":
            options = [(option, f',"{self.names.of(known)}o{i}":') for option, i in self.names.option[fact].items()]
            return lambda value: f"{prefix}1" + "".join(f"{text}{int(option in value)}" for option, text in options)
        if declared is not None and declared.type in ("boolean", "choice"):
            few = declared.options if declared.type == "choice" else (False, True)
            return {value: f"{prefix}{written(fact, value)}" for value in few}.__getitem__
        return lambda value: f"{prefix}{written(fact, value)}"

    def _concluding(self, effect: Effect) -> Concluding:
        title, value, key = effect.title, effect.value, key_of(effect.kind, effect.index)
        words = said(self.plan, effect)
        if effect.kind in ("grade", "attainable"):
            return title, value, key, None, None, words, True
        view = self.plan.view_of(effect.kind, effect.index)
        prefix = self.prefix.get(Property(effect.kind, index=effect.index))
        facts = None if prefix is None else (f"{prefix}{value}", f"{prefix}{value}")
        if facts is not None and effect.kind == "node" and self.plan.is_selective(view):
            facts = (f"{prefix}{WEIGHED[value][0]}", f"{prefix}{WEIGHED[value][1]}")
        is_needed = effect.kind == "node" and not self.plan.nodes[effect.index].selects_only
        return title, value, key, view, facts, words, is_needed
