"""The copy that comes back to the sender: wrong cells marked and explained, everything else as it was."""

import io

import pytest
from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from grading.forms.findings import FormError, FormProblem
from grading.forms.mark import mark_problems
from grading.forms.read import read_form
from grading.workbook.style import MARKED_FILL
from tests.forms.workbooks import FACTS, LIBRARY, TABLE, Form, hose

FACT = "units[0].facts."


def spoilt() -> Form:
    form = hose()
    form.answer(FACT + "boundary_nmhc", "约2", "厂界报告")
    form.sheet(TABLE)["C9"].value = "DA001"
    return form


def problems(form: Form) -> tuple[FormProblem, ...]:
    with pytest.raises(FormError) as error:
        read_form(form.saved(), LIBRARY)
    assert error.value.can_mark
    return error.value.problems


def marked() -> Form:
    form = spoilt()
    return Form(mark_problems(form.saved(), problems(form)))


def is_marked(cell: Cell) -> bool:
    return bool(cell.fill.fgColor.rgb == MARKED_FILL.fgColor.rgb) and cell.border.left.style == "medium"


def test_the_wrong_cells_are_marked_and_say_what_would_be_right() -> None:
    form = marked()
    cell = form.cell(FACT + "boundary_nmhc")
    assert is_marked(cell)
    assert cell.comment is not None
    assert cell.comment.text.startswith("✘ 应填 0～1000 的数字（单位 mg/m³），至多 2 位小数")
    assert not is_marked(form.cell(FACT + "key_region"))


def test_all_errors_are_listed_on_a_first_sheet_with_links_to_their_cells() -> None:
    form = marked()
    sheet = form.book.worksheets[0]
    assert isinstance(sheet, Worksheet)
    assert sheet.title == "错误清单"
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    where = f"{FACTS}!{form.cell(FACT + 'boundary_nmhc').coordinate}"
    assert rows[0][:4] == [1, where, "厂界非甲烷总烃", "约2"]
    assert rows[1][:4] == [2, f"{TABLE}!C9", "编号", "DA001"]
    links = [sheet.cell(row, 2).hyperlink for row in (4, 5)]
    assert [link.location if link else None for link in links] == [
        f"'{where.replace('!', chr(39) + '!')}",
        f"'{TABLE}'!C9",
    ]


def test_everything_that_was_filled_in_is_kept() -> None:
    before, after = spoilt(), marked()
    for sheet in before.book.worksheets:
        assert isinstance(sheet, Worksheet)
        values = {c.coordinate: c.value for row in sheet.iter_rows() for c in row}
        kept = after.sheet(sheet.title)
        assert {c.coordinate: c.value for row in kept.iter_rows() for c in row} == values
        assert len(kept.data_validations.dataValidation) == len(sheet.data_validations.dataValidation)


def test_a_number_with_too_many_places_is_as_wrong_in_the_copy_as_it_was() -> None:
    form = hose()
    cell = form.cell(FACT + "boundary_nmhc")
    cell.value = "0.12345678901234568"
    cell.data_type = "n"
    copy = Form(mark_problems(form.saved(), problems(form)))
    assert copy.cell(FACT + "boundary_nmhc").value == 0.12345678901234568


def test_comments_of_the_questions_are_kept_in_their_size() -> None:
    before, after = spoilt().cell(FACT + "dcs_recording", 3).comment, marked().cell(FACT + "dcs_recording", 3).comment
    assert before is not None
    assert after is not None
    assert after.text == before.text


def test_the_copy_can_be_mended_and_read() -> None:
    form = marked()
    form.answer(FACT + "boundary_nmhc", 1.82)
    form.sheet(TABLE)["C9"].value = "DA002"
    assert form.audit() == hose().audit()


def test_marks_of_what_was_mended_are_gone_in_the_next_copy() -> None:
    form = marked()
    form.answer(FACT + "boundary_nmhc", 1.82)
    again = Form(mark_problems(form.saved(), problems(form)))
    mended = again.cell(FACT + "boundary_nmhc")
    assert not is_marked(mended)
    assert mended.comment is None
    assert is_marked(again.sheet(TABLE)["C9"])
    assert [title for title in again.book.sheetnames if title.startswith("错误清单")] == ["错误清单"]


def test_a_comment_of_the_sender_is_kept_below_the_mark_and_comes_back() -> None:
    form = spoilt()
    form.cell(FACT + "boundary_nmhc").comment = Comment("请王工复核", "李")
    copy = Form(mark_problems(form.saved(), problems(form)))
    comment = copy.cell(FACT + "boundary_nmhc").comment
    assert comment is not None
    assert comment.text.endswith("\n\n请王工复核")
    copy.answer(FACT + "boundary_nmhc", 1.82)
    again = Form(mark_problems(copy.saved(), problems(copy)))
    comment = again.cell(FACT + "boundary_nmhc").comment
    assert comment is not None
    assert comment.text == "请王工复核"


def test_texts_of_the_sender_are_never_formulas_in_the_list() -> None:
    form = hose()
    form.answer(FACT + "boundary_nmhc", '=HYPERLINK("http://x")')
    copy = load_workbook(io.BytesIO(mark_problems(form.saved(), problems(form))))
    cell = copy["错误清单"]["D4"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("http://x")', "s")


def test_cells_that_the_sender_merged_are_marked_where_they_show() -> None:
    form = spoilt()
    cell = form.cell(FACT + "boundary_nmhc")
    form.sheet(FACTS).merge_cells(
        start_row=cell.row - 1, end_row=cell.row, start_column=cell.column, end_column=cell.column
    )
    found = problems(form)
    assert Form(mark_problems(form.saved(), found)).book.sheetnames[0] == "错误清单"
