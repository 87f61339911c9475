"""One plan for all units of an enterprise, in which what serves them together is done and paid once.

Shared is a work that changes a value which stands with the enterprise, not with one of its units: the value is one, so is
the work. Every other work is its unit's own.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from grading.engine.grade import Engine
from grading.gaps.solver.change_sets import Solution, solve
from grading.gaps.solver.costs import cost_of_works, weeks_of, works_of
from grading.gaps.solver.trials import Trials, has_reached
from grading.gaps.tree.lines import Open
from grading.gaps.tree.propagate import Demand, Work
from grading.gaps.tree.subject import Subject
from grading.gaps.tree.values import Values
from grading.model.audit import Audit
from grading.model.gap import Blocker, Change, EnterprisePlan, JointWork, UnitGoal
from grading.model.result import UNGRADED, Grading
from grading.model.ruleset import Ruleset


class _Planned(NamedTuple):
    """A unit's part of the plan, from the audit as the units before it leave it."""

    goal: UnitGoal
    before: Subject
    found: Solution


def enterprise_plan(engine: Engine, audit: Audit, grading: Grading, target: str | None = None) -> EnterprisePlan | None:
    """The cheapest changes unit by unit, each from what the plan changes for the enterprise already.

    To `target` every unit that is below it and whose scale has it; by default those that hold the enterprise's grade down,
    each to its next better level. None where there are not several units, or none has anything to do.
    """
    goals = _goals(engine, audit, grading, target)
    if len(audit.units) < 2 or not goals:
        return None
    planned: list[_Planned] = []
    then = audit
    for index, goal in goals:
        subject = _subject(engine, then, grading, index)
        open_ = Open(subject, goal.level_to)
        found = solve(Trials(engine, subject), open_, smallest=False)
        planned.append(_Planned(goal, subject, found))
        then = found.after.audit
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
    works = tuple(_works(planned))
    return EnterprisePlan(
        goals=tuple(goal for _, goal in goals),
        changes=tuple(_changes(planned)),
        works=works,
        cost_wan_cny=cost_of_works(works),
        weeks=weeks_of(demand for part in planned for demand in part.found.chosen.demands),
        outcome=after.outcome,
        enough=reached and not is_worse,
        blockers=tuple(_blockers(planned)),
    )


def _goals(engine: Engine, audit: Audit, grading: Grading, target: str | None) -> Sequence[tuple[int, UnitGoal]]:
    found: list[tuple[int, UnitGoal]] = []
    for index, unit in enumerate(audit.units):
        ruleset, grade = engine.library.ruleset(unit.ruleset), grading.units[index].outcome.grade
        graded, position = ruleset.scale.graded, _position(ruleset, grade)
        level = next((known.id for known in ruleset.scale.levels if target in (known.id, known.label)), None)
        if level in graded and graded.index(level) < position:
            found.append((index, UnitGoal(unit=unit.id, level_from=grade, level_to=level)))
        if target is None and grade == grading.outcome.grade and position > 0:
            found.append(
                (index, UnitGoal(unit=unit.id, level_from=grade, level_to=graded[min(position, len(graded)) - 1]))
            )
    return found


def _position(ruleset: Ruleset, grade: str) -> int:
    """The place of a level on its scale, the best first; behind all of them what is not graded."""
    ids = ruleset.scale.ids
    return len(ids) if grade == UNGRADED else ids.index(grade)


def _subject(engine: Engine, audit: Audit, grading: Grading, index: int) -> Subject:
    alone = audit.model_copy(update={"units": (audit.units[index],)})
    (unit,) = engine.grade(alone, grading.mode).units
    return Subject(audit, index, engine.library.ruleset(audit.units[index].ruleset), unit, grading.mode)


def _is_shared(subject: Subject, values: Values, demand: Demand) -> bool:
    """True when a demand is one on a value that stands with the enterprise."""
    roots = values.roots(demand.slot)
    return any(root.group is None and root.fact in subject.audit.enterprise.facts for root in roots) and not any(
        root.fact in subject.unit.facts for root in roots if root.group is None
    )


def _works(planned: Sequence[_Planned]) -> Iterator[JointWork]:
    """Each shared work once with the units it serves, then each unit's own."""
    shared: dict[Work, tuple[list[str], bool]] = {}
    own: list[JointWork] = []
    for goal, subject, found in planned:
        demands = found.chosen.demands
        together = works_of(d for d in demands if _is_shared(subject, subject.values, d))
        for work, sure in together.items():
            units, was_sure = shared.get(work, ([], False))
            shared[work] = ([*units, goal.unit], was_sure or sure)
        for work, sure in works_of(demands).items():
            if work not in together:
                own.append(_joint(work, (goal.unit,), sure, False))
    yield from (_joint(work, tuple(units), sure, True) for work, (units, sure) in shared.items())
    yield from own


def _joint(work: Work, units: tuple[str, ...], sure: bool, shared: bool) -> JointWork:
    remedy = work.remedy
    assert remedy is not None
    cost = remedy.cost_wan_cny
    if cost is not None and not sure:
        cost = (Decimal(0), cost[1])
    return JointWork(remedy=remedy, units=units, row=work.row, cost_wan_cny=cost, if_needed=not sure, shared=shared)


def _changes(planned: Sequence[_Planned]) -> Iterator[Change]:
    """All changes, the last one of a value that several units have changed."""
    found = {change.setting: change for part in planned for change in part.found.change_set.changes}
    yield from found.values()


def _blockers(planned: Sequence[_Planned]) -> Iterator[Blocker]:
    seen: set[tuple[str, str]] = set()
    for part in planned:
        for blocker in part.found.blockers:
            if (blocker.indicator, blocker.text) not in seen:
                seen.add((blocker.indicator, blocker.text))
                yield blocker
