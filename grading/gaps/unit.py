"""Everything between a unit and its target level, step by step."""

from collections.abc import Iterator
from typing import Any

from grading.engine.grade import Engine
from grading.gaps.lines import Asked, Collected, Leaf, Subject, asked_for, gap_lines, line_id, stands_in_the_way
from grading.gaps.plan import Solution, longest, solve, total
from grading.gaps.ways import Way as DemandWay
from grading.gaps.ways import Ways
from grading.measures import measures_at
from grading.model.audit import Audit
from grading.model.condition import AnyOf, AtLeastOf, Comparison, ConditionBase, Each, Not, Some, parts
from grading.model.gap import AlertMeasures, Alternative, Blocker, GapLine, Step, UnitGaps, Way
from grading.model.result import UNGRADED, Grading
from grading.model.ruleset import ALERTS, Ruleset


def unit_gaps(engine: Engine, audit: Audit, grading: Grading, index: int, target: str | None = None) -> UnitGaps:
    """The gaps of one unit to `target` (default: the next better level), in the mode of the grading.

    Raises ValueError when the target is no level of the scale, is the floor, or is not better than today's grade.
    """
    ruleset = engine.library.ruleset(audit.units[index].ruleset)
    unit = grading.units[index]
    levels = _levels_between(ruleset, unit.outcome.grade, target)
    subject = Subject(audit, index, ruleset, unit, grading.mode)
    collected = gap_lines(subject, levels[-1]) if levels else Collected()
    alternatives = tuple(_alternatives(subject, levels[-1], collected)) if levels else ()
    steps: list[Step] = []
    here, today = subject, unit.outcome.grade
    for level in levels:
        step, solution = _step(engine, here, today, level)
        steps.append(step)
        after = engine.grade(solution.audit, grading.mode)
        here = Subject(solution.audit, index, ruleset, after.units[index], grading.mode)
        today = level
    goal = levels[-1] if levels else unit.outcome.grade
    return UnitGaps(
        unit=unit.id,
        ruleset=ruleset.id,
        mode=grading.mode,
        outcome=unit.outcome,
        target=goal,
        lines=_marked(collected.lines, alternatives),
        alternatives=alternatives,
        steps=tuple(steps),
        measures=tuple(_measures(ruleset, unit.outcome.grade, goal)),
    )


def _levels_between(ruleset: Ruleset, grade: str, target: str | None) -> tuple[str, ...]:
    """The levels from the next better one up to the target, in the order of climbing."""
    ids = ruleset.scale.ids
    position = len(ids) if grade == UNGRADED else ids.index(grade)
    graded = ruleset.scale.graded
    if target is None:
        return (graded[min(position, len(graded)) - 1],) if position > 0 else ()
    if target not in graded:
        raise ValueError(f"`{target}` is not a level to aim for; there are {', '.join(graded)}")
    goal = ids.index(target)
    if goal >= position:
        raise ValueError(f"the unit is graded {grade}, which is not worse than {target}")
    return tuple(reversed(graded[goal : min(position, len(graded))]))


def _step(engine: Engine, subject: Subject, level_from: str, level: str) -> tuple[Step, Solution]:
    collected = gap_lines(subject, level)
    alternatives = tuple(_alternatives(subject, level, collected))
    lines = _marked(collected.lines, alternatives)
    cheapest = solve(engine, subject, level, lines, smallest=False)
    smallest = solve(engine, subject, level, lines, smallest=True)
    blockers = tuple(
        Blocker(
            indicator=asked.indicator.id,
            title=asked.title,
            level=level,
            reason=obstacle.reason,
            condition=obstacle.condition,
            text=next((line.required for line in lines if line.condition == obstacle.condition), asked.title),
        )
        for asked, obstacle in {(a.name, o): (a, o) for a, o in cheapest.obstacles}.values()
    )
    step = Step(
        level_from=level_from,
        level_to=level,
        lines=lines,
        alternatives=alternatives,
        blockers=blockers,
        smallest=smallest.change_set,
        cheapest=cheapest.change_set,
    )
    return step, cheapest


