"""No text that is written can become a formula, and what was written reads back as it was."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.spreadsheet.injection import harmless, harmless_columns, restored

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
