"""Workbooks that cost much or make the reader fail: refused with the reason, and the service goes on."""

import io
import os
import signal
import zipfile
from collections.abc import Callable, Iterator

import pytest

from api.uploads import WorkbookReader, apart
from grading.forms.findings import FormError, FormProblem, Spot
from grading.forms.read import read_form
from tests.forms.test_unsafe_files import repacked
from tests.forms.workbooks import LIBRARY, blank

SHEET = "xl/worksheets/sheet2.xml"
Change = Callable[[dict[str, bytes]], None]


def after(part: str, mark: bytes, added: bytes) -> Change:
    def change(parts: dict[str, bytes]) -> None:
        assert mark in parts[part]
        parts[part] = parts[part].replace(mark, mark + added, 1)

    return change


def before(part: str, mark: bytes, added: bytes) -> Change:
    def change(parts: dict[str, bytes]) -> None:
        assert mark in parts[part]
        parts[part] = parts[part].replace(mark, added + mark, 1)

    return change


def elsewhere(parts: dict[str, bytes]) -> None:
    """A million cells in a worksheet part that is called something else."""
    row = b"<row>" + b"<c/>" * 1000 + b"</row>"
    parts["xl/other/data.bin"] = b"<worksheet><sheetData>" + row * 1000 + b"</sheetData></worksheet>"
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace(b"worksheets/sheet2.xml", b"other/data.bin")


def in_two_bytes(parts: dict[str, bytes]) -> None:
    parts[SHEET] = parts[SHEET].decode().encode("utf-16")


def declared_otherwise(parts: dict[str, bytes]) -> None:
    parts[SHEET] = b'<?xml version="1.0" encoding="cp037"?>' + parts[SHEET].partition(b"?>")[2]


COSTLY: dict[str, tuple[Change, str]] = {
    "cells in a part of another name": (elsewhere, "单元格超过"),
    "a part in UTF-16": (in_two_bytes, "不是 UTF-8"),
    "a part in another encoding": (declared_otherwise, "不是 UTF-8"),
    "conditional formats": (
        after(SHEET, b"</sheetData>", b'<conditionalFormatting sqref="A1:XFD1048576"/>' * 3000),
        "条件格式超过",
    ),
    "a conditional format of many areas": (
        after(SHEET, b"</sheetData>", b'<conditionalFormatting sqref="' + b"A1 " * 5000 + b'"/>'),
        "过多的区域",
    ),
    "cell formats": (before("xl/styles.xml", b"</cellXfs>", b"<xf/>" * 60_000), "单元格格式超过"),
    "cell styles": (before("xl/styles.xml", b"</cellStyles>", b"<cellStyle/>" * 60_000), "单元格样式超过"),
    "fonts": (before("xl/styles.xml", b"</fonts>", b"<font/>" * 60_000), "字体超过"),
    "defined names": (
        before("xl/workbook.xml", b"</definedNames>", b'<definedName name="a">A1</definedName>' * 100_000),
        "定义的名称超过",
    ),
    "a long number format": (
        after("xl/styles.xml", b"<numFmts", b'><numFmt numFmtId="999" formatCode="' + b"0" * 300 + b'"/><x'),
        "数字格式",
    ),
    "shared strings": (
        lambda parts: parts.update({"xl/sharedStrings.xml": b"<sst>" + b"<si/>" * 400_000 + b"</sst>"}),
        "共享字符串超过",
    ),
    "elements of any kind": (
        lambda parts: parts.update({"xl/theme/theme1.xml": b"<a>" + b"<b/>" * 1_600_000 + b"</a>"}),
        "内容超过",
    ),
}


@pytest.mark.parametrize("case", COSTLY, ids=[name.replace(" ", "_") for name in COSTLY])
def test_what_would_cost_much_is_refused_before_it_is_opened(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    change, said = COSTLY[case]
    monkeypatch.setattr("grading.workbook.open_workbook.load_workbook", lambda *_, **__: pytest.fail("it was opened"))
    with pytest.raises(FormError) as caught:
        read_form(repacked(change), LIBRARY)
    assert said in str(caught.value)


@pytest.fixture
def reader() -> Iterator[WorkbookReader]:
    """A reader with little time."""
    made = WorkbookReader(cpu_seconds=2)
    yield made
    made.close()


def test_a_workbook_is_read_apart_as_it_is_here(reader: WorkbookReader) -> None:
    data = blank().saved()
    assert reader.read(data, LIBRARY) == read_form(data, LIBRARY)


def test_what_is_wrong_with_a_workbook_is_told_and_marked_as_it_is_here(reader: WorkbookReader) -> None:
    form = blank()
    form.book.remove(form.book.worksheets[1])
    data = form.saved()
    with pytest.raises(FormError) as here:
        read_form(data, LIBRARY)
    with pytest.raises(FormError) as there:
        reader.read(data, LIBRARY)
    assert (there.value.problems, there.value.can_mark) == (here.value.problems, here.value.can_mark)
    marked = reader.mark(data, there.value.problems)
    assert marked is not None
    assert zipfile.is_zipfile(io.BytesIO(marked))


def test_what_takes_too_long_is_given_up_and_the_next_is_read(reader: WorkbookReader) -> None:
    data = blank().saved()
    many = [FormProblem("", Spot("x", None, "x"), "", f"{i}") for i in range(400_000)]
    assert reader.mark(data, many) is None
    assert reader.read(data, LIBRARY).audit.units


def test_a_reader_that_was_killed_is_started_again(reader: WorkbookReader) -> None:
    data = blank().saved()
    reader.read(data, LIBRARY)
    process = reader._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait(60)
    assert reader.read(data, LIBRARY).audit.units


def test_a_workbook_that_makes_the_reader_fail_is_refused_with_the_reason(reader: WorkbookReader) -> None:
    with pytest.raises(FormError) as caught:
        reader.read("no bytes", LIBRARY)  # type: ignore[arg-type]
    assert "内部结构不正常" in str(caught.value)
    assert apart.TOO_COSTLY not in str(caught.value)
