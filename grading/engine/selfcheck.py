"""The proof, at load time, that the rule library concludes what the language says: it is given each case of each table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from grading.engine.durable_rules import EngineError, Memory, firings
from grading.engine.network import Level
from grading.engine.parcels import Parcel
from grading.engine.rules import Case, Effect, Table
from grading.problems.engine_codes import EngineCode

AT_ONCE = 300
"""So many facts are asserted in one state."""
Fact = tuple[Parcel, str, frozenset[int], dict[int, int]]
"""A fact's parcel, its text but for the id, the slots of the tables that it is for, and what has to be concluded of these."""


def prove(level: Level, memory: Memory) -> None:
    """Assert every case of every table, and see the right conclusions made, each by one rule.

    Raises EngineError naming the first case of which something else comes out.
    """
    effects = {(pack.name, parcel): rule.effects for pack in level.packs for parcel, rule in pack.rules.items()}
    facts = list(_facts(level.parcels))
    for start in range(0, len(facts), AT_ONCE):
        _prove(memory, facts[start : start + AT_ONCE], effects)


def _prove(memory: Memory, facts: Sequence[Fact], effects: Mapping[tuple[str, str], tuple[Effect, ...]]) -> None:
    concluded: list[list[Effect]] = [[] for _ in facts]

    def fired(messages: Iterable[str]) -> None:
        for message in messages:
            pack, ids = firings(message)
            for one in map(int, ids):
                concluded[one] += effects[pack, facts[one][0].name]

    memory.run([f'{{"id":"{n}","{parcel.name}":1{text}}}' for n, (parcel, text, *_) in enumerate(facts)], fired)
    for (parcel, text, slots, expected), every in zip(facts, concluded, strict=True):
        found = [effect for effect in every if effect.slot in slots]
        if len(found) != len(expected) or {effect.slot: effect.value for effect in found} != expected:
            names = tuple(dict.fromkeys(table.name for table in parcel.tables))
            raise EngineError(EngineCode.RULES_WRONG, level=memory.name, rules=names, given=text[1:])


class _Texts(dict[tuple[str, int], str]):
    """Properties with their values as facts have them, each written once."""

    def __missing__(self, given: tuple[str, int]) -> str:
        text = self[given] = f',"{given[0]}":{given[1]}'
        return text


def _facts(parcels: Iterable[Parcel]) -> Iterator[Fact]:
    """A fact for each case; tables of a parcel that share no property have theirs in the same facts."""
    text_of = _Texts().__getitem__
    for parcel in parcels:
        for slots, group in _apart(parcel.tables):
            if len(group) == 1:
                for given, expected in group[0]:
                    yield parcel, "".join(map(text_of, given)), slots, dict(expected)
                continue
            for n in range(max(map(len, group))):
                chosen = [cases[n % len(cases)] for cases in group]
                text = "".join(map(text_of, chain.from_iterable(given for given, _ in chosen)))
                yield parcel, text, slots, dict(chain.from_iterable(expected for _, expected in chosen))


def _apart(tables: Iterable[Table]) -> Iterator[tuple[frozenset[int], list[list[Case]]]]:
    """The cases of each table, grouped so that those of no two tables in a group say anything of the same property."""
    groups: list[tuple[set[str], set[int], list[list[Case]]]] = []
    for table in tables:
        cases = list(table.cases())
        properties = {prop for prop, _ in set(chain.from_iterable(given for given, _ in cases))}
        group = next((group for group in groups if group[0].isdisjoint(properties)), None)
        if group is None:
            group = (set(), set(), [])
            groups.append(group)
        group[0].update(properties)
        group[1].update(effect.slot for rule in table.rules for effect in rule.effects)
        group[2].append(cases)
    return ((frozenset(slots), some) for _, slots, some in groups)
