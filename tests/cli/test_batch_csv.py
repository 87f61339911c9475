"""A CSV file of a batch is read in columns where it is plain, and row by row elsewhere: both times as `csv` reads it."""

import csv
import io
import pickle
from pathlib import Path

import polars as pl
import pytest

from grading.batch import csv_blocks
from grading.batch.layout import LayoutError
from grading.batch.split_tables import _UnitHeads
from grading.batch.staged_rows import BROKEN, SOURCE_LINE
from grading.batch.staging import blocks_of, open_csv
from grading.batch.state import OtherBatchError
from grading.language.problems import LanguageError

HEADS = "unit.id,enterprise.name,note"
TEXTS = {
    "plain": "U1,甲,1\nU2,乙,2\n",
    "fewer cells": "U1\nU2,乙\n",
    "empty lines and lines of spaces": "\nU1,甲,1\n\n , ,\n,,\n　,,\nU2,乙,\n\n",
    "no line end at the end": "U1,甲,1\r\nU2,乙,2",
    "quotes around cells": '"U1","甲,厂",""\n"U2",乙,"3"\n',
    "a quote inside a quoted cell": 'U1,"甲""厂",1\nU2,乙,2\n',
    "a quote inside a cell": 'U1,甲"厂,1\nU2,乙,2\n',
    "a line break inside a cell": 'U1,"甲\n厂",1\nU2,乙,2\nU3,丙,3\n',
    "carriage returns alone": "U1,甲,1\rU2,乙,2\r",
    "spaces around": " U1 , 甲 , 1 \n",
    "more cells than heads": "U1,甲,1,,\nU2,乙,2,多\n",
    "signs of other formats": "#U1,NA,null\n-,nan,1;2\n",
}


def as_csv_reads(text: str) -> list[tuple[int, tuple[str | None, ...]]]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    listed = [(rows.line_num, row) for row in rows][1:]
    filled = [(line, [*row, "", "", ""][:3]) for line, row in listed if any(cell.strip() for cell in row)]
    return [(line, tuple(cell or None for cell in row)) for line, row in filled]


@pytest.mark.parametrize("few", [1, 1 << 20])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
@pytest.mark.parametrize("name", TEXTS)
def test_rows_are_those_that_csv_reads(
    name: str, encoding: str, few: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Blocks of a line each, or one block.
    monkeypatch.setattr(csv_blocks, "BYTES_AT_ONCE", 20 * few)
    monkeypatch.setattr(csv_blocks, "FEW_BYTES", few)
    text = f"{HEADS}\n{TEXTS[name]}"
    file = tmp_path / "plants.csv"
    file.write_text(text, encoding=encoding, newline="")
    table = open_csv(file, _UnitHeads(), tmp_path)
    wanted = HEADS.split(",")
    for _ in range(2):
        frames = [block.frame(wanted) for block in blocks_of(table)]
        read = pl.concat(frames).select(SOURCE_LINE, *wanted).rows()
        assert [(line, cells) for line, *cells in read] == [(line, list(cells)) for line, cells in as_csv_reads(text)]
    broken = pl.concat(frames)[BROKEN].drop_nulls().to_list()
    assert broken == (["本行有 4 格，列名只有 3 个"] if name == "more cells than heads" else [])


@pytest.mark.parametrize("error", [LayoutError(["一", "二"]), OtherBatchError(["一", "二"]), LanguageError([])])
def test_errors_come_whole_from_another_process(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), vars(again), str(again)) == (type(error), vars(error), str(error))
