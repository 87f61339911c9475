"""Every cell that a workbook holds is read, whatever the workbook says of itself."""

import io

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font

from grading.spreadsheet.workbook import SpreadsheetFile, WorkbookError
from tests.spreadsheet.parts import SHEET, blank, entries, repacked, with_rows


@pytest.mark.parametrize("ref", [None, "A1", "A1:A1", "B2:C3", "XFD1048576", "A1:ZZ9"])
def test_what_a_sheet_says_of_its_size_does_not_count(ref: str | None) -> None:
    def claim(parts: dict[str, bytes]) -> None:
        head, _, rest = parts[SHEET].decode().partition("<dimension")
        rest = rest.partition(">")[2]
        parts[SHEET] = (head + (f'<dimension ref="{ref}"/>' if ref else "") + rest).encode()

    row = '<row r="{0}"><c r="A{0}"><v>{0}</v></c><c r="D{0}"><v>4</v></c></row>'
    data = with_rows("".join(row.format(n) for n in (1, 2, 5)), claim)
    with SpreadsheetFile(io.BytesIO(data)) as file:
        assert [(n, sorted(cells)) for n, cells in file.rows(file.sheets[0])] == [(1, [1, 4]), (2, [1, 4]), (5, [1, 4])]


def test_cells_without_addresses_and_out_of_order_are_read() -> None:
    assert sorted(entries("<c><v>1</v></c><c><v>2</v></c>")[0]) == [1, 2]
    assert sorted(entries('<c r="C1"><v>1</v></c><c r="A1"><v>2</v></c>')[0]) == [1, 3]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A1" t="inlineStr"><is><t>甲</t></is></c>', "甲"),
        ('<c r="A1" t="inlineStr"><is><r><t>甲</t></r><r><t>乙</t></r></is></c>', "甲乙"),
        ('<c r="A1" t="str"><f>B1</f><v>甲</v></c>', "甲"),
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ('<c r="A1" t="str"><v>12</v></c>', "12"),
    ],
)
def test_every_kind_of_cell_is_read(cell: str, value: object) -> None:
    assert entries(cell)[0][1].value == value


def test_shared_texts_are_read_without_how_they_are_pronounced() -> None:
    def add(parts: dict[str, bytes]) -> None:
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        texts = f'<sst xmlns="{main}"><si><t>甲</t><rPh sb="0" eb="1"><t>jia</t></rPh></si></sst>'
        parts["xl/sharedStrings.xml"] = texts.encode()
        rels = parts["xl/_rels/workbook.xml.rels"].decode()
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
        entry = f'<Relationship Id="s1" Type="{kind}" Target="sharedStrings.xml"/></Relationships>'
        parts["xl/_rels/workbook.xml.rels"] = rels.replace("</Relationships>", entry).encode()

    assert entries('<c r="A1" t="s"><v>0</v></c>', add)[0][1].value == "甲"


@pytest.mark.parametrize("cell", ['<c r="A1"><f>1+1</f></c>', '<c r="A1"><f>1+1</f><v></v></c>'])
def test_a_formula_without_a_stored_result_is_no_empty_cell(cell: str) -> None:
    assert entries(cell)[0][1].kind == "f"
    assert not entries(cell)[0][1].blank


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>',
        '<c r="A1" t="str"><v>=DISPIMG("ID_1",1)</v></c>',
        '<c r="A1"><f>DISPIMG("ID_1",1)</f></c>',
    ],
)
def test_a_picture_inside_of_a_cell_is_told_from_a_formula(cell: str) -> None:
    assert entries(cell)[0][1].kind == "p"


def test_a_strict_workbook_is_refused_with_what_to_do() -> None:
    def strict(parts: dict[str, bytes]) -> None:
        for name in ("xl/workbook.xml", SHEET):
            parts[name] = parts[name].replace(
                b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                b"http://purl.oclc.org/ooxml/spreadsheetml/main",
            )

    with pytest.raises(WorkbookError, match="请另存为 Excel 工作簿"):
        SpreadsheetFile(io.BytesIO(repacked(blank(), strict)))


@pytest.mark.parametrize("content", [b"", b"<", b"<a/>", b"\xff\xfe\x00"])
def test_a_damaged_workbook_is_refused(content: bytes) -> None:
    data = repacked(blank(), lambda parts: parts.update({"xl/workbook.xml": content}))
    with pytest.raises(WorkbookError, match="已损坏"):
        SpreadsheetFile(io.BytesIO(data))


def test_a_damaged_sheet_is_refused_when_it_is_read() -> None:
    data = repacked(blank(), lambda parts: parts.update({SHEET: b"<"}))
    with SpreadsheetFile(io.BytesIO(data)) as file, pytest.raises(WorkbookError, match="已损坏"):
        list(file.rows(file.sheets[0]))


def _runs(*runs: str) -> str:
    listed = "".join(f"<r>{run}</r>" for run in runs)
    return f'<c r="A1" t="inlineStr"><is>{listed}</is></c>'


RAISED, LOWERED = '<rPr><vertAlign val="superscript"/></rPr>', '<rPr><vertAlign val="subscript"/></rPr>'


@pytest.mark.parametrize(
    ("runs", "shown"),
    [
        (("<t>10</t>", f"{RAISED}<t>3</t>"), "10³"),
        (("<t>1.2×10</t>", f"{RAISED}<t>-3</t>", "<t> t</t>"), "1.2×10⁻³ t"),
        (("<t>8</t>", f"{RAISED}<t>1)</t>"), "8¹⁾"),
        ((f"{RAISED}<t>1</t>", "<t>85</t>"), "¹85"),
        (("<t>85</t>", f"{LOWERED}<t>2</t>"), "85₂"),
        (("<t>85 mg/m</t>", f"{RAISED}<t>3</t>"), "85 mg/m3"),
        (("<t>SO</t>", f"{LOWERED}<t>2</t>"), "SO2"),
        (("<t>8</t>", "<t>5</t>"), "85"),
    ],
)
def test_a_digit_that_is_raised_or_lowered_behind_a_number_is_none_of_it(runs: tuple[str, ...], shown: str) -> None:
    assert entries(_runs(*runs))[0][1].value == shown


STRUCK = "<rPr><strike/></rPr>"


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ((f"{STRUCK}<t>8</t>", "<t>5</t>"), "一部分文字带删除线（“8”）"),
        ((f"{STRUCK}<t>85</t>",), "看不出是否作废"),
        (('<rPr><strike val="0"/></rPr><t>85</t>',), ""),
        (("<t>85</t>", f"{STRUCK}<t> </t>"), ""),
    ],
)
def test_what_is_crossed_out_is_not_taken_for_the_value(runs: tuple[str, ...], said: str) -> None:
    refusal = entries(_runs(*runs))[0][1].refusal
    assert said in refusal if said else refusal == ""


@pytest.mark.parametrize("value", [85, "85", True])
def test_a_cell_whose_font_crosses_it_out_is_refused(value: object) -> None:
    book = Workbook()
    cell = book.worksheets[0].cell(1, 1, value)
    cell.font = Font(strike=True)
    book.worksheets[0].cell(1, 2, "有效")
    buffer = io.BytesIO()
    book.save(buffer)
    with SpreadsheetFile(buffer) as file:
        ((_, row),) = file.rows(file.sheets[0])
    assert "删除线" in row[1].refusal
    assert row[2].refusal == ""
