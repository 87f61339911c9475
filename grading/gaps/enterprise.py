"""One plan for all units of an enterprise, in which what serves them together is done and paid once.

Shared is a work that changes a value which stands with the enterprise, not with one of its units: the value is one, so is
the work. Every other work is its unit's own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from math import inf
from typing import NamedTuple

from grading.engine.grade import Engine
from grading.gaps.opened import Opened
from grading.gaps.solver.change_sets import Solution, solve
from grading.gaps.solver.costs import cost_of_works, counted_as_one, weeks_of, works_of
from grading.gaps.solver.trials import Trials, has_reached
from grading.gaps.tree.constraints import satisfies
from grading.gaps.tree.lines import Open, shown
from grading.gaps.tree.nodes import Leaf
from grading.gaps.tree.propagate import Demand, Work
from grading.gaps.tree.subject import Subject
from grading.gaps.tree.values import Slot, Values
from grading.gaps.tree.waiting import ready_on, weeks_between
from grading.model.audit import Audit
from grading.model.gap import Blocker, Change, Costs, EnterprisePlan, JointWork, UnitGoal
from grading.model.result import UNGRADED, Grading
from grading.model.ruleset import Ruleset
from grading.simulate import ENTERPRISE


class _Planned(NamedTuple):
    """A unit's part of the plan, from the audit as the units before it leave it; `served` is what those close for it."""

    goal: UnitGoal
    before: Subject
    found: Solution
    served: tuple[Demand, ...]


def enterprise_plan(
    engine: Engine, audit: Audit, grading: Grading, target: str | None = None, opened: Opened | None = None
) -> EnterprisePlan | None:
    """The cheapest changes unit by unit, each from what the plan changes for the enterprise already.

    To `target` every unit that is below it and whose scale has it; by default those that hold the enterprise's grade down,
    each to its next better level. None where there are not several units, or none has anything to do. Where the gaps of
    the units have been `opened`, they are not looked for again.
    """
    goals = _goals(engine, audit, grading, target)
    if len(audit.units) < 2 or not goals:
        return None
    opened = opened or Opened(engine, audit, grading)
    planned: list[_Planned] = []
    then = audit
    for index, goal in goals:
        if then.enterprise == audit.enterprise:
            part = _Planned(goal, opened.subject(index), opened.cheapest(index, goal.level_to), ())
        else:
            subject = _graded(engine, then, opened.subject(index))
            found = solve(Trials(engine, subject), Open(subject, goal.level_to), smallest=False)
            part = _Planned(goal, subject, found, tuple(_served(opened.gaps(index, goal.level_to), subject)))
        planned.append(part)
        then = _with_unit(then, part.found.after)
    after = engine.grade(then, grading.mode)
    reached = all(
        has_reached(Subject(then, i, engine.library.ruleset(u.ruleset), after.units[i], grading.mode), goal.level_to)
        for i, goal in goals
        for u in [audit.units[i]]
    )
    is_worse = any(
        _position(engine.library.ruleset(u.ruleset), now.outcome.grade)
        > _position(engine.library.ruleset(u.ruleset), was.outcome.grade)
        for u, was, now in zip(audit.units, grading.units, after.units, strict=True)
    )
    works, changes = tuple(_works(planned)), tuple(_changes(planned))
    return EnterprisePlan(
        goals=tuple(goal for _, goal in goals),
        changes=changes,
        works=works,
        cost_wan_cny=cost_of_works(works),
        weeks=_weeks(planned, changes),
        outcome=after.outcome,
        enough=reached and not is_worse,
        blockers=tuple(_blockers(planned)),
        counted_as_one=tuple(work.counted_as_one for work in works if work.counted_as_one is not None),
    )


def _goals(engine: Engine, audit: Audit, grading: Grading, target: str | None) -> Sequence[tuple[int, UnitGoal]]:
    found: list[tuple[int, UnitGoal]] = []
    rulesets = [engine.library.ruleset(unit.ruleset) for unit in audit.units]
    grades = [unit.outcome.grade for unit in grading.units]
    standings = [_standing(ruleset, grade) for ruleset, grade in zip(rulesets, grades, strict=True)]
    for index, (unit, ruleset, grade) in enumerate(zip(audit.units, rulesets, grades, strict=True)):
        graded, position = ruleset.scale.graded, _position(ruleset, grade)
        level = next((known.id for known in ruleset.scale.levels if target in (known.id, known.label)), None)
        if level in graded and graded.index(level) < position:
            found.append((index, UnitGoal(unit=unit.id, level_from=grade, level_to=level)))
        if target is None and standings[index] == max(standings) and position > 0:
            found.append(
                (index, UnitGoal(unit=unit.id, level_from=grade, level_to=graded[min(position, len(graded)) - 1]))
            )
    return found


def _standing(ruleset: Ruleset, grade: str) -> float:
    """The standing of a grade, which alone compares levels of different scales; worst of all is what is not graded."""
    return next((level.standing for level in ruleset.scale.levels if level.id == grade), inf)


def _position(ruleset: Ruleset, grade: str) -> int:
    """The place of a level on its scale, the best first; behind all of them what is not graded."""
    ids = ruleset.scale.ids
    return len(ids) if grade == UNGRADED else ids.index(grade)


def _graded(engine: Engine, then: Audit, today: Subject) -> Subject:
    """A unit graded anew, by itself, with what the enterprise has by then."""
    alone = then.model_copy(update={"units": (today.unit,)})
    (unit,) = engine.grade(alone, today.mode).units
    return replace(today, audit=then, grading=unit)


