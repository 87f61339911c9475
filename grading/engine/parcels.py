"""Parcels: tables whose properties stand in one fact; and packs: rules of several parcels that are one rule of the library.

The library sets up tables for every pattern of every rule in each run, and copies every fact into a struct of 6.7 kB. So a fact
carries what many tables ask for, and a rule of the library has the rules of many parcels as alternatives. What has fired is
known by the pack and the parcel of the fact that matched: no pack has two rules of one parcel.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil, sqrt
from typing import NamedTuple

from grading.engine.limits import MAX_ALTERNATIVES, fits
from grading.engine.name_hashes import name_of_parcel
from grading.engine.rules import Rule, Table

RULES_OF_A_FACT = 4
"""A fact costs about as much as so many patterns."""
ROWS = 4
"""So many rows a view has, as far as sizes of parcels are concerned."""


class Source(NamedTuple):
    """The source of facts. `view`: whose rows they are about.

    `kind`: settled, values, nodes, copies, steps, stated or waivers.
    """

    kind: str
    view: int | None


@dataclass(frozen=True)
class Parcel:
    """Tables that read one fact, which begins with the parcel's name."""

    name: str
    source: Source
    tables: tuple[Table, ...]

    @property
    def rules(self) -> Iterable[Rule]:
        """The rules of all its tables."""
        return (rule for table in self.tables for rule in table.rules)


@dataclass(frozen=True)
class Pack:
    """A rule of the library: of each parcel at most one rule, as alternatives."""

    name: str
    rules: dict[str, Rule] = field(default_factory=dict)


def parcels_of(tables: dict[Source, list[Table]]) -> tuple[Parcel, ...]:
    """The tables of a level, spread over parcels inside the limits of a fact."""
    parts = [(source, part) for source, some in tables.items() for part in _spread(source, some)]
    return tuple(Parcel(name_of_parcel(n), source, tuple(part)) for n, (source, part) in enumerate(parts))


def packs_of(parcels: Sequence[Parcel]) -> tuple[Pack, ...]:
    """The rules of all parcels as the library gets them."""
    packs: list[Pack] = []
    open_packs: list[Pack] = []
    for parcel in parcels:
        rules = list(parcel.rules)
        while len(open_packs) < len(rules):
            open_packs.append(Pack(f"r{len(packs)}"))
            packs.append(open_packs[-1])
        for pack, rule in zip(open_packs, rules, strict=False):
            pack.rules[parcel.name] = rule
        open_packs = sorted((p for p in open_packs if len(p.rules) < MAX_ALTERNATIVES), key=lambda p: len(p.rules))
    return tuple(packs)


def _spread(source: Source, tables: list[Table]) -> list[list[Table]]:
    rules = sum(len(table.rules) for table in tables)
    # That a table has no rows is seldom told, and once; what is about rows is told for each of them.
    facts = 0.1 if source.kind == "stated" else 1 if source.view is None else ROWS
    amount = max(1, min(len(tables), MAX_ALTERNATIVES, ceil(sqrt(rules / (RULES_OF_A_FACT * facts)))))
    bins: list[list[Table]] = [[] for _ in range(amount)]
    for table in sorted(tables, key=lambda table: -len(table.rules)):
        min(bins, key=lambda some: sum(len(one.rules) for one in some)).append(table)
    parts: list[list[Table]] = []
    while bins:
        some = bins.pop(0)
        if len(some) > 1 and not fits(some):
            bins[:0] = [some[: len(some) // 2], some[len(some) // 2 :]]
        else:
            parts.append(some)
    return parts
