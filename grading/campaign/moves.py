"""Moves since a campaign began: up, down or out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from grading.campaign.history import Counted, History
from grading.campaign.levels import Levels
from grading.model.result import UNGRADED


@dataclass(frozen=True)
class Moves:
    """Plants by what became of their grade, by permit; only `closed_since` may lie outside the base."""

    created_a: tuple[str, ...]
    increased_b: tuple[str, ...]
    reduced_c: tuple[str, ...]
    cleared_d: tuple[str, ...]
    closed_since: tuple[str, ...]
    backslid: tuple[str, ...]


@dataclass(frozen=True)
class Marks:
    """The standings that the four parts of a campaign are named after: A and 引领性, B with B-, C, D and 非引领性."""

    a: int
    b: frozenset[int]
    c: int
    d: int


def marks_of(levels: Levels) -> Marks:
    """The marks in the scales' standings; raises KeyError when a scale no longer has one of the levels."""
    standings = levels.standings
    return Marks(standings["A"], frozenset((standings["B"], standings["B-"])), standings["C"], standings["D"])


def moves(base: Sequence[Counted], others: Iterable[History], levels: Levels, start: date, day: date) -> Moves:
    """The moves of the base since `start`; of the `others`, which of C and D have closed.

    A campaign whose base leaves nothing out has closed plants in it; one whose zone is not known has closed all the same.
    """
    marks, of = marks_of(levels), levels.standings
    created: list[str] = []
    increased: list[str] = []
    reduced: list[str] = []
    cleared: list[str] = []
    closed: list[str] = []
    backslid: list[str] = []
    for plant, before, now, _ in base:
        if now is None:
            if before is not None and of[before] in (marks.c, marks.d) and _closed_since(plant, start, day):
                closed.append(plant.permit)
            continue
        if before is not None:
            was, is_ = of[before], of[now]
            if is_ <= marks.a < was:
                created.append(plant.permit)
            if is_ in marks.b and was > max(marks.b):
                increased.append(plant.permit)
            if was == marks.c and is_ < was:
                reduced.append(plant.permit)
            if was == marks.d and is_ < was:
                cleared.append(plant.permit)
            if is_ >= was and was in (marks.c, marks.d) and (now == UNGRADED or _closed_since(plant, start, day)):
                closed.append(plant.permit)
        best = plant.best(start, day)
        if best is not None and of[now] > best:
            backslid.append(plant.permit)
    for plant in others:
        before = plant.on(start).grade
        if before is None or of[before] not in (marks.c, marks.d):
            continue
        if _closed_since(plant, start, day):
            closed.append(plant.permit)
    return Moves(*(tuple(sorted(listed)) for listed in (created, increased, reduced, cleared, closed, backslid)))


def _closed_since(plant: History, start: date, day: date) -> bool:
    return plant.state(day) == "closed" and plant.state(start) != "closed"
