"""A CSV file a block of lines at a time: plain blocks are split in columns by Polars, others row by row as `csv` reads them.

A block is plain when its quotes do no more than enclose whole cells, no cell has a quote or a line break inside, and no line has
more cells than there are heads. Of a plain block only the columns that are asked for are made, and of these only the rows.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO

import polars as pl

from grading.batch.staged_rows import BROKEN, SOURCE_LINE, StagedRows

BYTES_AT_ONCE, FEW_BYTES = 32 << 20, 1 << 20
"""The size of a block; and of those that one is divided into which is not plain."""
ROWS_AT_ONCE = 20_000
_EMPTY_QUOTES, _QUOTED = re.compile(rb'"(?<=[,\n]")"(?=[,\n])'), re.compile(rb'"(?<=[,\n]")[^"\n]+"(?=[,\n])')
_FILLED = bytes(byte if byte in b",\n" else ord("x") for byte in range(256))


class UnfinishedError(Exception):
    """A file is no whole CSV: up to which line it was read, and what the reader says."""

    def __init__(self, line: int, message: str) -> None:
        self.line, self.message = line, message
        super().__init__(line, message)


@dataclass(frozen=True)
class Format:
    """The format of a file: its encoding, its heads, and True where a carriage return alone may end a line."""

    encoding: str
    head_line: int
    rows: StagedRows
    lone_returns: bool


class PlainBlock:
    """Lines of plain cells, as bytes of UTF-8; `bare` are the same with x for each quoted cell that holds something."""

    def __init__(self, lines: list[bytes], bare: list[bytes], first: int, rows: StagedRows) -> None:
        filled = [n for n, line in enumerate(bare) if not _is_blank(line)]
        is_whole = len(filled) == len(lines)
        self._lines = lines if is_whole else [lines[n] for n in filled]
        self._bare = bare if is_whole else [bare[n] for n in filled]
        self.amount = len(lines)
        self.lines = pl.Series(SOURCE_LINE, filled, dtype=pl.UInt32) + first
        self._rows = rows

    @property
    def height(self) -> int:
        """The number of its rows."""
        return len(self._lines)

    def frame(self, heads: Sequence[str], positions: pl.Series | None = None) -> pl.DataFrame:
        """Some columns of the rows at some positions, with their lines and what is wrong with each row."""
        rows = self._rows
        shown = [head for head in rows.columns.values() if head in set(heads)]
        chosen = _at(self._lines, positions)
        lines = self.lines if positions is None else self.lines.gather(positions)
        columns = [*shown, *([] if rows.problem_head is None or rows.problem_head in shown else [rows.problem_head])]
        read = (
            rows.as_staged(self._parsed(chosen, columns))
            if chosen
            else pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
        )
        broken = rows.unconfirmed(read)
        return pl.DataFrame([lines.alias(SOURCE_LINE), broken.alias(BROKEN), *(read[head] for head in shown)])

    def filled(self, positions: pl.Series) -> int:
        """The number of cells of some rows in which something stands."""
        text = (b"\n" + b"\n".join(_at(self._bare, positions))).translate(_FILLED)
        return text.count(b",x") + text.count(b"\nx")

    def _parsed(self, lines: list[bytes], heads: Sequence[str]) -> pl.DataFrame:
        names = {head: str(column) for column, head in self._rows.columns.items()}
        text = b"\n".join([",".join(names.values()).encode(), *lines, b""])
        schema = dict.fromkeys(names.values(), pl.String)
        chosen = [names[head] for head in heads]
        read = pl.read_csv(text, schema=schema, columns=chosen)
        if read.height != len(lines):
            raise ValueError(f"{len(lines)} lines were read as {read.height} rows")
        nothing = pl.all().replace({"": None})
        return read.select(nothing).rename({names[head]: head for head in heads})


class FrameBlock:
    """Rows that have been read."""

    def __init__(self, whole: pl.DataFrame) -> None:
        self.whole = whole

    @property
    def height(self) -> int:
        """The number of its rows."""
        return self.whole.height

    def frame(self, heads: Sequence[str], positions: pl.Series | None = None) -> pl.DataFrame:
        """Some columns of the rows at some positions, with their lines and, of staged rows, what is wrong with each."""
        own = [name for name in (SOURCE_LINE, BROKEN) if name in self.whole.columns]
        chosen = self.whole.select(*own, *heads)
        return chosen if positions is None else chosen[positions]

    def filled(self, heads: Sequence[str]) -> dict[str, int]:
        """The number of cells of some columns in which something stands."""
        return {head: self.whole.height - self.whole[head].null_count() for head in heads}


Block = PlainBlock | FrameBlock


class CsvBlocks:
    """The rows of a CSV file below its heads; what must be read row by row is stored below `work` and read only once."""

    def __init__(self, file: Path, form: Format, work: Path) -> None:
        self.file, self.form, self.work = file, form, work
        self._row_files: dict[int, _RowFiles] = {}

    def __iter__(self) -> Iterator[Block]:
        """The blocks in order. Raises UnfinishedError."""
        if self.form.lone_returns:
            yield from self._row_by_row(0, self._all_rows(), lambda: (0, 0))
            return
        line = self.form.head_line
        with self.file.open("rb") as data:
            for _ in range(line):
                data.readline()
            in_few = 0
            while block := data.read(FEW_BYTES if data.tell() < in_few else BYTES_AT_ONCE):
                block += data.readline()
                plain = self._plain(block, line + 1)
                if plain is not None:
                    yield plain
                    line += plain.amount
                    continue
                if len(block) > BYTES_AT_ONCE:
                    in_few = data.tell()
                    data.seek(in_few - len(block))
                    continue
                lines = _Lines(block, data, self.form.encoding)
                yield from self._row_by_row(line, csv_rows(lines, line), partial(_end, data, lines))
                read = self._row_files[line]
                data.seek(read.offset)
                line += read.lines

    def _plain(self, block: bytes, first: int) -> PlainBlock | None:
        """A block whose first line is `first`; None for one that is not plain."""
        if self.form.encoding != "utf-8-sig":
            block = block.decode(self.form.encoding).encode()
        text = b"\n" + (block.replace(b"\r\n", b"\n") if b"\r" in block else block)
        if not text.endswith(b"\n"):
            text += b"\n"
        bare = _QUOTED.sub(b"x", _EMPTY_QUOTES.sub(b"", text)) if b'"' in text else text
        if b'"' in bare:
            return None
        lines = bare.split(b"\n")[1:-1]
        most = self.form.rows.width - 1
        if any(line.count(b",") > most for line in lines):
            return None
        return PlainBlock(lines if bare is text else text.split(b"\n")[1:-1], lines, first, self.form.rows)

    def _all_rows(self) -> Iterator[tuple[int, list[str]]]:
        with self.file.open(encoding=self.form.encoding, newline="") as text:
            for line, row in csv_rows(text, 0):
                if line > self.form.head_line:
                    yield line, row

    def _row_by_row(
        self, number: int, rows: Iterator[tuple[int, list[str]]], end: Callable[[], tuple[int, int]]
    ) -> Iterator[FrameBlock]:
        """Blocks of rows; the second time from the stored files. `end` gives their end in the file and their number of lines."""
        if number in self._row_files:
            yield from (FrameBlock(pl.read_ipc(place)) for place in self._row_files[number].places)
            return
        places: list[Path] = []
        staged = self.form.rows
        self.work.mkdir(parents=True, exist_ok=True)
        while listed := list(islice(rows, ROWS_AT_ONCE)):
            for line, row in listed:
                staged.add(line, row, None)
            places.append(self.work / f"{self.file.name}-{number}-{len(places)}.rows")
            taken = staged.taken()
            taken.write_ipc(places[-1], compression="lz4")
            yield FrameBlock(taken)
        self._row_files[number] = _RowFiles(tuple(places), *end())


@dataclass(frozen=True)
class _RowFiles:
    """Rows that were read one by one: their files, where they end in the CSV file, and their lines."""

    places: tuple[Path, ...]
    offset: int
    lines: int


class _Lines:
    """The lines of a block, and those behind it as long as the reader asks for more: in a quoted cell."""

    def __init__(self, block: bytes, behind: BinaryIO, encoding: str) -> None:
        self._encoding, self._behind = encoding, behind
        self._inside = io.StringIO(block.decode(encoding), newline="").readlines()
        self.read = 0

    @cached_property
    def amount(self) -> int:
        """The number of lines in the block."""
        return len(self._inside)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        is_inside = self.read < self.amount
        line = self._inside[self.read] if is_inside else self._behind.readline().decode(self._encoding)
        if not line:
            raise StopIteration
        self.read += 1
        return line


def _end(data: BinaryIO, lines: _Lines) -> tuple[int, int]:
    return data.tell(), lines.read


def csv_rows(lines: "_Lines | TextIO", before: int) -> Iterator[tuple[int, list[str]]]:
    """Rows with the lines on which they end. Raises UnfinishedError: a quote without its other half makes one cell of all that
    follows, so that rows of other units would be missing."""
    reader = csv.reader(lines, strict=True)
    try:
        while not isinstance(lines, _Lines) or lines.read < lines.amount:
            row = next(reader, None)
            if row is None:
                return
            yield before + reader.line_num, row
    except csv.Error as error:
        raise UnfinishedError(before + reader.line_num, str(error)) from None


def _is_blank(line: bytes) -> bool:
    """True when nothing can be seen in a line's cells."""
    rest = line.strip(b",")
    # Of other beginnings none is a space.
    return not rest or (
        rest[0] in b" \t\x0b\x0c\x1c\x1d\x1e\x1f\xc2\xe1\xe2\xe3" and rest.replace(b",", b" ").decode().isspace()
    )


def _at(lines: list[bytes], positions: pl.Series | None) -> list[bytes]:
    return lines if positions is None else [lines[n] for n in positions.to_list()]
