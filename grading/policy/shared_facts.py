"""Facts that a policy shares with rulesets or other policies: what has the same id has to mean the same."""

from collections.abc import Iterator

from grading.language.load import Library
from grading.language.problems import Problem
from grading.model.ruleset import Fact
from grading.policy.library import PolicyLibrary


def check_shared_facts(policies: PolicyLibrary, library: Library) -> Iterator[Problem]:
    """Every fact of a policy that a ruleset or an earlier policy declares otherwise; raises LanguageError."""
    declared = [(id_, library.ruleset(id_).facts) for id_ in library.ids()]
    for policy in policies.policies():
        loaded = policies.load(policy.id)
        for fact in policy.facts:
            others = [(id_, facts[fact.id]) for id_, facts in declared if fact.id in facts]
            differences = [(id_, what) for id_, other in others if (what := _difference(fact, other))]
            if differences:
                message = "; ".join(f"{what} in {id_}" for id_, what in differences)
                yield loaded.problem("facts", fact.id, ("id",), f"`{fact.id}` is declared otherwise: {message}")
        declared.append((policy.id, {fact.id: fact for fact in policy.facts}))


def _difference(fact: Fact, other: Fact) -> str | None:
    """What of another declaration makes values of it unreadable, or other values, for this one."""
    if other.type != fact.type:
        return f"a {other.type}"
    if other.group != fact.group:
        return f"in group {other.group}" if other.group else "in no group"
    if other.unit != fact.unit:
        return f"in {other.unit}"
    if other.decimals > fact.decimals:
        return f"with {other.decimals} decimals"
    if other.options.keys() != fact.options.keys():
        return f"with the options {', '.join(other.options)}"
    return None
