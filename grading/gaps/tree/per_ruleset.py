"""Results that are worked out once from a ruleset, which is large and never changes."""

from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from grading.model.ruleset import Ruleset

T = TypeVar("T")
KEPT = 64


def per_ruleset(work: Callable[[Ruleset], T]) -> Callable[[Ruleset], T]:
    """The function with its results for the last 64 rulesets that it worked on, kept and used again."""
    found: OrderedDict[int, tuple[Ruleset, T]] = OrderedDict()

    def once(ruleset: Ruleset) -> T:
        known = found.get(id(ruleset))
        if known is not None and known[0] is ruleset:
            return known[1]
        result = work(ruleset)
        found[id(ruleset)] = (ruleset, result)
        while len(found) > KEPT:
            found.popitem(last=False)
        return result

    return once
