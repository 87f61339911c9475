"""What spreadsheets do to a form: merged cells, ids made days, pictures, fractions, credit codes made numbers."""

import io
import zipfile
from collections.abc import Iterator

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font

from grading.forms.findings import FormError, FormProblem, Spot
from grading.forms.mark import mark_problems
from grading.forms.read import read_form
from grading.spreadsheet.pictures import drawn_over
from grading.spreadsheet.workbook import SpreadsheetFile
from tests.forms.workbooks import ANSWER_AT, COVER, COVER_ANSWER, FACTS, LIBRARY, TABLE, Form, blank, hose
from tests.spreadsheet.parts import repacked

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(20)
MAIN = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
PROBLEM = FormProblem("x", Spot(FACTS, "F10", "项目"), "", "不对")


def first_row(form: Form) -> int:
    """The first row of the table that is filled in."""
    sheet = form.sheet(TABLE)
    return next(row for row in range(8, 20) if sheet.cell(row, 3).value)


@pytest.mark.parametrize("rows", [2, 3])
def test_answers_that_are_merged_are_refused_each_with_its_place(rows: int) -> None:
    form = hose()
    facts = [cell.row for cell in form.sheet(FACTS)["A"] if str(cell.value).startswith("units[0].facts.")]
    start = next(row for row in facts if row + rows - 1 in facts and row + 1 in facts)
    area = f"F{start}:F{start + rows - 1}"
    form.sheet(FACTS).merge_cells(area)
    with pytest.raises(FormError) as error:
        read_form(form.saved(), LIBRARY)
    merged = {p.spot.cell for p in error.value.problems if p.spot is not None and area in p.message}
    assert merged == {f"F{row}" for row in range(start, start + rows)}


def test_an_answer_merged_into_the_cell_beside_it_is_refused() -> None:
    form = hose()
    row = first_row(form)
    form.sheet(TABLE).merge_cells(start_row=row, end_row=row, start_column=4, end_column=5)
    assert any("合并单元格" in message for message in form.problems().values())


def test_the_id_of_a_row_that_became_a_day_is_refused_with_what_to_do() -> None:
    form = hose()
    cell = form.sheet(TABLE).cell(first_row(form), 3)
    cell.value, cell.number_format = 46024, "m-d"
    assert "设为文本格式" in form.problems()[f"{TABLE}!C{cell.row}"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (911104027197534683, "末尾几位"),
        (9.11104e17, "末尾几位"),
        ("9.11104E+17", "科学计数"),
        ("91350100M000100Y44", "校验位不符"),
    ],
)
def test_a_credit_code_that_is_none_is_refused_with_the_reason(typed: object, said: str) -> None:
    form = hose()
    form.cell("enterprise.uscc", COVER_ANSWER, COVER).value = typed
    (message,) = form.problems().values()
    assert said in message


def test_a_credit_code_in_lower_case_is_mended_and_told() -> None:
    form = hose()
    form.cell("enterprise.uscc", COVER_ANSWER, COVER).value = "９1350100m000100y43"
    assert form.audit().enterprise.uscc == "91350100M000100Y43"
    assert any("91350100M000100Y43" in warning for warning in form.warnings())


def test_a_bare_fraction_of_a_share_is_asked_about_and_one_with_a_percent_sign_is_not() -> None:
    form = blank()
    place = next(str(cell.value) for cell in form.sheet(FACTS)["A"] if str(cell.value).endswith(".road_gv5_share"))
    form.answer(place, 0.95)
    assert any("是否应为 95 %？" in warning for warning in form.warnings())
    form.answer(place, "0.95%")
    assert form.warnings() == ()
    form.cell(place).value, form.cell(place).number_format = 0.95, "0%"
    assert form.warnings() == ()


