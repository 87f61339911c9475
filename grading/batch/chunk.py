"""One part of a batch's input as it was read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from grading.batch.layout import Reject
from grading.columns.layout import Columns
from grading.model.audit import Waiver


@dataclass(frozen=True)
class Chunk:
    """A part of the input, read: `heads` and the units of `columns` are those that can be graded, in the same order."""

    heads: pl.DataFrame
    columns: Columns
    rejects: list[Reject]
    read: int
    """The number of units (of JSON lines: audits) of the input that it covers."""
    refused: int
    """The number of units (audits) that can't be graded."""
    skipped: int = 0
    """The number of units of other industries."""
    notices: list[Reject] = field(default_factory=list)
    """Values that were read otherwise than they stand there."""
    waivers: Mapping[str, tuple[Waiver, ...]] = field(default_factory=dict)
    """The waivers that tables state, by unit; in `columns` are those in force."""
