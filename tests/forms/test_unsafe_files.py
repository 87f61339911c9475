"""Files that are no forms, damaged or made to do harm: refused with a reason, quickly."""

import io
import time
import zipfile
from collections.abc import Callable

import pytest

from grading.forms.findings import FormError
from grading.forms.read import read_form
from grading.workbook import open_workbook as limits
from grading.workbook.open_workbook import MAX_FILE, WorkbookError, open_workbook
from tests.forms.workbooks import LIBRARY, blank

SHEET = "xl/worksheets/sheet1.xml"


def repacked(change: Callable[[dict[str, bytes]], None]) -> bytes:
    """A form whose parts were changed by hand."""
    with zipfile.ZipFile(io.BytesIO(blank().saved())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def refused(data: bytes) -> str:
    began = time.monotonic()
    with pytest.raises(FormError) as error:
        read_form(data, LIBRARY)
    assert not error.value.can_mark
    assert time.monotonic() - began < 20
    return str(error.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "这不是 .xlsx 工作簿"),
        (b"name,value\n", "这不是 .xlsx 工作簿"),
        (b'{"enterprise": {}}', "这不是 .xlsx 工作簿"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版 .xls 或加了密码"),
        (b"PK\x03\x04junk", "已损坏"),
        (b"PK\x03\x04" + b"\0" * MAX_FILE, "不超过 10,000,000 字节"),
    ],
)
def test_other_files_are_refused_by_what_they_are(data: bytes, said: str) -> None:
    assert said in refused(data)


def test_a_form_cut_off_on_the_way_is_refused() -> None:
    data = blank().saved()
    assert "已损坏" in refused(data[: len(data) // 2])


def test_a_zip_of_something_else_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert "不是 Excel 工作簿" in refused(buffer.getvalue())


def test_a_workbook_that_is_no_form_is_refused() -> None:
    form = blank()
    for title in form.book.sheetnames[1:]:
        form.book.remove(form.book[title])
    assert "不是 `grading form` 生成的核查表" in refused(form.saved())


def test_a_workbook_with_macros_is_refused() -> None:
    assert "带有宏" in refused(repacked(lambda parts: parts.update({"xl/vbaProject.bin": b"x"})))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    assert "解压后超过" in refused(repacked(lambda parts: parts.update({SHEET: b" " * (limits.MAX_UNPACKED + 1)})))


def test_a_sheet_with_millions_of_cells_is_refused() -> None:
    row = b"<row>" + b"<c/>" * 1000 + b"</row>"
    assert "不像是核查表" in refused(
        repacked(lambda parts: parts.update({SHEET: b"<worksheet>" + row * 1000 + b"</worksheet>"}))
    )


@pytest.mark.parametrize(
    "tag",
    [
        b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        b"<mergeCells><mergeCell\n ref = 'A1:XFD1048576'/></mergeCells>",
        b'<hyperlinks><hyperlink display="x" ref="A1:XFD1048576"/></hyperlinks>',
        b'<x:mergeCells><x:mergeCell ref="A1:XFD1048576"/></x:mergeCells>',
    ],
)
def test_ranges_that_cover_the_whole_sheet_are_refused(tag: bytes) -> None:
    def add(parts: dict[str, bytes]) -> None:
        parts[SHEET] = parts[SHEET].replace(b"</worksheet>", tag + b"</worksheet>")

    assert "不像是核查表" in refused(repacked(add))


@pytest.mark.parametrize("ref", [b"A:XFD", b"A1:&#88;FD9", b""])
def test_ranges_that_hide_their_size_are_refused(ref: bytes) -> None:
    def add(parts: dict[str, bytes]) -> None:
        parts[SHEET] = parts[SHEET].replace(b"</worksheet>", b'<mergeCell ref="' + ref + b'"/></worksheet>')

    assert "内部结构不正常" in refused(repacked(add))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(encoding: str) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    assert "DOCTYPE" in refused(repacked(lambda parts: parts.update({SHEET: bomb.encode(encoding)})))


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("content", [b"", b"<", b"<a/>", b"\xff\xfe\x00"])
def test_damaged_parts_are_refused(part: str, content: bytes) -> None:
    with pytest.raises(FormError):
        read_form(repacked(lambda parts: parts.update({part: content})), LIBRARY)


def test_a_lone_cell_at_the_end_of_the_sheet_costs_nothing() -> None:
    def add(parts: dict[str, bytes]) -> None:
        row = b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>'
        parts[SHEET] = parts[SHEET].replace(b"</sheetData>", row)

    assert read_form(repacked(add), LIBRARY).audit.enterprise.name == "泾阳某厂"


def test_what_openpyxl_does_not_keep_raises_no_warning() -> None:
    def add(parts: dict[str, bytes]) -> None:
        extension = b'<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'
        parts[SHEET] = parts[SHEET].replace(b"</worksheet>", extension)

    assert open_workbook(repacked(add)).sheetnames


def test_the_error_is_a_workbook_error_for_whoever_only_opens() -> None:
    with pytest.raises(WorkbookError):
        open_workbook(b"x")
