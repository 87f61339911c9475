"""Demands on values, computed ones among them → the values to change, checked to satisfy every demand."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from grading.gaps.back import Back, Wishes, probes
from grading.gaps.known import Slot, Values
from grading.gaps.values import Wish, best_value, grants
from grading.model.base import Remedy

ATTEMPTS = 4


class Effort(NamedTuple):
    """A remedy (None: nobody has stated one) and whether it is needed for sure: a missing value may turn out well."""

    remedy: Remedy | None
    sure: bool


@dataclass(frozen=True, eq=False)
class Demand:
    """A comparison that has to be as wished; `line` is the gap line that this would close.

    `effort` is what it takes: None where it is so already, or where nothing but evidence is asked for.
    """

    slot: Slot
    wish: Wish
    effort: Effort | None
    line: str


@dataclass(frozen=True)
class Settled:
    """The values to change, and all wishes for each, those that come from computed values included."""

    changed: dict[Slot, Any]
    wishes: dict[Slot, list[Wish]]


def settle(values: Values, demands: Iterable[Demand]) -> Settled | None:
    """The changes that satisfy all demands; None when none were found.

    Demands on facts are settled first. A demand on a computed value that does not hold then is worked back onto facts;
    everything is computed anew, until all hold.
    """
    listed = list(demands)
    wished = [(d.slot, d.wish) for d in listed if d.slot.fact not in values.ruleset.computed]
    computed = [d for d in listed if d.slot.fact in values.ruleset.computed]
    worked_back: dict[Demand, Wishes] = {}
    attempts = dict.fromkeys(computed, 0)
    while True:
        settled = _settled(values, [*wished, *(pair for wishes in worked_back.values() for pair in wishes)])
        if settled is None:
            return None
        now = values.with_changes(settled.changed)
        open_ = [d for d in computed if not grants(now.get(d.slot), d.wish)]
        if not open_:
            return settled
        for demand in open_:
            tried = attempts[demand]
            found = Back(now, tried).onto_facts(demand.slot, demand.wish) if tried < ATTEMPTS - 1 else None
            found = probes(now, demand.slot, demand.wish) if found is None else found
            if found is None or tried == ATTEMPTS:
                return None
            worked_back[demand], attempts[demand] = found, tried + 1


def _settled(values: Values, wished: Iterable[tuple[Slot, Wish]]) -> Settled | None:
    wishes: dict[Slot, list[Wish]] = {}
    for slot, wish in wished:
        wishes.setdefault(slot, []).append(wish)
    changed: dict[Slot, Any] = {}
    for slot, listed in wishes.items():
        today, fact = values.today.get(slot), values.ruleset.facts.get(slot.fact)
        if fact is None:  # the day of the audit: it is what it is
            if not all(grants(today, wish) for wish in listed):
                return None
            continue
        value = best_value(fact, listed, today)
        if value is None:
            return None
        if value != today:
            changed[slot] = value
    return Settled(changed, wishes)
