"""Two gradings of the same units, compared: which units are better or worse off, and which criteria make the difference.

A unit that falls loses levels that it had: each of them is denied by criteria that are not met at it now. A criterion
*decides* when it is part of a smallest set of criteria that denies everything that is lost; of those that deny only some of
the lost levels, whose denial would have brought the unit to another grade, it is said that they do not. A unit that rises
gains a level that criteria denied before: all of these had to turn, so all of them decide.

Both cases are read off the side where the unit is worse off.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from grading.impact.criteria import counterparts
from grading.model.base import Status
from grading.model.decision import is_undecided
from grading.model.result import UNGRADED
from grading.model.ruleset import Cap, Ruleset, Scale

LOWEST = 1_000
"""The standing of `ungraded`: below any level."""
CAUSES = {
    "unit": pl.UInt32,
    "kind": pl.String,
    "before_id": pl.String,
    "after_id": pl.String,
    "status": pl.String,
    "level": pl.String,
    "decides": pl.Boolean,
    "about": pl.String,
    "waiver": pl.String,
}

ENTRIES: Mapping[str, pl.DataType] = {
    "unit": pl.UInt32(),
    "levels": pl.UInt32(),
    **dict.fromkeys(("kind", "before_id", "after_id", "status"), pl.String()),
}


@dataclass(frozen=True)
class Side:
    """A ruleset and what it says of units: `grades` has the columns of `UnitGrades`, of units and of indicators together."""

    ruleset: Ruleset
    grades: pl.DataFrame


@dataclass(frozen=True)
class Changes:
    """Changes, unit by unit.

    `units`, in the order of the sides: `before`, `after`, `before_attainable`, `after_attainable` (levels), `direction` and
    `attainable_direction` (1 up, -1 down, 0), `was_unknown` and `is_unknown` (whether the grade is not decided), `way` (of
    `grading.model.impact.WAYS`; null: no change).

    `causes`, for units that go up or down (`unit` is the position), `about` their `grade`, or where that stays about what it
    could at best become (`attainable`; then only what is unmet counts, and gates that are met): the criterion (`kind`;
    `before_id` or `after_id` null where that ruleset does not have it), its `status` on the side where the unit is worse off
    (of a gate: `met` or `unknown`; null of a scale), the `level` that it denies there (of several the lowest), whether
    it `decides`, and of an indicator that a waiver stood for on the other side, that the `waiver` is `ended` or `granted`.
    """

    units: pl.DataFrame
    causes: pl.DataFrame


def compare(before: Side, after: Side) -> Changes:
    """Compare both sides. Raises ValueError when the sides have not the same number of units."""
    if before.grades.height != after.grades.height:
        raise ValueError(f"{before.grades.height} units before, {after.grades.height} after")
    grades = {
        f"{name}{suffix}": side.grades[column].cast(pl.String)
        for column, suffix in (("grade", ""), ("attainable", "_attainable"))
        for name, side in (("before", before), ("after", after))
    }
    units = pl.DataFrame(grades)
    units = units.with_columns(
        direction(before.ruleset.scale, after.ruleset.scale, "before", "after"),
        direction(before.ruleset.scale, after.ruleset.scale, "before_attainable", "after_attainable").alias(
            "attainable_direction"
        ),
        was_unknown=is_undecided(pl.col("before"), pl.col("before_attainable")),
        is_unknown=is_undecided(pl.col("after"), pl.col("after_attainable")),
    ).with_columns(way=_WAY)
    of = counterparts(before.ruleset, after.ruleset)
    back = {new: old for old, new in of.items()}
    graded = units["direction"]
    # What could at best become of a unit is told apart only where its grade does not tell already.
    at_best = units["attainable_direction"] * (graded == 0)
    causes = [
        found
        for way, measure in ((graded, GRADE), (at_best, ATTAINABLE))
        for found in (
            _causes(units, (way < 0).arg_true(), before, after, -1, back, measure),
            _causes(units, (way > 0).arg_true(), after, before, 1, of, measure),
        )
    ]
    listed = pl.concat(causes).sort("unit", maintain_order=True)
    return Changes(units, listed.with_columns(_waivers(listed, units, before, after)))


def _waivers(causes: pl.DataFrame, units: pl.DataFrame, before: Side, after: Side) -> pl.Series:
    """Of each cause, whether the side where the unit is better off has the indicator waived at the level that is denied."""
    found: list[str | None] = [None] * causes.height
    at_best = units["direction"] == 0
    way = units["direction"].zip_with(~at_best, units["attainable_direction"]).gather(causes["unit"])
    listed = causes.with_columns(way.alias("way")).with_row_index("place").filter(pl.col("kind") == "indicator")
    for (name, other, level, down), part in listed.group_by("before_id", "after_id", "level", pl.col("way") < 0):
        better, worse, own = (before, after, name) if down else (after, before, other)
        level = same_level(worse.ruleset.scale, better.ruleset.scale, str(level))
        column = f"{own}.{level}"
        if own is None or column not in better.grades.columns:
            continue
        waived = better.grades[column].cast(pl.String).gather(part["unit"]) == Status.WAIVED.value
        for place in part["place"].filter(waived):
            found[place] = "ended" if down else "granted"
    return pl.Series("waiver", found, dtype=pl.String)


def direction(before: Scale, after: Scale, was: str = "before", now: str = "after") -> pl.Expr:
    """1 where a unit is better off, -1 where it is worse off, 0 where it is neither."""
    old, new = (pl.col(c).replace_strict(standings(s), return_dtype=pl.Int32) for c, s in ((was, before), (now, after)))
    return (old - new).sign().cast(pl.Int8).alias("direction")


_CHANGED = (pl.col("direction") != 0) | (pl.col("attainable_direction") != 0)
_WAY = (
    pl.when(pl.col("is_unknown") & _CHANGED)
    .then(pl.lit("undecided"))
    .when(pl.col("direction") < 0)
    .then(pl.lit("down"))
    .when(pl.col("direction") > 0)
    .then(pl.lit("up"))
    .when(_CHANGED)
    .then(pl.lit("settled"))
)
"""A unit that is undecided afterwards is neither up nor down: it may turn out either way."""


def standings(scale: Scale) -> dict[str, int]:
    """The rank of each level, `ungraded` among them; less is better."""
    return {level.id: level.standing for level in scale.levels} | {UNGRADED: LOWEST}


@dataclass(frozen=True)
class _Measure:
    """A grade, or what it could at best become: which columns have it, and what bars a level of an indicator, and a gate."""

    about: str
    suffix: str
    bars: tuple[str, ...]
    closes: tuple[str, ...]


GRADE = _Measure("grade", "", (Status.UNMET.value, Status.UNKNOWN.value), (Status.MET.value, Status.UNKNOWN.value))
ATTAINABLE = _Measure("attainable", "_attainable", (Status.UNMET.value,), (Status.MET.value,))


def _causes(
    units: pl.DataFrame,
    here: pl.Series,
    better: Side,
    worse: Side,
    way: int,
    other: Mapping[str, str],
    measure: _Measure,
) -> pl.DataFrame:
    """The causes of units that go one way. `other`: by criterion of the worse side, the same on the better one."""
    if not len(here):
        return pl.DataFrame(schema=CAUSES)
    scale = worse.ruleset.scale
    names = [f"{name}{measure.suffix}" for name in (("before", "after") if way < 0 else ("after", "before"))]
    lost = _lost(units[here], names[0], names[1], better.ruleset.scale, scale, gained=way > 0)
    grades = worse.grades[here]
    found: list[pl.DataFrame] = []
    for kind, criterion, status, denied in _denials(worse.ruleset, grades, lost, measure):
        rows = (denied != 0).arg_true()
        if not len(rows):
            continue
        mine, theirs = pl.lit(criterion), pl.lit(other.get(criterion), dtype=pl.String)
        after_id, before_id = (mine, theirs) if way < 0 else (theirs, mine)
        entry = pl.DataFrame([here.gather(rows).alias("unit"), denied.gather(rows).alias("levels")])
        found.append(
            entry.with_columns(
                pl.lit(kind).alias("kind"),
                before_id.alias("before_id"),
                after_id.alias("after_id"),
                status.gather(rows).alias("status"),
            )
        )
    entries = pl.concat(
        [
            pl.DataFrame(schema=ENTRIES),
            *(entry.select(pl.col(n).cast(t) for n, t in ENTRIES.items()) for entry in found),
        ]
    )
    bare = pl.DataFrame([here.cast(pl.UInt32).alias("unit")]).join(entries, on="unit", how="anti")
    decided = _deciding(entries, len(scale.levels))
    level = _lowest(entries["levels"], scale)
    about = pl.lit(measure.about).alias("about")
    none = pl.lit(None, dtype=pl.String).alias("waiver")
    causes = entries.with_columns(level.alias("level"), decided.alias("decides"), about, none)
    of_scale = bare.with_columns(
        kind=pl.lit("scale"),
        before_id=pl.lit(None, dtype=pl.String),
        after_id=pl.lit(None, dtype=pl.String),
        status=pl.lit(None, dtype=pl.String),
        level=pl.lit(None, dtype=pl.String),
        decides=pl.lit(True),
        about=about,
        waiver=none,
    )
    return pl.concat([causes.select(list(CAUSES)), of_scale.select(list(CAUSES))]).cast(CAUSES)  # type: ignore[arg-type]


def _lost(units: pl.DataFrame, better: str, worse: str, of_better: Scale, of_worse: Scale, gained: bool) -> pl.Series:
    """The levels of the worse side that a unit would need for what it has on the better side, a bit a level, best first.

    All between the two grades; with `gained` only the best of them, since who reaches that needs nothing of the others.
    """
    has, short = standings(of_better), standings(of_worse)
    found: dict[str, int] = {}
    for best, worst in units.select(better, worse).unique().iter_rows():
        between = [i for i, lv in enumerate(of_worse.levels) if has[best] <= lv.standing < short[worst]]
        found[f"{best}>{worst}"] = sum(1 << i for i in (between[:1] if gained else between))
    pair = pl.concat_str([pl.col(better), pl.col(worse)], separator=">")
    return units.select(pair.replace_strict(found, return_dtype=pl.UInt32)).to_series()


def same_level(of: Scale, other: Scale, level: str | None) -> str | None:
    """The level of another scale that has the standing of a level; the same id where both have it, else None."""
    if level is None or level in other.ids:
        return level
    standing = {known.id: known.standing for known in of.levels}[level]
    return next((known.id for known in other.levels if known.standing == standing), None)


def _denials(
    ruleset: Ruleset, grades: pl.DataFrame, lost: pl.Series, measure: _Measure
) -> Iterable[tuple[str, str, pl.Series, pl.Series]]:
    """For each criterion: its status at the lowest lost level that it denies, and all that it denies of them as bits."""
    scale, none = ruleset.scale, pl.Series([0], dtype=pl.UInt32).new_from_index(0, grades.height)
    for indicator in ruleset.indicators:
        denied, status = none, pl.Series([None], dtype=pl.String).new_from_index(0, grades.height)
        for i, level in enumerate(scale.graded):
            graded = grades[f"{indicator.id}.{level}"].cast(pl.String)
            short = graded.is_in(measure.bars) & ((lost & (1 << i)) != 0)
            denied = denied | (short.cast(pl.UInt32) * (1 << i))
            status = status.zip_with(~short, graded)
        yield "indicator", indicator.id, status, denied
    for gate in ruleset.gates:
        graded = grades[f"gate.{gate.id}"].cast(pl.String)
        barred = scale.ids.index(gate.effect.cap) if isinstance(gate.effect, Cap) else len(scale.levels)
        closed = graded.is_in(measure.closes).fill_null(False)
        yield "gate", gate.id, graded, closed.cast(pl.UInt32) * ((1 << barred) - 1) & lost


def _deciding(entries: pl.DataFrame, levels: int) -> pl.Series:
    """True when a criterion is part of a smallest set that denies all that is lost.

    Those sets are the minimal transversals of the sets of criteria that deny each level, and a criterion is in one of them
    exactly when it is in a set that has no other of these sets within it.
    """
    bits = pl.col("levels")

    def denies(i: int) -> pl.Expr:
        return (bits & (1 << i)) != 0

    pairs = [(i, j) for i in range(levels) for j in range(levels) if i != j]
    apart = entries.group_by("unit").agg(
        *(denies(i).any().alias(f"{i}") for i in range(levels)),
        *((denies(i) & ~denies(j)).any().alias(f"{i}-{j}") for i, j in pairs),
    )
    smallest = pl.lit(0, dtype=pl.UInt32)
    for i in range(levels):
        holds_another = pl.any_horizontal(
            pl.lit(False),
            *(pl.col(f"{j}") & pl.col(f"{i}-{j}") & ~pl.col(f"{j}-{i}") for j in range(levels) if j != i),
        )
        smallest = smallest + (pl.col(f"{i}") & ~holds_another).cast(pl.UInt32) * (1 << i)
    by_unit = apart.select("unit", smallest.alias("smallest"))
    joined = entries.select("unit", "levels").join(by_unit, on="unit", how="left", maintain_order="left")
    return joined.select((pl.col("levels") & pl.col("smallest")) != 0).to_series()


def _lowest(levels: pl.Series, scale: Scale) -> pl.Series:
    """The lowest of the levels that the bits say."""
    found = {bits: scale.ids[int(bits).bit_length() - 1] for bits in levels.unique()}
    return pl.Series([found[bits] for bits in levels], dtype=pl.String)
