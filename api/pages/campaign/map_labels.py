"""Names of counties on a map: each as near to its county's middle as it covers no plant and no other name."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

Place = tuple[float, float]
LETTER, HEIGHT, EDGE = 15, 18, 11
"""Width and height of a letter, and half the width of a plant's mark."""
CELL = 8
STEPS_X, STEPS_Y, STEP_X, STEP_Y = 6, 10, 20, 12
"""A name is tried so many steps to either side, up and down."""
COVERED_NAME = 1000
"""Covering a name, or leaving the sheet, is as bad as covering so many plants."""


@dataclass(frozen=True)
class Label:
    """The name of a county; `x` is its middle, `y` the line on which it stands."""

    name: str
    x: float
    y: float


def place_labels(places: Sequence[tuple[str, Place]], marks: Iterable[Place], width: int, height: int) -> list[Label]:
    """A place for each name, wanted in the middle of its county; always the same for the same map."""
    taken = Counter((int(x // CELL), int(y // CELL)) for x, y in marks)
    found: list[Label] = []
    boxes: list[tuple[float, float, float, float]] = []
    for name, (x, y) in places:
        half = LETTER * len(name) / 2
        best: tuple[tuple[float, float], float, float] | None = None
        for dx, dy in _offsets():
            left, right, top, bottom = x + dx - half, x + dx + half, y + dy - HEIGHT, y + dy
            covered = _number_in(taken, left - EDGE, right + EDGE, top - EDGE, bottom + EDGE)
            others = sum(left < r and lo < right and top < b and t < bottom for lo, r, t, b in boxes)
            outside = left < 0 or right > width or top < 0 or bottom > height
            key = (covered + COVERED_NAME * (others + outside), dx * dx + dy * dy)
            if best is None or key < best[0]:
                best = (key, x + dx, y + dy)
        if best is not None:
            _, at_x, at_y = best
            boxes.append((at_x - half, at_x + half, at_y - HEIGHT, at_y))
            found.append(Label(name, round(at_x, 1), round(at_y, 1)))
    return found


def _offsets() -> Iterator[tuple[int, int]]:
    for across in range(-STEPS_X, STEPS_X + 1):
        for down in range(-STEPS_Y, STEPS_Y + 1):
            yield across * STEP_X, down * STEP_Y


def _number_in(taken: Counter[tuple[int, int]], left: float, right: float, top: float, bottom: float) -> int:
    columns = range(int(left // CELL), int(right // CELL) + 1)
    rows = range(int(top // CELL), int(bottom // CELL) + 1)
    return sum(taken[column, row] for column in columns for row in rows if (column, row) in taken)
