"""The smallest and the cheapest set of changes that lifts a unit to a level, proven by grading the changed audit.

What is asked falls apart into clusters that share a value or a remedy; in each the best combination of ways is searched.
Then the changed audit is graded. If the changes upset something that held before, it is demanded too, and the search is repeated.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from grading.engine.grade import Engine, json_value
from grading.gaps.lines import Asked, Subject, asked_for, stands_in_the_way
from grading.gaps.values import settle
from grading.gaps.ways import Demand, Obstacle, Slot, Way, Ways, cost_of
from grading.language.values import known_text
from grading.model.audit import Audit, Known
from grading.model.gap import Change, ChangeSet, Costs, GapLine
from grading.simulate import Setting, put

MAX_ROUNDS = 6
MAX_COMBINATIONS = 3_000


@dataclass(frozen=True)
class Solution:
    """The changes found, the audit with them, and what is in the way of going further."""

    change_set: ChangeSet
    audit: Audit
    obstacles: tuple[tuple[Asked, Obstacle], ...]


def solve(engine: Engine, subject: Subject, level: str, lines: Sequence[GapLine], smallest: bool) -> Solution:
    """The changes that lift the subject's unit to `level`; as far as they can, when something is in the way."""
    asked = [a for a in asked_for(subject, level) if stands_in_the_way(subject, a)]
    firm: list[Asked] = []
    chosen, obstacles = _choose(subject, asked, firm, smallest)
    audit, values = _changed(subject, chosen)
    grading = engine.grade(audit, subject.mode)
    for _ in range(MAX_ROUNDS):
        after = Subject(audit, subject.index, subject.ruleset, grading.units[subject.index], subject.mode)
        known = {a.name for a in (*asked, *firm)}
        upset = [a for a in asked_for(after, level) if a.name not in known and stands_in_the_way(after, a)]
        if not upset:
            break
        newly_asked = [a for a in upset if not _fulfilled_now(subject, a)]
        firm += [a for a in upset if _fulfilled_now(subject, a)]
        asked += newly_asked
        chosen, obstacles = _choose(subject, asked, firm, smallest)
        audit, values = _changed(subject, chosen)
        grading = engine.grade(audit, subject.mode)
    outcome = grading.units[subject.index].outcome
    ids = subject.ruleset.scale.ids
    enough = outcome.grade in ids and ids.index(outcome.grade) <= ids.index(level)
    changes = _described(subject, chosen, values, lines)
    remedies = tuple(dict.fromkeys(r for change in changes for r in change.remedies))
    change_set = ChangeSet(
        changes=changes,
        remedies=remedies,
        cost_wan_cny=total(r.cost_wan_cny for r in remedies),
        weeks=longest(r.weeks for r in remedies),
        outcome=outcome,
        enough=enough,
    )
    return Solution(change_set, audit, tuple(obstacles))


def _fulfilled_now(subject: Subject, asked: Asked) -> bool:
    return not stands_in_the_way(subject, asked)


def total(ranges: Iterable[Costs | None]) -> Costs | None:
    """The sum of ranges; None when there is nothing to add up."""
    known = [r for r in ranges if r is not None]
    if not known:
        return None
    return (sum((low for low, _ in known), Decimal(0)), sum((high for _, high in known), Decimal(0)))


def longest(ranges: Iterable[Costs | None]) -> Costs | None:
    """The longest of ranges, for works that go on side by side."""
    known = [r for r in ranges if r is not None]
    return (max(low for low, _ in known), max(high for _, high in known)) if known else None


def _choose(
    subject: Subject, asked: Sequence[Asked], firm: Sequence[Asked], smallest: bool
) -> tuple[frozenset[Demand], list[tuple[Asked, Obstacle]]]:
    """The demands of the best combination, and the obstacles of what can't be fulfilled at all."""
    open_ways: list[tuple[Asked, list[Way]]] = []
    obstacles: list[tuple[Asked, Obstacle]] = []
    for one, ways in [(a, Ways(subject).fulfil(a)) for a in asked] + [(a, Ways(subject, True).fulfil(a)) for a in firm]:
        possible = [way for way in ways if not way.obstacles]
        if possible:
            open_ways.append((one, possible))
            continue
        obstacles += [(one, obstacle) for obstacle in sorted(ways[0].obstacles, key=lambda o: o.condition)]
        open_ways.append((one, [Way(ways[0].demands)]))
    demands: frozenset[Demand] = frozenset()
    for cluster in _clusters(open_ways):
        best = _best_of(subject, [ways for _, ways in cluster], smallest)
        if best is None:
            obstacles += [(one, Obstacle("conflict", one.name)) for one, _ in cluster]
        else:
            demands |= best.demands
    return demands, obstacles


Cluster = list[tuple[Asked, list[Way]]]


def _clusters(parts: Cluster) -> list[Cluster]:
    """Parts that touch the same values or remedies, together."""
    clusters: list[tuple[set[Any], Cluster]] = []
    for one, ways in parts:
        touched: set[Any] = {d.slot for way in ways for d in way.demands}
        touched |= {d.effort.text for way in ways for d in way.demands if d.effort is not None}
        members: Cluster = [(one, ways)]
        apart = []
        for other in clusters:
            if other[0] & touched:
                touched |= other[0]
                members = other[1] + members
            else:
                apart.append(other)
        clusters = [*apart, (touched, members)]
    return [members for _, members in clusters]


