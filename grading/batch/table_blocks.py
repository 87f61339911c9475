"""A table of a file that is read block by block, whatever its format."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import polars as pl

from grading.batch.csv_blocks import Block, CsvBlocks, FrameBlock
from grading.batch.heads import HeadNames
from grading.batch.layout import LayoutError
from grading.batch.staged_rows import BROKEN, SOURCE_LINE
from grading.batch.staging import blocks_of, open_csv

BLOCK = 100_000


class Table(Protocol):
    """A table: how it is called, its heads, some of its columns whole, and all of it block by block."""

    shown: str

    def heads(self) -> list[str]:
        """Its columns; without those that have no head and hold nothing."""
        ...

    def columns(self, heads: Sequence[str]) -> pl.DataFrame:
        """Some columns of all rows, with their lines."""
        ...

    def blocks(self) -> Iterator[Block]:
        """All rows, in the same order."""
        ...


class _Scanned:
    """A Parquet file, or one that a worksheet was copied into."""

    def __init__(self, shown: str, scan: pl.LazyFrame) -> None:
        self.shown, self._scan = shown, scan

    def heads(self) -> list[str]:
        return [name for name in self._scan.collect_schema() if name not in (SOURCE_LINE, BROKEN)]

    def columns(self, heads: Sequence[str]) -> pl.DataFrame:
        return self._scan.select(SOURCE_LINE, *heads).collect()

    def blocks(self) -> Iterator[Block]:
        height = self._scan.select(pl.len()).collect().item()
        for first in range(0, height, BLOCK):
            yield FrameBlock(self._scan.slice(first, BLOCK).collect())


class _Csv:
    """A CSV file."""

    def __init__(self, shown: str, table: CsvBlocks) -> None:
        self.shown, self._table = shown, table
        self._is_read = False

    def heads(self) -> list[str]:
        rows = self._table.form.rows
        if rows.unnamed and not self._is_read:
            self.columns([])
        empty = rows.empty_columns
        return [head for head in rows.columns.values() if head not in empty]

    def columns(self, heads: Sequence[str]) -> pl.DataFrame:
        rows = self._table.form.rows
        columns = [*heads, *(rows.columns[column] for column in rows.unnamed)]
        frames = [block.frame(columns).select(SOURCE_LINE, *heads) for block in self.blocks()]
        self._is_read = True
        return pl.concat(frames) if frames else rows.taken().select(SOURCE_LINE, *heads)

    def blocks(self) -> Iterator[Block]:
        return blocks_of(self._table)


def parquet_table(path: Path) -> Table:
    """A Parquet file, its rows numbered from 1. Raises LayoutError."""
    try:
        scan = pl.scan_parquet(path, glob=False, row_index_name=SOURCE_LINE, row_index_offset=1)
        scan.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise LayoutError([f"{path.name}：不是能读的 Parquet 文件（{str(error).splitlines()[0][:120]}）"]) from None
    return _Scanned(path.name, scan)


def staged_table(shown: str, path: Path) -> Table:
    """A worksheet as it was staged."""
    return _Scanned(shown, pl.scan_parquet(path, glob=False))


def csv_table(path: Path, names: HeadNames, work: Path) -> Table:
    """A CSV file; `work`: a folder for what has to be read row by row. Raises LayoutError."""
    return _Csv(path.name, open_csv(path, names, work))
