"""A file's columns as columns of the layout, and the problems of the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import polars as pl

from grading.batch.heads import PROBLEM, HeadNames, plain_head
from grading.batch.layout import ASSESSED_ON, DAY, UNIT_ID
from grading.columns.cells import unreadable
from grading.forms.evidence_days import DAYS
from grading.model.ruleset import Ruleset
from grading.problems.reason import Reason


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
    """The columns of a table, and their problems. `skip_unknown`: leave out columns that are nothing."""
    known = HeadNames(ruleset, group)
    names: dict[str, str] = {}
    ignored: list[str] = []
    problems: list[str] = []
    for head, type_ in schema.items():
        name = known.column(head)
        if plain_head(head) == PROBLEM:
            continue
        if name is None:
            if skip_unknown or not head.strip():
                ignored.append(head)
            else:
                problems.append(f"{file}：没有“{head}”这一项{_near(plain_head(head), known.shown)}")
        elif name in names.values():
            problems.append(f"{file}：“{head}”与另一列同指 {name}")
        else:
            names[head] = name
            wrong = _unreadable(ruleset, name, type_)
            problems += [f"{file}：列 {head} {wrong}"] if wrong else []
    required = (UNIT_ID, ASSESSED_ON) if group is None else (UNIT_ID, ruleset.groups[group].key)
    problems += [f"{file}：缺少列 {name}" for name in required if name not in names.values()]
    return Table(file, group, names, tuple(ignored)), problems


def _near(head: str, names: Sequence[str]) -> str:
    near = get_close_matches(head, names, 2, 0.7)
    return f"；是否指 {'、'.join(near)}" if near else ""


def _unreadable(ruleset: Ruleset, name: str, type_: pl.DataType) -> Reason | str | None:
    if name in ruleset.facts:
        return unreadable(ruleset.facts[name], type_)
    if name == ASSESSED_ON:
        return unreadable(DAY, type_)
    if name.partition(".")[0] in ruleset.facts:
        return unreadable(DAYS[name.partition(".")[2]], type_)
    if type_ in (pl.String, pl.Null, pl.Categorical) or isinstance(type_, pl.Enum) or type_.is_integer():
        return None
    return f"的类型是 {type_}，应为文本"
