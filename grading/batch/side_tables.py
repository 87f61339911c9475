"""Small tables about a file's units that are read whole: sheets of its workbook, or files beside it."""

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import polars as pl

from grading.batch.heads import plain_head
from grading.batch.layout import LayoutError
from grading.batch.staged_cells import from_entry, from_text
from grading.batch.staging import encoding_of, open_tables
from grading.spreadsheet.workbook import WorkbookError

Cell = Callable[[bool], str]
"""A cell as text, asked with whether it is an identifier."""
Cells = tuple[int, dict[int, Cell]]
"""A line of the table and its cells by column."""


def side_tables(file: Path, titles: Sequence[str]) -> Iterator[tuple[str, Iterator[Cells]]]:
    """The tables of these titles that a file has, as they are called, each with its lines. Raises LayoutError."""
    if file.suffix.lower() == ".xlsx":
        yield from _sheets(file, titles)
        return
    for beside in files_beside(file, titles):
        yield beside.name, (_csv(beside) if file.suffix.lower() == ".csv" else _parquet(beside))


def files_beside(file: Path, titles: Sequence[str]) -> list[Path]:
    """The files of these titles beside a file of tables; a workbook has none."""
    stem, kind = f"{file.stem}.".casefold(), file.suffix.casefold()
    if kind not in (".csv", ".parquet"):
        return []
    found = []
    for path in sorted(file.parent.iterdir()):
        name = path.name[: -len(kind)]
        if path.suffix.casefold() == kind and name.casefold().startswith(stem) and path.is_file():
            found += [path] if plain_head(name[len(stem) :]) in titles else []
    return found


def _sheets(file: Path, titles: Sequence[str]) -> Iterator[tuple[str, Iterator[Cells]]]:
    with open_tables(file) as book:
        for sheet in book.sheets:
            if not sheet.is_worksheet or plain_head(sheet.title) not in titles:
                continue
            try:
                with closing(book.rows(sheet)) as rows:
                    held: list[Cells] = [
                        (number, {at: partial(from_entry, entry) for at, entry in row.items()}) for number, row in rows
                    ]
            except WorkbookError as error:
                raise LayoutError([f"{file.name}：{error}"]) from None
            yield f"{file.name}[{sheet.title}]", iter(held)


def _csv(file: Path) -> Iterator[Cells]:
    with file.open(encoding=encoding_of(file), newline="") as data:
        reader = csv.reader(data)
        try:
            for row in reader:
                yield reader.line_num, {at: partial(from_text, text) for at, text in enumerate(row)}
        except csv.Error as error:
            raise LayoutError([f"{file.name}：第 {reader.line_num} 行不是完整的 CSV（{error}）"]) from None


def _parquet(file: Path) -> Iterator[Cells]:
    try:
        frame = pl.read_parquet(file).select(pl.all().cast(pl.String).fill_null(""))
    except (pl.exceptions.PolarsError, OSError):
        raise LayoutError([f"{file.name}：不是能读的 Parquet 文件"]) from None
    yield 0, dict(enumerate(map(_as_it_is, frame.columns)))
    for number, row in enumerate(frame.iter_rows(), start=1):
        yield number, dict(enumerate(map(_as_it_is, row)))


def _as_it_is(text: str) -> Cell:
    return lambda _: text
