"""Rows of a table → for each ruleset those of its units, with the columns that it knows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from grading.batch.csv_blocks import Block, FrameBlock, PlainBlock
from grading.batch.staged_rows import BROKEN, SOURCE_LINE
from grading.batch.table_blocks import Table
from grading.batch.tables import UNITS_FILE

NO_UNIT = -1
"""The code of rows whose unit is not in the file: every ruleset that has the table tells of them."""


def staged_parts(folder: Path, table: str) -> list[Path]:
    """The files of a ruleset's copy of a table, in the order of its rows; empty: of the units."""
    return sorted(folder.glob(f"{table or UNITS_FILE}-*.arrow"))


def _part(folder: Path, table: str, number: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{table or UNITS_FILE}-{number:05}.arrow"


def write_rows(
    table: Table,
    groups: Mapping[str, str],
    columns: Mapping[str, set[str]],
    of_row: pl.Series,
    order: Sequence[str],
    work: Path,
) -> Counter[tuple[str, int]]:
    """Write the rows of each ruleset with its columns; returns how many cells of others' columns hold something.

    `of_row` gives the ruleset of each row by its place in `order`, null where it has none; `columns` who knows each column.
    """
    own_heads = {name: [head for head, known in columns.items() if name in known] for name in groups}
    strange = [head for head in table.heads() if not columns.get(head)]
    written: set[str] = set()
    foreign: Counter[tuple[str, int]] = Counter()
    first, of_row = 0, of_row.cast(pl.Int32)
    for number, block in enumerate(table.blocks()):
        codes = of_row.slice(first, block.height)
        first += block.height
        here = set(codes.drop_nulls().to_list())
        own: dict[int, tuple[pl.Series, pl.DataFrame]] = {}
        for name, group in groups.items():
            code = order.index(name)
            if code not in here and not (group and NO_UNIT in here):
                continue
            positions = (codes == code).fill_null(False).arg_true()
            rows = block.frame([*own_heads[name], *strange], positions)
            own[code] = positions, rows
            if group and NO_UNIT in here:
                own_or_unassigned = ((codes == code) | (codes == NO_UNIT)).fill_null(False).arg_true()
                rows = block.frame(own_heads[name], own_or_unassigned)
            own_columns = [n for n in (SOURCE_LINE, BROKEN) if n in rows.columns] + own_heads[name]
            rows.select(own_columns).write_ipc(_part(work / name, group, number), compression="lz4")
            written.add(name)
        # Rows of rulesets that don't have the table at all are left out as well, and must be reported.
        nothing = block.frame([], pl.Series([], dtype=pl.UInt32))
        strangers = here - own.keys() - {NO_UNIT}
        own |= {code: ((codes == code).fill_null(False).arg_true(), nothing) for code in strangers}
        shared = [head for head, by in columns.items() if by]
        if isinstance(block, FrameBlock):
            shared = _left_over(block, own, codes, shared)
        known = {order.index(name): set(heads) for name, heads in own_heads.items()}
        foreign += _foreign(block, own, shared, known)
    for name, group in groups.items():
        if name not in written:
            table.columns(own_heads[name]).clear().write_ipc(_part(work / name, group, 0))
    return foreign


def _foreign(
    block: Block, own: Mapping[int, tuple[pl.Series, pl.DataFrame]], heads: Sequence[str], known: Mapping[int, set[str]]
) -> Counter[tuple[str, int]]:
    """The number of cells that hold something in a column that their row's ruleset doesn't know and another does."""
    found: Counter[tuple[str, int]] = Counter()
    for code, (positions, rows) in own.items():
        others = [head for head in heads if head not in known.get(code, ())]
        if not others or (isinstance(block, PlainBlock) and block.filled(positions) == _filled(rows)):
            continue
        for column in block.frame(others, positions):
            if column.name in others and column.null_count() < len(column):
                found[column.name, code] += len(column) - column.null_count()
    return found


def _left_over(
    block: FrameBlock, own: Mapping[int, tuple[pl.Series, pl.DataFrame]], codes: pl.Series, heads: Sequence[str]
) -> list[str]:
    """The columns in which more stands than the rulesets that know them have taken, or rows of no ruleset have."""
    left = block.filled(heads)
    rest = (codes.is_null() | (codes == NO_UNIT)).fill_null(True).arg_true()
    for rows in (*(rows for _, rows in own.values()), block.frame(heads, rest)):
        for column in rows:
            if column.name in left:
                left[column.name] -= len(column) - column.null_count()
    return [head for head, count in left.items() if count]


def _filled(rows: pl.DataFrame) -> int:
    return sum(len(c) - c.null_count() for c in rows if c.name not in (SOURCE_LINE, BROKEN))
