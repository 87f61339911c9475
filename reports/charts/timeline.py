"""The plan as a timeline: works side by side within a step, the steps one after another, weeks from the start."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDTH = 672.0
LABEL_WIDTH = 236.0
FIGURE_WIDTH = 62.0
LINE = 14.0
BAR = 8.0
AXIS = 22.0
EMS = 19.5
"""Characters of a label's line, in widths of a Chinese character at 11 px."""
MAX_LINES = 3
_PIECE = re.compile(r"[（“《]*(?:[!-~–²³℃]+|.)[，。；：、）”》]* ?")
"""What a line does not break: words and numbers, and marks at the side where they belong."""
PAGE = 330.0
TICKS = (1, 2, 4, 8, 13, 26, 52, 104)
MOST_TICKS = 10


@dataclass(frozen=True)
class Bar:
    """A work of low to high weeks; zero to zero when no time was estimated."""

    text: str
    low: float
    high: float
    if_needed: bool = False


@dataclass(frozen=True)
class Stage:
    """A step of the plan with its works."""

    name: str
    proven: bool
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class DrawnBar:
    """A work where it is drawn; `sure` and `late` are the widths up to its low and its high end."""

    y: float
    middle: float
    lines: tuple[tuple[float, str], ...]
    x: float
    sure: float
    late: float
    figures: str
    if_needed: bool


@dataclass(frozen=True)
class Chart:
    """One picture; the milestone stands at the end of its stage."""

    width: float
    height: float
    right: float
    ticks: tuple[tuple[float, str], ...]
    bars: tuple[DrawnBar, ...]
    milestone_x: float | None
    proven: bool
    title: str


def timeline(stages: Sequence[Stage]) -> tuple[tuple[Chart, ...], ...]:
    """For each stage its pictures (one, or as many as fit on a page each), all on one scale of weeks."""
    lengths = [max((bar.high for bar in stage.bars), default=0.0) for stage in stages]
    total = max(1.0, sum(lengths))
    interval = next((tick for tick in TICKS if total / tick <= MOST_TICKS), TICKS[-1])
    scale = (WIDTH - LABEL_WIDTH - FIGURE_WIDTH - 12) / total
    ticks = tuple((round(LABEL_WIDTH + n * scale, 1), str(n)) for n in range(0, int(total) + 1, interval))
    starts = [sum(lengths[:n]) for n in range(len(stages))]
    ends = [start + length for start, length in zip(starts, lengths, strict=True)]
    return tuple(
        tuple(
            _chart(stage, page, start, end, scale, ticks, is_last=page[-1] is stage.bars[-1])
            for page in _pages(stage.bars)
        )
        for stage, start, end in zip(stages, starts, ends, strict=True)
    )


def _pages(bars: Sequence[Bar]) -> Iterator[list[Bar]]:
    """The bars in as few charts as hold them, filled alike, so that none has but the last one or two."""
    left, room = list(bars), PAGE - AXIS
    while left:
        whole = sum(map(_height, left))
        fair = whole / math.ceil(whole / room)
        page = [left.pop(0)]
        height = _height(page[0])
        while left and height < fair and height + _height(left[0]) <= room:
            page.append(left.pop(0))
            height += _height(page[-1])
        yield page


def _height(bar: Bar) -> float:
    return LINE * len(wrapped(bar.text)) + 5


def _chart(
    stage: Stage,
    bars: list[Bar],
    start: float,
    end: float,
    scale: float,
    ticks: tuple[tuple[float, str], ...],
    is_last: bool,
) -> Chart:
    y = AXIS
    drawn = []
    for bar in bars:
        drawn.append(_bar(bar, y, LABEL_WIDTH + start * scale, scale))
        y += _height(bar)
    works = "；".join(f"{bar.text} {row.figures}" for bar, row in zip(bars, drawn, strict=True))
    return Chart(
        width=WIDTH,
        height=round(y + 4, 1),
        right=WIDTH - FIGURE_WIDTH,
        ticks=ticks,
        bars=tuple(drawn),
        milestone_x=round(LABEL_WIDTH + end * scale, 1) if is_last else None,
        proven=stage.proven,
        title=f"{stage.name}的时间轴，自启动起第 {start:g} 周至第 {end:g} 周。{works}",
    )


def _bar(bar: Bar, y: float, x: float, scale: float) -> DrawnBar:
    lines = wrapped(bar.text)
    height = _height(bar)
    figures = f"{bar.low:g}–{bar.high:g} 周" if bar.high else "周期未估"
    return DrawnBar(
        y=round(y + height / 2 - BAR / 2, 1),
        middle=round(y + height / 2, 1),
        lines=tuple((round(y + LINE * (n + 1) - 2, 1), line) for n, line in enumerate(lines)),
        x=round(x, 1),
        sure=round(bar.low * scale, 1),
        late=round((bar.high - bar.low) * scale, 1),
        figures=figures if bar.low != bar.high else f"{bar.low:g} 周" if bar.high else figures,
        if_needed=bar.if_needed,
    )


def _ems(text: str) -> float:
    return sum(1.0 if ord(character) > 0x2E7F or character in "“”‘’—…" else 0.58 for character in text)


def wrapped(text: str) -> tuple[str, ...]:
    """Lines of a label; a text that needs too many ends in an ellipsis (the table beside the chart has it whole)."""
    lines: list[str] = []
    line, width = "", 0.0
    for piece in _PIECE.findall(text):
        for part in (piece,) if _ems(piece) <= EMS else piece:
            if width + _ems(part.rstrip()) > EMS:
                lines.append(line.rstrip())
                line, width = "", 0.0
            line += part
            width += _ems(part)
    lines.append(line)
    if len(lines) > MAX_LINES:
        return (*lines[: MAX_LINES - 1], lines[MAX_LINES - 1][:-1] + "…")
    return tuple(lines)
