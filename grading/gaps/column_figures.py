"""The figures that the grades of very many units rest on, in columns: what `grading.gaps.ground_figures` says of one unit."""

from collections.abc import Iterator, Mapping
from functools import cached_property, reduce

import polars as pl

from grading.columns.comparison import constant
from grading.columns.grade import ColumnGrader, Period
from grading.columns.layout import Columns
from grading.gaps.column_claims import ColumnClaim, ColumnClaims, Otherwise
from grading.gaps.figures_by_place import FigurePlace, Owner, figures_of
from grading.gaps.level_claims import LevelClaims
from grading.model.base import Mode
from grading.model.figures import DecisiveFigure, GroundFigures
from grading.model.result import UNGRADED
from grading.model.ruleset import Ruleset

COUNTS = ("estimated", "recalled", "established")
FIGURES = tuple(f"figures.{name}" for name in (*COUNTS, "decisive"))
"""The columns: how many figures of each kind a grade rests on, and the places of the decisive ones as a list."""
Level = Mapping[Owner, ColumnClaim]


class FigureColumns:
    """Counts figures for the units that a grader grades."""

    def __init__(self, grader: ColumnGrader) -> None:
        self.grader = grader
        self.figures = figures_of(grader.ruleset)

    def of(self, columns: Columns, grades: pl.Series) -> list[pl.Series]:
        """`FIGURES` of all units, whose grades these are; nothing outside trial mode, where only established figures count."""
        if self.grader.mode is not Mode.TRIAL:
            return []
        periods = self.grader.by_period(columns)
        parts = [
            _Figures(self.figures, period, grades.gather(period.positions).cast(pl.String)).frame()
            for period in periods
            if period.columns.height
        ]
        if not parts:
            return list(pl.DataFrame(schema=_schema(self.figures)))
        back = pl.concat([period.positions for period in periods if period.columns.height]).arg_sort()
        return pl.concat(parts)[back].get_columns()


def decisive_counts(ruleset: Ruleset, units: pl.LazyFrame) -> list[tuple[FigurePlace, int]]:
    """The decisive figures of graded units, each with how many units' grades it decides, most first."""
    figures = figures_of(ruleset)
    listed = units.select(pl.col(FIGURES[-1]).cast(pl.List(pl.String)).explode().drop_nulls().alias("name"))
    counted = listed.group_by("name").len().sort("len", "name", descending=[True, False]).collect()
    return [(figures[name], count) for name, count in counted.iter_rows()]


def read_back(ruleset: Ruleset, units: pl.DataFrame) -> Iterator[GroundFigures]:
    """The counts of each unit in the columns `FIGURES`."""
    figures, described = figures_of(ruleset), dict[str, DecisiveFigure]()
    for estimated, recalled, established, names in units.select(FIGURES).iter_rows():
        for name in names:
            if name not in described:
                described[name] = figures[name].described(ruleset)
        yield GroundFigures(estimated, recalled, established, tuple(described[name] for name in names))


def _schema(figures: Mapping[str, FigurePlace]) -> dict[str, pl.DataType]:
    return {**dict.fromkeys(FIGURES[:-1], pl.UInt16()), FIGURES[-1]: pl.List(pl.Enum(list(figures)))}


