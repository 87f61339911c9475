"""The tables of a batch as files have them: which columns there are, and how a file's heads name them.

`plants.parquet` has a row a unit: `unit.id`, `assessed_on`, what is known of the enterprise, and a column a fact. Beside it
`plants.outlets.parquet` has the rows of the group `outlets`: `unit.id`, the group's key and its facts. A head is a column's
name or its Chinese label.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import polars as pl

from grading.columns.cells import unreadable
from grading.model.ruleset import Fact, Ruleset

LINE = "line"
UNIT_ID = "unit.id"
NAME = "enterprise.name"
COUNTY = "enterprise.county"
ASSESSED_ON = "assessed_on"
HEADS: Mapping[str, str] = {
    UNIT_ID: "单元编号",
    NAME: "企业名称",
    "enterprise.uscc": "统一社会信用代码",
    "enterprise.permit": "排污许可证编号",
    COUNTY: "行政区划代码",
    ASSESSED_ON: "评估日期",
}
"""What says which unit it is, with the labels that people see."""
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


@dataclass(frozen=True)
class Table:
    """A file's table: how its columns are called here (None: left out)."""

    file: str
    group: str | None
    names: Mapping[str, str]
    ignored: tuple[str, ...]


def table_of(
    ruleset: Ruleset, group: str | None, file: str, schema: Mapping[str, pl.DataType], skip_unknown: bool
) -> tuple[Table, list[str]]:
    """What the columns of a table are, and what is wrong with them. `skip_unknown`: leave out columns that are nothing."""
    wanted = _columns(ruleset, group)
    labels = _labels(ruleset, group)
    names: dict[str, str] = {}
    ignored: list[str] = []
    problems: list[str] = []
    for head, type_ in schema.items():
        name = head.strip() if head.strip() in wanted else labels.get(head.strip(), "")
        if not name:
            if skip_unknown or not head.strip():
                ignored.append(head)
            else:
                problems.append(f"{file}：没有“{head}”这一项{_near(head, [*wanted, *labels])}")
        elif name in names.values():
            problems.append(f"{file}：“{head}”与另一列同指 {name}")
        else:
            names[head] = name
            wrong = _unreadable(ruleset, name, type_)
            problems += [f"{file}：列 {head} {wrong}"] if wrong else []
    required = (UNIT_ID, ASSESSED_ON) if group is None else (UNIT_ID, ruleset.groups[group].key)
    problems += [f"{file}：缺少列 {name}" for name in required if name not in names.values()]
    return Table(file, group, names, tuple(ignored)), problems


def _columns(ruleset: Ruleset, group: str | None) -> set[str]:
    facts = {fact.id for fact in ruleset.facts.values() if fact.group == group}
    if group is None:
        return facts | set(HEADS) | {count_column(name) for name in ruleset.groups}
    return facts | {UNIT_ID, ruleset.groups[group].key}


def _labels(ruleset: Ruleset, group: str | None) -> dict[str, str]:
    """The labels that name one column and no other."""
    named = [(fact.label, fact.id) for fact in ruleset.facts.values() if fact.group == group]
    if group is None:
        named += [(f"{known.label}行数", count_column(name)) for name, known in ruleset.groups.items()]
    named += [(label, name) for name, label in HEADS.items() if group is None or name == UNIT_ID]
    labels = [label for label, _ in named]
    return {label: name for label, name in named if labels.count(label) == 1}


def _near(head: str, names: Sequence[str]) -> str:
    near = get_close_matches(head, names, 2, 0.7)
    return f"；是否指 {'、'.join(near)}" if near else ""


def _unreadable(ruleset: Ruleset, name: str, type_: pl.DataType) -> str | None:
    if name in ruleset.facts:
        return unreadable(ruleset.facts[name], type_)
    if name == ASSESSED_ON:
        return unreadable(DAY, type_)
    if type_ in (pl.String, pl.Null, pl.Categorical) or isinstance(type_, pl.Enum) or type_.is_integer():
        return None
    return f"的类型是 {type_}，应为文本"
