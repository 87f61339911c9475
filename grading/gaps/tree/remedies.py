"""The remedy of a comparison: the innermost that is stated around it, else the one stated elsewhere for the same value."""

from grading.gaps.tree.per_ruleset import per_ruleset
from grading.gaps.tree.subject import Asked
from grading.model.base import Remedy
from grading.model.condition import Comparison, ConditionBase, parts
from grading.model.ruleset import Ruleset
from grading.places import sources


def remedy_of(asked: Asked, *conditions: ConditionBase) -> Remedy | None:
    """The remedy of the innermost condition that states one, else the level's, else the indicator's."""
    stated = [c.remedy for c in reversed(conditions)]
    stated += [asked.requirement.remedy if asked.requirement is not None else None, asked.owner.remedy]
    return next((remedy for remedy in stated if remedy is not None), None)


def remedy_elsewhere(ruleset: Ruleset, fact: str) -> Remedy | None:
    """The remedy that an indicator states for a fact, or for what else is worked out from the same first value.

    A gate that names a limit seldom says how to keep it: a lower figure takes the same works wherever it is asked for.
    """
    return _by_fact(ruleset).get(fact)


@per_ruleset
def _by_fact(ruleset: Ruleset) -> dict[str, Remedy]:
    found: dict[str, Remedy] = {}
    for indicator in ruleset.indicators:
        for requirement in indicator.levels.values():
            _collect(requirement.require, requirement.remedy or indicator.remedy, found)
    by_source: dict[str, Remedy] = {}
    for fact, remedy in found.items():
        by_source.setdefault(_source(ruleset, fact), remedy)
    every = (*ruleset.facts, *ruleset.computed)
    nearest = {fact: found.get(fact) or by_source.get(_source(ruleset, fact)) for fact in every}
    return {fact: remedy for fact, remedy in nearest.items() if remedy is not None}


def _collect(c: ConditionBase, around: Remedy | None, found: dict[str, Remedy]) -> None:
    """The first remedy with a price for each fact that is compared; what only selects rows is left out."""
    remedy = c.remedy or around
    if isinstance(c, Comparison):
        if remedy is not None and remedy.cost_wan_cny is not None:
            found.setdefault(c.fact, remedy)
        return
    for step, part in parts(c):
        if step != "where":
            _collect(part, remedy, found)


def _source(ruleset: Ruleset, fact: str) -> str:
    return next((source[0] for source in sources(ruleset, fact, None)), fact)
