"""Sources of batches: inputs that can be read in chunks, any one of them at any time."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grading.batch.chunk import Chunk
from grading.batch.layout import Reject


@dataclass(frozen=True)
class Extent:
    """The size of an input: units, or audits when it is JSON lines."""

    total: int
    chunks: int
    rejects: tuple[Reject, ...] = ()
    """Problems that belong to no unit."""
    ignored: tuple[str, ...] = ()
    """Columns that were left out because nobody knows them."""
    ignored_sheets: tuple[str, ...] = ()
    """Sheets of a workbook, or files beside it, that were."""
    notices: tuple[Reject, ...] = ()
    """Parts that were read otherwise than they stand there, or not at all, and that refuse nothing."""


class Source(Protocol):
    """An input that is open."""

    @property
    def files(self) -> tuple[Path, ...]:
        """The files it is made of, in a fixed order."""

    def extent(self) -> Extent:
        """The size of the input. Raises LayoutError."""

    def chunk(self, number: int) -> Chunk:
        """Read one chunk, from 0."""
