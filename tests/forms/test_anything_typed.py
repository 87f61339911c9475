"""Whatever is typed anywhere: an audit or errors with their cells, and a marked copy that opens."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from grading.forms.findings import FormError, FormProblem
from grading.forms.mark import mark_problems
from grading.forms.read import read_form
from tests.forms.workbooks import LIBRARY, Form, hose

SAVED = hose().saved()
TITLES = Form(SAVED).book.sheetnames
TYPED: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(-1e300, 1e300),
    st.dates(date(1901, 1, 1)),
    st.datetimes(datetime(1901, 1, 1)),
    st.times().map(lambda t: time(t.hour, t.minute)),
    st.sampled_from(("是", "否", "其余均为否", "确认没有", "有，见下表", "=1/0", "=A1", "#N/A", "_x0001_", "_xD800_")),
    st.sampled_from(("units[0].facts.key_region", "@gates", "#head", "key", "DA001", "1,5", "5%", "x" * 32_000)),
    st.just('json:"\\u0000"'),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20),
)
EDITS = st.lists(
    st.tuples(st.sampled_from(TITLES), st.integers(1, 60), st.integers(1, 26), TYPED), min_size=1, max_size=8
)


@settings(max_examples=40)
@given(EDITS)
def test_whatever_is_typed_anywhere_is_read_or_refused(edits: Sequence[tuple[str, int, int, Any]]) -> None:
    form = Form(SAVED)
    for title, row, column, value in edits:
        cell = form.sheet(title).cell(row, column)
        if isinstance(cell, Cell):
            cell.value = value
    data = form.saved()
    problems = refusal(data)
    if problems:
        before, after = Form(data), Form(mark_problems(data, problems))
        assert after.book.sheetnames == ["错误清单", *before.book.sheetnames]
        for sheet in before.book.worksheets:
            assert isinstance(sheet, Worksheet)
            assert _values(after.sheet(sheet.title)) == _values(sheet)


def refusal(data: bytes) -> Sequence[FormProblem]:
    """What is wrong with a form; nothing for one that is right, or is no form at all."""
    try:
        read_form(data, LIBRARY)
    except FormError as error:
        return error.problems if error.can_mark else ()
    return ()


def _values(sheet: Worksheet) -> dict[str, Any]:
    return {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None}
