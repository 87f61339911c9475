"""Rules that ask for a single fact, packed: several of them are one rule of the library, with a fact of each as alternatives.

The library sets up tables for every pattern of every rule at each run, and more than half of all rules ask for one fact. No fact
can pass two alternatives of a pack, since a fact has one property and no two rules of a pack ask for the same. By that property
it is known which of them has fired.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grading.engine.limits import MAX_ALTERNATIVES
from grading.engine.rules import Pattern, Patterns, Rule, Tests


@dataclass(frozen=True)
class Pack:
    """A rule of the library: its patterns, and by the property of the fact that matched the first, which rule has fired."""

    name: str
    patterns: Patterns
    rules: Mapping[str, Rule]


def packed(rules: Iterable[Rule]) -> tuple[Pack, ...]:
    """The rules as the library gets them. A join is alone in its pack."""
    packs: list[dict[str, Rule]] = []
    heads: list[list[Tests]] = []
    open_packs: list[int] = []
    for rule in rules:
        alternatives = rule.patterns[0].alternatives
        properties = {tests[0].property for tests in alternatives}
        is_join = len(rule.patterns) > 1
        number = None if is_join else _first_with_room(open_packs, packs, heads, properties, len(alternatives))
        if number is None:
            number = len(packs)
            packs.append({})
            heads.append([])
            if not is_join:
                open_packs.append(number)
        packs[number] |= dict.fromkeys(properties, rule)
        heads[number] += alternatives
    return tuple(
        _pack(f"r{k}", head, by_property) for k, (head, by_property) in enumerate(zip(heads, packs, strict=True))
    )


def _first_with_room(
    open_packs: list[int], packs: list[dict[str, Rule]], heads: list[list[Tests]], properties: set[str], count: int
) -> int | None:
    fits = (k for k in open_packs if len(heads[k]) + count <= MAX_ALTERNATIVES and not properties & packs[k].keys())
    return next(fits, None)


def _pack(name: str, head: list[Tests], by_property: dict[str, Rule]) -> Pack:
    first, *others = head
    patterns = next(iter(by_property.values())).patterns
    return Pack(name, (Pattern(first, patterns[0].join, tuple(others)), *patterns[1:]), by_property)
