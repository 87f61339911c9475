"""Texts of whole columns without the characters that nobody sees."""

from dataclasses import dataclass, field

import polars as pl

from grading.batch.staged_cells import reason_of
from grading.invisible import without_invisible

_ORDINARY = r"^[\x20-\x7e\x{4e00}-\x{9fa5}（）《》“”，、：；·]*$"
"""Texts that surely have no such character."""


@dataclass(frozen=True)
class VisibleTexts:
    """A column of texts as they are read."""

    values: pl.Series
    mended: dict[int, str] = field(default_factory=dict)
    """The original texts that had such characters, by position."""
    blank: list[int] = field(default_factory=list)
    """The positions at which nothing else stood."""


def visible_texts(raw: pl.Series) -> VisibleTexts:
    """The texts without invisible characters; one that has no others stays as it is."""
    found = VisibleTexts(raw)
    values: dict[int, str] = {}
    for position in (raw.is_not_null() & ~raw.str.contains(_ORDINARY)).arg_true():
        given = raw[position]
        plain = without_invisible(given)
        if plain == given or reason_of(given):
            continue
        if plain.strip():
            values[position], found.mended[position] = plain.strip(), given
        else:
            found.blank.append(position)
    if not values:
        return found
    return VisibleTexts(raw.scatter(list(values), list(values.values())), found.mended, found.blank)
