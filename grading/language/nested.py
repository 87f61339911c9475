"""The levels of an indicator are nested: what a level asks, and the requirements of better levels that do as well."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from grading.language.entailment import Entailment
from grading.language.windows import is_there
from grading.model.base import Mode
from grading.model.ruleset import Indicator, Requirement, Ruleset, split_levels


@dataclass(frozen=True, eq=False)
class Stated:
    """A requirement as an indicator states it: for which levels, and its place among the conditions."""

    levels: tuple[str, ...]
    requirement: Requirement
    place: str

    def nearest(self, graded: Sequence[str], level: str) -> str:
        """The level next better than another for which it is stated."""
        return next(name for name in reversed(graded[: graded.index(level)]) if name in self.levels)


def stated(indicator: Indicator, day: date | None = None) -> tuple[Stated, ...]:
    """All requirements of an indicator; of a day, those that are there on it."""
    return tuple(
        Stated(split_levels(key), requirement, f"{indicator.id}.{key.replace(' ', '')}")
        for key, requirement in indicator.levels.items()
        if day is None or is_there(requirement.require, day)
    )


def asked_at(graded: Sequence[str], indicator: Indicator, level: str, day: date | None = None) -> Stated | None:
    """The requirement at a level: its own, else that of the next worse level that has one; None: nothing.

    `graded` are the levels of the scale without its floor, best first. Without a day windows are left aside.
    """
    return next(iter(_asked_from(graded, indicator, level, day)), None)


def _asked_from(graded: Sequence[str], indicator: Indicator, level: str, day: date | None) -> list[Stated]:
    """The requirements at a level and the worse ones, in that order."""
    there = stated(indicator, day)
    worse = graded[graded.index(level) :] if level in graded else ()
    return [one for name in worse for one in there if name in one.levels]


def better_than(graded: Sequence[str], indicator: Indicator, level: str, day: date | None = None) -> tuple[Stated, ...]:
    """The requirements of better levels that the level itself does not have, the nearest first."""
    own = asked_at(graded, indicator, level, day)
    if own is None:
        return ()
    found: dict[str, Stated] = {}
    for name in reversed(graded[: graded.index(level)]):
        statement = asked_at(graded, indicator, name, day)
        if statement is not None and statement.place != own.place:
            found.setdefault(statement.place, statement)
    return tuple(found.values())


def ways_to(
    ruleset: Ruleset, indicator: Indicator, level: str, day: date, mode: Mode, same_remedies: bool = False
) -> tuple[Stated, ...]:
    """The requirements any one of which is enough for a level on a day: its own, then those of better levels.

    Left out is a better level's where whoever meets it provably meets one of the others too (with `same_remedies`: and that
    takes no more); empty where nothing is asked.
    """

    def is_needless(better: Requirement, way: Requirement) -> bool:
        remedies = (better.remedy or indicator.remedy, way.remedy or indicator.remedy)
        return entailment.holds(better.require, way.require, *remedies)

    graded = ruleset.scale.graded
    own = asked_at(graded, indicator, level, day)
    if own is None:
        return ()
    entailment, ways = Entailment(ruleset, mode, day, same_remedies=same_remedies), [own]
    for better in better_than(graded, indicator, level, day):
        if not any(is_needless(better.requirement, way.requirement) for way in ways):
            ways.append(better)
    return tuple(ways)
