"""The smallest and the cheapest set of changes that lifts a unit to a level, proven by grading the changed audit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from grading.engine.grade import json_value
from grading.gaps.solver.bounds import bound_text
from grading.gaps.solver.clusters import Chosen, Part, choose_changes
from grading.gaps.solver.costs import cost_of, counted_as_one, pieces_of, remedies_of, weeks_of, works_of
from grading.gaps.solver.trials import Trials, has_reached, setting_of
from grading.gaps.tree.build_tree import later_day
from grading.gaps.tree.constraints import STATED, Constraint, satisfies, surely
from grading.gaps.tree.lines import Open, required_text
from grading.gaps.tree.nodes import Leaf, Table
from grading.gaps.tree.propagate import Demand, Work
from grading.gaps.tree.subject import Asked, Subject, stands_in_the_way
from grading.gaps.tree.values import Slot
from grading.gaps.tree.waiting import ready_on
from grading.language.prose import fact_label
from grading.language.values import known_text
from grading.model.base import Remedy
from grading.model.gap import Blocker, Change, ChangeSet, WorkToDo
from grading.model.interval import Interval


@dataclass(frozen=True)
class Solution:
    """The changes found, the unit with them, and what is in the way of going further."""

    change_set: ChangeSet
    after: Subject
    chosen: Chosen
    blockers: tuple[Blocker, ...]


def solve(trials: Trials, open_: Open, smallest: bool, within: Decimal | None = None) -> Solution:
    """The changes that lift the unit to the level, proven by grading; as far as they can, when something is in the way.

    With `within` only what takes no more weeks than that is a way.
    """
    subject, level = open_.subject, open_.level
    chosen = choose_changes(open_, smallest, within)
    chosen.demands.sort(key=lambda demand: open_.order.get(demand.line, len(open_.order)))
    after = trials.graded(chosen.changed)
    left = [a for a in open_.asked if a.key not in chosen.given_up and stands_in_the_way(after, a)]
    enough = has_reached(after, level)
    change_set = ChangeSet(
        changes=tuple(_described(subject, chosen, open_.order)),
        remedies=remedies_of(chosen.demands),
        works=tuple(_works(chosen.demands)),
        cost_wan_cny=cost_of(chosen.demands),
        weeks=weeks_of(chosen.demands),
        outcome=after.grading.outcome,
        enough=enough,
        optimal=enough and chosen.optimal and not chosen.given_up,
        counted_as_one=pieces_of(chosen.demands),
    )
    return Solution(change_set, after, chosen, (*_blockers(subject, level, chosen), *_left(level, left)))


def _described(subject: Subject, chosen: Chosen, order: Mapping[str, int]) -> Iterator[Change]:
    """The changes in words of the audit, in the order of the gap lines that they close."""
    today = subject.values
    open_ = [d for d in chosen.demands if not satisfies(today.get(d.slot), d.constraint)]
    serving: dict[Slot, list[Demand]] = {slot: [] for slot in chosen.changed}
    for demand in open_:
        for root in today.roots(demand.slot):
            if root in serving:
                serving[root].append(demand)
    first = {
        s: min((order.get(d.line, len(order)) for d in demands), default=len(order)) for s, demands in serving.items()
    }
    for slot in sorted(serving, key=lambda slot: (first[slot], slot.fact, slot.row or "")):
        yield _change(subject, chosen, slot, serving[slot], order)


def _change(subject: Subject, chosen: Chosen, slot: Slot, serving: list[Demand], order: Mapping[str, int]) -> Change:
    fact, constraints = subject.ruleset.facts[slot.fact], chosen.constraints[slot]
    before, after, setting = subject.values.get(slot), chosen.changed[slot], setting_of(subject, slot)
    sides = {
        "at_most" if constraint.order in ("at_most", "below") else "at_least"
        for constraint in constraints
        if constraint.order is not None
    }
    limit: Literal["at_most", "at_least"] | None = None
    if sides == {"at_most"}:
        limit = "at_most"
    elif sides == {"at_least"}:
        limit = "at_least"
    closed = {demand.line for demand in serving} & set(order)
    return Change(
        kind=_kind(subject, slot, before, constraints),
        unit=setting.unit,
        place=subject.stated(slot.group, slot.row, slot.fact)[1],
        setting=setting.place,
        group=slot.group,
        row=slot.row,
        fact=slot.fact,
        fact_label=fact.label,
        measured_in=fact.unit,
        before=json_value(before),
        before_text=known_text(subject.ruleset, slot.fact, before),
        after=json_value(after),
        after_text=known_text(subject.ruleset, slot.fact, after),
        limit=limit,
        bound_text=bound_text(subject.ruleset, fact, after, limit, constraints),
        assumed=all(constraint.operator == STATED for constraint in constraints),
        lines=tuple(sorted(closed, key=lambda line: order[line])),
        remedies=() if fact.is_given else remedies_of(serving),
        ready_on=ready_on(fact, before, after, subject.audit.assessed_on),
    )


def _kind(
    subject: Subject, slot: Slot, before: Any, constraints: Sequence[Constraint]
) -> Literal["improve", "supply", "wait"]:
    """Evidence is supplied for what is missing or has to be measured anew; what lapses is waited for."""
    if is_open(before, constraints) or slot in subject.values.invalid:
        return "supply"
    return "wait" if subject.ruleset.facts[slot.fact].lapses_after_months is not None else "improve"


def is_open(before: Any, constraints: Sequence[Constraint]) -> bool:
    """True when a better measurement may show that nothing has to be changed: nothing is known, or not enough."""
    if not isinstance(before, Interval):
        return before is None
    return all(surely(before, constraint) is not False for constraint in constraints)


def _works(demands: Sequence[Demand]) -> Iterator[WorkToDo]:
    """Each remedy with the rows in which it is done."""
    done: dict[Remedy, list[tuple[Work, bool]]] = {}
    for work, sure in works_of(demands).items():
        if work.remedy is not None:
            done.setdefault(work.remedy, []).append((work, sure))
    for remedy, listed in done.items():
        rows = tuple(work.row for work, _ in listed if work.row is not None)
        cost = remedy.cost_wan_cny
        if cost is not None:
            low = sum((cost[0] for _, sure in listed if sure), Decimal(0))
            cost = (low, cost[1] * len(listed))
        yield WorkToDo(
            remedy=remedy,
            rows=rows,
            cost_wan_cny=cost,
            if_needed=not any(sure for _, sure in listed),
            counted_as_one=next((piece for work, _ in listed if (piece := counted_as_one(work)) is not None), None),
        )


def _blockers(subject: Subject, level: str, chosen: Chosen) -> Iterator[Blocker]:
    """The obstacles, once for all rows in which they are."""
    found: dict[tuple[str, str, str], list[Leaf | Table]] = {}
    for obstacle in chosen.closed:
        requirement = required_text(subject, obstacle)
        found.setdefault((obstacle.asked.owner.id, str(obstacle.closed), requirement), []).append(obstacle)
    for (_, _, requirement), listed in found.items():
        rows = list(dict.fromkeys(o.row for o in listed if isinstance(o, Leaf) and o.row is not None))
        yield Blocker(
            indicator=listed[0].asked.owner.id,
            title=listed[0].asked.title,
            level=level,
            reason=listed[0].closed or "conflict",
            condition=listed[0].place,
            text=requirement + (f"（{'、'.join(rows)}）" if rows else ""),
            ready_on=_ready_on(subject, listed[0]),
        )
    for core in chosen.conflicts:
        for part in core:
            yield _conflict(subject, level, part, core)
    for one in dict.fromkeys(part.asked for part in chosen.cut_off):
        yield Blocker(
            indicator=one.owner.id,
            title=one.title,
            level=level,
            reason="search_limit",
            condition=one.name,
            text="可能的组合太多，没有算完，不能断定有没有办法，须另行论证",
        )


def _ready_on(subject: Subject, obstacle: Leaf | Table) -> date | None:
    """The day of an audit that would find an obstacle gone, where only time is missing."""
    if not isinstance(obstacle, Leaf) or obstacle.closed != "time":
        return None
    return later_day(subject, subject.values.roots(obstacle.demand.slot))


def _left(level: str, asked: Sequence[Asked]) -> Iterator[Blocker]:
    """The demands that changes keep bringing up again: each repair upsets something else."""
    for one in asked:
        yield Blocker(
            indicator=one.owner.id,
            title=one.title,
            level=level,
            reason="conflict",
            condition=one.name,
            text="改动互相牵连，没有找到同时满足各项要求的组合，须另行论证",
        )


def _conflict(subject: Subject, level: str, part: Part, core: tuple[Part, ...]) -> Blocker:
    """The values that can't be as everything together asks for, and the other demands on them."""
    shared = frozenset.intersection(*(other.roots for other in core)) or part.roots
    labels = [
        fact_label(subject.ruleset, slot.fact) + (f"（{slot.row}）" if slot.row is not None else "")
        for slot in sorted(shared, key=lambda slot: (slot.fact, slot.row or ""))
    ]
    others = list(dict.fromkeys(other.asked.title for other in core if other.asked.key != part.asked.key))
    against = f"与“{'”“'.join(others)}”的要求不能同时满足" if others else "的各项要求互相矛盾"
    return Blocker(
        indicator=part.asked.owner.id,
        title=part.asked.title,
        level=level,
        reason="conflict",
        condition=part.node.place if isinstance(part.node, Leaf | Table) else part.asked.name,
        text=f"{'、'.join(labels)}：{against}",
    )
