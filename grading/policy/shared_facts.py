"""Facts that a policy shares with rulesets or other policies: what has the same id has to mean the same."""

from collections.abc import Iterator

from grading.language.load import Library
from grading.language.problems import Problem
from grading.model.ruleset import Fact
from grading.policy.library import PolicyLibrary
from grading.problems.phrases import Phrase
from grading.problems.reason import Parameter, reason_of
from grading.problems.ruleset_codes import RulesetCode


def check_shared_facts(policies: PolicyLibrary, library: Library) -> Iterator[Problem]:
    """Every fact of a policy that a ruleset or an earlier policy declares otherwise; raises LanguageError."""
    declared = [(id_, library.ruleset(id_).facts) for id_ in library.ids()]
    for policy in policies.policies():
        loaded = policies.load(policy.id)
        for fact in policy.facts:
            others = [(id_, facts[fact.id]) for id_, facts in declared if fact.id in facts]
            differences = [(id_, what) for id_, other in others if (what := _difference(fact, other))]
            if differences:
                listed = tuple(reason_of(Phrase.DECLARED_IN, what=what, ruleset=id_) for id_, what in differences)
                otherwise = reason_of(RulesetCode.FACT_DECLARED_OTHERWISE, fact=fact.id, differences=listed)
                yield loaded.problem("facts", fact.id, ("id",), otherwise)
        declared.append((policy.id, {fact.id: fact for fact in policy.facts}))


def _difference(fact: Fact, other: Fact) -> Parameter | None:
    """The difference of another declaration that makes values of it unreadable, or other values, for this one."""
    if other.type != fact.type:
        return reason_of(Phrase.OF_TYPE, type=other.type)
    if other.group != fact.group:
        return reason_of(Phrase.IN_GROUP, group=other.group) if other.group else Phrase.IN_NO_GROUP
    if other.unit != fact.unit:
        return reason_of(Phrase.OF_UNIT, unit=other.unit or "-")
    if other.decimals > fact.decimals:
        return reason_of(Phrase.WITH_DECIMALS, decimals=other.decimals)
    if other.options.keys() != fact.options.keys():
        return reason_of(Phrase.WITH_OPTIONS, options=tuple(other.options))
    return None
