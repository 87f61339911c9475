"""The chart of a campaign over the ends of months, made here as SVG: columns of plants, the share that has reached the level."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from api.services.campaigns.plant_rows import MonthEnd
from grading.campaign.counts import percent_text

HEIGHT, FOOT, HEAD, STEP, BAR = 150, 34, 20, 72, 44
MOST = 24


@dataclass(frozen=True)
class Column:
    """A month's end: the plants of the base, and of those the ones that had reached the level."""

    x: int
    label: str
    base: int
    reached: int
    percent: str
    top: float
    """The height at which the column of the base begins."""
    height: float
    reached_top: float
    reached_height: float


@dataclass(frozen=True)
class MonthChart:
    """Columns beside each other."""

    columns: tuple[Column, ...]
    width: int
    height: int = HEIGHT + HEAD + FOOT
    floor: int = HEIGHT + HEAD
    bar: int = BAR


def month_chart(found: Sequence[MonthEnd]) -> MonthChart:
    """One column for each month's end, all on one scale."""
    most = max((end.base for end in found), default=0) or 1
    columns = []
    for i, end in enumerate(found):
        height, part = end.base / most * HEIGHT, end.reached / most * HEIGHT
        floor = HEIGHT + HEAD
        columns.append(
            Column(
                x=i * STEP + (STEP - BAR) // 2,
                label=f"{end.day:%y}-{end.day.month}",
                base=end.base,
                reached=end.reached,
                percent=percent_text(end.reached, end.base) or "—",
                top=round(floor - height, 1),
                height=round(height, 1),
                reached_top=round(floor - part, 1),
                reached_height=round(part, 1),
            )
        )
    return MonthChart(tuple(columns), max(len(columns) * STEP, STEP))


def chart_days(start: date, day: date) -> tuple[date, ...]:
    """The last days of the months from a campaign's start to a day, and the day itself; the latest of them."""
    ends, year, month = [], start.year, start.month
    while (end := _last_of(year, month)) < day:
        ends.append(end)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return (*ends, day)[-MOST:]


def _last_of(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)
