"""Rules that ask for a single fact, packed: several of them are one rule of the library, with a fact of each as alternatives.

The library sets up tables for every pattern of every rule at each run, and more than half of all rules ask for one fact. No fact
can pass two alternatives of a pack, since a fact has one property and no two rules of a pack ask for the same. By that property
it is known which of them has fired.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from grading.engine.limits import MAX_ALTERNATIVES
from grading.engine.rules import Pattern, Patterns, Rule, Tests


@dataclass(frozen=True)
class Pack:
    """A rule of the library: its patterns, and by the property of the fact that matched the first, which rule has fired."""

    name: str
    patterns: Patterns
    rules: Mapping[str, Rule]


@dataclass
class _Filling:
    """A pack that is being filled: what its first fact may be, and the rules by property."""

    head: list[Tests] = field(default_factory=list)
    rules: dict[str, Rule] = field(default_factory=dict)
    rest: Patterns = ()

    def has_room_for(self, properties: AbstractSet[str], alternatives: int) -> bool:
        """Whether a rule for a single fact fits in: it asks for other properties, and there are not too many."""
        return len(self.head) + alternatives <= MAX_ALTERNATIVES and self.rules.keys().isdisjoint(properties)

    def take(self, rule: Rule) -> None:
        """Add a rule; of a join, which is alone, the patterns behind the first as well."""
        first, *rest = rule.patterns
        self.head += first.alternatives
        self.rules |= {tests[0].property: rule for tests in first.alternatives}
        self.rest = tuple(rest)

    def closed(self, name: str) -> Pack:
        first, *others = self.head
        return Pack(name, (Pattern(first, others=tuple(others)), *self.rest), self.rules)


def packed(rules: Iterable[Rule]) -> tuple[Pack, ...]:
    """The rules as the library gets them."""
    packs: list[_Filling] = []
    # In order: a rule goes into the first that has room. Joins and full packs are not looked at again.
    open_packs: dict[int, _Filling] = {}
    for rule in rules:
        if len(rule.patterns) > 1:
            packs.append(_Filling())
            packs[-1].take(rule)
            continue
        alternatives = rule.patterns[0].alternatives
        properties = {tests[0].property for tests in alternatives}
        fitting = (k for k, pack in open_packs.items() if pack.has_room_for(properties, len(alternatives)))
        k = next(fitting, len(packs))
        if k == len(packs):
            packs.append(_Filling())
            open_packs[k] = packs[k]
        packs[k].take(rule)
        if len(packs[k].head) >= MAX_ALTERNATIVES:
            del open_packs[k]
    return tuple(pack.closed(f"r{k}") for k, pack in enumerate(packs))
