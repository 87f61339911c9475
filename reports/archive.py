"""The archive of many gap reports: a zip with the reports, and an index of them as workbook and as CSV."""

import csv
import hashlib
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path
from types import TracebackType
from typing import IO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from grading.spreadsheet.injection import harmless
from grading.workbook.cell_text import put_plain, shown
from grading.workbook.style import FONT, INK, TEAL
from reports.bulk import Part

FOLDER = "报告"
INDEX = "目录"
FAILURES = "未生成"
HEADS = ("序号", "来源", "企业名称", "统一社会信用代码", "评级单元", "规则集", "等级", "待定原因", "目标等级")
FILE_HEADS = ("文件", "文件摘要（SHA-256）", "核查数据摘要")
FAILURE_HEADS = ("序号", "来源", "位置", "原因")
WIDTHS = (7, 30, 34, 22, 16, 32, 18, 30, 12, 46, 30, 30)
FAILURE_WIDTHS = (7, 40, 36, 90)
MOMENT = (1980, 1, 1, 0, 0, 0)
"""The time of all files inside: the same parts give the same archive, byte for byte."""
NAME_LENGTH = 60
UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+')
SAVED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
Row = tuple[str | int, ...]


class Archive:
    """Writes the parts one after another, and at the end the index; in memory is the part that is being written alone.

    `ending` is that of the files of the reports. With a path, the file is there when everything is in it, and not before.
    """

    def __init__(self, place: Path | IO[bytes], ending: str) -> None:
        self._place, self._ending = place, ending
        self._incoming = place.with_name(f".{place.name}.part") if isinstance(place, Path) else place
        self._zip = zipfile.ZipFile(self._incoming, "w", zipfile.ZIP_DEFLATED)
        self._taken: set[str] = set()
        self._rows: list[Row] = []
        self._failures: list[Row] = []
        self.count = 0
        self.failed = 0

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._write_index()
        self._zip.close()
        if isinstance(self._incoming, Path) and isinstance(self._place, Path):
            if kind is None:
                self._incoming.replace(self._place)
            else:
                self._incoming.unlink()

    def add(self, part: Part) -> None:
        """Put a report in, or note why there is none."""
        self.count += 1
        if part.content is None:
            self.failed += 1
            self._failures.extend((self.count, part.name, place, message) for place, message in part.problems)
            return
        file = f"{FOLDER}/{self._free(part)}"
        self._put(file, part.content)
        digest = hashlib.sha256(part.content).hexdigest()
        for unit in part.units:
            found = (unit.unit, unit.ruleset, unit.grade, unit.causes, unit.target)
            row = (self.count, part.name, part.enterprise, part.uscc or "", *found, file, digest, part.digest or "")
            self._rows.append(row)

    def _free(self, part: Part) -> str:
        """The name of a report: that of the enterprise, with a number where it is not the first of that name."""
        own = UNFIT.sub("_", part.enterprise).strip(" .")[:NAME_LENGTH] or "企业"
        trial = "-试算" if part.trial else ""
        stem = f"{own}-差距报告{trial}"
        number, free = 1, stem
        while free.casefold() in self._taken:
            number += 1
            free = f"{stem}-{number}"
        self._taken.add(free.casefold())
        return free + self._ending

    def _put(self, name: str, content: bytes) -> None:
        entry = zipfile.ZipInfo(name, MOMENT)
        entry.compress_type = zipfile.ZIP_DEFLATED if not name.endswith(".pdf") else zipfile.ZIP_STORED
        entry.external_attr = 0o644 << 16
        self._zip.writestr(entry, content)

    def _write_index(self) -> None:
        heads = (*HEADS, *FILE_HEADS)
        self._put(f"{INDEX}.csv", _csv(heads, self._rows))
        if self._failures:
            self._put(f"{FAILURES}.csv", _csv(FAILURE_HEADS, self._failures))
        self._put(f"{INDEX}.xlsx", self._workbook(heads))

    def _workbook(self, heads: tuple[str, ...]) -> bytes:
        book = Workbook()
        sheet = book.worksheets[0]
        sheet.title = INDEX
        _fill(sheet, heads, self._rows, WIDTHS)
        for row in range(2, len(self._rows) + 2):
            cell = sheet.cell(row, len(HEADS) + 1)
            cell.hyperlink = str(cell.value)
            cell.font = Font(name=FONT, size=10, color=TEAL, underline="single")
        if self._failures:
            _fill(book.create_sheet(FAILURES), FAILURE_HEADS, self._failures, FAILURE_WIDTHS)
        book.properties.created = book.properties.modified = datetime(*MOMENT)
        made = BytesIO()
        book.save(made)
        return _timeless(made)


def _fill(sheet: Worksheet, heads: tuple[str, ...], rows: Sequence[Row], widths: tuple[int, ...]) -> None:
    for column, (head, width) in enumerate(zip(heads, widths, strict=True), 1):
        cell = sheet.cell(1, column, head)
        cell.font = Font(name=FONT, size=10, bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=TEAL)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    font, alignment = Font(name=FONT, size=10, color=INK), Alignment(vertical="top", wrap_text=True)
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            body = sheet.cell(number, column)
            body.font, body.alignment = font, alignment
            if isinstance(value, int):
                body.value = value
            else:
                put_plain(body, shown(value))  # type: ignore[arg-type]
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{max(len(rows) + 1, 2)}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = "9"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


def _csv(heads: tuple[str, ...], rows: Sequence[Row]) -> bytes:
    """A table as Excel opens it: UTF-8 with its mark, no text that would be read as a formula."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerows(
        [heads, *([harmless(value) if isinstance(value, str) else value for value in row] for row in rows)]
    )
    return text.getvalue().encode("utf-8-sig")


def _timeless(book: BytesIO) -> bytes:
    """A workbook without the moment at which it was written, which its parts carry."""
    made = BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            timeless = zipfile.ZipInfo(entry.filename, MOMENT)
            timeless.compress_type = zipfile.ZIP_DEFLATED
            content = old.read(entry)
            if entry.filename == "docProps/core.xml":
                content = SAVED.sub(rb"\g<1>1980-01-01T00:00:00Z\g<2>", content)
            new.writestr(timeless, content)
    return made.getvalue()
