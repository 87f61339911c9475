"""Rows of a group that belong to no unit of the batch, and the units that may be missing them."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from grading.batch.layout import UNIT_ID
from grading.batch.unit_ids import Identifiers, look_alike
from grading.columns.layout import UNIT


@dataclass(frozen=True)
class Orphan:
    """A row of no unit: where it is, what it says of its unit, why that is none, and the units it may belong to."""

    position: int
    unit: str | None
    reason: str
    may_be_of: tuple[int, ...]


def rows_of_no_unit(known: Identifiers, units: pl.Series, places: pl.DataFrame) -> Iterator[Orphan]:
    """The rows without a unit in `units`, from the top.

    One that names no unit may be of the unit above it, of that below it, or of any that has no rows at all; one that names
    another, of a unit that reads alike, or of the unit between whose rows it stands.
    """
    above = units.fill_null(strategy="forward")
    below = units.fill_null(strategy="backward")
    nowhere = units.is_null().arg_true()
    ids = known.values.gather(nowhere)
    alike = _alike(ids, places)
    without_rows = places[UNIT].filter(~places[UNIT].is_in(units.drop_nulls().unique().implode())).to_list()
    for position, unit in zip(nowhere, ids, strict=True):
        beside = (above[position], below[position])
        if unit is not None:
            around = {beside[0]} if beside[0] is not None and beside[0] == beside[1] else set()
            yield Orphan(position, unit, f"单元表中没有“{unit}”", tuple(sorted({*alike.get(unit, ()), *around})))
            continue
        reason = known.refused.get(position, "未填单元编号")
        yield Orphan(
            position, None, reason, tuple(sorted({*(place for place in beside if place is not None), *without_rows}))
        )


def _alike(ids: pl.Series, places: pl.DataFrame) -> dict[str, tuple[int, ...]]:
    """The units that read like identifiers of none, by those."""
    unknown_ids = pl.DataFrame({"id": ids.drop_nulls().unique()})
    if not unknown_ids.height:
        return {}
    plain = unknown_ids.with_columns(look_alike(unknown_ids["id"]).alias("plain"))
    units = places.select(look_alike(places[UNIT_ID]).alias("plain"), UNIT)
    found: dict[str, list[int]] = {}
    for given, unit in plain.join(units, on="plain").select("id", UNIT).iter_rows():
        found.setdefault(given, []).append(unit)
    return {given: tuple(sorted(listed)) for given, listed in found.items()}
