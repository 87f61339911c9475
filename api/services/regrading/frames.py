"""The first pass of a batch, read back: what the columns say of every unit, before and after."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.store import BatchFrame

AUDIT, POSITION, UNIT, COUNTY = "audit_id", "position", "unit.id", "county"


@dataclass(frozen=True)
class Frames:
    """Units of one industry that one ruleset grades before and one after; the same unit is in the same row of both frames.

    Both begin with `audit_id` (text), `position` (the unit's place in its audit), `unit.id`, `county`; then come the columns
    of `grading.columns.grade.UnitGrades`, of units and of indicators: `grade`, `attainable`, `target`, `level.<L>`,
    `<kind>.<id>.grade`, `gate.<id>`, `unmet`, `unknown`, `<indicator>.<L>`, `<indicator>.applicable`;
    of a trial those of `grading.gaps.column_figures.FIGURES`. The two frames may
    have other indicators, and levels of other scales. Units that can't be read under the new ruleset are in neither.
    """

    before_digest: str
    after_digest: str
    before: pl.DataFrame
    after: pl.DataFrame


def frames_of(db: Session, batch_id: UUID) -> Iterator[Frames]:
    """The frames of a batch, chunk by chunk (a few hundred units each), as far as it has got."""
    keys = select(BatchFrame.chunk, BatchFrame.before_digest, BatchFrame.after_digest).where(
        BatchFrame.batch_id == batch_id
    )
    for chunk, before, after in db.execute(keys.order_by(*keys.selected_columns)).all():
        found = db.scalars(
            select(BatchFrame).where(
                BatchFrame.batch_id == batch_id,
                BatchFrame.chunk == chunk,
                BatchFrame.before_digest == before,
                BatchFrame.after_digest == after,
            )
        ).one()
        yield Frames(before, after, unpacked(found.before), unpacked(found.after))
        db.expunge(found)


def packed(frame: pl.DataFrame) -> bytes:
    """A frame as the store keeps it."""
    to = BytesIO()
    frame.write_parquet(to, compression="zstd")
    return to.getvalue()


def unpacked(content: bytes) -> pl.DataFrame:
    """A frame as it was packed."""
    return pl.read_parquet(BytesIO(content))
