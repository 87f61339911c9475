"""The tables of a batch as files have them: which columns there are, and how a file's heads name them.

`plants.parquet` has a row a unit: `unit.id`, `assessed_on`, what is known of the enterprise, and a column a fact. Beside it
`plants.outlets.parquet` has the rows of the group `outlets`: `unit.id`, the group's key and its facts. A head is a column's
name or its Chinese label.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from grading.model.ruleset import Fact

LINE = "line"
UNIT_ID = "unit.id"
NAME = "enterprise.name"
USCC = "enterprise.uscc"
PERMIT = "enterprise.permit"
COUNTY = "enterprise.county"
ASSESSED_ON = "assessed_on"
LEFT_UNKNOWN = "left_unknown"
"""Of a partial reading: the places of a unit's values that could not be read and count as unknown."""
HEADS: Mapping[str, str] = {
    UNIT_ID: "单元编号",
    NAME: "企业名称",
    USCC: "统一社会信用代码",
    PERMIT: "排污许可证编号",
    COUNTY: "行政区划代码",
    ASSESSED_ON: "评估日期",
}
"""The columns that identify a unit, with the labels that people see."""
EVIDENCE_TITLES = ("evidence", "证据")
"""The names of the table of evidence, which grades don't rest on: the service keeps it with the audits."""
WAIVER_TITLES = ("waivers", "豁免")
"""The names of the table of waivers."""
DAY = Fact(id=ASSESSED_ON, label=HEADS[ASSESSED_ON], type="date")
HEAD_SCHEMA: Mapping[str, type[pl.DataType]] = {
    LINE: pl.UInt32,
    **{name: pl.Date if name == ASSESSED_ON else pl.String for name in HEADS},
}
REJECT_SCHEMA: Mapping[str, type[pl.DataType]] = {
    "file": pl.String,
    LINE: pl.UInt32,
    UNIT_ID: pl.String,
    "place": pl.String,
    "reason": pl.String,
}


@dataclass(frozen=True)
class Reject:
    """One reason why something of a file can't be graded: `line` counts as the file's own programme counts."""

    file: str
    line: int
    unit: str | None
    place: str
    reason: str
    shown: str | None = None
    """How people call the place; None: as it is."""


def rejects_frame(rejects: Iterable[Reject]) -> pl.DataFrame:
    """The reasons as a table, in the order of the file."""
    rows = [(r.file, r.line, r.unit, r.place, r.reason) for r in rejects]
    return pl.DataFrame(rows, schema=dict(REJECT_SCHEMA), orient="row").sort(LINE, maintain_order=True)


def count_column(group: str) -> str:
    """The column of the units' table that states how many rows a group has; 0 states that there are none."""
    return f"{group}.rows"


class LayoutError(Exception):
    """A file does not have the tables of the layout; `problems` says everything that is wrong, each with its file."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))

    def __reduce__(self) -> tuple[Any, ...]:
        """The error as another process makes it again."""
        return LayoutError, (self.problems,)
