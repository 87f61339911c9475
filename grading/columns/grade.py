"""Columns → the grades of all units: everything a grading says but for its trace."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import polars as pl

from grading.columns.comparison import constant
from grading.columns.layout import ASSESSED_ON, Columns, check_ruleset
from grading.columns.statuses import Statuses
from grading.model.base import Mode, Status
from grading.model.result import UNGRADED
from grading.model.ruleset import Ruleset
from grading.plan.build import boundaries, build_plan
from grading.plan.nodes import Plan, Target, Waived
from grading.problems.codes import ProblemCode
from grading.problems.reason import ReasonError

STATUS = pl.Enum([Status.UNMET.value, Status.MET.value, Status.UNKNOWN.value, Status.WAIVED.value])
"""In the order of their codes; null: the condition is not there on that day."""
UNKNOWN_CODE, WAIVED_CODE = 2, 3


@dataclass(frozen=True)
class UnitGrades:
    """The grades of units, in their order.

    `units`: `grade`, `attainable`, `target`; `level.<L>`; `<kind>.<id>.grade` and `.attainable` for each dimension and scope;
    `gate.<id>` (null when the gate does not exist on that day); `unmet` and `unknown`, lists of indicators at the target
    level (null without a target). `indicators`: `<indicator>.<L>` and `<indicator>.applicable` (null: unknown).
    """

    units: pl.DataFrame
    indicators: pl.DataFrame


@dataclass(frozen=True)
class Period:
    """Units for which a ruleset asks the same, by `plan`; `positions` are theirs among all."""

    plan: Plan
    columns: Columns
    positions: pl.Series


class ColumnGrader:
    """Grades units of one ruleset in one mode; keeps the plans of the periods it has met."""

    def __init__(
        self,
        ruleset: Ruleset,
        mode: Mode = Mode.OFFICIAL,
        target: str | None = None,
        plan: Callable[[date, bool], Plan] | None = None,
    ) -> None:
        """`target`: the level of the unmet and unknown lists; default: for each unit the next better one than its grade.

        `plan` gives the ruleset's plan for a day, with waivers or without, where another has it already.

        Raises ColumnsError for a ruleset that columns can't hold, ValueError for a target that the scale does not have.
        """
        check_ruleset(ruleset)
        if target is not None and target not in ruleset.scale.graded:
            raise ReasonError(ProblemCode.LEVEL_UNKNOWN, level=target, levels=tuple(ruleset.scale.graded))
        self.ruleset, self.mode, self.target = ruleset, mode, target
        self._changes = boundaries(ruleset)
        self._plans: dict[tuple[int, bool], Plan] = {}
        self._build = plan or partial(build_plan, ruleset, mode)

    def grade(self, columns: Columns) -> UnitGrades:
        """The grades of all units; each by what its ruleset asks for on the day of its assessment."""
        parts = self.by_period(columns)
        graded = [_Grades(part.plan, part.columns, self.target).grades() for part in parts]
        if len(parts) == 1:
            return graded[0]
        back = pl.concat([part.positions for part in parts]).arg_sort()
        return UnitGrades(
            pl.concat([part.units for part in graded])[back], pl.concat([part.indicators for part in graded])[back]
        )

    def by_period(self, columns: Columns) -> list[Period]:
        """The units apart by what their ruleset asks for on the day of their assessment, and by whether they have waivers.

        One part where that is the same of all.
        """
        days = columns.units[ASSESSED_ON]
        has_waivers = columns.has_waivers
        periods = has_waivers.cast(pl.UInt32)
        if self._changes:
            periods += 2 * pl.Series(self._changes, dtype=pl.Date).search_sorted(days, side="right")
        if periods.n_unique() < 2:
            every = pl.int_range(columns.height, dtype=pl.UInt32, eager=True)
            day, some = (days[0], has_waivers[0]) if columns.height else (date.min, False)
            return [Period(self._plan(day, some), columns, every)]
        parts: list[Period] = []
        for period in periods.unique().sort():
            here = periods == period
            part = columns.only(here)
            parts.append(Period(self._plan(part.units[ASSESSED_ON][0], period % 2 == 1), part, here.arg_true()))
        return parts

    def _plan(self, day: date, with_waivers: bool) -> Plan:
        key = bisect_right(self._changes, day), with_waivers
        if key not in self._plans:
            self._plans[key] = self._build(day, with_waivers)
        return self._plans[key]


class _Grades:
    """Reads the grades of units out of the statuses of a plan's nodes."""

    def __init__(self, plan: Plan, columns: Columns, target: str | None) -> None:
        self.plan, self.ruleset, self.height = plan, plan.ruleset, columns.height
        self.statuses = Statuses(plan, columns)
        self.wanted = target

    def grades(self) -> UnitGrades:
        graded = self.ruleset.scale.graded
        unit = next(target for target in self.plan.targets if target.kind == "unit")
        grade, attainable = self._outcome(unit)
        levels = {"grade": grade, "attainable": attainable, "target": self._aim(grade)}
        for target in self.plan.targets:
            if target.kind != "unit":
                best, could_be = self._outcome(target)
                levels[f"{target.kind}.{target.id}.grade"] = best
                levels[f"{target.kind}.{target.id}.attainable"] = could_be
        statuses = {f"level.{level}": self.statuses.of(self.plan.levels[level]) for level in graded}
        statuses |= {f"gate.{gate}": self.statuses.of(ref) for gate, ref in self.plan.gates.items()}
        no_gate = [
            pl.lit(None, dtype=STATUS).alias(f"gate.{gate.id}")
            for gate in self.ruleset.gates
            if gate.id not in self.plan.gates
        ]
        as_level = pl.all().cat.to(pl.Enum([*self.ruleset.scale.ids, UNGRADED]))
        units = pl.DataFrame(levels).select(as_level).hstack(_as_words(pl.DataFrame(statuses))).with_columns(no_gate)
        own = {f"{id_}.{level}": self.statuses.of(ref) for (id_, level), ref in self.plan.indicator_levels.items()}
        applicable = {
            f"{indicator.id}.applicable": self._applicable(indicator.id) for indicator in self.ruleset.indicators
        }
        indicators = _as_words(pl.DataFrame(own), self._waived()).hstack(pl.DataFrame(applicable))
        return UnitGrades(
            units.select(_unit_columns(self.ruleset, units.columns)).with_columns(self._lists(own, levels["target"])),
            indicators.select(name for i in self.ruleset.indicators for name in _indicator_columns(self.ruleset, i.id)),
        )

    def _waived(self) -> dict[str, pl.Series]:
        """By the column of an indicator at a level, where it counts by a waiver: not met by itself."""
        if not self.plan.with_waivers:
            return {}
        found: dict[str, pl.Series] = {}
        for (id_, level), ref in self.plan.indicator_levels.items():
            kind = self.plan.nodes[ref.node].kind
            if isinstance(kind, Waived):
                found[f"{id_}.{level}"] = self.statuses.of(kind.waiver) & ~self.statuses.of(kind.own).fill_null(False)
        return found

    def _outcome(self, target: Target) -> tuple[pl.Series, pl.Series]:
        """Grade and attainable as positions in the scale; the one after the floor is `ungraded`."""
        floor = len(self.ruleset.scale.graded)
        frame = pl.DataFrame([self.statuses.of(ref).alias(f"{i}") for i, ref in enumerate(target.levels)])
        grade = attainable = pl.lit(floor, dtype=pl.UInt8)
        for i in reversed(range(floor)):
            met = pl.col(f"{i}")
            grade = pl.when(met.fill_null(False)).then(pl.lit(i, dtype=pl.UInt8)).otherwise(grade)
            attainable = pl.when(met.fill_null(True)).then(pl.lit(i, dtype=pl.UInt8)).otherwise(attainable)
        if target.kind == "unit" and self.plan.ungraded is not None:
            frame = frame.with_columns(self.statuses.of(self.plan.ungraded).alias("ungraded"))
            barred, out = pl.col("ungraded"), pl.lit(floor + 1, dtype=pl.UInt8)
            grade = pl.when(barred.fill_null(True)).then(out).otherwise(grade)
            attainable = pl.when(barred.fill_null(False)).then(out).otherwise(attainable)
        outcome = frame.select(grade=grade, attainable=attainable)
        return outcome["grade"], outcome["attainable"]

    def _aim(self, grade: pl.Series) -> pl.Series:
        """The position of the level whose criteria are listed; null where the unit is at the best one."""
        floor = len(self.ruleset.scale.graded)
        if self.wanted is not None:
            return pl.Series([self.ruleset.scale.ids.index(self.wanted)], dtype=pl.UInt8).new_from_index(0, self.height)
        above = pl.col("grade") - 1
        next_better = pl.when(pl.col("grade") > 0).then(pl.min_horizontal(above, pl.lit(floor - 1, dtype=pl.UInt8)))
        return pl.DataFrame({"grade": grade}).select(next_better).to_series()

    def _applicable(self, indicator: str) -> pl.Series:
        ref = self.plan.applies.get(indicator)
        return constant(True, self.height) if ref is None else self.statuses.of(ref)

    def _lists(self, statuses: Mapping[str, pl.Series], aim: pl.Series) -> list[pl.Series]:
        """The indicators that are unmet, and those that are unknown, at each unit's target level."""
        graded, ids = self.ruleset.scale.graded, [indicator.id for indicator in self.ruleset.indicators]
        positions = pl.int_range(self.height, dtype=pl.UInt32, eager=True)
        aims = [(graded[i], (aim == i).fill_null(False)) for i in aim.drop_nulls().unique().sort()]
        listed: list[pl.Series] = []
        for name in ("unmet", "unknown"):
            found: list[pl.DataFrame] = []
            for code, id_ in enumerate(ids):
                for level, here in aims:
                    values = statuses[f"{id_}.{level}"]
                    units = positions.filter((values.is_null() if name == "unknown" else ~values) & here)
                    entries = pl.Series(name, [code], dtype=pl.UInt16).new_from_index(0, len(units))
                    found.append(pl.DataFrame([units.alias("unit"), entries]))
            listed.append(self._gathered(name, found, ids).set(aim.is_null(), None))
        return listed

    def _gathered(self, name: str, entries: list[pl.DataFrame], ids: list[str]) -> pl.Series:
        """Entries of units, in the order of the ruleset, as a list for each unit."""
        empty = pl.DataFrame(schema={"unit": pl.UInt32, name: pl.UInt16})
        units = pl.DataFrame([pl.int_range(self.height, dtype=pl.UInt32, eager=True).alias("unit")])
        by_unit = pl.concat([empty, *entries]).sort("unit", maintain_order=True).group_by("unit", maintain_order=True)
        lists = units.join(by_unit.agg(name), on="unit", how="left", maintain_order="left")
        kinds = pl.element().cat.to(pl.Enum(ids))
        return lists.select(pl.col(name).fill_null(pl.lit([], dtype=pl.List(pl.UInt16))).list.eval(kinds))[name]


def _as_words(statuses: pl.DataFrame, waived: Mapping[str, pl.Series] | None = None) -> pl.DataFrame:
    """Columns of three values, in words; `waived` says by column where the word is `waived`."""
    codes = statuses.select(pl.all().cast(pl.UInt8).fill_null(UNKNOWN_CODE))
    if waived:
        codes = codes.with_columns(codes[name].set(where, WAIVED_CODE) for name, where in waived.items())
    return codes.select(pl.all().cat.to(STATUS))


def _unit_columns(ruleset: Ruleset, there: list[str]) -> list[str]:
    """The columns of units in their order: grade, levels, gates, then dimensions and scopes."""
    first = ["grade", "attainable", "target", *(f"level.{level}" for level in ruleset.scale.graded)]
    first += [f"gate.{gate.id}" for gate in ruleset.gates]
    return [*first, *(name for name in there if name not in first)]


def _indicator_columns(ruleset: Ruleset, indicator: str) -> list[str]:
    return [*(f"{indicator}.{level}" for level in ruleset.scale.graded), f"{indicator}.applicable"]
