"""Values that their evidence proves, in columns: the reading of `grading.evidence_validity` for tables."""

import polars as pl

from grading.model.ruleset import Fact


def proven(fact: Fact, values: pl.Series, taken: pl.Series, valid_until: pl.Series, on: pl.Series) -> pl.Series:
    """A fact's values as they count `on` the days of their audits: unknown where the evidence is undated or has expired."""
    if fact.evidence_valid is None:
        return values
    days = pl.DataFrame([taken.alias("taken"), valid_until.alias("until"), on.alias("on")])
    # An offset by months ends on the last day of a shorter month, as `months_later` does.
    allowed = pl.col("taken").dt.offset_by(f"{fact.evidence_valid.months}mo")
    counts = days.select(pl.col("taken").is_not_null() & (pl.col("on") <= pl.min_horizontal(allowed, "until")))
    return values.set(~counts.to_series().fill_null(False), None)