def _best_of(subject: Subject, parts: list[list[Way]], smallest: bool) -> Way | None:
    """The best compatible combination of one way of each part."""
    values = _current(subject)

    def rank(way: Way) -> tuple[Any, ...]:
        settled = settle(subject.ruleset, way.demands, values)
        count = len(settled) if settled is not None else 0
        cost = cost_of(d.effort for d in way.demands)
        measure = (count, cost) if smallest else (cost, count)
        return (settled is None, *measure, way.rank)

    combined = [Way()]
    for ways in sorted(parts, key=len):
        step = dict.fromkeys(one | other for one in combined for other in ways)
        ranked = sorted(step, key=rank)
        combined = ranked[: max(1, MAX_COMBINATIONS // max(1, len(parts)) // max(1, len(ways)))]
    best = combined[0]
    return None if rank(best)[0] else best


def _current(subject: Subject) -> dict[Slot, Any]:
    """Today's values, computed ones included."""
    values = subject.grading.values
    found: dict[Slot, Any] = {}
    for fact, row in values:
        declared = subject.ruleset.facts.get(fact) or subject.ruleset.computed.get(fact)
        group = declared.group if declared is not None else None
        found[Slot(fact, group if row is not None else None, row)] = values[fact, row]
    return found


def _changed(subject: Subject, demands: frozenset[Demand]) -> tuple[Audit, dict[Slot, Any]]:
    """The audit with every demand satisfied, and the values that were changed."""
    settled = settle(subject.ruleset, demands, _current(subject)) or {}
    audit = subject.audit
    for slot, value in sorted(settled.items(), key=lambda item: (item[0].group or "", item[0].row or "", item[0].fact)):
        before = subject.known(slot.fact, slot.group, slot.row)
        plain = (
            tuple(o for o in subject.ruleset.facts[slot.fact].options if o in value)
            if isinstance(value, frozenset)
            else value
        )
        known = Known(value=plain, evidence=before.evidence if before else (), note=before.note if before else None)
        audit = put(audit, Setting(_owner(subject, slot), slot.group, slot.row, slot.fact, None), known)
    return audit, settled


def _owner(subject: Subject, slot: Slot) -> str:
    """The unit, or the enterprise where the value stands there."""
    place = subject.place(slot.fact, slot.group, slot.row)
    return "enterprise" if place.startswith("enterprise.") else subject.unit.id


def _described(
    subject: Subject, demands: frozenset[Demand], values: dict[Slot, Any], lines: Sequence[GapLine]
) -> tuple[Change, ...]:
    """The changes in words of the audit, in the order of the gap lines that they close."""
    by_place: dict[str, list[str]] = {}
    order: dict[str, int] = {}
    for n, line in enumerate(lines):
        by_place.setdefault(line.condition, []).append(line.id)
        order.setdefault(line.condition, n)
    changes: list[tuple[int, Change]] = []
    for slot, after in values.items():
        fact = subject.ruleset.facts[slot.fact]
        serving = [d for d in demands if slot in _roots(subject, d)]
        rows = {line.id: line.row for line in lines}
        closed = [
            id_
            for d in serving
            for id_ in by_place.get(d.condition, ())
            if rows[id_] in (None, slot.row) or slot.row is None
        ]
        remedies = [d.effort for d in sorted(serving, key=lambda d: d.condition) if d.effort is not None]
        before = subject.grading.values.get((slot.fact, slot.row))
        change = Change(
            kind="supply" if before is None else "improve",
            unit=_owner(subject, slot),
            place=subject.place(slot.fact, slot.group, slot.row),
            setting=Setting(_owner(subject, slot), slot.group, slot.row, slot.fact, None).place,
            group=slot.group,
            row=slot.row,
            fact=slot.fact,
            fact_label=fact.label,
            measured_in=fact.unit,
            before=json_value(before),
            before_text=known_text(subject.ruleset, slot.fact, before),
            after=json_value(after),
            after_text=known_text(subject.ruleset, slot.fact, after),
            lines=tuple(dict.fromkeys(closed)),
            remedies=tuple(dict.fromkeys(remedies)),
        )
        position = min((order[d.condition] for d in serving if d.condition in order), default=len(order))
        changes.append((position, change))
    return tuple(change for _, change in sorted(changes, key=lambda item: (item[0], item[1].place)))


def _roots(subject: Subject, demand: Demand) -> set[Slot]:
    """The slots of the audit behind a demand: its own, or those its computed fact is worked out from."""
    found: set[Slot] = set()
    stack = [demand.slot]
    while stack:
        slot = stack.pop()
        computed = subject.ruleset.computed.get(slot.fact)
        if computed is None:
            found.add(slot)
            continue
        for operand in computed.operands:
            if isinstance(operand, str):
                declared = subject.ruleset.facts.get(operand) or subject.ruleset.computed.get(operand)
                group = declared.group if declared is not None else None
                stack.append(Slot(operand, group, slot.row if group else None))
    return found
