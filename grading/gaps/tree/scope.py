"""Facts that can take a unit or a row out of scope, or bring it in.

A fact that requirements or gates speak of as well can be changed for its own sake, by its own remedy. What does nothing but
select says what the plant is.
"""

from collections.abc import Iterator

from grading.gaps.tree.per_ruleset import per_ruleset
from grading.model.condition import All, Comparison, ConditionBase, Each, Some, comparisons, parts
from grading.model.ruleset import Ruleset
from grading.places import sources


def can_move(ruleset: Ruleset, scope: ConditionBase) -> bool:
    """True when a change could make a `where` or `applies_when` come out otherwise."""
    known, movable = _known(ruleset)
    if id(scope) not in known:
        read = (source[0] for c in comparisons(scope) for source in sources(ruleset, c.fact, None))
        known[id(scope)] = any(fact in movable for fact in read)
    return known[id(scope)]


def is_empty_out_of_scope(scope: ConditionBase, asked: ConditionBase) -> bool:
    """True when nothing is asked out of scope anyway: it is about the rows of which the scope is that there are some."""
    if isinstance(asked, All):
        return all(is_empty_out_of_scope(scope, part) for part in asked.all)
    if not isinstance(scope, Some) or not isinstance(asked, Each):
        return False
    return scope.some == asked.each and scope.where is None and scope.require == asked.where


@per_ruleset
def _known(ruleset: Ruleset) -> tuple[dict[int, bool], frozenset[str]]:
    """By condition of the ruleset, what is known of it already; and the facts that can be moved."""
    return {}, levers(ruleset)


@per_ruleset
def levers(ruleset: Ruleset) -> frozenset[str]:
    """The facts that requirements and gates read and that changes at the plant make another."""
    conditions = [r.require for indicator in ruleset.indicators for r in indicator.levels.values()]
    conditions += [gate.when for gate in ruleset.gates]
    read = {source[0] for c in conditions for fact in _compared(c) for source in sources(ruleset, fact, None)}
    return frozenset(fact for fact in read if fact in ruleset.facts and not ruleset.facts[fact].is_given)


def _compared(c: ConditionBase) -> Iterator[str]:
    if isinstance(c, Comparison):
        yield c.fact
    for step, part in parts(c):
        if step != "where":
            yield from _compared(part)
