"""Rules that ask for a single fact, packed: several of them are one rule of the library, with a fact of each as alternatives.

The library sets up tables for every pattern of every rule at each run, and more than half of all rules ask for one fact. No fact
can pass two alternatives of a pack, since a fact has one property and no two rules of a pack ask for the same. By that property
it is known which of them has fired.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.former.limits import MAX_ALTERNATIVES
from tests.former.rules import Pattern, Patterns, Rule, Tests


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

    def has_room_for(self, rule: Rule) -> bool:
        """Whether it asks for a single fact, as all rules here do, of another property, and there are not too many."""
        alternatives = rule.patterns[0].alternatives
        return (
            not self.rest
            and len(rule.patterns) == 1
            and len(self.head) + len(alternatives) <= MAX_ALTERNATIVES
            and not any(tests[0].property in self.rules for tests in alternatives)
        )

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
    for rule in rules:
        pack = next((pack for pack in packs if pack.has_room_for(rule)), None)
        if pack is None:
            pack = _Filling()
            packs.append(pack)
        pack.take(rule)
    return tuple(pack.closed(f"r{k}") for k, pack in enumerate(packs))