def floating(data: bytes) -> bytes:
    """The form with a picture over the facts, as spreadsheets write it."""

    def add(parts: dict[str, bytes]) -> None:
        part = "xl/worksheets/sheet2.xml"
        rels = "xl/worksheets/_rels/sheet2.xml.rels"
        tag = f'<drawing xmlns:r="{MAIN}" r:id="pic"/><legacyDrawing'
        parts[part] = parts[part].replace(b"<legacyDrawing", tag.encode())
        entry = f'<Relationship Id="pic" Type="{MAIN}/drawing" Target="../drawings/drawing9.xml"/></Relationships>'
        parts[rels] = parts[rels].replace(b"</Relationships>", entry.encode())
        anchor = (
            f'<xdr:wsDr xmlns:xdr="{DRAWING}"><xdr:oneCellAnchor><xdr:from><xdr:col>6</xdr:col><xdr:row>11</xdr:row>'
            f'</xdr:from><xdr:pic xmlns:r="{MAIN}"><r:blip r:embed="rId1"/></xdr:pic></xdr:oneCellAnchor></xdr:wsDr>'
        )
        parts["xl/drawings/drawing9.xml"] = anchor.encode()
        target = f'<Relationships xmlns="{MAIN.replace("officeDocument", "package")}">'
        image = f'<Relationship Id="rId1" Type="{MAIN}/image" Target="../media/image9.png"/></Relationships>'
        parts["xl/drawings/_rels/drawing9.xml.rels"] = (target + image).encode()
        parts["xl/media/image9.png"] = PICTURE

    return repacked(data, add)


def in_cell(data: bytes) -> bytes:
    """The form with a picture inside of a cell, as WPS writes it."""

    def add(parts: dict[str, bytes]) -> None:
        rels = "xl/_rels/workbook.xml.rels"
        kind = "http://www.wps.cn/officeDocument/2020/cellImage"
        entry = f'<Relationship Id="pics" Type="{kind}" Target="cellimages.xml"/></Relationships>'
        parts[rels] = parts[rels].replace(b"</Relationships>", entry.encode())
        parts["xl/cellimages.xml"] = b"<cellImages/>"
        target = f'<Relationships xmlns="{MAIN.replace("officeDocument", "package")}">'
        image = f'<Relationship Id="rId1" Type="{MAIN}/image" Target="media/image9.png"/></Relationships>'
        parts["xl/_rels/cellimages.xml.rels"] = (target + image).encode()
        parts["xl/media/image9.png"] = PICTURE

    form = Form(data)
    place = next(str(cell.value) for cell in form.sheet(FACTS)["A"] if str(cell.value).startswith("units[0].facts."))
    form.cell(place, 7).value = '=_xlfn.DISPIMG("ID_1",1)'
    return repacked(form.saved(), add)


def test_a_floating_picture_is_told_with_its_cell_and_the_marked_copy_keeps_it() -> None:
    data = floating(hose().saved())
    assert any(warning.startswith(f"{FACTS}!G12 处的图片未读取") for warning in read_form(data, LIBRARY).warnings)
    copy = mark_problems(data, [PROBLEM])
    with SpreadsheetFile(io.BytesIO(copy)) as book:
        sheet = next(sheet for sheet in book.sheets if sheet.title == FACTS)
        assert [drawn.cell for drawn in drawn_over(book, sheet)] == ["G12"]
        assert book.archive.read("xl/media/image9.png") == PICTURE
    assert Form(copy).sheet(FACTS)["F10"].comment is not None


def test_a_picture_inside_of_a_cell_is_told_and_the_marked_copy_keeps_it() -> None:
    data = in_cell(hose().saved())
    assert any("中的图片未读取" in warning for warning in read_form(data, LIBRARY).warnings)
    copy = mark_problems(data, [PROBLEM])
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        assert archive.read("xl/media/image9.png") == PICTURE
        assert b"cellimages.xml" in archive.read("xl/_rels/workbook.xml.rels")
    assert Form(copy).book.sheetnames[0] == "错误清单"


def test_a_picture_in_place_of_an_answer_is_refused() -> None:
    form = blank()
    place = next(str(cell.value) for cell in form.sheet(FACTS)["A"] if str(cell.value).startswith("units[0].facts."))
    form.cell(place).value = '=DISPIMG("ID_1",1)'
    assert any("是图片" in message for message in form.problems().values())


def test_a_strict_workbook_is_refused_with_what_to_do() -> None:
    def strict(parts: dict[str, bytes]) -> None:
        for name in parts:
            if name.endswith(".xml"):
                parts[name] = parts[name].replace(
                    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                    b"http://purl.oclc.org/ooxml/spreadsheetml/main",
                )

    with pytest.raises(FormError, match="请另存为 Excel 工作簿"):
        read_form(repacked(blank().saved(), strict), LIBRARY)


