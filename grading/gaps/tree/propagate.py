"""Demands on values, computed ones among them → the values to change, checked to satisfy every demand."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from grading.gaps.tree.answers import Answers
from grading.gaps.tree.constraints import Constraint, satisfies
from grading.gaps.tree.invert_computed import Constraints, Inverter, probes
from grading.gaps.tree.values import TODAY, Slot, Values
from grading.model.base import Remedy

ATTEMPTS = 4


class Work(NamedTuple):
    """A remedy (None: nobody has stated one); with `row` one that is done and paid for each row."""

    remedy: Remedy | None
    row: str | None = None


class Effort(NamedTuple):
    """A work, whether it is needed for sure (a missing value may turn out well), and the weeks that have to pass.

    `only_time`: nothing is to be done but to wait. `for_scope`: the value is changed to leave a scope; where it is changed for
    its own sake as well, that is all that it takes.
    """

    work: Work
    sure: bool
    wait: Decimal = Decimal(0)
    only_time: bool = False
    for_scope: bool = False


@dataclass(frozen=True, eq=False)
class Demand:
    """A comparison that has to be as asked; `line` is the gap line that this would close.

    `effort` is what it takes: None where it is so already, or where nothing but evidence is asked for. `beyond`: a better
    level than the one aimed at asks for it, and it is not so yet.
    """

    slot: Slot
    constraint: Constraint
    effort: Effort | None
    line: str
    beyond: bool = False


def efforts_of(demands: Iterable[Demand]) -> list[Effort]:
    """The efforts of demands together.

    What a value takes for its own sake is all that it takes; it is sure to be needed where leaving a scope surely needs it.
    """
    taking = [(demand.slot, demand.effort) for demand in demands if demand.effort is not None]
    scope = {slot for slot, effort in taking if effort.for_scope}
    if not scope:
        return [effort for _, effort in taking]
    own = {slot for slot, effort in taking if not effort.for_scope}
    surely = {slot for slot, effort in taking if effort.for_scope and effort.sure}
    return [
        effort._replace(sure=True) if slot in surely and not effort.sure else effort
        for slot, effort in taking
        if not (effort.for_scope and slot in own)
    ]


@dataclass(frozen=True)
class Propagated:
    """The values to change, and all constraints for each, those that come from computed values included."""

    changed: dict[Slot, Any]
    constraints: dict[Slot, list[Constraint]]


class Propagation:
    """Propagates demands on one unit's values: those that share no value that could move apart, and each group of them once."""

    def __init__(self, values: Values, answers: Answers) -> None:
        self.values, self.answers = values, answers
        self.best: dict[tuple[Demand, ...], Any] = {}
        """The best value for demands on one slot."""
        self._known: dict[tuple[Demand, ...], Propagated | None] = {}

    def of(self, demands: Sequence[Demand]) -> Propagated | None:
        """The changes that satisfy all demands; None when none were found."""
        changed: dict[Slot, Any] = {}
        constraints: dict[Slot, list[Constraint]] = {}
        for group in self._groups(demands):
            if group not in self._known:
                self._known[group] = self._answer(group)
            found = self._known[group]
            if found is None:
                return None
            changed |= found.changed
            constraints |= found.constraints
        return Propagated(changed, constraints)

    def _answer(self, group: tuple[Demand, ...]) -> Propagated | None:
        known, key = self.answers.changes, self.question(group)
        if key not in known:
            known[key] = propagate(self.values, group)
        found: Propagated | None = known[key]
        return found

    def question(self, demands: Sequence[Demand]) -> Hashable:
        """Demands with what today says of their values, but not of which unit they are."""
        values = self.values
        today = values.today.get(TODAY)
        return id(values.ruleset), today, tuple((d.slot, d.constraint, values.known(d.slot)) for d in demands)

    def _groups(self, demands: Sequence[Demand]) -> Iterator[tuple[Demand, ...]]:
        """The demands that have to do with each other, in their order."""
        groups: dict[Slot, list[int]] = {}
        for n, demand in enumerate(demands):
            group = [n]
            # A value that is given can't be moved, whoever else reads it: a demand on nothing else is by itself.
            for slot in self.values.moving_roots(demand.slot) or (demand.slot,):
                other = groups.get(slot)
                if other is None:
                    groups[slot] = group
                elif other is not group:
                    other += group
                    for joined in [key for key, listed in groups.items() if listed is group]:
                        groups[joined] = other
                    group = other
        for group in {id(group): group for group in groups.values()}.values():
            yield tuple(demands[n] for n in sorted(group))


def propagate(values: Values, demands: Iterable[Demand]) -> Propagated | None:
    """The changes that satisfy all demands; None when none were found.

    Demands on facts are settled first. A demand on a computed value that does not hold then is worked back onto facts;
    everything is computed anew, until all hold.
    """
    listed = list(demands)
    constrained = [(d.slot, d.constraint) for d in listed if d.slot.fact not in values.ruleset.computed]
    computed = [d for d in listed if d.slot.fact in values.ruleset.computed]
    worked_back: dict[Demand, Constraints] = {}
    attempts = dict.fromkeys(computed, 0)
    while True:
        settled = _settled(
            values, [*constrained, *(pair for constraints in worked_back.values() for pair in constraints)]
        )
        if settled is None:
            return None
        now = values.with_changes(settled.changed)
        open_ = [d for d in computed if not satisfies(now.get(d.slot), d.constraint)]
        if not open_:
            return settled
        for demand in open_:
            tried = attempts[demand]
            found = Inverter(now, tried).onto_facts(demand.slot, demand.constraint) if tried < ATTEMPTS - 1 else None
            found = probes(now, demand.slot, demand.constraint) if found is None else found
            if found is None or tried == ATTEMPTS:
                return None
            worked_back[demand], attempts[demand] = found, tried + 1


def _settled(values: Values, constrained: Iterable[tuple[Slot, Constraint]]) -> Propagated | None:
    constraints: dict[Slot, list[Constraint]] = {}
    for slot, constraint in constrained:
        constraints.setdefault(slot, []).append(constraint)
    changed: dict[Slot, Any] = {}
    for slot, listed in constraints.items():
        today, fact = values.today.get(slot), values.ruleset.facts.get(slot.fact)
        if fact is None:  # the day of the audit: it is what it is
            if not all(satisfies(today, constraint) for constraint in listed):
                return None
            continue
        value = values.best(slot, listed)
        if value is None:
            return None
        if value != today:
            changed[slot] = value
    return Propagated(changed, constraints)
