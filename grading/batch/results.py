"""The chunks of a batch → its result: one table of grades and one of indicators, as Parquet, CSV and a workbook."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from grading.batch.refused import RawTable, TooManyRowsError, refused_book
from grading.batch.workbook import Contents, write_workbook
from grading.columns.decision import decision_class, decision_column
from grading.language.decision_text import labels_of
from grading.model.base import Mode
from grading.model.ruleset import Ruleset
from grading.spreadsheet.injection import harmless_columns

UNITS, INDICATORS, REJECTS, NOTICES = "grades", "indicators", "rejects", "notices"
REFUSED = "refused.xlsx"
NOTICE = "notice"
"""The column of units that says what is to be known about a unit's place under the ruleset."""
SEPARATOR = ";"
DECISION = "decision"
"""The column of units that says in words what is decided."""


@dataclass(frozen=True)
class Results:
    """The files, how many units have each grade, and what a reader of the files must know.

    `decided` counts each unit in the class of what is decided of it: a level, `ungraded` or `undecided`.
    """

    files: tuple[str, ...]
    grades: dict[str, int]
    attainable: dict[str, int]
    decided: dict[str, int]
    elsewhere: dict[str, int]
    notes: tuple[str, ...]


def part(work: Path, table: str, number: int) -> Path:
    """The place of a chunk's share of a table."""
    return work / f"{table}-{number:05}.arrow"


def _parts(work: Path, table: str, numbers: Iterable[int]) -> pl.LazyFrame:
    """The shares of several chunks, one after another; brackets in a folder's name are no pattern."""
    return pl.scan_ipc([part(work, table, number) for number in numbers], glob=False)


def save_part(rows: pl.DataFrame, work: Path, table: str, number: int) -> None:
    """Keep a chunk's share of a table: on the disk when this returns, since the state that is saved next counts on it."""
    with part(work, table, number).open("wb") as file:
        rows.write_ipc(file, compression="lz4")
        file.flush()
        os.fsync(file.fileno())


def write_results(
    out: Path,
    work: Path,
    ruleset: Ruleset,
    mode: Mode,
    formats: Sequence[str],
    chunks: int,
    progress: Callable[[str, int, int], None],
    tables_read: Sequence[RawTable] = (),
) -> Results:
    """Write the results in the chosen formats into `out`; each file is there whole or not at all.

    `tables_read`: the tables of the input, of which a workbook of the refused units is made.
    """
    tables = {name: _parts(work, name, range(chunks)) for name in (UNITS, INDICATORS)}
    decision = decision_column("grade", "attainable", labels_of(ruleset.scale)).alias(DECISION)
    tables[UNITS] = tables[UNITS].with_columns(decision)
    rejects, notices = (_parts(work, name, (*range(1, chunks + 1), 0)) for name in (REJECTS, NOTICES))
    files: list[str] = []
    remarks: list[str] = []
    steps = len(formats)
    for step, format_ in enumerate(formats):
        progress(f"写出 {format_}", step, steps)
        if format_ == "parquet":
            for name, table in tables.items():
                files.append(
                    whole(out / f"{name}.parquet", partial(table.sink_parquet, compression_level=1, statistics=False))
                )
        elif format_ == "csv":
            for name, table in tables.items():
                flat = table.with_columns(
                    pl.col(pl.List(pl.Categorical), pl.List).cast(pl.List(pl.String)).list.join(SEPARATOR)
                )
                files.append(whole(out / f"{name}.csv", partial(harmless_columns(flat).sink_csv, include_bom=True)))
        else:
            contents = Contents(ruleset, mode, tables[UNITS], tables[INDICATORS], rejects, notices)
            files.append(whole(out / "grades.xlsx", partial(_workbook, contents, remarks)))
    progress("写出", steps, steps)
    (out / REFUSED).unlink(missing_ok=True)
    if tables_read and "xlsx" in formats and rejects.select(pl.len()).collect().item():
        try:
            files.append(whole(out / REFUSED, refused_book(ruleset, tables_read, rejects.collect()).save))
        except TooManyRowsError as error:
            remarks.append(str(error))
    for name, reasons in ((REJECTS, rejects), (NOTICES, notices)):
        if reasons.select(pl.len()).collect().item():
            files.append(whole(out / f"{name}.csv", partial(harmless_columns(reasons).sink_csv, include_bom=True)))
        else:
            (out / f"{name}.csv").unlink(missing_ok=True)
    units = tables[UNITS]
    decided = _counts(units.select(decision_class().alias("class")), "class")
    grades, attainable, elsewhere = (_counts(units, column) for column in ("grade", "attainable", NOTICE))
    return Results(tuple(files), grades, attainable, decided, elsewhere, tuple(remarks))


def _workbook(contents: Contents, notes: list[str], to: Path) -> None:
    notes += write_workbook(contents, to)


def whole(path: Path, write: Callable[[Path], object]) -> str:
    """Write a file so that it is there whole or not at all; returns its name."""
    unfinished = path.with_name(f".{path.name}.partial")
    write(unfinished)
    unfinished.replace(path)
    return path.name


def _counts(units: pl.LazyFrame, column: str) -> dict[str, int]:
    """The number of units by level (best level first) or notice."""
    counted = units.filter(pl.col(column).is_not_null()).group_by(column).agg(pl.len()).sort(column).collect()
    return {level: count for level, count in counted.iter_rows()}  # noqa: C416