def _with_unit(then: Audit, after: Subject) -> Audit:
    """The audit with a unit, and the enterprise, as the unit's part of the plan leaves them."""
    units = tuple(after.unit if n == after.index else unit for n, unit in enumerate(then.units))
    return then.model_copy(update={"enterprise": after.audit.enterprise, "units": units})


def _served(today: Open, now: Subject) -> Iterator[Demand]:
    """Requirements open today that changes of units before this one to values of the enterprise close."""
    for tree in today.asked_today.values():
        for part, _ in shown(tree):
            if isinstance(part, Leaf) and satisfies(now.values.get(part.demand.slot), part.demand.constraint):
                yield part.demand


def _is_shared(subject: Subject, values: Values, demand: Demand) -> bool:
    """True when a demand is one on a value that stands with the enterprise."""
    roots = values.roots(demand.slot)
    return any(root.group is None and root.fact in subject.audit.enterprise.facts for root in roots) and not any(
        root.fact in subject.unit.facts for root in roots if root.group is None
    )


def _works(planned: Sequence[_Planned]) -> Iterator[JointWork]:
    """Each shared work once with the units it serves, then each unit's own."""
    shared: dict[Work, tuple[list[str], bool]] = {}
    changed: dict[Work, set[Slot]] = {}
    own: list[JointWork] = []
    for goal, subject, found, served in planned:
        closed = {root for demand in served for root in subject.values.roots(demand.slot)}
        for work, slots in changed.items():
            if not slots.isdisjoint(closed):
                shared[work][0].append(goal.unit)
        demands = found.chosen.demands
        together = [demand for demand in demands if _is_shared(subject, subject.values, demand)]
        paid_together = works_of(together)
        for work, sure in paid_together.items():
            units, was_sure = shared.get(work, ([], False))
            shared[work] = ([*units, goal.unit], was_sure or sure)
            changed.setdefault(work, set()).update(
                root
                for demand in together
                if demand.effort is not None and demand.effort.work == work
                for root in subject.values.roots(demand.slot)
                if root in found.chosen.changed
            )
        for work, sure in works_of(demands).items():
            if work not in paid_together:
                own.append(_joint(work, (goal.unit,), sure, False))
    for work, (units, sure) in shared.items():
        yield _joint(work, tuple(dict.fromkeys(units)), sure, True)
    yield from own


def _joint(work: Work, units: tuple[str, ...], sure: bool, shared: bool) -> JointWork:
    remedy = work.remedy
    assert remedy is not None
    cost = remedy.cost_wan_cny
    if cost is not None and not sure:
        cost = (Decimal(0), cost[1])
    return JointWork(
        remedy=remedy,
        units=units,
        row=work.row,
        cost_wan_cny=cost,
        if_needed=not sure,
        shared=shared,
        counted_as_one=counted_as_one(work),
    )


def _changes(planned: Sequence[_Planned]) -> Iterator[Change]:
    """All changes; a value that several units have changed as it is today, and as the last of them leaves it."""
    found: dict[str, tuple[_Planned, Change]] = {}
    for part in planned:
        for change in part.found.change_set.changes:
            if change.setting not in found:
                found[change.setting] = part, change
                continue
            first, known = found[change.setting]
            found[change.setting] = first, _further(first, part, known, change)
    for part in planned:
        for demand in part.served:
            for setting, (first, change) in found.items():
                if change.unit == ENTERPRISE and change.fact in {s.fact for s in part.before.values.roots(demand.slot)}:
                    lines = dict.fromkeys((*change.lines, demand.line))
                    found[setting] = first, change.model_copy(update={"lines": tuple(lines)})
    yield from (change for _, change in found.values())


def _further(first: _Planned, last: _Planned, known: Change, change: Change) -> Change:
    """A change of the first unit that needs it, taken further for another one."""
    slot = Slot(change.fact, change.group, change.row)
    subject, after = first.before, last.found.chosen.changed[slot]
    day = ready_on(last.before.ruleset.facts[slot.fact], subject.values.get(slot), after, subject.audit.assessed_on)
    return change.model_copy(
        update={
            "kind": known.kind,
            "before": known.before,
            "before_text": known.before_text,
            "assumed": known.assumed and change.assumed,
            "lines": tuple(dict.fromkeys((*known.lines, *change.lines))),
            "remedies": tuple(dict.fromkeys((*known.remedies, *change.remedies))),
            "ready_on": day,
        }
    )


def _weeks(planned: Sequence[_Planned], changes: Sequence[Change]) -> Costs | None:
    """The weeks of the unit that takes the longest; and until the last day from which on a value is as wished."""
    found = [weeks for part in planned if (weeks := weeks_of(part.found.chosen.demands)) is not None]
    day = planned[0].before.audit.assessed_on
    waits = (weeks_between(day, change.ready_on) for change in changes if change.ready_on is not None)
    found += [(wait, wait) for wait in waits]
    return (max(low for low, _ in found), max(high for _, high in found)) if found else None


def _blockers(planned: Sequence[_Planned]) -> Iterator[Blocker]:
    seen: set[tuple[str, str]] = set()
    for part in planned:
        for blocker in part.found.blockers:
            if (blocker.indicator, blocker.text) not in seen:
                seen.add((blocker.indicator, blocker.text))
                yield blocker
