"""A level inside the rule library: what facts it is told, and what each of its rules concludes."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from grading.engine.durable_rules import Memory
from grading.engine.interval_rules import HIGH_END, LOW_END
from grading.engine.network import Level, Network, definition, with_bounds
from grading.engine.parcels import Parcel
from grading.engine.row_tables import LAST, child_and_so_far
from grading.engine.rules import Effect, Property, Table
from grading.engine.selfcheck import prove
from grading.model.interval import Interval
from grading.plan.nodes import OverRows

Concluding = tuple[int, int, Effect]
"""A slot, its value and the effect: a plain tuple, since one with names takes twice as long to take apart."""


SETS_KEPT = 64
"""So many sets of options of a fact are kept as text."""


class Statuses(NamedTuple):
    """A fact of statuses: its parcel, its text but for the values, the first of which is the id, and what fetches the others.

    `fires`: how many rules have to fire for it.
    """

    parcel: str
    text: str
    fetch: Callable[[Sequence[int]], tuple[int, ...]]
    fires: int


class Constant(NamedTuple):
    """A fact whose text behind the id is always the same."""

    parcel: str
    text: str
    fires: int


class Asked(NamedTuple):
    """A fact of the audit that a level compares: what is told where it is missing, of a value, and of an interval."""

    fact: str
    missing: str
    written: Callable[[Any], str]
    fires: int
    ends: Callable[[Interval], str]
    fires_of_ends: int


class AskedValues(NamedTuple):
    """A fact of values: its parcel, how its text begins behind the id, and of what facts it tells."""

    parcel: str
    text: str
    asked: tuple[Asked, ...]


class Waivers(NamedTuple):
    """A fact of waivers: its parcel, its text behind the id but for the values, and the indicators that it tells of."""

    parcel: str
    text: str
    indicators: tuple[str, ...]


class Step(NamedTuple):
    """A row's step in a condition over rows: `text` but for the row's status and what holds of the rows so far."""

    node: int
    so_far: int
    child: int
    text: str


class Steps(NamedTuple):
    """The conditions over rows of a view that are told of each row in one fact, whose text ends with whether it is the last."""

    parcel: str
    text: str
    weighed: bool
    steps: tuple[Step, ...]
    end: str


class Loaded:
    """A level inside the rule library. Raises EngineError when the library refuses its rules or concludes something else."""

    def __init__(self, level: Level, network: Network, name: str) -> None:
        self.level, self.network, self.name = level, network, name
        self.memory = Memory(name, definition(level.packs))
        prove(level, self.memory)
        self.concluding: Mapping[str, Mapping[str, tuple[Concluding, ...]]] = {
            pack.name: {parcel: _concluding(rule.effects) for parcel, rule in pack.rules.items()}
            for pack in level.packs
        }
        of = self._of
        self.settled = [(view, self._constant(parcel)) for view, parcel in of("settled")]
        self.values = [(view, self._values(parcel)) for view, parcel in of("values")]
        self.statuses = [(view, self._statuses(parcel)) for view, parcel in of("nodes")]
        self.copies = [(view, self._statuses(parcel)) for view, parcel in of("copies") if view is not None]
        self.stated = [(view, self._stated(parcel, view)) for view, parcel in of("stated") if view is not None]
        self.waivers = [self._waivers(parcel) for _, parcel in of("waivers")]
        self.steps = [(view, self._steps(parcel, view)) for view, parcel in of("steps") if view is not None]

    @cached_property
    def bounded(self) -> "Loaded":
        """The level with rules for numbers of which only the ends are known; proven on first use."""
        return Loaded(with_bounds(self.network, self.level), self.network, f"{self.name}, bounded")

    def reads(self, facts: AbstractSet[str]) -> bool:
        """True when the level compares any of these numbers."""
        return not facts.isdisjoint(self.level.numbers)

    def _of(self, kind: str) -> list[tuple[int | None, Parcel]]:
        return [(parcel.source.view, parcel) for parcel in self.level.parcels if parcel.source.kind == kind]

    def _constant(self, parcel: Parcel) -> Constant:
        given = [one for table in parcel.tables for given, _ in table.cases() for one in given]
        text = "".join(f',"{prop}":{value}' for prop, value in given)
        return Constant(parcel.name, f'","{parcel.name}":1{text}}}', sum(table.fires for table in parcel.tables))

    def _statuses(self, parcel: Parcel) -> Statuses:
        names, slots = self.network.names, self.network.slots
        nodes = tuple(dict.fromkeys(node for table in parcel.tables for node in table.reads))
        text = "".join(f',"{names.node(node)}":%d' for node in nodes)
        fires = sum(table.fires for table in parcel.tables)
        return Statuses(
            parcel.name, f'{{"id":"%d","{parcel.name}":1{text}}}', _fetching(slots.of_node[n] for n in nodes), fires
        )

    def _values(self, parcel: Parcel) -> AskedValues:
        view = parcel.source.view
        return AskedValues(
            parcel.name, f'","{parcel.name}":1', tuple(self._questions_of(table, view) for table in parcel.tables)
        )

    def _questions_of(self, table: Table, view: int | None) -> Asked:
        names, fact = self.network.names, str(table.of)
        missing = names.of(Property("missing", fact, view))
        interval = names.of(Property("interval", fact, view))

        def ends(value: Interval) -> str:
            low, high = names.ends(fact, value)
            return f',"{interval}":1,"{interval}{LOW_END}":{low},"{interval}{HIGH_END}":{high}'

        return Asked(fact, f',"{missing}":1', self._written(table, fact, view), table.fires, ends, table.fires_of_ends)

    def _written(self, table: Table, fact: str, view: int | None) -> Callable[[Any], str]:
        """The writers of a fact's values."""
        names, declared = self.network.names, self.network.plan.ruleset.facts.get(fact)
        prop = names.of(Property("value", fact, view))
        if declared is None:
            return lambda value: f',"{prop}":{names.written(fact, value)}'
        if declared.type == "number":
            return lambda value: f',"{prop}":{names.scaled(fact, value)}'
        if declared.type == "choices":
            tested = table.properties
            named = [(option, f"{prop}o{i}") for option, i in names.option[fact].items()]
            options = [(option, f',"{name}":') for option, name in named if name in tested]

            @lru_cache(maxsize=SETS_KEPT)
            def chosen(value: frozenset[str]) -> str:
                return f',"{prop}":1' + "".join([f"{text}{int(option in value)}" for option, text in options])

            return chosen
        if declared.type == "date":
            return lambda value: f',"{prop}":{value.toordinal()}'
        few = declared.options if declared.type == "choice" else (False, True)
        return {value: f',"{prop}":{names.written(fact, value)}' for value in few}.__getitem__

    def _stated(self, parcel: Parcel, view: int) -> Constant:
        prop = self.network.names.of(Property("table", view=view))
        return Constant(parcel.name, f'","{parcel.name}":1,"{prop}":', len(parcel.tables))

    def _waivers(self, parcel: Parcel) -> Waivers:
        indicators = tuple(str(table.of) for table in parcel.tables)
        names = [self.network.names.of(Property("waiver", indicator)) for indicator in indicators]
        text = "".join(f',"{name}":%d' for name in names)
        return Waivers(parcel.name, f'","{parcel.name}":1{text}}}', indicators)

    def _steps(self, parcel: Parcel, view: int) -> Steps:
        plan, slots = self.network.plan, self.network.slots
        steps: list[Step] = []
        for table in parcel.tables:
            index = int(table.of)
            kind = plan.nodes[index].kind
            if isinstance(kind, OverRows):
                child, so_far = child_and_so_far(self.network.names, index)
                text = f',"{child}":%d,"{so_far}":%d'
                steps.append(Step(index, slots.so_far[index], slots.of_node[kind.child.node], text))
        begin, end = f'","{parcel.name}":1', f',"{LAST}":'
        return Steps(parcel.name, begin, plan.is_selective(view), tuple(steps), end)


def _concluding(effects: tuple[Effect, ...]) -> tuple[Concluding, ...]:
    return tuple((effect.slot, effect.value, effect) for effect in effects)


def _fetching(slots: Any) -> Callable[[Sequence[int]], tuple[int, ...]]:
    """A function that fetches the values of some slots, as a tuple even if it is one."""
    chosen = tuple(slots)
    if len(chosen) == 1:
        (only,) = chosen
        return lambda values: (values[only],)
    fetch: Callable[[Sequence[int]], tuple[int, ...]] = itemgetter(*chosen)
    return fetch