def answered(form: Form) -> Iterator[str]:
    """The places of single questions that are answered."""
    for cell in form.sheet(FACTS)["A"]:
        place = str(cell.value)
        if place.startswith("units[0].facts.") and form.cell(place).value is not None:
            yield place


STRUCK, RAISED = InlineFont(strike=True), InlineFont(vertAlign="superscript")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (CellRichText(TextBlock(STRUCK, "4"), TextBlock(InlineFont(), "0")), "删除线（“4”）"),
        (CellRichText(TextBlock(InlineFont(), "8"), TextBlock(RAISED, "1")), "上标"),
    ],
)
def test_what_is_crossed_out_or_raised_in_an_answer_is_refused_and_stays_so_in_the_marked_copy(
    typed: CellRichText, said: str
) -> None:
    form = blank()
    place = next(str(cell.value) for cell in form.sheet(FACTS)["A"] if str(cell.value).endswith(".road_gv5_share"))
    form.cell(place).value = typed
    data = form.saved()
    for _ in range(2):
        with pytest.raises(FormError) as error:
            read_form(data, LIBRARY)
        (problem,) = error.value.problems
        assert said in problem.message
        data = mark_problems(data, error.value.problems)


@pytest.mark.parametrize("title", [FACTS, TABLE])
def test_an_answer_that_is_crossed_out_is_refused(title: str) -> None:
    form = hose()
    sheet = form.sheet(title)
    column = 3 if title == TABLE else ANSWER_AT
    row = first_row(form) if title == TABLE else form.row(next(answered(form)))
    sheet.cell(row, column).font = Font(strike=True)
    assert any("删除线" in message for message in form.problems().values())


def test_the_statement_that_a_table_is_empty_counts_only_if_it_is_not_crossed_out() -> None:
    form = blank()
    cell = form.cell("units[0].groups.outlets", 3, TABLE)
    cell.value, cell.font = "确认没有", Font(strike=True)
    assert any("删除线" in message for message in form.problems().values())


@pytest.mark.parametrize(("text", "said"), [("见附件3：监测报告", "见附件3"), ("王工:\n应为 72", "应为 72")])
def test_a_comment_of_the_sender_is_told_as_not_read(text: str, said: str) -> None:
    form = hose()
    assert form.warnings() == ()
    cell = form.cell(next(answered(form)))
    cell.comment = Comment(text, "王工")
    assert [warning for warning in form.warnings() if said in warning and f"{FACTS}!{cell.coordinate}" in warning]


def test_an_answer_in_a_hidden_row_is_read_and_told() -> None:
    form = hose()
    places = list(answered(form))
    rows = [form.row(place) for place in places[:2]]
    form.sheet(FACTS).row_dimensions[rows[0]].hidden = True
    (warning,) = form.warnings()
    assert f"{FACTS}!F{rows[0]} 在隐藏的行或列中" in warning


@pytest.mark.parametrize(
    ("key", "said"),
    [("合计", "不是编号"), ("注：数据来自 2023 年监测", "不是编号"), ("DА001", "形似"), ("x" * 300, "300 个字符")],
)
def test_what_is_no_name_of_a_row_is_told_by_what_is_wrong_with_it(key: str, said: str) -> None:
    form = hose()
    sheet = form.sheet(TABLE)
    row = next(row for row in range(first_row(form), 30) if not sheet.cell(row, 3).value)
    sheet.cell(row, 3).value = key
    assert said in form.problems()[f"{TABLE}!C{row}"]


def test_a_sign_for_nothing_is_no_permit() -> None:
    form = hose()
    form.cell("enterprise.permit", COVER_ANSWER, COVER).value = "无"
    assert list(form.problems().values()) == ["“无”表示没有；没有的不填"]


def test_a_day_typed_without_signs_into_a_cell_for_days_says_what_to_do() -> None:
    form = hose()
    cell = form.cell("assessed_on", COVER_ANSWER, COVER)
    cell.value, cell.number_format = 20230910, "yyyy-mm-dd"
    (said,) = form.problems().values()
    assert "20230910 不是日期；请填 2023-09-10 这样的日期" in said
