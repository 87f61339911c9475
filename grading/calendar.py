"""China's calendar: days as people mean them (`Asia/Shanghai`), moments in UTC, and which days an audit may be of."""

from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta, timezone

from grading.problems.codes import ProblemCode
from grading.problems.reason import Reason, reason_of

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""One offset, without daylight saving since 1991: no database of zones is needed, and none can be out of date."""
EARLIEST = date(2000, 1, 1)
"""Performance grading began in 2019, and audits are never of a plant's distant past: an earlier day is a slip of the pen."""


_stopped: ContextVar[datetime | None] = ContextVar("stopped", default=None)


def now() -> datetime:
    """This moment. Everything that reads the clock asks here."""
    return _stopped.get() or datetime.now(UTC)


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Let the clock stand at another moment inside the block: for data to try out that has a past. No service runs so."""
    token = _stopped.set(moment)
    try:
        yield
    finally:
        _stopped.reset(token)


def day_of(moment: datetime) -> date:
    """The day in China on which a moment falls; raises ValueError for a moment without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(CHINA).date()


def today() -> date:
    """China's day of this moment, whatever the zone of the machine."""
    return day_of(now())


def start_of(day: date) -> datetime:
    """The moment at which a day begins in China."""
    return datetime.combine(day, time(), CHINA).astimezone(UTC)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def clock_text(moment: datetime) -> str:
    """A moment as a clock in China shows it, to the minute."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


def not_assessable(day: date, latest: date | None = None) -> Reason | None:
    """The reason why an audit can't be of a day; None when it can. `latest` is China's today if it isn't given."""
    last = today() if latest is None else latest
    if day > last:
        return reason_of(ProblemCode.DAY_IN_FUTURE, day=day, today=last)
    if day < EARLIEST:
        return reason_of(ProblemCode.DAY_TOO_EARLY, day=day, earliest=EARLIEST, today=last)
    return None
