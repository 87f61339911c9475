"""The gaps that a report is about: those of every unit to one target, as far as its scale has that level."""

from grading.engine.grade import Engine
from grading.gaps import unit_gaps
from grading.gaps.opened import Opened
from grading.gaps.unit import NoSuchLevelError, ReachedError
from grading.model.audit import Audit
from grading.model.gap import UnitGaps
from grading.model.result import Grading


def gaps_to(
    engine: Engine, audit: Audit, grading: Grading, target: str | None, opened: Opened | None = None
) -> tuple[UnitGaps, ...]:
    """The gaps of every unit to `target`, an id or a label of its scale (`B`, `B级`); None: the next better level.

    A unit that has reached the target is told as it is, without gaps; one whose scale does not have it is measured
    against its next better level. Raises NoSuchLevelError when the scale of no unit has the target.
    """
    found: list[UnitGaps] = []
    unknown: list[NoSuchLevelError] = []
    for index, unit in enumerate(audit.units):
        scale = engine.library.ruleset(unit.ruleset).scale
        level = next((known.id for known in scale.levels if target in (known.id, known.label)), target)
        try:
            found.append(unit_gaps(engine, audit, grading, index, level, opened))
        except ReachedError:
            found.append(_reached(engine, audit, grading, index))
        except NoSuchLevelError as error:
            unknown.append(error)
            found.append(unit_gaps(engine, audit, grading, index, opened=opened))
    if unknown and len(unknown) == len(found):
        raise unknown[0]
    return tuple(found)


def _reached(engine: Engine, audit: Audit, grading: Grading, index: int) -> UnitGaps:
    """No gaps: the target is the grade."""
    gaps = unit_gaps(engine, audit, grading, index)
    measures = tuple(measure.model_copy(update={"target": measure.today}) for measure in gaps.measures)
    nothing = {"lines": (), "alternatives": (), "steps": ()}
    return gaps.model_copy(update={"target": gaps.outcome.grade, "measures": measures, **nothing})
