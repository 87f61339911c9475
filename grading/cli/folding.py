"""Chinese text on a terminal: it may break between any two characters, but not inside a word in Latin letters or before 。"""

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions
from rich.measure import Measurement
from rich.text import Text

_PIECE = re.compile(r"[（“《]*(?:[!-~\u00a0-\u024f\u2012-\u2014]+|.)[，。；：、）”》！？]*\s*", re.S)


class Folded:
    """A text for tables, trees and paragraphs that is folded to the room it gets and never cut."""

    def __init__(self, markup: str) -> None:
        self.text = Text.from_markup(markup, overflow="fold")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """As wide as its longest line; as narrow as its longest unbreakable piece, within reason."""
        lines = self.text.plain.split("\n")
        pieces = (cell_len(piece.strip()) for line in lines for piece in _PIECE.findall(line))
        widest = max((cell_len(line) for line in lines), default=0)
        return Measurement(min(max(pieces, default=1), 16), max(widest, 1)).with_maximum(options.max_width)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """The lines."""
        for line in self.text.split("\n", allow_blank=True):
            for part in line.divide(_breaks(line.plain, options.max_width)):
                part.rstrip()
                yield part


def _breaks(line: str, width: int) -> list[int]:
    """Break points of a line so that each part fits; a piece wider than that is left to be folded."""
    found: list[int] = []
    used = at = 0
    for piece in _PIECE.findall(line):
        if used and used + cell_len(piece.rstrip()) > width:
            found.append(at)
            used = 0
        used += cell_len(piece)
        at += len(piece)
    return found
