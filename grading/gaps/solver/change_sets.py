"""The smallest and the cheapest set of changes that lifts a unit to a level, proven by grading the changed audit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grading.engine.grade import Engine, json_value
from grading.gaps.solver.clusters import Chosen, Part, choose_changes
from grading.gaps.solver.costs import cost_of, remedies_of, weeks_of
from grading.gaps.tree.build_tree import TreeBuilder
from grading.gaps.tree.constraints import STATED, Constraint, satisfies, surely
from grading.gaps.tree.lines import Open, required_text
from grading.gaps.tree.nodes import Leaf, Node, Table
from grading.gaps.tree.propagate import Demand
from grading.gaps.tree.subject import Asked, Subject, stands_in_the_way
from grading.gaps.tree.values import Slot
from grading.language.prose import fact_label
from grading.language.values import known_text
from grading.model.audit import Known
from grading.model.condition import ConditionBase, Each, Some, comparisons, walk
from grading.model.gap import Blocker, Change, ChangeSet, GapLine
from grading.model.interval import Interval
from grading.places import sources
from grading.simulate import ENTERPRISE, Setting, put

MAX_ROUNDS = 6


@dataclass(frozen=True)
class Solution:
    """The changes found, the unit with them, and what is in the way of going further."""

    change_set: ChangeSet
    after: Subject
    blockers: tuple[Blocker, ...]


def solve(engine: Engine, open_: Open, lines: Sequence[GapLine], smallest: bool) -> Solution:
    """The changes that lift the unit to the level; as far as they can, when something is in the way.

    The changed audit is graded. Where the changes brought rows or indicators into scope that are not fulfilled, these are
    asked for too, and the choice is made again.
    """
    subject, level = open_.subject, open_.level
    trees: dict[str, Node] = dict(open_.trees)
    views: list[Subject] = []
    chosen = choose_changes(subject, open_.asked, trees, views, smallest)
    after = _changed(engine, subject, chosen.changed)
    while len(views) < MAX_ROUNDS:
        upset = [a for a in open_.asked if a.key not in chosen.given_up and stands_in_the_way(after, a)]
        if not upset:
            break
        views.append(after)
        builder = TreeBuilder(subject, views)
        trees = {a.key: builder.grow(a) for a in open_.asked if a.key in trees or a in upset}
        chosen = choose_changes(subject, open_.asked, trees, views, smallest)
        after = _changed(engine, subject, chosen.changed)
    left = [a for a in open_.asked if a.key not in chosen.given_up and stands_in_the_way(after, a)]
    chosen, after, trimmed = _trimmed(engine, subject, level, chosen, after)
    enough = has_reached(after, level)
    change_set = ChangeSet(
        changes=tuple(_described(subject, chosen, lines)),
        remedies=tuple(remedies_of(chosen.demands)),
        cost_wan_cny=cost_of(chosen.demands),
        weeks=weeks_of(chosen.demands),
        outcome=after.grading.outcome,
        enough=enough,
        optimal=enough and chosen.optimal and not (chosen.given_up or views or trimmed),
    )
    return Solution(change_set, after, (*_blockers(subject, level, chosen), *_left(level, left)))


def has_reached(subject: Subject, level: str) -> bool:
    """Whether the unit is graded so, or better."""
    grade, ids = subject.grading.outcome.grade, subject.ruleset.scale.ids
    return grade in ids and ids.index(grade) <= ids.index(level)


def _changed(engine: Engine, subject: Subject, changed: Mapping[Slot, Any]) -> Subject:
    """The unit with changed values, graded anew."""
    audit = subject.audit
    for slot, value in changed.items():
        fact = subject.ruleset.facts[slot.fact]
        stored = tuple(o for o in fact.options if o in value) if isinstance(value, frozenset) else value
        audit = put(audit, _setting(subject, slot), Known(value=stored))
    grading = engine.grade(audit, subject.mode)
    return Subject(audit, subject.index, subject.ruleset, grading.units[subject.index], subject.mode)


def _setting(subject: Subject, slot: Slot) -> Setting:
    """Where to put a slot's value: at the enterprise when it stands there."""
    place = subject.stated(slot.group, slot.row, slot.fact)[1]
    owner = ENTERPRISE if place.startswith(f"{ENTERPRISE}.") else subject.unit.id
    return Setting(owner, slot.group, slot.row, slot.fact, None)


