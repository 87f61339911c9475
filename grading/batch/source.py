"""Where a batch comes from: something that can be read in chunks, any one of them at any time."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grading.batch.layout import Reject
from grading.batch.reading import Chunk


@dataclass(frozen=True)
class Extent:
    """How much there is: of units, or of audits when the input is JSON lines."""

    total: int
    chunks: int
    rejects: tuple[Reject, ...] = ()
    """What belongs to no unit at all."""
    ignored: tuple[str, ...] = ()
    """Columns that were left out because nobody knows them."""
    ignored_sheets: tuple[str, ...] = ()
    """Sheets of a workbook, or files beside it, that were."""
    notices: tuple[Reject, ...] = ()
    """What was read otherwise than it stands there, or not at all, and refuses nothing."""


class Source(Protocol):
    """An input that is open."""

    @property
    def files(self) -> tuple[Path, ...]:
        """The files it is made of, in a fixed order."""

    def extent(self) -> Extent:
        """How much there is. Raises LayoutError."""

    def chunk(self, number: int) -> Chunk:
        """Read one chunk, from 0."""