def _alternatives(subject: Subject, level: str, collected: Collected) -> Iterator[Alternative]:
    """Each `any`, `at_least_of` or `some` that is open, with its ways."""
    ids: dict[tuple[str, str | None], list[str]] = {}
    for line, leaf in collected.leaves:
        ids.setdefault((line.condition, leaf.row if leaf else None), []).append(line.id)
    for asked in asked_for(subject, level):
        if stands_in_the_way(subject, asked):
            yield from _below(subject, asked, asked.name, asked.condition, (), None, asked.wanted, ids)


def _below(
    subject: Subject,
    asked: Asked,
    name: str,
    c: ConditionBase,
    around: tuple[ConditionBase, ...],
    row: str | None,
    wanted: bool,
    ids: dict[tuple[str, str | None], list[str]],
) -> Iterator[Alternative]:
    status = subject.status(name, row)
    if status is None or status.value == ("met" if wanted else "unmet") or isinstance(c, Comparison):
        return
    inside = (*around, c)
    if isinstance(c, Each | Some):
        group = c.each if isinstance(c, Each) else c.some
        for key in subject.rows(f"{name}.require", group) or ():
            yield from _below(subject, asked, f"{name}.require", c.require, inside, key, wanted, ids)
        return
    either = isinstance(c, AnyOf | AtLeastOf) if wanted else not isinstance(c, AnyOf | Not)
    if either and len(parts(c)) > 1:
        found = list(Ways(subject).of_parts(asked, name, c, around, row, wanted))
        needed = c.at_least_of if isinstance(c, AtLeastOf) else 1
        ranked = sorted(ways[0].rank for _, ways in found)
        described = [_way(part, ways[0], row, ids, ways[0].rank in ranked[:needed]) for part, ways in found]
        yield Alternative(
            id=line_id(asked, name, row, ""),
            indicator=asked.indicator.id,
            level=asked.level,
            row=row,
            needed=needed,
            ways=tuple(described),
        )
    for step, part in parts(c):
        swapped = not wanted if isinstance(c, Not) else wanted
        yield from _below(subject, asked, f"{name}.{step}", part, inside, row, swapped, ids)


def _way(
    part: str, way: DemandWay, row: str | None, ids: dict[tuple[str, str | None], list[str]], cheapest: bool
) -> Way:
    remedies = tuple(dict.fromkeys(d.effort for d in way.demands if d.effort is not None))
    below = [
        id_
        for (condition, key), listed in ids.items()
        if (condition == part or condition.startswith(f"{part}.")) and (row is None or key in (None, row))
        for id_ in listed
    ]
    return Way(
        lines=tuple(dict.fromkeys(below)),
        cost_wan_cny=total(r.cost_wan_cny for r in remedies),
        weeks=longest(r.weeks for r in remedies),
        possible=not way.obstacles,
        cheapest=cheapest and not way.obstacles,
    )


def _marked(lines: tuple[GapLine, ...], alternatives: tuple[Alternative, ...]) -> tuple[GapLine, ...]:
    """The lines with those marked that lie on the cheapest way of every alternative around them."""
    off: set[str] = set()
    for alternative in alternatives:
        kept = {id_ for way in alternative.ways if way.cheapest for id_ in way.lines}
        off |= {id_ for way in alternative.ways if not way.cheapest for id_ in way.lines} - kept
    return tuple(line.model_copy(update={"on_cheapest_way": line.id not in off}) for line in lines)


def _measures(ruleset: Ruleset, today: str, target: str) -> Iterator[AlertMeasures]:
    for alert in ALERTS:
        yield AlertMeasures(
            alert=alert,  # type: ignore[arg-type]
            today=tuple(_shown(m) for m in measures_at(ruleset, alert, today)),
            target=tuple(_shown(m) for m in measures_at(ruleset, alert, target)),
        )


def _shown(measure: Any) -> dict[str, Any]:
    shown: dict[str, Any] = measure.model_dump(mode="json", exclude_none=True)
    return shown


__all__ = ["Leaf", "unit_gaps"]
