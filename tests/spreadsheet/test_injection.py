"""No text that is written can become a formula, and what was written reads back as it was."""

import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from grading.spreadsheet.injection import harmless, harmless_columns, restored
from grading.workbook.cell_text import put_plain

RISKY = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A",
    "|calc",
    "%0A",
]


@pytest.mark.parametrize("text", RISKY)
def test_what_begins_a_formula_is_written_with_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless_columns(pl.LazyFrame({"t": [text]})).collect()["t"][0] == f"'{text}"


@pytest.mark.parametrize("text", RISKY)
def test_in_a_workbook_it_is_a_text_that_stays_one_when_its_cell_is_edited(text: str) -> None:
    cell = Workbook().worksheets[0].cell(1, 1)
    put_plain(cell, text)  # type: ignore[arg-type]
    assert (cell.data_type, cell.quotePrefix, cell.value) == ("s", True, text)


def test_whatever_writes_csv_makes_its_texts_harmless() -> None:
    root = Path(__file__).resolve().parents[2]
    writers = re.compile(r"sink_csv|write_csv|csv\.writer|DictWriter|text/csv")
    texts = {
        p: p.read_text(encoding="utf-8") for room in ("grading", "api", "reports") for p in (root / room).rglob("*.py")
    }
    assert [str(p) for p, text in texts.items() if writers.search(text) and "harmless" not in text] == []


@pytest.mark.parametrize("text", ["U1", "甲厂", "", "-5", "+5.5", "5%", "a=b", "'quoted'"])
def test_other_texts_stay(text: str) -> None:
    assert harmless(text) == text
    assert harmless_columns(pl.LazyFrame({"t": [text]})).collect()["t"][0] == text


def test_columns_of_numbers_and_nulls_stay() -> None:
    table = pl.LazyFrame({"n": [-1, None], "t": [None, "=x"]})
    assert harmless_columns(table).collect().rows() == [(-1, None), (None, "'=x")]


@given(st.text(alphabet="'=+-@ \t\r\n|%＝1a.", max_size=8))
def test_what_was_made_harmless_reads_back_as_it_was_and_columns_agree(text: str) -> None:
    assert restored(harmless(text)) == text
    assert harmless_columns(pl.LazyFrame({"t": [text]})).collect()["t"][0] == harmless(text)
