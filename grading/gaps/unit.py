"""Everything between a unit and its target level, step by step."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from grading.engine.grade import Engine
from grading.gaps.built_on import built_on
from grading.gaps.opened import Opened
from grading.gaps.solver.alternatives import alternatives_of, marked
from grading.gaps.solver.change_sets import Solution, solve
from grading.gaps.solver.quickest import quickest
from grading.gaps.solver.trials import Trials, has_reached
from grading.gaps.tree.lines import Open
from grading.gaps.tree.subject import Subject
from grading.measures import measures_at
from grading.model.audit import Audit
from grading.model.gap import AlertMeasures, ChangeSet, Costs, Step, UnitGaps
from grading.model.result import UNGRADED, Grading
from grading.model.ruleset import ALERTS, Measure, Ruleset


class TargetError(ValueError):
    """A target that a unit can't be measured against; `levels` are those of its scale that one can aim for."""

    def __init__(self, message: str, target: str, grade: str, levels: tuple[str, ...]) -> None:
        super().__init__(message)
        self.target, self.grade, self.levels = target, grade, levels


class NoSuchLevelError(TargetError):
    """The target is no level of the unit's scale, or its floor."""


class ReachedError(TargetError):
    """The unit's grade is the target already, or better."""


def unit_gaps(
    engine: Engine,
    audit: Audit,
    grading: Grading,
    index: int,
    target: str | None = None,
    opened: Opened | None = None,
) -> UnitGaps:
    """The gaps of one unit to `target` (default: the next better level), in the mode of the grading.

    A unit that is not graded first takes the step that ends its exclusion, with what that costs: to the floor of its scale,
    or to the level that it has without the gates.

    Each step starts from the audit as the cheapest changes of the step before leave it. A unit on the best level has no
    lines and no steps when no target is given. Who asks for other plans of the same grading too gives them its `opened`
    gaps. Raises NoSuchLevelError or ReachedError, both ValueErrors.
    """
    opened = opened or Opened(engine, audit, grading)
    ruleset = engine.library.ruleset(audit.units[index].ruleset)
    unit = grading.units[index]
    levels = _levels_between(ruleset, unit.outcome.grade, target)
    here = opened.subject(index)
    steps: list[Step] = []
    today = unit.outcome.grade
    is_excluded = bool(levels) and today == UNGRADED
    climbed = levels
    if is_excluded:
        step, solution = _step(opened, index, here, ruleset.scale.floor, today)
        here = solution.after
        reached = [level for level in levels if has_reached(here, level)]
        today = here.grading.outcome.grade if has_reached(here, ruleset.scale.floor) else ruleset.scale.floor
        steps.append(step.model_copy(update={"level_to": today}))
        climbed = levels[len(reached) :]
    for level in climbed:
        step, solution = _step(opened, index, here, level, today)
        steps.append(step)
        here, today = solution.after, level
    goal = levels[-1] if levels else unit.outcome.grade
    whole = steps[0] if len(steps) == 1 and not is_excluded else None
    if levels and whole is None:
        open_ = opened.gaps(index, goal)
        alternatives = alternatives_of(open_)
        lines = marked(open_.lines(), alternatives)
    else:
        alternatives, lines = (whole.alternatives, whole.lines) if whole is not None else ((), ())
    return UnitGaps(
        unit=unit.id,
        ruleset=ruleset.id,
        mode=grading.mode,
        outcome=unit.outcome,
        target=goal,
        lines=lines,
        alternatives=alternatives,
        steps=built_on(steps, lines),
        measures=tuple(_measures(ruleset, unit.outcome.grade, goal)),
        waivers=tuple(found.waiver for found in unit.waivers if found.standing == "in_force"),
    )


def direct_step(engine: Engine, audit: Audit, grading: Grading, index: int, target: str) -> Step:
    """From a unit's grade to a level in one step: what `unit_gaps` gives without the levels between.

    Raises NoSuchLevelError or ReachedError, both ValueErrors.
    """
    ruleset = engine.library.ruleset(audit.units[index].ruleset)
    unit = grading.units[index]
    _levels_between(ruleset, unit.outcome.grade, target)
    opened = Opened(engine, audit, grading)
    step, _ = _step(opened, index, opened.subject(index), target, unit.outcome.grade)
    return step


def _levels_between(ruleset: Ruleset, grade: str, target: str | None) -> tuple[str, ...]:
    """The levels from the next better one up to the target, in the order of climbing."""
    ids, graded = ruleset.scale.ids, ruleset.scale.graded
    position = len(graded) if grade == UNGRADED else ids.index(grade)
    if target is None:
        return graded[position - 1 : position] if position > 0 else ()
    if target not in graded:
        raise NoSuchLevelError(
            f"`{target}` is not a level to aim for; there are {', '.join(graded)}", target, grade, graded
        )
    goal = ids.index(target)
    if goal >= position:
        raise ReachedError(f"the unit is graded {grade}, which is not worse than {target}", target, grade, graded)
    return tuple(reversed(graded[goal:position]))


def _step(opened: Opened, index: int, here: Subject, level: str, level_from: str) -> tuple[Step, Solution]:
    """A step from a unit as it is by then; of one as it is today what has been opened already is not looked for again."""
    is_today = here is opened.subject(index)
    open_ = opened.gaps(index, level) if is_today else Open(here, level)
    trials = opened.trials(index) if is_today else Trials(opened.engine, here)
    alternatives = alternatives_of(open_)
    lines = marked(open_.lines(), alternatives)
    cheapest = opened.cheapest(index, level) if is_today else solve(trials, open_, smallest=False)
    smallest = solve(trials, open_, smallest=True)
    soonest = quickest(trials, open_, cheapest)
    step = Step(
        level_from=level_from,
        level_to=open_.level,
        lines=lines,
        alternatives=alternatives,
        blockers=cheapest.blockers,
        smallest=_compared(smallest, cheapest),
        cheapest=_compared(cheapest, cheapest),
        quickest=_compared(soonest, cheapest),
    )
    return step, cheapest


def _compared(found: Solution, cheapest: Solution) -> ChangeSet:
    """A set of changes with what it costs more than the cheapest, by the middles of the ranges."""
    more = None
    if set(found.change_set.without_price) == set(cheapest.change_set.without_price):
        more = _middle(found.change_set.cost_wan_cny) - _middle(cheapest.change_set.cost_wan_cny)
    return found.change_set.model_copy(update={"costs_more_wan_cny": more})


def _middle(cost: Costs | None) -> Decimal:
    return Decimal(0) if cost is None else (cost[0] + cost[1]) / 2


def _measures(ruleset: Ruleset, today: str, target: str) -> Iterator[AlertMeasures]:
    for alert in ALERTS:
        yield AlertMeasures(
            alert=alert,
            today=tuple(_shown(m) for m in measures_at(ruleset, alert, today)),
            target=tuple(_shown(m) for m in measures_at(ruleset, alert, target)),
        )


def _shown(measure: Measure) -> dict[str, Any]:
    return measure.model_dump(mode="json", exclude_none=True)
