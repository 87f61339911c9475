"""The columns that are graded: one frame of units, one frame of rows a group, every value as an exact integer or a flag.

A frame of units has a row a unit and, of its ruleset's facts, those that anything is known of. A frame of a group has a row
a row of the form, `unit` (the position of its unit in the frame of units, UInt32) and the group's facts. Null is unknown.

| fact | column |
|---|---|
| number | Int64, scaled: 6.2 of a fact with two decimals is 620; an upper bound `<6.2` is `BOUNDS` more, 2^60 + 620 |
| boolean | Boolean |
| choice | UInt16, the position of the option in the ruleset |
| choices | UInt64, a bit an option, the first option lowest |
| date | Date |

`<indicator>.waived` (Boolean, in the frame of units; absent where no unit has one) says that a waiver is in force.
`<group>.stated` (Boolean, in the frame of units) says whether the unit has that table at all: a table that is not stated is
unknown, one without rows is empty. `assessed_on` (Date) is never null. Columns whose names have a dot are never facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import polars as pl

from grading.model.audit import Below, Value
from grading.model.ruleset import Fact, Ruleset
from grading.problems.engine_codes import EngineCode
from grading.problems.reason import CodedError

UNIT = "unit"
ROW_KEY = ".key"
ASSESSED_ON = "assessed_on"
WAIVED = ".waived"
MAX_OPTIONS = 64
BOUNDS = 2**60
"""Added to what stands for a number that is an upper bound; no number comes near."""
LEAST_BOUND = 2**59
"""The first value that stands for an upper bound."""
TYPES: Mapping[str, type[pl.DataType]] = {
    "number": pl.Int64,
    "boolean": pl.Boolean,
    "choice": pl.UInt16,
    "choices": pl.UInt64,
    "date": pl.Date,
}


class ColumnsError(CodedError):
    """A ruleset or a frame can't be read in columns; the message names what and why."""


@dataclass(frozen=True)
class Columns:
    """Units with their tables, ready to be graded."""

    units: pl.DataFrame
    groups: Mapping[str, pl.DataFrame]

    @property
    def height(self) -> int:
        """The number of units."""
        return self.units.height

    def only(self, mask: pl.Series) -> "Columns":
        """The units for which `wanted` (Boolean, without nulls) is true, with their rows, in the same order."""
        if mask.all():
            return self
        places = mask.cast(pl.UInt32).cum_sum() - mask.cast(pl.UInt32)
        groups: dict[str, pl.DataFrame] = {}
        for name, rows in self.groups.items():
            chosen = rows.filter(mask.gather(rows[UNIT]))
            groups[name] = chosen.with_columns(places.gather(chosen[UNIT]).cast(pl.UInt32).alias(UNIT))
        return replace(self, units=self.units.filter(mask), groups=groups)

    def reordered(self, order: pl.Series) -> "Columns":
        """The units at these positions, each once, in this order."""
        places = order.arg_sort().cast(pl.UInt32)
        groups = {name: rows.with_columns(places.gather(rows[UNIT]).alias(UNIT)) for name, rows in self.groups.items()}
        return replace(self, units=self.units[order], groups=groups)

    def followed_by(self, other: "Columns") -> "Columns":
        """These units and then the others, which have the same columns."""
        groups = {
            name: pl.concat([rows, other.groups[name].with_columns(pl.col(UNIT) + self.height).select(rows.columns)])
            for name, rows in self.groups.items()
        }
        units = [side.units.with_columns(side.waivers_of(self, other)) for side in (self, other)]
        return replace(self, units=pl.concat([units[0], units[1].select(units[0].columns)]), groups=groups)

    def waivers_of(self, *many: "Columns") -> list[pl.Series]:
        """The columns of waivers that any of these has, as they are for the units of this one."""
        names = dict.fromkeys(name for one in many for name in one.units.columns if name.endswith(WAIVED))
        units, none = self.units, pl.Series([False])
        return [units[n] if n in units.columns else none.new_from_index(0, self.height).alias(n) for n in names]

    @property
    def has_waivers(self) -> pl.Series:
        """Of each unit, whether any waiver is in force."""
        found = pl.Series([False]).new_from_index(0, self.height)
        for column in self.waivers_of(self):
            found = found | column
        return found


def waived(indicator: str) -> str:
    """The column that says whether a waiver of an indicator is in force for a unit."""
    return f"{indicator}{WAIVED}"


def stated(group: str) -> str:
    """The column that says whether a unit has a group's table."""
    return f"{group}.stated"


def pack(fact: Fact, value: Value | frozenset[str] | None) -> int | bool | date | None:
    """A value that has been checked, as its column holds it. Raises ColumnsError for what the fact can't have."""
    if value is None or isinstance(value, bool | date):
        return value
    options = tuple(fact.options)
    if isinstance(value, Below):
        return BOUNDS + int(pack(fact, value.below))  # type: ignore[arg-type]
    if isinstance(value, Decimal):
        scaled = value.scaleb(fact.decimals)
        if scaled != int(scaled):
            raise ColumnsError(EngineCode.TOO_MANY_DECIMALS, fact=fact.id, value=value, decimals=fact.decimals)
        return int(scaled)
    if isinstance(value, str):
        return options.index(value)
    return sum(1 << options.index(option) for option in value)


def unpack(fact: Fact, held: int | bool | date | None) -> Value | None:
    """The inverse of `pack`; a set comes as a tuple in the order of the options."""
    if held is None or isinstance(held, bool | date):
        return held
    if fact.type == "number":
        if held >= LEAST_BOUND:
            return Below(below=Decimal(held - BOUNDS).scaleb(-fact.decimals))
        return Decimal(held).scaleb(-fact.decimals)
    if fact.type == "choice":
        return tuple(fact.options)[held]
    return tuple(option for i, option in enumerate(fact.options) if held >> i & 1)


def check_ruleset(ruleset: Ruleset) -> None:
    """Raises ColumnsError when a set of options is too large for a column."""
    for fact in ruleset.facts.values():
        if fact.type == "choices" and len(fact.options) > MAX_OPTIONS:
            options = len(fact.options)
            raise ColumnsError(EngineCode.SET_TOO_LARGE, fact=fact.id, options=options, most=MAX_OPTIONS)
