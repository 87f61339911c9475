"""A number of which only a lower and an upper end are known."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from `low` to `high` (None: without end).

    `first` and `last` are the outermost that can be stated, or come of such: an end that differs from them is open.
    `stated`: an audit states it as `<high`.
    """

    low: Decimal | None
    first: Decimal | None
    last: Decimal | None
    high: Decimal | None
    stated: bool = False

    @property
    def low_open(self) -> bool:
        """Whether the lower end does not belong to it."""
        return self.low is None or self.low != self.first

    @property
    def high_open(self) -> bool:
        """Whether the upper end does not belong to it."""
        return self.high is None or self.high != self.last