class _Figures(LevelClaims[ColumnClaim]):
    """The units of a period, and their grades as claims."""

    def __init__(self, figures: Mapping[str, FigurePlace], period: Period, grades: pl.Series) -> None:
        super().__init__(period.plan.ruleset, ColumnClaims(period.plan, period.columns))
        self.figures, self.height = figures, period.columns.height
        self.today = grades
        self.grounds: dict[str, pl.Series] = {}

    def frame(self) -> pl.DataFrame:
        self._look_for_grounds()
        counts = {name: pl.Series([0], dtype=pl.UInt16).new_from_index(0, self.height) for name in COUNTS}
        decisive: list[pl.DataFrame] = []
        positions = pl.int_range(self.height, dtype=pl.UInt32, eager=True)
        for code, (name, figure) in enumerate(self.figures.items()):
            here = self.grounds.get(name)
            if here is None or not here.any():
                continue
            counts[figure.known_as] = counts[figure.known_as] + here.cast(pl.UInt16)
            if figure.comparison.is_provisional:
                units = positions.filter(here & self._turns_on(name, figure.owner))
                decisive.append(
                    pl.DataFrame(
                        {"unit": units, "at": pl.Series([code], dtype=pl.UInt16).new_from_index(0, len(units))}
                    )
                )
        return pl.DataFrame([*(counts[name].alias(f"figures.{name}") for name in COUNTS), self._listed(decisive)])

    def _listed(self, entries: list[pl.DataFrame]) -> pl.Series:
        """The decisive figures of each unit, in the order of writing."""
        empty = pl.DataFrame(schema={"unit": pl.UInt32, "at": pl.UInt16})
        by_unit = pl.concat([empty, *entries]).group_by("unit", maintain_order=True).agg("at")
        units = pl.DataFrame([pl.int_range(self.height, dtype=pl.UInt32, eager=True).alias("unit")])
        lists = units.join(by_unit, on="unit", how="left", maintain_order="left")
        names = pl.element().cat.to(pl.Enum(list(self.figures)))
        whole = pl.col("at").fill_null(pl.lit([], dtype=pl.List(pl.UInt16))).list.eval(names)
        return lists.select(whole.alias(FIGURES[-1])).to_series()

    def _look_for_grounds(self) -> None:
        self._because(self.gates, constant(True, self.height))
        graded = self.ruleset.scale.graded
        for index, level in enumerate(graded):
            next_worse = graded[index + 1] if index + 1 < len(graded) else self.ruleset.scale.floor
            here = (self.today == level) | (self.today == next_worse)
            self._because(self.levels[level], here)

    def _because(self, level: Level, here: pl.Series) -> None:
        """The grounds why everything that a level asks is true; or if it is not, why that is not that is not."""
        if not level or not here.any():
            return
        whole = reduce(pl.Series.__and__, (claim.holds for claim in level.values()))
        for claim in level.values():
            claim.grounds(here & (whole | ~claim.holds), self._found)

    def _found(self, place: str, units: pl.Series) -> None:
        known = self.grounds.get(place)
        self.grounds[place] = units if known is None else known | units

    def _turns_on(self, place: str, owner: Owner) -> pl.Series:
        """True when the grade would be another if a comparison came out otherwise, in all rows if it is about rows."""
        return reduce(pl.Series.__or__, (self._grade((place, status), owner) != self.today for status in (True, False)))

    def _grade(self, otherwise: Otherwise, owner: Owner) -> pl.Series:
        """The grades when a comparison of an indicator or gate comes out otherwise."""
        columns = [self._holds(name, level, otherwise, owner).alias(name) for name, level in self.levels.items()]
        columns.append(self._holds(UNGRADED, self.gates, otherwise, owner).alias(UNGRADED))
        grade = pl.lit(self.ruleset.scale.floor)
        for level in reversed(self.ruleset.scale.graded):
            grade = pl.when(pl.col(level)).then(pl.lit(level)).otherwise(grade)
        whole = pl.when(pl.col(UNGRADED)).then(grade).otherwise(pl.lit(UNGRADED))
        return pl.DataFrame(columns).select(whole.alias("grade"))["grade"]

    def _holds(self, name: str, level: Level, otherwise: Otherwise, owner: Owner) -> pl.Series:
        own = level.get(owner)
        if own is None:
            return self.failing[name] == 0
        return (self.failing[name] == (~own.holds).cast(pl.UInt16)) & own.holds_with(otherwise)

    @cached_property
    def failing(self) -> Mapping[str, pl.Series]:
        """By level, how many of those who ask something ask what is not true as things are; under `ungraded` the gates."""
        every = {UNGRADED: self.gates, **self.levels}
        none = pl.Series([0], dtype=pl.UInt16).new_from_index(0, self.height)
        return {
            name: reduce(pl.Series.__add__, ((~claim.holds).cast(pl.UInt16) for claim in level.values()), none)
            for name, level in every.items()
        }
