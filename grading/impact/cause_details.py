"""Details of changes: for each unit that goes up or down its causes, the values behind them, and what was and is required."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from grading.columns.layout import Columns
from grading.impact.compare import Changes, same_level
from grading.impact.criteria import clause, criterion, required, title
from grading.impact.reasons import reasons
from grading.language.nested import ways_to
from grading.language.prose import sentence
from grading.model.base import Mode
from grading.model.condition import comparisons
from grading.model.impact import CriterionKind
from grading.model.ruleset import Indicator, Ruleset

CRITERION = ("kind", "before_id", "after_id", "level", "waiver")


@dataclass(frozen=True)
class Pair:
    """The ruleset before and the one after."""

    before: Ruleset
    after: Ruleset


def cause_details(pair: Pair, mode: Mode, changes: Changes, columns: tuple[Columns, Columns]) -> pl.DataFrame:
    """The causes of all changes, a row a value (a cause without one has a row too), decisive ones of a unit first.

    `columns` are the units before and after, in the order of the changes. Returned: `unit` (its position), `direction`,
    `about`, `kind`, `before_id`, `after_id`, `level`, `decides`, `status`; in words `title`, `required_before`, `required_after`,
    `clause`; and what `grading.impact.reasons` gives: `row`, `label`, `value`, `figure`, `left_out`.
    """
    moved = changes.units.select(pl.when(pl.col("direction") != 0).then("direction").otherwise("attainable_direction"))
    way = moved.to_series().gather(changes.causes["unit"]).alias("direction")
    causes = changes.causes.with_columns(way).with_row_index("cause")
    parts: list[pl.DataFrame] = []
    for direction, worse, name, held in (
        (-1, pair.after, "after_id", columns[1]),
        (1, pair.before, "before_id", columns[0]),
    ):
        mine = causes.filter(pl.col("direction") == direction)
        found = _values(worse, mode, held, mine.with_columns(pl.col(name).alias("criterion")))
        parts.append(mine.join(found, on="cause", how="left", maintain_order="left_right"))
    details = pl.concat(parts)
    keys = details.select("direction", *CRITERION, "fact", "operator").unique(maintain_order=True)
    words = [_words(pair, mode, **row) for row in keys.iter_rows(named=True)]
    texts = pl.DataFrame(
        words, schema=dict.fromkeys(("title", "required_before", "required_after", "clause"), pl.String)
    )
    whole = details.join(
        keys.hstack(texts),
        on=["direction", *CRITERION, "fact", "operator"],
        nulls_equal=True,
        maintain_order="left",
        how="left",
    )
    return whole.sort("unit", pl.col("decides").not_(), maintain_order=True).drop(
        "cause", "fact", "operator", "asked", "waiver"
    )


def _values(worse: Ruleset, mode: Mode, columns: Columns, causes: pl.DataFrame) -> pl.DataFrame:
    """The values of causes, by `cause`; only the units that have any are looked at."""
    concerned = pl.Series([False]).new_from_index(0, columns.height).scatter(causes["unit"].unique(), True)
    places = (concerned.cast(pl.UInt32).cum_sum() - 1).cast(pl.UInt32)
    located = causes.select(places.gather(causes["unit"]).alias("unit"), "kind", "criterion", "level")
    found = reasons(worse, mode, columns.only(concerned), located)
    return found.with_columns(causes["cause"].gather(found["cause"]).alias("cause"))


def _words(
    pair: Pair, mode: Mode, direction: int, fact: str | None, operator: str | None, **cause: Any
) -> dict[str, str]:
    kind: CriterionKind = cause["kind"]
    before_id, after_id, level = cause["before_id"], cause["after_id"], cause["level"]
    worse, better = (pair.after, pair.before) if direction < 0 else (pair.before, pair.after)
    levels = {id(worse): level, id(better): same_level(worse.scale, better.scale, level)}
    texts = {
        name: _one(ruleset, mode, kind, own, levels[id(ruleset)], fact, operator)
        for name, ruleset, own in (
            ("required_before", pair.before, before_id),
            ("required_after", pair.after, after_id),
        )
    }
    source = pair.after if after_id is not None else pair.before
    return {
        "title": title(pair.before, pair.after, kind, before_id, after_id, cause["waiver"]),
        **texts,
        "clause": clause(source, kind, after_id or before_id, levels[id(source)]),
    }


def _one(
    ruleset: Ruleset,
    mode: Mode,
    kind: CriterionKind,
    name: str | None,
    level: str | None,
    fact: str | None,
    operator: str | None,
) -> str:
    """The requirement on the one value, where each requirement that is enough compares it once; else the whole requirement."""
    found = criterion(ruleset, kind, name)
    if isinstance(found, Indicator) and level in ruleset.scale.graded:
        ways = ways_to(ruleset, found, level, ruleset.edition.effective, mode)
        asked = [
            {
                sentence(ruleset, c)
                for c in comparisons(way.requirement.require)
                if (c.fact, c.operator) == (fact, operator)
            }
            for way in ways
        ]
        texts = list(dict.fromkeys(text for same in asked for text in same))
        if texts and all(len(same) <= 1 for same in asked):
            return "，或".join(texts)
    return required(ruleset, kind, name, level)


def joined_details(details: pl.DataFrame) -> Mapping[int, str]:
    """For each unit its decisive causes as one text."""
    listed = details.filter("decides").unique(["unit", "title"], maintain_order=True)
    return dict(listed.group_by("unit", maintain_order=True).agg(pl.col("title").str.join("；")).iter_rows())
