"""Decisions of very many units, in words and as classes."""

from collections.abc import Mapping

import polars as pl

from grading.language.decision_text import short_label
from grading.model.decision import UNDECIDED, is_undecided
from grading.vocabulary import UNDECIDED as UNDECIDED_WORD


def decision_class(grade: str = "grade", attainable: str = "attainable") -> pl.Expr:
    """The class that each unit counts in, as `grading.model.decision.counted_as` has it; of two columns of levels."""
    worst, best = _levels(grade, attainable)
    return pl.when(is_undecided(worst, best)).then(pl.lit(UNDECIDED)).otherwise(worst)


def decision_column(grade: str, attainable: str, labels: Mapping[str, str]) -> pl.Expr:
    """The decision of each unit, in words: `B级`, `待定 (D～A)`; `labels` by level."""
    worst, best = _levels(grade, attainable)
    short = {level: short_label(level, labels.__getitem__) for level in labels}
    ends = [worst.replace(short), pl.lit("～"), best.replace(short)]
    interval = pl.concat_str([pl.lit(f"{UNDECIDED_WORD} ("), *ends, pl.lit(")")])
    return pl.when(is_undecided(worst, best)).then(interval).otherwise(worst.replace(dict(labels)))


def _levels(grade: str, attainable: str) -> tuple[pl.Expr, pl.Expr]:
    return pl.col(grade).cast(pl.String), pl.col(attainable).cast(pl.String)
