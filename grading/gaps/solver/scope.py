"""What changes do to scope: those that others make needless, and options that take more out of scope."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from grading.gaps.solver.clusters import Chosen
from grading.gaps.solver.lower_bounds import Rank, prices_of
from grading.gaps.solver.trials import Trials, has_reached
from grading.gaps.tree.constraints import EQUIVALENT, satisfies
from grading.gaps.tree.per_ruleset import per_ruleset
from grading.gaps.tree.propagate import Demand
from grading.gaps.tree.subject import Subject
from grading.gaps.tree.values import Slot
from grading.model.base import Status
from grading.model.condition import Comparison, ConditionBase, parts
from grading.model.ruleset import Ruleset
from grading.places import sources


def without_needless(trials: Trials, level: str, chosen: Chosen, after: Subject) -> tuple[Chosen, Subject]:
    """Without the changes that turn out to be needless because others moved rows or indicators out of scope."""
    if not any(slot.fact in _scope_facts(trials.subject.ruleset) for slot in chosen.changed):
        return chosen, after
    needless = _needless(chosen, after)
    for slots in (needless, *([slot] for slot in needless)):
        fewer = {slot: value for slot, value in chosen.changed.items() if slot not in slots}
        if len(fewer) == len(chosen.changed):
            continue
        without = trials.graded(fewer)
        if has_reached(without, level):
            roots = trials.subject.values.roots
            kept = [d for d in chosen.demands if not all(slot in slots for slot in roots(d.slot))]
            chosen, after = replace(chosen, demands=kept, changed=fewer), without
    return chosen, after


def other_options(trials: Trials, level: str, chosen: Chosen, after: Subject, smallest: bool) -> tuple[Chosen, Subject]:
    """The same with another option for what decides on scope, where that makes other changes needless and is better."""
    best = (chosen, after)
    for slot, value in _options(trials.subject, chosen):
        other = replace(chosen, changed={**chosen.changed, slot: value})
        found, then = without_needless(trials, level, other, trials.graded(other.changed))
        if has_reached(then, level) and rank_of(found, smallest) < rank_of(best[0], smallest):
            best = (found, then)
    return best


def rank_of(chosen: Chosen, smallest: bool) -> Rank:
    """How good changes are, the better the less."""
    cost, count = sum(prices_of(chosen.demands).values(), Decimal(0)), Decimal(len(chosen.changed))
    return (count, cost) if smallest else (cost, count)


def moves_scope(subject: Subject, chosen: Chosen) -> bool:
    """Whether what decides on the scope of the demands could be changed too: then another set might be better."""
    scope = _scope_of(subject.ruleset)
    levers = {f for f in _read(subject.ruleset) if f in subject.ruleset.facts and not subject.ruleset.facts[f].is_given}
    owners = {demand.place.partition(".")[0] for demand in chosen.demands}
    return any(scope.get(owner, frozenset()) & levers for owner in owners)


def _options(subject: Subject, chosen: Chosen) -> Iterator[tuple[Slot, Any]]:
    """Other options of what decides on scope, that would do as well by themselves."""
    if len(chosen.changed) < 2:
        return
    for slot, value in chosen.changed.items():
        fact = subject.ruleset.facts[slot.fact]
        if slot.fact in _scope_facts(subject.ruleset) and fact.type == "choice":
            for option in fact.options:
                fits = all(satisfies(option, c) for c in chosen.constraints.get(slot, ()))
                if fits and option not in (value, EQUIVALENT) and (not fact.changes_to or option in fact.changes_to):
                    yield slot, option


def _needless(chosen: Chosen, after: Subject) -> list[Slot]:
    """Changes that only serve rows or indicators that the changed audit is not asked about."""
    serving: dict[Slot, list[Demand]] = {slot: [] for slot in chosen.changed}
    for demand in chosen.demands:
        for root in after.values.roots(demand.slot):
            if root in serving:
                serving[root].append(demand)
    return [slot for slot, demands in serving.items() if demands and all(_is_out(after, d) for d in demands)]


def _is_out(after: Subject, demand: Demand) -> bool:
    if demand.applies is not None and after.status(demand.applies, None) is Status.UNMET:
        return True
    status: Mapping[str, Status] | Status | None = after.conditions.get(demand.place)
    return isinstance(status, Mapping) and demand.slot.row is not None and demand.slot.row not in status


def _scope_facts(ruleset: Ruleset) -> frozenset[str]:
    """The facts that decide which rows and indicators are looked at."""
    return frozenset[str]().union(*_scope_of(ruleset).values())


def _scope_of(ruleset: Ruleset) -> Mapping[str, frozenset[str]]:
    return _facts(ruleset)[0]


def _read(ruleset: Ruleset) -> frozenset[str]:
    return _facts(ruleset)[1]


@per_ruleset
def _facts(ruleset: Ruleset) -> tuple[Mapping[str, frozenset[str]], frozenset[str]]:
    """By indicator or gate the facts that decide on its scope; and all facts that requirements read."""
    scope, read = dict[str, set[str]](), set[str]()
    for indicator in ruleset.indicators:
        found = scope.setdefault(indicator.id, set())
        if indicator.applies_when is not None:
            _collect(ruleset, indicator.applies_when, found, found)
        for requirement in indicator.levels.values():
            _collect(ruleset, requirement.require, read, found)
    for gate in ruleset.gates:
        _collect(ruleset, gate.when, read, scope.setdefault("gate", set()))
    return {owner: frozenset(facts) for owner, facts in scope.items()}, frozenset(read)


def _collect(ruleset: Ruleset, c: ConditionBase, read: set[str], scope: set[str]) -> None:
    if isinstance(c, Comparison):
        read.update(source[0] for source in sources(ruleset, c.fact, None))
    for step, part in parts(c):
        _collect(ruleset, part, scope if step == "where" else read, scope)
