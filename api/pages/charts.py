"""Charts for the bureau's page, made here as SVG: bars of enterprises by grade, each piece with its figure in words."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from grading.model.decision import NOT_GRADED, UNDECIDED

WIDTH, BAR, STEP = 560, 22, 46
LETTER, MARGIN = 12.5, 14


@dataclass(frozen=True)
class Piece:
    """A piece of a bar: where it lies, what it counts."""

    x: float
    width: float
    label: str
    count: int
    shade: str
    """Its colour by the level's place, or by what is no level: `undecided`, `none`."""

    @property
    def text(self) -> str:
        """Its label and its count, as far as there is room; the table beside the chart has both all the same."""
        whole, short = f"{self.label} {self.count}", str(self.count)
        return next((label for label in (whole, short) if len(label) * LETTER + MARGIN <= self.width), "")


@dataclass(frozen=True)
class Bar:
    """A bar with its pieces."""

    name: str
    y: int
    total: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Chart:
    """Bars below each other."""

    bars: tuple[Bar, ...]
    height: int
    width: int = WIDTH
    bar: int = BAR


def stacked(counted: Mapping[str, Counter[str]], labels: Mapping[str, str], name: Callable[[str], str]) -> Chart:
    """One bar for each key, its pieces in the order of `labels` (best level first), all on one scale."""
    most = max((sum(counts.values()) for counts in counted.values()), default=1)
    order = list(labels)
    bars = []
    for i, (key, counts) in enumerate(counted.items()):
        x, pieces = 0.0, []
        for level in sorted(counts, key=lambda known: order.index(known) if known in order else len(order)):
            width = counts[level] / most * (WIDTH - 4)
            label = labels.get(level, level)
            shade = (
                level if level in (UNDECIDED, NOT_GRADED) else str(min(order.index(level) if level in order else 9, 9))
            )
            pieces.append(Piece(round(x, 1), round(width, 1), label, counts[level], shade))
            x += width
        bars.append(Bar(name(key), i * STEP, sum(counts.values()), tuple(pieces)))
    return Chart(tuple(bars), max(len(bars) * STEP, STEP))