def _trimmed(
    engine: Engine, subject: Subject, level: str, chosen: Chosen, after: Subject
) -> tuple[Chosen, Subject, bool]:
    """Without the changes that turn out to be needless because others moved rows or indicators out of scope."""
    scope = _scope_facts(subject)
    if not any(slot.fact in scope for slot in chosen.changed) or not has_reached(after, level):
        return chosen, after, False
    trimmed = False
    for slot in list(chosen.changed):
        fewer = {other: value for other, value in chosen.changed.items() if other != slot}
        without = _changed(engine, subject, fewer)
        if has_reached(without, level):
            kept = [d for d in chosen.demands if slot not in subject.values.roots(d.slot)]
            chosen = Chosen(kept, fewer, chosen.constraints, chosen.closed, chosen.conflicts, chosen.optimal)
            after, trimmed = without, True
    return chosen, after, trimmed


def _scope_facts(subject: Subject) -> set[str]:
    """The facts that decide which rows and indicators are looked at."""
    ruleset = subject.ruleset
    tops: list[ConditionBase] = [r.require for i in ruleset.indicators for r in i.levels.values()]
    tops += [gate.when for gate in ruleset.gates]
    scopes = [c.where for top in tops for _, c in walk(top) if isinstance(c, Each | Some) and c.where is not None]
    scopes += [i.applies_when for i in ruleset.indicators if i.applies_when is not None]
    return {source[0] for scope in scopes for c in comparisons(scope) for source in sources(ruleset, c.fact, None)}


def _described(subject: Subject, chosen: Chosen, lines: Sequence[GapLine]) -> Iterator[Change]:
    """The changes in words of the audit, in the order of the gap lines that they close."""
    order = {line.id: n for n, line in enumerate(lines)}
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
    before, after, setting = subject.values.get(slot), chosen.changed[slot], _setting(subject, slot)
    sides = {
        "at_most" if constraint.order in ("at_most", "below") else "at_least"
        for constraint in constraints
        if constraint.order is not None
    }
    closed = {demand.line for demand in serving} & set(order)
    return Change(
        kind="supply" if is_open(before, constraints) else "improve",
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
        limit=sides.pop() if len(sides) == 1 else None,
        assumed=all(constraint.operator == STATED for constraint in constraints),
        lines=tuple(sorted(closed, key=lambda line: order[line])),
        remedies=tuple(remedies_of(serving)),
    )


def is_open(before: Any, constraints: Sequence[Constraint]) -> bool:
    """Whether a better measurement may show that nothing has to be changed: nothing is known, or not enough."""
    if not isinstance(before, Interval):
        return before is None
    return all(surely(before, constraint) is not False for constraint in constraints)


def _blockers(subject: Subject, level: str, chosen: Chosen) -> Iterator[Blocker]:
    """What is in the way, once for all rows in which it is."""
    found: dict[tuple[str, str, str], list[Leaf | Table]] = {}
    for obstacle in chosen.closed:
        said = required_text(subject, obstacle)
        found.setdefault((obstacle.asked.owner.id, str(obstacle.closed), said), []).append(obstacle)
    for (_, _, said), listed in found.items():
        rows = list(dict.fromkeys(o.row for o in listed if isinstance(o, Leaf) and o.row is not None))
        yield Blocker(
            indicator=listed[0].asked.owner.id,
            title=listed[0].asked.title,
            level=level,
            reason=listed[0].closed or "conflict",
            condition=listed[0].place,
            text=said + (f"（{'、'.join(rows)}）" if rows else ""),
        )
    for core in chosen.conflicts:
        for part in core:
            yield _conflict(subject, level, part, core)


def _left(level: str, asked: Sequence[Asked]) -> Iterator[Blocker]:
    """What changes keep bringing up again: each repair upsets something else."""
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
    """Which values can't be as everything together asks for, and what else asks."""
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
