"""The level scale as a line of stations: where the unit stands, what it could have, where it wants to go."""

from collections.abc import Sequence
from dataclasses import dataclass

from grading.model.decision import is_undecided

WIDTH = 460.0
MARGIN = 46.0


@dataclass(frozen=True)
class Station:
    """A level on the line; `marks` are 现评 and 目标, of an undecided grade 至少, 至多 and 目标."""

    x: float
    label: str
    marks: tuple[str, ...]
    is_grade: bool
    is_attainable: bool
    is_target: bool
    is_passed: bool


@dataclass(frozen=True)
class Ladder:
    """The stations from the worst level to the best, and the title read out instead of the picture."""

    width: float
    stations: tuple[Station, ...]
    title: str
    is_undecided: bool = False

    @property
    def grade_x(self) -> float:
        """The position of the unit."""
        return next(station.x for station in self.stations if station.is_grade)

    @property
    def attainable_x(self) -> float:
        """The position of what the unit could at best have."""
        return next(station.x for station in self.stations if station.is_attainable)

    @property
    def target_x(self) -> float:
        """The position of the unit's target."""
        return next(station.x for station in self.stations if station.is_target)


def ladder(labels: Sequence[str], grade: str, attainable: str, target: str) -> Ladder:
    """Place the levels (worst first) on a line."""
    step = (WIDTH - 2 * MARGIN) / max(1, len(labels) - 1)
    stations = []
    is_open = is_undecided(grade, attainable)
    named = (
        (("至少", grade), ("至多", attainable), ("目标", target)) if is_open else (("现评", grade), ("目标", target))
    )
    for n, label in enumerate(labels):
        marks = [word for word, level in named if level == label]
        stations.append(
            Station(
                x=round(MARGIN + n * step, 1),
                label=label,
                marks=tuple(marks),
                is_grade=label == grade,
                is_attainable=label == attainable,
                is_target=label == target,
                is_passed=n <= labels.index(grade),
            )
        )
    now = f"待定，至少{grade}，至多{attainable}" if is_open else f"现评{grade}"
    title = f"等级标尺，由低到高：{'、'.join(labels)}；{now}，目标{target}"
    return Ladder(WIDTH, tuple(stations), title, is_open)
