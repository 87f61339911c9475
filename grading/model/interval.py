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
        """True when the lower end does not belong to it."""
        return self.low is None or self.low != self.first

    @property
    def high_open(self) -> bool:
        """True when the upper end does not belong to it."""
        return self.high is None or self.high != self.last

    def compares(self, operator: str, figures: tuple[Decimal, ...]) -> bool | None:
        """True when every number of it compares so with the figures, false when none does; None where some do and some do not."""
        figure = figures[0] if figures else Decimal(0)
        if operator in ("at_most", "above"):
            up_to = self._up_to(figure)
            return up_to if up_to is None or operator == "at_most" else not up_to
        if operator in ("below", "at_least"):
            under = self._under(figure)
            return under if under is None or operator == "below" else not under
        equal = (
            True if self.low == self.high and self.low in figures else None if any(map(self._has, figures)) else False
        )
        return equal if equal is None or operator != "none_of" else not equal

    def _up_to(self, figure: Decimal) -> bool | None:
        if self.high is not None and self.high <= figure:
            return True
        is_over = self.low is not None and (self.low > figure or (self.low == figure and self.low_open))
        return False if is_over else None

    def _under(self, figure: Decimal) -> bool | None:
        if self.high is not None and (self.high < figure or (self.high == figure and self.high_open)):
            return True
        return False if self.low is not None and self.low >= figure else None

    def _has(self, figure: Decimal) -> bool:
        return self._up_to(figure) is not False and self._under(figure) is not True
