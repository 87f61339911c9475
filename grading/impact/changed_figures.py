"""On which figures the grades of changed units rest, in words."""

import polars as pl

from grading.gaps.column_figures import FIGURES, read_back
from grading.impact.compare import Changes, Side
from grading.language.figures_text import figures_text

BEFORE, AFTER = "before_figures", "after_figures"


def figure_texts(changes: Changes, before: Side, after: Side) -> list[pl.Series]:
    """`BEFORE` and `AFTER` of all units: null for one that does not change, and where no figures were counted."""
    changed = changes.units["way"].is_not_null()
    return [_texts(name, side, changed) for name, side in ((BEFORE, before), (AFTER, after))]


def _texts(name: str, side: Side, changed: pl.Series) -> pl.Series:
    found = pl.Series(name, [None], dtype=pl.String).new_from_index(0, len(changed))
    if not set(FIGURES) <= set(side.grades.columns):
        return found
    counted = changed & side.grades[FIGURES[-1]].is_not_null()
    texts = [figures_text(figures) for figures in read_back(side.ruleset, side.grades.filter(counted))]
    return found.scatter(counted.arg_true(), texts) if texts else found
