"""The lines of the table of waivers by their units; lines of no unit, and the units whose they may be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from pydantic import Field

from grading.batch.layout import UNIT_ID, Reject
from grading.batch.staged_rows import SOURCE_LINE
from grading.batch.unit_ids import look_alike
from grading.batch.waiver_table import COLUMNS, WaiverLine
from grading.model.base import Strict

FILE = "waivers.json"


class WaiverTable(Strict):
    """The lines of units, and by unit why it may be missing one."""

    lines: tuple[WaiverLine, ...] = ()
    doubts: dict[str, str] = Field(default_factory=dict)

    def by_unit(self) -> dict[str, list[WaiverLine]]:
        """The lines of each unit that it says anything about."""
        found: dict[str, list[WaiverLine]] = {unit: [] for unit in self.doubts}
        for line in self.lines:
            if line.unit is not None:
                found.setdefault(line.unit, []).append(line)
        return found

    def only(self, ids: Iterable[str | None]) -> "WaiverTable":
        """The table with the lines of some units only."""
        units = set(ids)
        lines = tuple(line for line in self.lines if line.unit in units)
        return WaiverTable(lines=lines, doubts={unit: reason for unit, reason in self.doubts.items() if unit in units})

    def save(self, folder: Path) -> None:
        """Keep it in a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_text(self.model_dump_json(), encoding="utf-8")


def saved(folder: Path) -> WaiverTable:
    """The table that was stored in a folder."""
    file = folder / FILE
    return WaiverTable.model_validate_json(file.read_bytes()) if file.is_file() else WaiverTable()


@dataclass(frozen=True)
class Assigned:
    """A file's table, and what is wrong with the lines of no unit."""

    table: WaiverTable
    rejects: tuple[Reject, ...] = ()


def assigned(lines: Sequence[WaiverLine], ids: pl.Series) -> Assigned:
    """The lines beside the ids of the file's units.

    A line of an unknown unit may be of one that reads alike, a line that names none of the units above and below it: those
    have to wait until it is mended.
    """
    if not lines:
        return Assigned(WaiverTable())
    known = set(ids.drop_nulls())
    alike = _alike([line.unit for line in lines if line.unit is not None and line.unit not in known], known)
    rejects: list[Reject] = []
    doubts: dict[str, str] = {}
    for at, line in enumerate(lines):
        if line.unit in known:
            continue
        given = line.texts.get(UNIT_ID, "")
        reason = f"单元表里没有单元“{line.unit}”" if line.unit is not None else "未填单元编号，或它不能读"
        rejects.append(line.reject(UNIT_ID, reason if line.unit is not None or not given else f"{reason}：{given[1:]}"))
        may_be = alike.get(line.unit, []) if line.unit is not None else _nearest(lines, at, known)
        for unit in may_be:
            doubts.setdefault(unit, f"{line.file} 第 {line.line} 行的豁免{reason}，可能是本单元的；请补正后再评级")
    mine = tuple(line for line in lines if line.unit in known)
    return Assigned(WaiverTable(lines=mine, doubts=doubts), tuple(rejects))


def _nearest(lines: Sequence[WaiverLine], at: int, known: set[str]) -> list[str]:
    """The units of the nearest lines above and below."""
    above = next((line.unit for line in reversed(lines[:at]) if line.unit in known), None)
    below = next((line.unit for line in lines[at + 1 :] if line.unit in known), None)
    return [unit for unit in dict.fromkeys((above, below)) if unit is not None]


def _alike(strange: Sequence[str], known: Iterable[str]) -> dict[str, list[str]]:
    """By unknown unit, the known ones that read like it."""
    if not strange:
        return {}
    ids = pl.Series("id", sorted(known), dtype=pl.String)
    of = pl.DataFrame({"unit": ids, "plain": look_alike(ids)})
    strange_ids = pl.Series("id", list(dict.fromkeys(strange)), dtype=pl.String)
    pairs = pl.DataFrame({"given": strange_ids, "plain": look_alike(strange_ids)}).join(of, on="plain")
    found: dict[str, list[str]] = {}
    for given, unit in pairs.select("given", "unit").iter_rows():
        found.setdefault(given, []).append(unit)
    return found


def raw_tables(table: WaiverTable) -> list[tuple[str, dict[str, str], pl.DataFrame]]:
    """By file, the lines as they stand: how the file is called, the columns by head, and the cells with their lines."""
    found = []
    for file in dict.fromkeys(line.file for line in table.lines):
        lines = [line for line in table.lines if line.file == file]
        columns = {names[1]: column for column, names in COLUMNS.items()}
        cells = {head: [line.texts.get(column) for line in lines] for head, column in columns.items()}
        frame = pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String))
        numbers = pl.Series(SOURCE_LINE, [line.line for line in lines], dtype=pl.UInt32)
        found.append((file, columns, frame.insert_column(0, numbers)))
    return found
