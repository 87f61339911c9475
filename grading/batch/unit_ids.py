"""Identifiers of whole columns in one spelling; what was mended and what can't be an identifier, by position."""

from dataclasses import dataclass, field

import polars as pl

from grading.batch.staged_cells import reason_of
from grading.identifiers import MAX_ID, NO_OBJECT, IdentifierError, normalise_id

_SHOWN = r"\x21-\x7e\x{4e00}-\x{9fa5}（），：；"
_ORDINARY = f"^[{_SHOWN}]([ {_SHOWN}]{{0,{MAX_ID - 2}}}[{_SHOWN}])?$"
"""Texts that `normalise_id` leaves as they are, but for those that name no object."""
_NO_OBJECT = NO_OBJECT.replace("(?i)", "(?is)")


@dataclass(frozen=True)
class Identifiers:
    """A column of identifiers: null where nothing stands, and where something stands that is none."""

    values: pl.Series
    mended: dict[int, str] = field(default_factory=dict)
    """The original texts of identifiers that were written otherwise."""
    refused: dict[int, str] = field(default_factory=dict)
    """The reason why there is no identifier although something stands there."""


def normalised(raw: pl.Series) -> Identifiers:
    """The identifiers of a column of texts or whole numbers."""
    ids = raw.cast(pl.String).str.strip_chars()
    ids = ids.set(ids == "", None)
    odd = ids.is_not_null() & (~ids.str.contains(_ORDINARY) | ids.str.contains(_NO_OBJECT))
    if not odd.any():
        return Identifiers(ids)
    found = Identifiers(ids)
    values: dict[int, str | None] = {}
    for position in odd.arg_true():
        given = ids[position]
        values[position] = None
        if reason := reason_of(given):
            found.refused[position] = reason
            continue
        try:
            values[position], changed = normalise_id(given)
        except IdentifierError as error:
            found.refused[position] = str(error)
            continue
        if changed:
            found.mended[position] = given
    mended = ids.scatter(list(values), pl.Series(list(values.values()), dtype=pl.String))
    return Identifiers(mended, found.mended, found.refused)


def look_alike(ids: pl.Series) -> pl.Series:
    """Identifiers without what people confuse: case, spaces and signs, O and 0, l and 1."""
    plain = ids.str.to_lowercase().str.replace_all(r"[^0-9a-z\p{Han}]", "")
    return plain.str.replace_many(["o", "l", "i"], ["0", "1", "1"])
